#include "ticketing/customers/customer_desk.h"

#include <algorithm>
#include <map>

#include "core/encoding.h"
#include "ticketing/customers/customer_keys.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/detail/keys.h"
#include "ticketing/people/profile_records.h"
#include "ticketing/people/survivors.h"

namespace postern::ticketing {
namespace {

core::Error no_link() { return core::fail(Errc::kNotFound, "link"); }

std::int64_t milliseconds(auto duration) { return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count(); }

core::Result<std::optional<schema::Ticket>> stored_ticket(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                                          core::TicketId id) {
  const std::string key = keys::ticket(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return std::optional<schema::Ticket>();
  schema::Ticket record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return std::optional<schema::Ticket>(std::move(record));
}

bool is_on(const schema::Ticket& ticket, core::UserId person) {
  return ticket.requester() == person.value || std::ranges::find(ticket.ccs(), person.value) != ticket.ccs().end();
}

// Numbers stand complemented at the end of entries by requester.
core::TicketId number_of_entry(std::string_view key) {
  std::uint64_t number = 0;
  for (const char c : key.substr(key.size() - 8)) number = (number << 8U) | static_cast<unsigned char>(c);
  return core::TicketId{~number};
}

core::Result<std::int64_t> revoked_until(const storage::Snapshot& snapshot, core::WorkspaceId workspace, core::UserId person) {
  POSTERN_TRY(const auto value, snapshot.get(customer_keys::revoked(workspace, person)));
  return value ? std::stoll(*value) : 0;
}

}  // namespace

core::Result<std::string> CustomerDesk::make_link(core::WorkspaceId workspace, core::UserId person, core::TicketId ticket, LinkUse use) const {
  const std::int64_t now = with_.now_ms();
  return make_customer_link(with_.vault, {use, workspace, person, ticket, {}, now, now + milliseconds(limits_.link_life)});
}

core::Result<CustomerVisit> CustomerDesk::visit(std::string_view text, std::string client_ip) const {
  POSTERN_TRY(auto link, check_customer_link(with_.vault, text, with_.now_ms()));
  if (!link) return no_link();
  const auto snapshot = with_.store.snapshot();
  POSTERN_TRY(const std::int64_t revoked, revoked_until(*snapshot, link->workspace, link->person));
  if (link->issued_unix_ms <= revoked) return no_link();
  POSTERN_TRY(const core::UserId now, survivor_of(*snapshot, with_.vault, link->workspace, link->person));
  if (now != link->person && !link->ticket) return no_link();  // it would open what the survivor has
  link->person = now;
  POSTERN_TRY(const auto person, with_.accounts.find(link->workspace, link->person));
  if (!person || person->is_disabled || person->email.empty()) return no_link();
  POSTERN_TRY(const schema::Profile profile, read_profile(*snapshot, with_.vault, link->workspace, link->person));
  if (profile.is_suspended()) return no_link();
  CustomerVisit out{*link, *person, clean_line(profile.name().empty() ? person->name : profile.name()), profile.locale(), std::move(client_ip)};
  if (link->ticket) POSTERN_CHECK(covered(*snapshot, out, link->ticket));
  return out;
}

// The record, when the link is for it or for everything of the person, who is on it.
core::Result<schema::Ticket> CustomerDesk::covered(const storage::Snapshot& snapshot, const CustomerVisit& visit, core::TicketId id) const {
  const CustomerLink& link = visit.link;
  bool is_covered = !link.ticket;
  core::TicketId of_link = link.ticket;
  for (std::size_t step = 0; !is_covered && step <= limits_.merges_followed_max; ++step) {
    is_covered = of_link == id;
    if (is_covered) break;
    POSTERN_TRY(const auto before, stored_ticket(snapshot, with_.vault, link.workspace, of_link));
    if (!before || before->merged_into() == 0) break;
    of_link = core::TicketId{before->merged_into()};
  }
  if (!is_covered) return no_link();
  POSTERN_TRY(auto record, stored_ticket(snapshot, with_.vault, link.workspace, id));
  if (!record || record->deleted_unix_ms() != 0 || !is_on(*record, link.person)) return no_link();
  return std::move(*record);
}

CustomerRequest CustomerDesk::shown_to(const CustomerVisit& visit, const schema::Ticket& record) const {
  CustomerRequest out;
  out.ticket = codec::decode(record);
  out.is_requester = record.requester() == visit.link.person.value;
  out.may_answer = out.ticket.status != Status::kClosed;
  out.may_solve = out.is_requester && out.ticket.status < Status::kSolved;
  out.may_reopen = out.is_requester && out.ticket.status == Status::kSolved;
  return out;
}

core::Result<std::vector<CustomerRequest>> CustomerDesk::requests(const CustomerVisit& visit) const {
  std::vector<CustomerRequest> out;
  if (visit.link.ticket) {
    POSTERN_TRY(CustomerRequest one, request(visit, visit.link.ticket));
    out.push_back(std::move(one));
    return out;
  }
  const auto snapshot = with_.store.snapshot();
  const std::string prefix = keys::by_requester_prefix(visit.link.workspace, visit.link.person);
  POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot->scan(prefix, storage::Direction::kForward, limits_.scanned_max));
  for (const storage::Entry& entry : entries) {
    if (out.size() >= limits_.requests_max) break;
    const auto record = stored_ticket(*snapshot, with_.vault, visit.link.workspace, number_of_entry(entry.key));
    if (!record && is_damage(record.error())) continue;
    if (!record) return record.error();
    if (!*record || (*record)->deleted_unix_ms() != 0 || (*record)->merged_into() != 0) continue;
    out.push_back(shown_to(visit, **record));
  }
  return out;
}

core::Result<CustomerRequest> CustomerDesk::request(const CustomerVisit& visit, core::TicketId id) const {
  const auto snapshot = with_.store.snapshot();
  POSTERN_TRY(schema::Ticket record, covered(*snapshot, visit, id));
  for (std::size_t step = 0; record.merged_into() != 0 && step < limits_.merges_followed_max; ++step) {
    const auto next = covered(*snapshot, visit, core::TicketId{record.merged_into()});
    if (!next) break;
    record = *next;
  }
  return shown_to(visit, record);
}

core::Result<CustomerConversation> CustomerDesk::conversation(const CustomerVisit& visit, core::TicketId id, core::CommentId before,
                                                              std::size_t count) const {
  const auto snapshot = with_.store.snapshot();
  POSTERN_CHECK(covered(*snapshot, visit, id));
  const core::WorkspaceId workspace = visit.link.workspace;
  const std::string prefix = keys::comments_prefix(workspace, id);
  const std::string after = before ? keys::comment(workspace, id, before) : std::string();
  POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot->scan(prefix, storage::Direction::kBackward, limits_.scanned_max, after));
  CustomerConversation out;
  std::map<std::uint64_t, auth::User> authors;
  core::CommentId oldest;
  for (const storage::Entry& entry : entries) {
    schema::Comment record;
    const auto opened = storage::open_record(with_.vault, workspace, entry.key, entry.value, record);
    if (!opened && is_damage(opened.error())) continue;
    POSTERN_CHECK(opened);
    if (out.comments.size() == count && record.is_public()) {
      out.before = oldest;
      break;
    }
    oldest = core::CommentId{record.id()};
    if (!record.is_public()) continue;
    CustomerComment shown;
    POSTERN_TRY(shown.comment, codec::decode(*snapshot, with_.vault, workspace, record));
    shown.is_own = record.author() == visit.link.person.value;
    if (!authors.contains(record.author())) {
      POSTERN_TRY(const auto author, with_.accounts.find(workspace, core::UserId{record.author()}));
      authors[record.author()] = author.value_or(auth::User{});
    }
    const auth::User& author = authors[record.author()];
    shown.author = shown.is_own && !visit.name.empty() ? visit.name : clean_line(author.name);
    shown.is_staff = author.role >= auth::Role::kAgent;
    out.comments.push_back(std::move(shown));
  }
  if (!out.before && entries.size() == limits_.scanned_max) out.before = oldest;
  std::ranges::reverse(out.comments);
  return out;
}

