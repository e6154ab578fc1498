#include "app/security_mail.h"

#include <fmt/format.h>

#include "core/log.h"
#include "core/random.h"
#include "ticketing/compose.h"
#include "ticketing/errc.h"

namespace postern::app {
namespace {

// Texts of others (a User-Agent, a key's name) in a line of their own: no control characters, bounded.
std::string line_of(const std::string& text) {
  std::string out;
  for (const char c : text.substr(0, 120)) out += static_cast<unsigned char>(c) < ' ' || c == 0x7F ? ' ' : c;
  return out;
}

std::string what_happened(const auth::SecurityNotice& notice) {
  switch (notice.what) {
    case auth::NoticeOf::kNewDevice: return "Your account was signed in to from a device that was not known before.";
    case auth::NoticeOf::kFactorAdded: return fmt::format("A second factor was added to your account: {}.", line_of(notice.detail));
    case auth::NoticeOf::kFactorRemoved: return fmt::format("A second factor was removed from your account: {}.", line_of(notice.detail));
    case auth::NoticeOf::kRecoveryCodes: return "New recovery codes were made for your account. The earlier ones no longer work.";
    case auth::NoticeOf::kRecoveryCodeUsed:
      return fmt::format("A recovery code was used to prove that it is you. {} are left.", line_of(notice.detail));
    case auth::NoticeOf::kFactorsReset:
      return "All second factors were taken from your account by an administrator, and all sessions ended.";
    case auth::NoticeOf::kPasswordChanged: return "The password of your account was changed.";
  }
  return "Something about the security of your account has changed.";
}

}  // namespace

std::string notice_subject(const auth::SecurityNotice& notice) {
  return notice.what == auth::NoticeOf::kNewDevice ? "New sign-in to your account" : "Security of your account";
}

std::string notice_text(const auth::SecurityNotice& notice, const std::string& host) {
  std::string text = what_happened(notice) + "\n\n";
  text += fmt::format("Account: {}\nWhere: {}\nTime: {}\n", notice.user.email, host, core::to_rfc5322(core::from_unix_ms(notice.at_unix_ms)));
  if (!notice.device.empty()) text += fmt::format("Device: {}\n", line_of(notice.device));
  if (!notice.client_ip.empty()) text += fmt::format("Address: {}\n", notice.client_ip);
  text += "\nIf this was you, there is nothing to do. If it was not, change your password, end all sessions under \"Account\", and "
          "tell your administrator.\n";
  return text;
}

auth::NoticePort security_mail(ticketing::Outbox& outbox, std::shared_ptr<const ticketing::Directory> directory, std::string host) {
  auto send = [&outbox, directory = std::move(directory), host = std::move(host)](
                  storage::Transaction& transaction, const auth::SecurityNotice& notice) -> core::Result<void> {
    const ticketing::Inbox* inbox = directory->find_by_workspace(notice.user.workspace);
    const pipeline::EmailAddress to = pipeline::split_address(notice.user.email);
    if (inbox == nullptr || to.empty() || directory->resolve(to)) {  // an inbox would make a ticket of it
      core::log::info("auth.notice_not_sent", {{"user", notice.user.id.value}});
      return {};
    }
    ticketing::OutgoingMail mail;
    mail.from = {inbox->display_name, inbox->address};
    mail.to.push_back({notice.user.name, to});
    mail.subject = notice_subject(notice);
    mail.date = core::from_unix_ms(notice.at_unix_ms);
    mail.message_id = core::random_token(16) + "@" + inbox->address.domain_lower();
    mail.text = notice_text(notice, host);
    const auto composed = ticketing::compose(mail);
    core::Result<core::OutboxId> queued = core::fail(ticketing::Errc::kInvalid);
    if (composed) {
      ticketing::SystemMail item;
      item.workspace = notice.user.workspace;
      item.purpose = fmt::format("security notice to user {}", notice.user.id.value);
      item.rcpt = to;
      item.from_domain = inbox->address.domain;
      item.message = "Auto-Submitted: auto-generated\r\n" + composed->bytes;  // RFC 3834: no vacation notes in return
      queued = outbox.queue(transaction, std::move(item));
    }
    if (!composed || (!queued && queued.error() == ticketing::Errc::kInvalid)) {
      core::log::warn("auth.notice_not_sent", {{"user", notice.user.id.value}});
      return {};
    }
    if (!queued) return queued.error();
    return {};
  };
  return send;
}

}  // namespace postern::app
