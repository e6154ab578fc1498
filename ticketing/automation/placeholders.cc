#include "ticketing/automation/placeholders.h"

#include <algorithm>
#include <array>

#include "auth/contacts.h"
#include "core/encoding.h"
#include "ticketing/automation/action_table.h"
#include "ticketing/customers/link_text.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/html_words.h"
#include "ticketing/detail/keys.h"
#include "ticketing/people/groups.h"

namespace postern::ticketing {
namespace {

enum class Is : std::uint8_t {
  kId, kTitle, kDescription, kUrl, kStatus, kPriority, kType, kTags, kVia, kCreated, kUpdated, kDue, kExternalId, kGroup, kInbox,
  kLatest, kLatestPublic, kQuoted, kRequester, kAssignee, kSubmitter, kCurrent, kRequestLink, kRequestsLink, kRatingSection, kRatingLink, kRating, kRatingComment,
};

struct Row {
  std::string_view name;
  Is is;
  std::string_view what;  // of people: "name", "first_name", "email", "id"
  std::string_view title;
};

constexpr std::array kRows{
    Row{"ticket.id", Is::kId, {}, "Number of the ticket"},
    Row{"ticket.title", Is::kTitle, {}, "Subject"},
    Row{"ticket.description", Is::kDescription, {}, "The first message"},
    Row{"ticket.verbatim_description", Is::kDescription, {}, "The first message"},
    Row{"ticket.url", Is::kUrl, {}, "Where agents see the ticket"},
    Row{"ticket.link", Is::kUrl, {}, "Where agents see the ticket"},
    Row{"ticket.request_link", Is::kRequestLink, {}, "In a mail to one customer: where they see this request without an account"},
    Row{"ticket.requests_link", Is::kRequestsLink, {}, "In a mail to one customer: where they see all of their requests"},
    Row{"satisfaction.rating_section", Is::kRatingSection, {}, "In a mail to the requester: asks for a rating, with a link for each choice"},
    Row{"satisfaction.rating_url", Is::kRatingLink, {}, "In a mail to the requester: where they rate the help they got"},
    Row{"satisfaction.positive_rating_url", Is::kRatingLink, "good", "The same, with good proposed"},
    Row{"satisfaction.negative_rating_url", Is::kRatingLink, "bad", "The same, with bad proposed"},
    Row{"satisfaction.current_rating", Is::kRating, {}, "What the requester said: good or bad"},
    Row{"satisfaction.current_comment", Is::kRatingComment, {}, "… and in their own words"},
    Row{"ticket.status", Is::kStatus, {}, "Status"},
    Row{"ticket.priority", Is::kPriority, {}, "Priority"},
    Row{"ticket.ticket_type", Is::kType, {}, "Type"},
    Row{"ticket.tags", Is::kTags, {}, "Tags"},
    Row{"ticket.via", Is::kVia, {}, "How the change came"},
    Row{"ticket.created_at", Is::kCreated, {}, "When it was made"},
    Row{"ticket.updated_at", Is::kUpdated, {}, "When it was changed"},
    Row{"ticket.due_date", Is::kDue, {}, "When it is due"},
    Row{"ticket.external_id", Is::kExternalId, {}, "Its id in another system"},
    Row{"ticket.group.name", Is::kGroup, {}, "Group"},
    Row{"ticket.account", Is::kInbox, {}, "Name of the inbox"},
    Row{"ticket.brand.name", Is::kInbox, {}, "Name of the inbox"},
    Row{"ticket.latest_comment", Is::kLatest, {}, "The newest comment; for customers the newest public one"},
    Row{"ticket.latest_comment_formatted", Is::kLatest, {}, "The same"},
    Row{"ticket.latest_public_comment", Is::kLatestPublic, {}, "The newest public comment"},
    Row{"ticket.latest_public_comment_formatted", Is::kLatestPublic, {}, "The same"},
    Row{"ticket.comments_formatted", Is::kQuoted, {}, "The newest comments; for customers the public ones"},
    Row{"ticket.public_comments_formatted", Is::kQuoted, "public", "The newest public comments"},
    Row{"ticket.requester.name", Is::kRequester, "name", "Name of the requester"},
    Row{"ticket.requester.first_name", Is::kRequester, "first_name", "First name of the requester"},
    Row{"ticket.requester.email", Is::kRequester, "email", "Address of the requester"},
    Row{"ticket.requester.id", Is::kRequester, "id", "Id of the requester"},
    Row{"ticket.submitter.name", Is::kSubmitter, "name", "Who made the ticket"},
    Row{"ticket.assignee.name", Is::kAssignee, "name", "Name of the assignee"},
    Row{"ticket.assignee.first_name", Is::kAssignee, "first_name", "First name of the assignee"},
    Row{"ticket.assignee.email", Is::kAssignee, "email", "Address of the assignee"},
    Row{"ticket.assignee.id", Is::kAssignee, "id", "Id of the assignee"},
    Row{"current_user.name", Is::kCurrent, "name", "Who makes the change"},
    Row{"current_user.first_name", Is::kCurrent, "first_name", "First name of who makes the change"},
    Row{"current_user.email", Is::kCurrent, "email", "Address of who makes the change"},
};
constexpr std::string_view kFieldPrefix = "ticket.ticket_field_";
constexpr std::size_t kNameMax = 64;

const Row* find_row(std::string_view name) {
  const auto found = std::ranges::find(kRows, name, &Row::name);
  return found == kRows.end() ? nullptr : &*found;
}
std::uint64_t field_of(std::string_view name) {
  return name.starts_with(kFieldPrefix) ? rule_number(name.substr(kFieldPrefix.size())) : 0;
}

// The next "{{ name }}" at or behind `from`: where it begins and ends, and its name.
struct Place {
  std::size_t begin = 0, end = 0;
  std::string_view name;  // of the text that was searched
};
std::optional<Place> next_place(std::string_view text, std::size_t from) {
  const std::size_t begin = text.find("{{", from);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = text.find("}}", begin + 2);
  if (end == std::string_view::npos) return std::nullopt;
  return Place{begin, end + 2, core::trim_ascii(text.substr(begin + 2, end - begin - 2))};
}

bool is_name(std::string_view name) {
  const auto is_part = [](unsigned char c) { return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_' || c == '.'; };
  return !name.empty() && name.size() <= kNameMax && std::ranges::all_of(name, is_part);
}

std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80U) --bytes_max;
  text.resize(bytes_max);
  return text + "\u2026";
}

std::string time_word(std::int64_t unix_ms) { return unix_ms == 0 ? std::string() : core::to_rfc3339(core::from_unix_ms(unix_ms)); }

std::string in_json_string(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (byte >= 0x20) {
      out += c;
      continue;
    }
    out += "\\u00";
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return out;
}

std::string joined(const auto& values, std::string_view between) {
  std::string out;
  for (const std::string& each : values) out += (out.empty() ? "" : std::string(between)) + each;
  return out;
}

}  // namespace