core::Result<std::string> CustomerDesk::make_file_link(const CustomerVisit& visit, core::TicketId ticket, core::AttachmentId file) const {
  const std::int64_t now = with_.now_ms();
  const std::int64_t until = std::min(visit.link.expires_unix_ms, now + milliseconds(limits_.file_life));
  // Issued when the page's link was: whoever revokes that one revokes this.
  return make_customer_link(with_.vault, {LinkUse::kFile, visit.link.workspace, visit.link.person, ticket, file, visit.link.issued_unix_ms, until});
}

core::Result<std::pair<Attachment, std::string>> CustomerDesk::file(const CustomerVisit& visit) const {
  if (visit.link.use != LinkUse::kFile || !visit.link.file) return no_link();
  const auto snapshot = with_.store.snapshot();
  const core::WorkspaceId workspace = visit.link.workspace;
  POSTERN_CHECK(covered(*snapshot, visit, visit.link.ticket));
  const std::string key = keys::attachment(workspace, visit.link.file);
  POSTERN_TRY(const auto value, snapshot->get(key));
  if (!value) return no_link();
  schema::Attachment record;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace, key, *value, record));
  if (record.ticket() != visit.link.ticket.value) return no_link();
  const std::string comment_key = keys::comment(workspace, visit.link.ticket, core::CommentId{record.comment()});
  POSTERN_TRY(const auto comment_value, snapshot->get(comment_key));
  schema::Comment comment;
  if (comment_value) POSTERN_CHECK(storage::open_record(with_.vault, workspace, comment_key, *comment_value, comment));
  if (!comment.is_public()) return no_link();  // taken back since
  POSTERN_TRY(std::string content, storage::get_blob(*snapshot, with_.vault, workspace, record.blob()));
  return std::pair(codec::decode(record), std::move(content));
}

core::Result<std::string> CustomerDesk::make_stamp(const CustomerVisit& visit, std::string_view form) const {
  const std::string bound_to = std::string(form) + "/" + std::to_string(visit.link.person.value) + "/" + std::to_string(visit.link.ticket.value);
  return make_form_stamp(with_.vault, visit.link.workspace, bound_to, with_.now_ms());
}

core::Result<FormStamp> CustomerDesk::check_stamp(const CustomerVisit& visit, std::string_view form, std::string_view stamp) const {
  const std::string bound_to = std::string(form) + "/" + std::to_string(visit.link.person.value) + "/" + std::to_string(visit.link.ticket.value);
  POSTERN_TRY(const auto checked, check_form_stamp(with_.vault, visit.link.workspace, bound_to, stamp));
  const std::int64_t now = with_.now_ms();
  if (!checked || checked->made_unix_ms > now || checked->made_unix_ms + milliseconds(limits_.form_life) <= now) {
    return core::fail(Errc::kInvalid, "form: is too old, or of another page");
  }
  return *checked;
}

auth::Principal CustomerDesk::principal_of(const CustomerVisit& visit) {
  auth::Principal out;
  out.workspace = visit.link.workspace;
  out.user = visit.link.person;
  out.role = visit.person.role;
  out.method = auth::Method::kLink;
  out.client_ip = visit.client_ip;
  out.permissions = auth::PermissionSet{};  // whoever they are elsewhere, a link gives none
  return out;
}

}  // namespace postern::ticketing
