#include "ticketing/erasure/personal_data.h"

#include <algorithm>

#include "core/encoding.h"
#include "ticketing/bulk/bulk_keys.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kLookedAtATime = 100;

core::Result<std::size_t> add_ticket(const Services& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace, const ErasedPerson& person,
                                     const schema::Ticket& record, std::vector<PersonalTicket>& out) {
  POSTERN_TRY(const PersonShare share, share_of_person(with, snapshot, workspace, record, person, static_cast<std::size_t>(-1)));
  if (!share.is_any()) return std::size_t{0};
  PersonalTicket one{codec::decode(record), share, {}, {}};
  POSTERN_TRY(one.rating, rating_of_person(with, snapshot, workspace, record, person.user));
  std::size_t bytes = one.rating ? one.rating->comment().size() : 0;
  std::string after;
  for (bool is_over = share.comments == 0; !is_over;) {
    POSTERN_TRY(const auto entries, snapshot.scan(keys::comments_prefix(workspace, one.ticket.id), storage::Direction::kForward, kLookedAtATime, after));
    for (const storage::Entry& each : entries) {
      after = each.key;
      schema::Comment comment;
      if (!storage::open_record(with.vault, workspace, each.key, each.value, comment) || comment.author() != person.user.value) continue;
      POSTERN_TRY(Comment decoded, codec::decode(snapshot, with.vault, workspace, comment));
      bytes += decoded.text.size() + decoded.html.size();
      one.comments.push_back(std::move(decoded));
    }
    is_over = entries.size() < kLookedAtATime;
  }
  out.push_back(std::move(one));
  return bytes;
}

core::Result<void> add_held_mail_of(const Services& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace, const ErasedPerson& person,
                            std::size_t most, std::vector<PersonalHeld>& out) {
  std::string after;
  for (;;) {
    POSTERN_TRY(const auto entries, snapshot.scan(keys::suspended_prefix(workspace), storage::Direction::kForward, kLookedAtATime, after));
    for (const storage::Entry& each : entries) {
      after = each.key;
      schema::Suspended mail;
      if (!storage::open_record(with.vault, workspace, each.key, each.value, mail)) continue;
      const auto is_it = [&person](const schema::MailAddress& one) { return person.has_address(one.local() + "@" + one.domain()); };
      if (!is_it(mail.mail_from()) && !std::ranges::any_of(mail.from(), is_it)) continue;
      if (out.size() == most) return {};
      POSTERN_TRY(std::string text, codec::get_text(snapshot, with.vault, workspace, mail.text()));
      out.push_back({core::TraceId{mail.trace()}, mail.at_unix_ms(), mail.subject(), std::move(text)});
    }
    if (entries.size() < kLookedAtATime) return {};
  }
}

}  // namespace

core::Result<PersonalDataPage> personal_data(const Services& with, core::WorkspaceId workspace, core::UserId user, core::TicketId after,
                                             const PersonalDataLimits& limits) {
  POSTERN_TRY(const auto known, with.accounts.find(workspace, user));
  if (!known) return core::fail(Errc::kNotFound, "user/" + std::to_string(user.value));
  const auto snapshot = with.store.snapshot();
  POSTERN_TRY(const ErasedPerson person, person_of(with, *snapshot, workspace, user));
  PersonalDataPage out;
  if (!after && !known->email.empty()) POSTERN_CHECK(add_held_mail_of(with, *snapshot, workspace, person, limits.held_max, out.held));
  out.after = after;
  std::size_t bytes = 0;
  for (std::size_t looked = 0; looked < limits.tickets_looked_max && bytes < limits.text_bytes_max;) {
    const std::string from = out.after ? keys::ticket(workspace, out.after) : std::string();
    POSTERN_TRY(const auto entries, snapshot->scan(keys::tickets_prefix(workspace), storage::Direction::kForward, kLookedAtATime, from));
    for (const storage::Entry& each : entries) {
      out.has_more = looked >= limits.tickets_looked_max || bytes >= limits.text_bytes_max;
      if (out.has_more) return out;
      ++looked;
      out.after = core::TicketId{bulk_keys::last_number(each.key)};
      schema::Ticket record;
      const auto opened = storage::open_record(with.vault, workspace, each.key, each.value, record);
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (!opened) continue;
      POSTERN_TRY(const std::size_t added, add_ticket(with, *snapshot, workspace, person, record, out.tickets));
      bytes += added;
    }
    if (entries.size() < kLookedAtATime) return out;
  }
  out.has_more = true;
  return out;
}

}  // namespace postern::ticketing