core::Result<void> check_placeholders(std::string_view text) {
  std::size_t from = 0;
  while (const auto place = next_place(text, from)) {
    from = place->end;
    if (find_row(place->name) != nullptr || field_of(place->name) != 0) continue;
    // Only what looks like a name is said again.
    return core::fail(Errc::kInvalid, "unknown placeholder" + (is_name(place->name) ? " " + std::string(place->name) : std::string()));
  }
  return {};
}

std::vector<PlaceholderInfo> placeholder_list() {
  std::vector<PlaceholderInfo> out;
  for (const Row& row : kRows) out.push_back({row.name, row.title});
  out.push_back({kFieldPrefix, "Value of a custom field, by its id"});
  return out;
}

core::Result<std::optional<auth::User>> find_person(const RuleParts& parts, storage::Transaction& transaction, core::WorkspaceId workspace,
                                                    core::UserId id) {
  if (!id) return std::optional<auth::User>();
  POSTERN_TRY(const auto known, parts.with.accounts.find(workspace, id));
  return known ? core::Result<std::optional<auth::User>>(known) : auth::find_user(transaction, parts.with.vault, workspace, id);
}

core::Result<std::string> TicketText::fill(std::string_view text, Readers readers, Inside inside) {
  std::string out;
  std::size_t from = 0;
  while (const auto place = next_place(text, from)) {
    out += text.substr(from, place->begin - from);
    from = place->end;
    POSTERN_TRY(std::string filled, value(place->name, readers));
    filled = cut(std::move(filled), parts_.limits.inserted_bytes_max);
    out += inside == Inside::kJson ? in_json_string(filled) : inside == Inside::kHtml ? as_html(filled) : filled;
    if (out.size() > parts_.limits.mail_bytes_max) break;
  }
  if (from < text.size()) out += text.substr(from);
  return cut(std::move(out), parts_.limits.mail_bytes_max);
}

core::Result<std::string> TicketText::value(std::string_view name, Readers readers) {
  const schema::Ticket& record = ticket_.record();
  const Row* row = find_row(name);
  if (row == nullptr) return joined(ticket_.field(field_of(name)), ", ");
  switch (row->is) {
    case Is::kId: return std::to_string(record.id());
    case Is::kTitle: return record.subject();
    case Is::kDescription: return first_text();
    case Is::kUrl: return url();
    case Is::kStatus: return std::string(to_string(static_cast<Status>(record.status())));
    case Is::kPriority: return std::string(to_string(static_cast<Priority>(record.priority())));
    case Is::kType: return std::string(to_string(static_cast<TicketType>(record.type())));
    case Is::kTags: return joined(record.tags(), " ");
    case Is::kVia: return ticket_.source().via;
    case Is::kCreated: return time_word(record.created_unix_ms());
    case Is::kUpdated: return time_word(record.updated_unix_ms());
    case Is::kDue: return time_word(record.due_unix_ms());
    case Is::kExternalId: return record.external_id();
    case Is::kGroup: {
      if (parts_.groups == nullptr || record.group() == 0) return std::string();
      const auto group = parts_.groups->find(ticket_.workspace(), record.group());
      return group ? group->name : std::string();
    }
    case Is::kInbox: {
      const Inbox* inbox = parts_.with.directory.find(core::InboxId{record.inbox()});
      return inbox == nullptr ? std::string() : inbox->display_name;
    }
    case Is::kLatest: return latest(readers, false);
    case Is::kLatestPublic: return latest(readers, true);
    case Is::kQuoted: return quoted(row->what == "public" ? Readers::kCustomers : readers, parts_.limits.quoted_comments_max);
    case Is::kRequester: return of_person(core::UserId{record.requester()}, row->what);
    case Is::kSubmitter: return of_person(core::UserId{record.submitter() != 0 ? record.submitter() : record.requester()}, row->what);
    case Is::kAssignee: return of_person(core::UserId{record.assignee()}, row->what);
    case Is::kCurrent: return of_person(current_, row->what);
    case Is::kRequestLink: return request_link(ticket_, customer_);
    case Is::kRequestsLink: return requests_link(ticket_, customer_);
    case Is::kRatingSection: return rating_section(ticket_, customer_);
    case Is::kRatingLink: return rating_link(ticket_, customer_, row->what);
    case Is::kRating: return current_rating(ticket_);
    case Is::kRatingComment: return current_rating_comment(ticket_);
  }
  return std::string();
}

