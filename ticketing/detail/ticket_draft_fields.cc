// TicketDraft: what a ticket carries beside its conversation, each change with its event.
#include <algorithm>
#include <set>

#include "core/encoding.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/ticket_limits.h"

namespace postern::ticketing {
namespace {

std::string arrow(std::string_view from, std::string_view to) { return std::string(from) + " -> " + std::string(to); }
std::string arrow(std::uint64_t from, std::uint64_t to) { return arrow(std::to_string(from), std::to_string(to)); }
// What was typed may hold an arrow itself, but never a line's end.
std::string typed_arrow(std::string_view from, std::string_view to) { return std::string(from) + "\n-> " + std::string(to); }

std::string joined(const auto& values) {
  std::string out;
  for (const auto& each : values) out += (out.empty() ? "" : ", ") + std::string(each);
  return out;
}

// What an event shows of a long text: its beginning, in whole UTF-8 characters.
std::string short_line(const std::string& text) {
  constexpr std::size_t kShownMax = 500;
  if (text.size() <= kShownMax) return clean_line(text);
  return clean_line(cut_utf8(text, kShownMax)) + "\u2026";
}

// "-1 +2": who left and who came.
std::string difference(const google::protobuf::RepeatedField<std::uint64_t>& before, const std::vector<core::UserId>& after) {
  std::string out;
  const auto add = [&out](char sign, std::uint64_t id) { out += (out.empty() ? "" : " ") + (sign + std::to_string(id)); };
  for (const std::uint64_t id : before) {
    if (std::ranges::find(after, core::UserId{id}) == after.end()) add('-', id);
  }
  for (const core::UserId id : after) {
    if (std::ranges::find(before, id.value) == before.end()) add('+', id.value);
  }
  return out;
}

std::vector<core::UserId> unique(const std::vector<core::UserId>& people, std::uint64_t without) {
  std::vector<core::UserId> out;
  for (const core::UserId each : people) {
    if (each && each.value != without && std::ranges::find(out, each) == out.end()) out.push_back(each);
  }
  return out;
}

}  // namespace

std::string normal_tag(std::string_view tag) { return core::to_lower_ascii(core::trim_ascii(tag)); }

bool is_tag(std::string_view tag) {
  const auto is_wrong = [](unsigned char c) { return c <= ' ' || c == 0x7F || c == ',' || c == '"'; };
  return !tag.empty() && tag.size() <= kTicketLimits.tag_bytes_max && std::ranges::none_of(tag, is_wrong);
}

core::Result<void> TicketDraft::tell_change(core::UserId actor, std::string_view kind, std::string_view detail) {
  if (!has_told_change_) transaction_->record(workspace_, {"ticket.changed", record_.id(), 0});
  has_told_change_ = true;
  return add_event(actor, kind, detail);
}

const pipeline::NamedAddress* TicketDraft::newcomer(core::UserId user) const {
  const auto found = newcomers_.find(user);
  return found == newcomers_.end() ? nullptr : &found->second;
}

core::Result<void> TicketDraft::set_subject(core::UserId actor, std::string subject) {
  subject = clean_line(subject);
  if (subject == record_.subject()) return {};
  if (subject.empty() || subject.size() > with_->options.subject_bytes_max) return core::fail(Errc::kInvalid, "subject: empty or too long");
  const std::string change = typed_arrow(record_.subject(), subject);
  record_.set_subject(std::move(subject));
  return tell_change(actor, "subject", change);
}

core::Result<void> TicketDraft::set_type(core::UserId actor, TicketType type) {
  const auto from = static_cast<TicketType>(record_.type());
  if (from == type) return {};
  record_.set_type(static_cast<std::uint32_t>(type));
  return tell_change(actor, "type", arrow(to_string(from), to_string(type)));
}

core::Result<void> TicketDraft::set_priority(core::UserId actor, Priority priority) {
  const auto from = static_cast<Priority>(record_.priority());
  if (from == priority) return {};
  record_.set_priority(static_cast<std::uint32_t>(priority));
  return tell_change(actor, "priority", arrow(to_string(from), to_string(priority)));
}

core::Result<void> TicketDraft::set_group(core::UserId actor, std::uint64_t group) {
  if (record_.group() == group) return {};
  const std::string change = arrow(record_.group(), group);
  record_.set_group(group);
  return tell_change(actor, "group", change);
}

core::Result<void> TicketDraft::set_organization(core::UserId actor, std::uint64_t organization) {
  if (record_.organization() == organization) return {};
  const std::string change = arrow(record_.organization(), organization);
  record_.set_organization(organization);
  return tell_change(actor, "organization", change);
}

core::Result<void> TicketDraft::set_external_id(core::UserId actor, std::string external_id) {
  external_id = clean_line(external_id);
  if (record_.external_id() == external_id) return {};
  if (external_id.size() > kTicketLimits.external_id_bytes_max) return core::fail(Errc::kInvalid, "external_id: too long");
  const std::string change = typed_arrow(record_.external_id(), external_id);
  record_.set_external_id(std::move(external_id));
  return tell_change(actor, "external_id", change);
}

core::Result<void> TicketDraft::set_due(core::UserId actor, std::int64_t unix_ms) {
  if (record_.due_unix_ms() == unix_ms) return {};
  const auto word = [](std::int64_t at) { return at == 0 ? std::string() : core::to_rfc3339(core::from_unix_ms(at)); };
  const std::string change = arrow(word(record_.due_unix_ms()), word(unix_ms));
  record_.set_due_unix_ms(unix_ms);
  return tell_change(actor, "due", change);
}

core::Result<void> TicketDraft::set_problem(core::UserId actor, core::TicketId problem) {
  if (record_.problem() == problem.value) return {};
  if (problem.value == record_.id()) return core::fail(Errc::kInvalid, "problem_id: a ticket is not its own problem");
  const std::string change = arrow(record_.problem(), problem.value);
  record_.set_problem(problem.value);
  return tell_change(actor, "problem", change);
}

core::Result<void> TicketDraft::set_form(core::UserId actor, std::uint64_t form) {
  if (record_.form() == form) return {};
  const std::string change = arrow(record_.form(), form);
  record_.set_form(form);
  return tell_change(actor, "form", change);
}

core::Result<void> TicketDraft::set_custom_status(core::UserId actor, std::uint64_t custom, Status category) {
  POSTERN_CHECK(set_status(actor, category));
  if (record_.custom_status() == custom) return {};
  const std::string change = arrow(record_.custom_status(), custom);
  record_.set_custom_status(custom);
  return tell_change(actor, "custom_status", change);
}

core::Result<void> TicketDraft::set_requester(core::UserId actor, core::UserId requester) {
  if (!requester) return core::fail(Errc::kInvalid, "requester_id");
  if (record_.requester() == requester.value) return {};
  const std::string change = arrow(record_.requester(), requester.value);
  if (record_.submitter() == 0) record_.set_submitter(record_.requester());  // who wrote it stays who wrote it
  record_.set_requester(requester.value);
  POSTERN_CHECK(tell_change(actor, "requester", change));
  const std::vector<core::UserId> ccs = ticketing::unique({record_.ccs().begin(), record_.ccs().end()}, requester.value);
  return set_ccs(actor, ccs);
}

core::Result<void> TicketDraft::set_ccs(core::UserId actor, std::vector<core::UserId> ccs) {
  ccs = ticketing::unique(ccs, record_.requester());
  if (ccs.size() > with_->options.participants_max) return core::fail(Errc::kInvalid, "email_ccs: too many");
  const std::string change = difference(record_.ccs(), ccs);
  if (change.empty()) return {};
  record_.clear_ccs();
  for (const core::UserId each : ccs) record_.add_ccs(each.value);
  return tell_change(actor, "ccs", change);
}

core::Result<void> TicketDraft::set_followers(core::UserId actor, std::vector<core::UserId> followers) {
  followers = ticketing::unique(followers, 0);
  if (followers.size() > kTicketLimits.followers_max) return core::fail(Errc::kInvalid, "followers: too many");
  const std::string change = difference(record_.followers(), followers);
  if (change.empty()) return {};
  record_.clear_followers();
  for (const core::UserId each : followers) record_.add_followers(each.value);
  return tell_change(actor, "followers", change);
}

core::Result<void> TicketDraft::set_tags(core::UserId actor, std::vector<std::string> tags) {
  std::set<std::string> all;
  for (const std::string& each : tags) {
    std::string tag = normal_tag(each);
    const bool is_here = std::ranges::find(record_.tags(), tag) != record_.tags().end();
    if (!is_here && !is_tag(tag)) return core::fail(Errc::kInvalid, "tags: no blanks, commas or quotes, and not too long");
    all.insert(std::move(tag));
  }
  if (all.size() > kTicketLimits.tags_max && all.size() > static_cast<std::size_t>(record_.tags_size())) {
    return core::fail(Errc::kInvalid, "tags: too many");
  }
  std::string change;
  const auto add = [&change](std::string_view sign, const std::string& tag) { change += (change.empty() ? "" : " ") + (std::string(sign) + tag); };
  for (const std::string& tag : record_.tags()) {
    if (!all.contains(tag)) add("-", tag);
  }
  for (const std::string& tag : all) {
    if (std::ranges::find(record_.tags(), tag) == record_.tags().end()) add("+", tag);
  }
  if (change.empty()) return {};
  record_.clear_tags();
  for (const std::string& tag : all) record_.add_tags(tag);
  return tell_change(actor, "tags", change);
}

core::Result<void> TicketDraft::remove_tags(core::UserId actor, const std::vector<std::string>& tags) {
  std::set<std::string> gone;
  for (const std::string& each : tags) gone.insert(normal_tag(each));
  std::vector<std::string> rest;
  for (const std::string& tag : record_.tags()) {
    if (!gone.contains(tag)) rest.push_back(tag);
  }
  return set_tags(actor, std::move(rest));
}

std::vector<std::string> TicketDraft::field(std::uint64_t field) const {
  for (const schema::FieldValue& each : record_.fields()) {
    if (each.field() == field) return {each.values().begin(), each.values().end()};
  }
  return {};
}

core::Result<void> TicketDraft::set_field(core::UserId actor, std::uint64_t field, std::vector<std::string> values) {
  const std::vector<std::string> before = this->field(field);
  if (before == values) return {};
  if (values.size() > kTicketLimits.field_values_max) return core::fail(Errc::kInvalid, "custom_fields: too many values");
  auto& fields = *record_.mutable_fields();
  const auto other = std::ranges::remove_if(fields, [field](const schema::FieldValue& each) { return each.field() == field; });
  fields.DeleteSubrange(static_cast<int>(other.begin() - fields.begin()), static_cast<int>(other.size()));
  if (!values.empty()) {
    schema::FieldValue value;
    value.set_field(field);
    for (std::string& each : values) {
      if (each.size() > kTicketLimits.field_value_bytes_max) return core::fail(Errc::kInvalid, "custom_fields: a value is too long");
      value.add_values(each);
    }
    fields.Add(std::move(value));
    std::ranges::sort(fields, {}, [](const schema::FieldValue& each) { return each.field(); });
  }
  std::size_t bytes = 0;
  for (const schema::FieldValue& each : fields) bytes += each.ByteSizeLong();
  if (static_cast<std::size_t>(fields.size()) > kTicketLimits.fields_max || bytes > kTicketLimits.fields_bytes_max) {
    return core::fail(Errc::kInvalid, "custom_fields: too much in all");
  }
  const auto shown = [](const std::vector<std::string>& of) { return short_line(joined(of)); };
  return tell_change(actor, "field", std::to_string(field) + ": " + typed_arrow(shown(before), shown(values)));
}

}  // namespace postern::ticketing
