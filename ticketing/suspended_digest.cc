#include "ticketing/suspended_digest.h"

#include "core/random.h"
#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/compose.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kTalliedAtATime = 200;
constexpr std::int64_t kDayInMs = 24LL * 60 * 60 * 1000;

std::string counted(std::size_t count) { return std::to_string(count) + (count == 1 ? " message" : " messages"); }

// For people; a cause that has no words here stands as it is.
std::string cause_words(const std::string& cause) {
  if (cause == "spam") return "looks like spam";
  if (cause == "dmarc") return "is not from the domain that it names (DMARC)";
  if (cause == "unproven") return "its sender is not proven";
  if (cause == "temperror") return "its sender could not be checked";
  if (cause == "blocked") return "its sender is blocked";
  if (cause == "suspended_user") return "its sender is suspended";
  if (cause == "redaction_rule") return "a redaction rule asks for a look";
  if (cause == "unread_file") return "a file in it could not be looked into";
  if (cause == "web_form") return "it was written into a form as programs do";
  return cause;
}

std::string text_of(const Basics& with, const SuspendedTally& tally, std::uint32_t days) {
  const std::string origin = with.options.origin.empty() ? "https://" + with.options.hostname : with.options.origin;
  std::string out = (tally.is_complete ? "" : "At least ") + counted(tally.waiting) + " held back, " +
                    std::to_string(tally.fresh) + " of them since yesterday:\n\n";
  for (const auto& [cause, count] : tally.by_cause)
    out += "  " + std::to_string(count) + "  " + cause_words(cause) + "\n";
  const auto leaves = core::from_unix_ms(tally.oldest_unix_ms + days * kDayInMs);
  out += "\nLook through them, recover or delete:\n" + origin + "/suspended\n\n";
  out += "What nobody recovers is deleted after " + std::to_string(days) + (days == 1 ? " day" : " days") +
         "; the oldest on " + core::to_rfc3339(leaves).substr(0, 10) + ".\n";
  out += "You get this because you asked for it; the page above lets you end it.\n";
  return out;
}

}  // namespace

core::Result<SuspendedTally> tally_suspended(const Basics& with, const storage::Snapshot& snapshot,
                                             const auth::Reach& reach, std::int64_t fresh_since_unix_ms) {
  SuspendedTally out;
  std::string after;
  for (std::size_t walked = 0;;) {
    POSTERN_TRY(
        const std::vector<storage::Entry> entries,
        snapshot.scan(keys::suspended_prefix(reach.workspace), storage::Direction::kBackward, kTalliedAtATime, after));
    for (const storage::Entry& entry : entries) {
      if (++walked > with.options.digest_scan_max) {
        out.is_complete = false;
        return out;
      }
      storage::KeyReader key(entry.key);
      (void)key.u64();
      if (!reach.inboxes.has(core::InboxId{key.u64()})) continue;
      schema::Suspended record;
      const auto opened = storage::open_record(with.vault, reach.workspace, entry.key, entry.value, record);
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (!opened) continue;
      ++out.waiting;
      out.fresh += record.at_unix_ms() >= fresh_since_unix_ms ? 1 : 0;
      ++out.by_cause[std::string(record.cause())];
      out.oldest_unix_ms = record.at_unix_ms();
    }
    if (entries.size() < kTalliedAtATime) return out;
    after = entries.back().key;
  }
}

core::Result<std::optional<SystemMail>> suspended_digest(const Basics& with, const auth::User& reader,
                                                         const SuspendedTally& tally, std::uint32_t days) {
  const Inbox* inbox = with.directory.find_by_workspace(reader.workspace);
  const pipeline::EmailAddress to = pipeline::split_address(reader.email);
  if (inbox == nullptr || to.empty() || with.directory.resolve(to)) return std::optional<SystemMail>();
  OutgoingMail mail;
  mail.from = {inbox->display_name, inbox->address};
  mail.to.push_back({reader.name, to});
  mail.subject = counted(tally.waiting) + " held back";
  mail.date = with.clock.wall_now();
  mail.message_id = core::random_token(16) + "@" + inbox->address.domain_lower();
  mail.text = text_of(with, tally, days);
  const auto composed = compose(mail);
  if (!composed) return std::optional<SystemMail>();
  SystemMail item;
  item.workspace = reader.workspace;
  item.purpose = "digest of suspended mail";
  item.rcpt = to;
  item.from_domain = inbox->address.domain;
  item.message = "Auto-Submitted: auto-generated\r\n" + composed->bytes;  // RFC 3834: no vacation notes in return
  return std::optional(std::move(item));
}

}  // namespace postern::ticketing