core::Result<std::string> TicketText::of_person(core::UserId who, std::string_view what) {
  if (!who) return std::string();
  if (what == "id") return std::to_string(who.value);
  POSTERN_TRY(const auto user, find_person(parts_, ticket_.transaction(), ticket_.workspace(), who));
  if (!user) return std::string();
  if (what == "email") return user->email;
  const std::string name = clean_line(user->name);
  return what == "name" ? name : name.substr(0, name.find(' '));
}

core::Result<std::vector<schema::Comment>> TicketText::comments(Readers readers, std::size_t count) {
  std::vector<schema::Comment> out;
  const auto is_shown = [readers](const schema::Comment& each) { return each.is_public() || readers == Readers::kAgents; };
  for (auto each = ticket_.added().rbegin(); each != ticket_.added().rend() && out.size() < count; ++each) {
    if (is_shown(*each)) out.push_back(*each);
  }
  if (ticket_.before() == nullptr || out.size() >= count) return out;
  const std::string prefix = keys::comments_prefix(ticket_.workspace(), ticket_.id());
  POSTERN_TRY(const std::vector<storage::Entry> entries, ticket_.transaction().snapshot().scan(
                                                             prefix, storage::Direction::kBackward, parts_.limits.comments_looked_at_max));
  for (const storage::Entry& entry : entries) {
    if (out.size() >= count) break;
    schema::Comment comment;
    POSTERN_CHECK(storage::open_record(parts_.with.vault, ticket_.workspace(), entry.key, entry.value, comment));
    if (is_shown(comment)) out.push_back(std::move(comment));
  }
  return out;
}

// A text of this very change is not in the snapshot yet.
core::Result<std::string> TicketText::text_of(const schema::Comment& comment) {
  if (comment.text().blob().empty()) return comment.text().inline_text();
  const std::string key = storage::blob_key(ticket_.workspace(), comment.text().blob());
  POSTERN_TRY(const auto sealed, ticket_.transaction().get(key));
  if (!sealed) return std::string();
  return parts_.with.vault.open(ticket_.workspace(), key, *sealed);
}

core::Result<std::string> TicketText::latest(Readers readers, bool is_public_only) {
  POSTERN_TRY(const auto newest, comments(is_public_only ? Readers::kCustomers : readers, 1));
  return newest.empty() ? std::string() : text_of(newest.front());
}

core::Result<std::string> TicketText::quoted(Readers readers, std::size_t count) {
  POSTERN_TRY(const auto newest, comments(readers, count));
  std::string out;
  for (const schema::Comment& each : newest) {
    POSTERN_TRY(const std::string author, of_person(core::UserId{each.author()}, "name"));
    POSTERN_TRY(const std::string text, text_of(each));
    out += (out.empty() ? "" : "\n\n") + author + ", " + time_word(each.created_unix_ms()) + (each.is_public() ? "" : " (internal note)") + "\n\n" + text;
  }
  return out;
}

core::Result<std::string> TicketText::first_text() {
  if (ticket_.before() == nullptr) return ticket_.added().empty() ? core::Result<std::string>(std::string()) : text_of(ticket_.added().front());
  const std::string prefix = keys::comments_prefix(ticket_.workspace(), ticket_.id());
  POSTERN_TRY(const auto entries, ticket_.transaction().snapshot().scan(prefix, storage::Direction::kForward, 1));
  if (entries.empty()) return std::string();
  schema::Comment comment;
  POSTERN_CHECK(storage::open_record(parts_.with.vault, ticket_.workspace(), entries.front().key, entries.front().value, comment));
  return comment.is_public() ? text_of(comment) : core::Result<std::string>(std::string());
}

std::string TicketText::url() const {
  return public_origin(parts_.with.options) + "/#/tickets/" + std::to_string(ticket_.id().value);
}

}  // namespace postern::ticketing
