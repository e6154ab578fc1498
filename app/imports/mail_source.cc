#include "app/imports/mail_source.h"

#include <algorithm>

#include "core/errc.h"
#include "pipeline/redaction/redactor.h"
#include "pipeline/runner/rule_hits.h"

namespace postern::app {

// A message that was read and redacted, or why it is passed over.
struct MailSource::Ready {
  std::string digest;
  std::optional<pipeline::RedactedMessage> message;
  std::string passed_over;
  std::optional<core::Error> failure;  // ends the import
};

core::Result<std::unique_ptr<ImportSource>> MailSource::open(ImportWish wish, Services& services) {
  const auto form = parse_archive_form(wish.kind);
  const ticketing::Inbox* inbox = services.directory()->find(wish.inbox);
  if (!form || inbox == nullptr) return core::fail(core::Errc::kInvalid, "no such kind of archive, or no such inbox");
  POSTERN_TRY(auto archive, wish.packed ? MailArchive::open(*form, wish.packed) : MailArchive::open(*form, wish.path));
  return std::unique_ptr<ImportSource>(new MailSource(std::move(wish), services, std::move(archive), inbox->address));
}

MailSource::MailSource(ImportWish wish, Services& services, std::unique_ptr<MailArchive> archive, pipeline::EmailAddress address)
    : wish_(std::move(wish)), services_(services), archive_(std::move(archive)), address_(std::move(address)) {}

MailSource::Ready MailSource::read(std::size_t item) const {
  Ready out;
  auto bytes = archive_->read(item);
  if (!bytes) {
    out.passed_over = bytes.error().context();
    return out;
  }
  const ticketing::MailImport& import = services_.desk().mail_import();
  auto digest = import.digest(wish_.by.workspace, core::view(*bytes));
  auto is_known = digest ? import.is_known(wish_.by.workspace, wish_.inbox, *digest) : core::Result<bool>(digest.error());
  if (!is_known) {
    out.failure = is_known.error();
    return out;
  }
  out.digest = std::move(*digest);
  if (*is_known) {
    out.passed_over = "known";
    return out;
  }
  pipeline::Envelope envelope;
  envelope.received_at = core::from_unix_ms(archive_->at(item).sent_unix_ms);
  pipeline::Recipient to;
  to.address = address_;
  to.workspace = wish_.by.workspace;
  to.inbox = wish_.inbox;
  envelope.rcpts.push_back(std::move(to));
  auto message = std::make_shared<const pipeline::Message>(std::move(*bytes));
  auto redacted = services_.redactor().redact(std::move(message), envelope, pipeline::AuthVerdicts{});
  if (!redacted) {
    out.passed_over = "redaction_failed";
    return out;
  }
  // Any bytes are a message to a mail server; in an archive those without a single field are none.
  const std::vector<std::string>& defects = redacted->verdicts().parse.defects;
  if (std::ranges::find(defects, "no_header") != defects.end()) {
    out.passed_over = "no_mail";
    return out;
  }
  const bool is_refused = pipeline::apply_rule_hits(envelope, redacted->verdicts(), services_.redactor().suspends_unread()).has_value();
  if (is_refused || !envelope.rcpts.front().held_cause.empty()) {
    out.passed_over = is_refused ? "refused_by_rule" : envelope.rcpts.front().held_cause;
    return out;
  }
  out.message = std::move(*redacted);
  return out;
}

core::Task<core::Result<void>> MailSource::take(std::uint64_t item, ImportTally& tally) {
  auto job = [this, item] { return std::make_shared<Ready>(read(static_cast<std::size_t>(item))); };
  POSTERN_CO_TRY(const std::shared_ptr<Ready> ready, co_await core::offload(services_.cpu(), std::move(job)));
  if (ready->failure) co_return *ready->failure;
  if (!ready->passed_over.empty()) {
    tally.pass_over(ready->passed_over, archive_->name_of(static_cast<std::size_t>(item)));
    co_return core::Result<void>();
  }
  const std::int64_t now = core::to_unix_ms(services_.clock().wall_now());
  ticketing::MailOrder order;
  order.inbox = wish_.inbox;
  order.status = wish_.status;
  const std::int64_t sent = archive_->at(static_cast<std::size_t>(item)).sent_unix_ms;
  order.sent_unix_ms = sent > 0 ? std::min(sent, now) : now;  // what nobody dated is of today
  order.source = wish_.kind;
  order.digest = ready->digest;
  const ticketing::MailImport& import = services_.desk().mail_import();
  auto done = wish_.is_rehearsal ? import.rehearse(wish_.by, order, *ready->message, rehearsal_)
                                 : co_await import.take(wish_.by, order, *ready->message);
  if (!done) co_return done.error();
  switch (done->as) {
    case ticketing::MailDone::As::kKnown: tally.pass_over("known", {}); break;
    case ticketing::MailDone::As::kNewTicket: ++tally.tickets; ++tally.comments; break;
    case ticketing::MailDone::As::kComment: ++tally.comments; break;
  }
  co_return core::Result<void>();
}

}  // namespace postern::app
