#include "web/api/ticket_form.h"

#include <algorithm>
#include <array>

#include "ticketing/errc.h"
#include "ticketing/helpdesk.h"
#include "ticketing/people/people.h"
#include "ticketing/ticket_limits.h"
#include "web/api/days.h"
#include "web/api/desk/field_shapes.h"

namespace postern::web {
namespace {

constexpr std::size_t kUploadsMax = 20;
constexpr std::size_t kPeopleMax = 100;  // of one list; the store takes fewer
constexpr std::size_t kTagsReadMax = 300;
constexpr std::size_t kAddressMax = 320;
constexpr std::size_t kNameMax = 200;
constexpr std::int64_t kDayMs = 86'400'000;

// What read_ticket() and its callers read; with what is shown, all that is not passed over.
constexpr std::array<std::string_view, 31> kWritten{
    "subject",   "type",          "priority",    "status",         "custom_status_id", "requester_id",   "requester",    "assignee_id",
    "assignee_email", "group_id", "organization_id", "email_cc_ids", "collaborator_ids", "collaborators", "additional_collaborators", "email_ccs",
    "follower_ids", "followers",  "problem_id",  "due_at",         "tags",             "additional_tags", "remove_tags", "ticket_form_id",
    "external_id", "custom_fields", "fields",    "comment",        "macro_ids",
    "safe_update", "updated_stamp"};
constexpr std::array<std::string_view, 4> kWrittenOnce{"recipient", "inbox_id", "submitter_id", "description"};
constexpr std::array<std::string_view, 5> kWrittenOfComment{"body", "html_body", "public", "uploads", "author_id"};

using ticketing::PersonWish;
using ticketing::TicketWishes;

bool is_null(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_null();
}

// A list of ids; nothing when the field is not there.
std::optional<std::vector<PersonWish>> read_ids(Form& form, const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return std::nullopt;
  std::vector<PersonWish> out;
  if (value->is_null()) return out;
  if (!value->is_array() || value->as_array().size() > kPeopleMax) {
    form.refuse(name, "InvalidFormat", "a list of at most " + std::to_string(kPeopleMax) + " ids is expected");
    return out;
  }
  for (const json::value& each : value->as_array()) {
    const json::object one{{"id", each}};
    Form item(one, "");
    const auto id = item.id("id");
    if (!id) form.refuse(name, "InvalidFormat", "ids are expected");
    out.push_back({core::UserId{id.value_or(0)}, {}, {}, false});
  }
  return out;
}

// {"user_id" or "user_email", "user_name", "action"}: Zendesk's way to change CCs and followers.
void read_changes(Form& form, const json::object& object, std::string_view name, std::vector<PersonWish>& into) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return;
  if (!value->is_array() || value->as_array().size() > kPeopleMax) return form.refuse(name, "InvalidFormat", "a list of people is expected");
  for (const json::value& each : value->as_array()) {
    if (!each.is_object()) return form.refuse(name, "InvalidFormat", "objects with user_id or user_email are expected");
    Form item(each.as_object(), "ticket." + std::string(name));
    PersonWish wish;
    wish.id = core::UserId{item.id("user_id").value_or(0)};
    wish.email = item.text("user_email", kAddressMax).value_or(std::string());
    wish.name = item.text("user_name", kNameMax).value_or(std::string());
    const std::string action = item.text("action", 16).value_or("put");
    if (action != "put" && action != "delete") item.refuse("action", "InvalidValue", "put or delete");
    wish.leaves = action == "delete";
    if (!wish.id && wish.email.empty()) item.refuse("user_id", "BlankValue", "user_id or user_email is needed");
    form.adopt(item);
    into.push_back(std::move(wish));
  }
}

// The older way: ids, addresses, or {"name", "email"}.
std::optional<std::vector<PersonWish>> read_collaborators(Form& form, const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  std::vector<PersonWish> out;
  if (!value->is_array() || value->as_array().size() > kPeopleMax) {
    form.refuse(name, "InvalidFormat", "a list of people is expected");
    return std::nullopt;
  }
  for (const json::value& each : value->as_array()) {
    PersonWish wish;
    if (each.is_object()) {
      Form item(each.as_object(), "ticket." + std::string(name));
      wish.email = item.required_text("email", kAddressMax);
      wish.name = item.text("name", kNameMax).value_or(std::string());
      form.adopt(item);
    } else if (each.is_string()) {
      wish.email = std::string(each.as_string().data(), each.as_string().size());
    } else {
      const json::object one{{"id", each}};
      Form item(one, "");
      wish.id = core::UserId{item.id("id").value_or(0)};
      if (!wish.id) form.refuse(name, "InvalidFormat", "ids, addresses or objects with name and email are expected");
    }
    out.push_back(std::move(wish));
  }
  return out;
}

void read_requester(Form& form, const json::object& object, TicketWishes& wishes) {
  if (const auto id = form.id("requester_id"); id && *id != 0) wishes.requester = PersonWish{core::UserId{*id}, {}, {}, false};
  if (!object.contains("requester")) return;
  if (const json::value& value = object.at("requester"); value.is_string()) {
    wishes.requester = PersonWish{{}, std::string(value.as_string().data(), value.as_string().size()), {}, false};
    return;
  }
  const json::object person = form.object("requester");
  Form item(person, "ticket.requester");
  PersonWish wish;
  wish.email = item.required_text("email", kAddressMax);
  wish.name = item.text("name", kNameMax).value_or(std::string());
  form.adopt(item);
  wishes.requester = std::move(wish);
}

void read_people(Form& form, const json::object& object, TicketWishes& wishes) {
  read_requester(form, object, wishes);
  for (const char* name : {"collaborator_ids", "email_cc_ids"}) {
    if (auto ids = read_ids(form, object, name)) wishes.ccs = std::move(ids);
  }
  if (auto people = read_collaborators(form, object, "collaborators")) wishes.ccs = std::move(people);
  if (auto people = read_collaborators(form, object, "additional_collaborators")) wishes.cc_changes = std::move(*people);
  read_changes(form, object, "email_ccs", wishes.cc_changes);
  if (auto ids = read_ids(form, object, "follower_ids")) wishes.followers = std::move(ids);
  read_changes(form, object, "followers", wishes.follower_changes);
}

std::vector<std::string> read_tags(Form& form, std::string_view name) {
  std::vector<std::string> out = form.texts(name, kTagsReadMax, 8192);
  if (out.size() != 1) return out;
  std::vector<std::string> words;  // "a b c" and "a,b" are lists as well
  std::string word;
  for (const char c : out.front() + " ") {
    if (c != ' ' && c != ',') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

void read_field(Form& form, std::uint64_t field, const json::value& value, TicketWishes& wishes) {
  ticketing::FieldValue wish{field, {}};
  const auto add = [&](const json::value& each) {
    if (auto text = api::scalar_text(each)) wish.values.push_back(std::move(*text));
    else form.refuse("custom_fields", "InvalidFormat", "a text, a number, true or false, or a list of texts is expected");
  };
  if (value.is_array()) {
    if (value.as_array().size() > ticketing::kTicketLimits.field_values_max) return form.refuse("custom_fields", "TooLong", "too many values");
    for (const json::value& each : value.as_array()) add(each);
  } else if (!value.is_null()) {
    add(value);
  }
  wishes.fields.push_back(std::move(wish));
}

// [{"id", "value"}], or {"id": value}.
void read_fields(Form& form, const json::object& object, TicketWishes& wishes) {
  const json::value* value = object.if_contains("custom_fields");
  if (value == nullptr) value = object.if_contains("fields");
  if (value == nullptr || value->is_null()) return;
  const std::size_t count = value->is_array() ? value->as_array().size() : value->is_object() ? value->as_object().size() : 0;
  if (count > ticketing::kTicketLimits.fields_max) return form.refuse("custom_fields", "TooLong", "too many");
  if (value->is_object()) {
    for (const auto& [key, each] : value->as_object()) {
      const core::Result<std::uint64_t> id = read_number(std::string_view(key.data(), key.size()));
      if (!id) return form.refuse("custom_fields", "InvalidFormat", "ids of fields are expected");
      read_field(form, *id, each, wishes);
    }
    return;
  }
  if (!value->is_array()) return form.refuse("custom_fields", "InvalidFormat", "a list of objects with id and value is expected");
  for (const json::value& each : value->as_array()) {
    if (!each.is_object()) return form.refuse("custom_fields", "InvalidFormat", "objects with id and value are expected");
    Form item(each.as_object(), "ticket.custom_fields");
    const auto id = item.id("id");
    if (!id) item.refuse("id", "BlankValue", "cannot be blank");
    form.adopt(item);
    const json::value* one = each.as_object().if_contains("value");
    read_field(form, id.value_or(0), one == nullptr ? json::value() : *one, wishes);
  }
}

void read_words(Form& form, const json::object& object, ticketing::Tickets::Update& update) {
  TicketWishes& wishes = update.wishes;
  if (const auto word = form.text("status", 32)) {
    update.status = ticketing::parse_status(*word);
    if (!update.status) form.refuse("status", "InvalidValue", "new, open, pending, hold, solved or closed");
  }
  if (is_null(object, "type")) wishes.type = ticketing::TicketType::kNone;
  if (const auto word = form.text("type", 32)) {
    wishes.type = word->empty() ? ticketing::TicketType::kNone : ticketing::parse_ticket_type(*word);
    if (!wishes.type) form.refuse("type", "InvalidValue", "problem, incident, question or task");
  }
  if (is_null(object, "priority")) wishes.priority = ticketing::Priority::kNone;
  if (const auto word = form.text("priority", 32)) {
    wishes.priority = word->empty() ? ticketing::Priority::kNone : ticketing::parse_priority(*word);
    if (!wishes.priority) form.refuse("priority", "InvalidValue", "low, normal, high or urgent");
  }
  if (is_null(object, "due_at")) wishes.due_unix_ms = 0;
  if (const auto text = form.text("due_at", 64)) {
    wishes.due_unix_ms = parse_time(*text);
    if (!wishes.due_unix_ms) form.refuse("due_at", "InvalidFormat", "a time as 2026-11-23T10:00:00Z is expected");
  }
}

std::optional<std::int64_t> digits(std::string_view text, std::size_t at, std::size_t count, std::int64_t most) {
  if (text.size() < at + count) return std::nullopt;
  std::int64_t out = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    out = out * 10 + (c - '0');
  }
  return out > most ? std::nullopt : std::optional(out);
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  const auto day = parse_date(text.substr(0, 10));
  if (!day) return std::nullopt;
  std::int64_t out = static_cast<std::int64_t>(*day) * kDayMs;
  if (text.size() == 10) return out;
  const auto hour = digits(text, 11, 2, 23);
  const auto minute = digits(text, 14, 2, 59);
  const auto second = digits(text, 17, 2, 59);
  if (!hour || !minute || !second || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':') return std::nullopt;
  out += ((*hour * 60 + *minute) * 60 + *second) * 1000;
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    ++at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;  // less than a second does not matter
  }
  const std::string_view zone = text.substr(at);
  if (zone == "Z") return out;
  const auto ahead_hours = digits(zone, 1, 2, 14);
  const auto ahead_minutes = digits(zone, zone.size() == 6 ? 4 : 3, 2, 59);
  if (zone.empty() || (zone[0] != '+' && zone[0] != '-') || !ahead_hours || !ahead_minutes || zone.size() > 6) return std::nullopt;
  const std::int64_t ahead = (*ahead_hours * 60 + *ahead_minutes) * 60'000;
  return zone[0] == '+' ? out - ahead : out + ahead;
}

namespace {

// Nobody but the one who asks: as if it was not said.
core::UserId somebody_else(std::optional<std::uint64_t> id, const Request& request) {
  return id && *id != request.who().user.value ? core::UserId{*id} : core::UserId{};
}

// Zendesk takes an address for the assignee as well.
core::Result<void> read_assignee(Form& form, Request& request, Context& context, ticketing::Tickets::Update& update) {
  if (const auto id = form.id("assignee_id")) update.assignee = core::UserId{*id};
  const std::optional<std::string> address = form.text("assignee_email", kAddressMax);
  if (!address || update.assignee) return {};
  core::UserId found;
  if (context.services.desk != nullptr) {
    POSTERN_TRY(found, context.services.desk->people().find_by_email(request.who().workspace, *address));
  }
  if (!found) form.refuse("assignee_email", "InvalidValue", "is nobody's address here");
  update.assignee = found;
  return {};
}

}  // namespace

core::Result<void> read_ticket(Form& form, const json::object& object, Request& request, Context& context, ticketing::Tickets::Update& update) {
  TicketWishes& wishes = update.wishes;
  read_words(form, object, update);
  wishes.subject = form.text("subject", 8192);
  if (wishes.subject && wishes.subject->find_first_not_of(" \t\r\n") == std::string::npos) form.refuse("subject", "BlankValue", "cannot be blank");
  POSTERN_CHECK(read_assignee(form, request, context, update));
  wishes.group = form.id("group_id");
  wishes.organization = form.id("organization_id");
  wishes.form = form.id("ticket_form_id");
  if (const auto id = form.id("custom_status_id"); id && *id != 0) wishes.custom_status = id;
  if (const auto id = form.id("problem_id")) wishes.problem = core::TicketId{*id};
  wishes.external_id = form.text("external_id", ticketing::kTicketLimits.external_id_bytes_max);
  if (is_null(object, "external_id")) wishes.external_id.emplace();
  if (object.contains("tags")) wishes.tags = read_tags(form, "tags");
  if (object.contains("additional_tags")) wishes.added_tags = read_tags(form, "additional_tags");
  if (object.contains("remove_tags")) wishes.removed_tags = read_tags(form, "remove_tags");
  read_people(form, object, wishes);
  read_fields(form, object, wishes);
  return {};
}

namespace {

// What was passed over, told within bounds: a body can name more attributes than anybody wants to read of.
class PassedOver {
 public:
  void add(std::string_view owner, std::string_view name, std::string_view why) {
    if (++count_ > kToldMax) return;
    const bool is_long = name.size() > kNameBytesMax;
    out_.emplace_back(std::string(owner) + (is_long ? "…" : std::string(name)) + ": " + std::string(why) + "; it was passed over");
  }

