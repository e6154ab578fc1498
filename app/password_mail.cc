#include "app/password_mail.h"

#include <fmt/format.h>

#include "core/log.h"
#include "core/metrics.h"
#include "core/random.h"
#include "ticketing/compose.h"

namespace postern::app {
namespace {

std::string text_of(const std::string& origin, const std::string& token, const std::string& client_ip, std::chrono::minutes life) {
  return fmt::format(
      "Somebody, from the address {}, asked for a link to set a new password for your account here:\n\n{}\n\n"
      "If that was you, open this link within {} minutes. It works once:\n\n{}/#/enrol/{}\n\n"
      "If it was not you, there is nothing to do: your password stays as it is.\n",
      client_ip, origin, life.count(), origin, token);
}

}  // namespace

PasswordMail::PasswordMail(boost::asio::any_io_executor executor, auth::Accounts& accounts, ticketing::Outbox& outbox,
                           std::shared_ptr<const ticketing::Directory> directory, std::string origin, core::Clock& clock)
    : executor_(std::move(executor)), accounts_(accounts), outbox_(outbox), directory_(std::move(directory)), origin_(std::move(origin)),
      clock_(clock), tasks_("password_mail", clock) {}

void PasswordMail::ask(std::string email, std::string client_ip) {
  if (tasks_.size() >= kWaitingMax) {
    core::metrics().counter("postern_auth_password_mails_dropped_total", "requests for a password link beyond the limit").add();
    return;
  }
  tasks_.spawn(executor_, work(std::move(email), std::move(client_ip)));
}

core::Task<void> PasswordMail::stop(core::Deadline by) { co_await tasks_.drain(by); }

core::Task<void> PasswordMail::work(std::string email, std::string client_ip) {
  const core::Result<void> sent = co_await send(std::move(email), std::move(client_ip));
  if (!sent) core::log::warn("auth.password_mail_failed", {{"error", sent.error().describe()}});
}

core::Task<core::Result<void>> PasswordMail::send(std::string email, std::string client_ip) {
  POSTERN_CO_TRY(const auto made, co_await accounts_.reset_token(std::move(email), client_ip));
  if (!made) co_return core::Result<void>();
  const auto& [user, token] = *made;
  const ticketing::Inbox* inbox = directory_->find_by_workspace(user.workspace);
  const pipeline::EmailAddress to = pipeline::split_address(user.email);
  if (inbox == nullptr || to.empty() || directory_->resolve(to)) {  // an inbox would make a ticket, and a secret, of it
    core::log::info("auth.password_mail_not_sent", {{"user", user.id.value}});
    co_return core::Result<void>();
  }
  ticketing::OutgoingMail mail;
  mail.from = {inbox->display_name, inbox->address};
  mail.to.push_back({user.name, to});
  mail.subject = "Set a new password";
  mail.date = clock_.wall_now();
  mail.message_id = core::random_token(16) + "@" + inbox->address.domain_lower();
  mail.text = text_of(origin_, token, client_ip, accounts_.options().reset_life);
  POSTERN_CO_TRY(const ticketing::ComposedMail composed, ticketing::compose(mail));
  ticketing::SystemMail item;
  item.workspace = user.workspace;
  item.purpose = fmt::format("password link to user {}", user.id.value);
  item.rcpt = to;
  item.from_domain = inbox->address.domain;
  item.message = "Auto-Submitted: auto-generated\r\n" + composed.bytes;  // RFC 3834
  item.life = accounts_.options().reset_life;
  POSTERN_CO_CHECK(co_await outbox_.post(std::move(item)));
  co_return core::Result<void>();
}

}  // namespace postern::app
