#include "app/security_letters.h"

#include "core/log.h"
#include "core/random.h"
#include "ticketing/compose.h"
#include "ticketing/errc.h"

namespace postern::app {

auth::LetterPort security_letters(ticketing::Outbox& outbox, std::shared_ptr<const ticketing::Directory> directory) {
  auto send = [&outbox, directory = std::move(directory)](storage::Transaction& transaction, const auth::SecurityLetter& letter) -> core::Result<void> {
    const ticketing::Inbox* inbox = directory->find_by_workspace(letter.workspace);
    const pipeline::EmailAddress to = pipeline::split_address(letter.to);
    if (inbox == nullptr || to.empty() || directory->resolve(to)) {  // an inbox would make a ticket of it
      core::log::warn("audit.letter_not_sent", {{"workspace", letter.workspace.value}});
      return {};
    }
    ticketing::OutgoingMail mail;
    mail.from = {inbox->display_name, inbox->address};
    mail.to.push_back({{}, to});
    mail.subject = letter.subject;
    mail.date = core::from_unix_ms(letter.at_unix_ms);
    mail.message_id = core::random_token(16) + "@" + inbox->address.domain_lower();
    mail.text = letter.text;
    const auto composed = ticketing::compose(mail);
    core::Result<core::OutboxId> queued = core::fail(ticketing::Errc::kInvalid);
    if (composed) {
      ticketing::SystemMail item;
      item.workspace = letter.workspace;
      item.purpose = "security notice";
      item.rcpt = to;
      item.from_domain = inbox->address.domain;
      item.message = "Auto-Submitted: auto-generated\r\n" + composed->bytes;  // RFC 3834: no vacation notes in return
      queued = outbox.queue(transaction, std::move(item));
    }
    if (!composed || (!queued && queued.error() == ticketing::Errc::kInvalid)) {
      core::log::warn("audit.letter_not_sent", {{"workspace", letter.workspace.value}});
      return {};
    }
    if (!queued) return queued.error();
    return {};
  };
  return send;
}

}  // namespace postern::app