  json::array take() && {
    if (count_ > kToldMax) out_.emplace_back(std::to_string(count_ - kToldMax) + " more were passed over");
    return std::move(out_);
  }

 private:
  static constexpr std::size_t kToldMax = 20;
  static constexpr std::size_t kNameBytesMax = 64;

  json::array out_;
  std::size_t count_ = 0;
};

}  // namespace

json::array ignored_words(const json::object& object, const json::object& shown, bool is_new) {
  constexpr std::string_view kUnknown = "there is no such attribute";
  PassedOver passed;
  const auto text = [](const json::value& of) { return of.is_string() ? std::string(of.as_string()) : json::serialize(of); };
  const auto is_one_of = [](const auto& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); };
  for (const auto& [key, value] : object) {
    const std::string_view name(key.data(), key.size());
    if (name == "url" && shown.contains(name)) continue;  // read as a whole address, known from the root
    if (is_one_of(kWritten, name) || (is_new && is_one_of(kWrittenOnce, name))) continue;
    const json::value* known = shown.if_contains(name);
    if (known == nullptr) passed.add("ticket.", name, kUnknown);
    if (known != nullptr && text(*known) != text(value)) passed.add("ticket.", name, "is not changed by this request");
  }
  const json::value* comment = object.if_contains("comment");
  if (comment == nullptr || !comment->is_object()) return std::move(passed).take();
  for (const auto& [key, value] : comment->as_object()) {
    const std::string_view name(key.data(), key.size());
    if (!is_one_of(kWrittenOfComment, name)) passed.add("ticket.comment.", name, kUnknown);
  }
  return std::move(passed).take();
}

std::vector<std::string> read_comment(Form& form, const json::object& ticket, Request& request, Context& context, ticketing::Tickets::Update& update,
                                      bool must) {
  std::vector<std::string> tokens;
  if (!ticket.contains("comment")) {
    if (!must) return tokens;
    update.text = form.text("description", context.options.json_bytes_max);
    if (!update.text || update.text->find_first_not_of(" \t\r\n") == std::string::npos) form.refuse("comment", "BlankValue", "cannot be blank");
    return tokens;
  }
  json::object object;
  if (ticket.at("comment").is_string()) object["body"] = ticket.at("comment");
  else object = form.object("comment");
  Form comment(object, "ticket.comment");
  std::optional<std::string> body = comment.text("body", context.options.json_bytes_max);
  std::optional<std::string> html = comment.text("html_body", context.options.json_bytes_max);
  const auto is_blank = [](const std::optional<std::string>& each) { return !each || each->find_first_not_of(" \t\r\n") == std::string::npos; };
  update.author = somebody_else(comment.id("author_id"), request);
  update.is_public = comment.boolean("public").value_or(true);
  tokens = comment.texts("uploads", kUploadsMax, 128);
  if (is_blank(body) && is_blank(html)) comment.refuse("body", "BlankValue", "cannot be blank");
  for (const std::string& token : tokens) {
    core::Result<std::vector<PendingUploads::File>> files = context.uploads.files(request.who(), token);
    if (!files) {
      comment.refuse("uploads", "InvalidValue", "unknown or expired upload token");
      break;
    }
    for (PendingUploads::File& each : *files) update.files.push_back(std::move(each));
  }
  if (!is_blank(body)) update.text = std::move(body);
  if (!is_blank(html)) update.html = std::move(html);
  form.adopt(comment);
  return tokens;
}

core::Result<Response> refused_ticket(const core::Error& error, const Request& request) {
  const std::string& context = error.context();
  const std::size_t colon = context.find(": ");
  if (!(error == ticketing::Errc::kInvalid) || colon == std::string::npos) return error;
  std::string field = context.substr(0, colon);
  if (field == "group" || field == "assignee") field += "_id";  // as groups call them
  return invalid_field(request, "ticket." + field, "InvalidValue", context.substr(colon + 2));
}

}  // namespace postern::web
