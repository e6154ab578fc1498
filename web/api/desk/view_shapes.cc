#include "web/api/desk/view_shapes.h"

#include <algorithm>

#include "ticketing/fields/ticket_fields.h"
#include "ticketing/helpdesk.h"
#include "ticketing/service_levels/clocks.h"
#include "web/api/desk/rule_shapes.h"
#include "web/errc.h"

namespace postern::web {
namespace {

using ticketing::ViewColumn;

constexpr std::size_t kWordBytesMax = 100;
constexpr std::uint64_t kPositionMax = 1'000'000;

std::string_view order_word(bool is_descending) { return is_descending ? "desc" : "asc"; }

std::string title_of(const std::string& column) {
  const auto found = ticketing::find_view_column(column);
  if (!found) return column;
  return found->custom != 0 ? "Custom field " + std::to_string(found->custom) : std::string(found->row->title);
}

json::object column_json(const std::string& column) {
  json::object out;
  const auto found = ticketing::find_view_column(column);
  if (found && found->custom != 0) {
    out["id"] = found->custom;
  } else {
    out["id"] = column;
  }
  out["title"] = title_of(column);
  return out;
}

json::value order_json(const std::string& column, bool is_descending) {
  if (column.empty()) return nullptr;
  json::object out = column_json(column);
  out["order"] = order_word(is_descending);
  return out;
}

json::value restriction_json(const schema::View& view) {
  if (view.owner() != 0) return json::object{{"type", "User"}, {"id", view.owner()}};
  if (view.groups().empty()) return nullptr;
  json::array ids;
  for (const std::uint64_t group : view.groups()) ids.emplace_back(group);
  return json::object{{"type", "Group"}, {"id", view.groups(0)}, {"ids", std::move(ids)}};
}

// What a column shows is a field of the ticket as the API has it.
std::string_view field_of(ViewColumn column) {
  switch (column) {
    case ViewColumn::kNumber: return "id";
    case ViewColumn::kSubject: return "subject";
    case ViewColumn::kStatus: return "status";
    case ViewColumn::kCustomStatus: return "custom_status_id";
    case ViewColumn::kType: return "type";
    case ViewColumn::kPriority: return "priority";
    case ViewColumn::kRequester: return "requester_id";
    case ViewColumn::kSubmitter: return "submitter_id";
    case ViewColumn::kAssignee: return "assignee_id";
    case ViewColumn::kGroup: return "group_id";
    case ViewColumn::kOrganization: return "organization_id";
    case ViewColumn::kInbox: return "brand_id";
    case ViewColumn::kForm: return "ticket_form_id";
    case ViewColumn::kTags: return "tags";
    case ViewColumn::kCreated: return "created_at";
    case ViewColumn::kUpdated: return "updated_at";
    case ViewColumn::kDue: return "due_at";
    case ViewColumn::kSatisfaction: return "satisfaction_rating";
    default: return {};
  }
}

// Rows name a few of them otherwise than tickets do.
std::string_view row_name(ViewColumn column) {
  if (column == ViewColumn::kNumber) return "nice_id";
  if (column == ViewColumn::kCreated) return "created";
  if (column == ViewColumn::kUpdated) return "updated";
  if (column == ViewColumn::kDue) return "due_date";
  return field_of(column);
}

// Of what no field of a ticket has; 0: never.
std::optional<std::int64_t> time_of(ViewColumn column, const ticketing::Ticket& ticket) {
  switch (column) {
    case ViewColumn::kRequesterUpdated: return ticket.requester_updated_unix_ms;
    case ViewColumn::kAssigneeUpdated: return ticket.assignee_updated_unix_ms;
    case ViewColumn::kAssigned: return ticket.assigned_unix_ms;
    case ViewColumn::kSolved: return ticket.solved_unix_ms;
    case ViewColumn::kNextBreach: return ticketing::earliest_breach(*ticket.service).value_or(0);
    default: return std::nullopt;
  }
}

json::value custom_value(const json::object& shaped, std::uint64_t field) {
  const json::value* fields = shaped.if_contains("custom_fields");
  if (fields == nullptr || !fields->is_array()) return nullptr;
  for (const json::value& each : fields->get_array()) {
    if (each.at("id").to_number<std::uint64_t>() == field) return each.at("value");
  }
  return nullptr;
}

std::string with_thousands(std::uint64_t value) {
  std::string out = std::to_string(value);
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

bool has_list(const json::object& from, std::string_view name) {
  const json::value* inside = from.if_contains("conditions");
  const json::object& where = inside != nullptr && inside->is_object() ? inside->get_object() : from;
  return where.contains(name);
}

std::optional<bool> read_order(Form& form, std::string_view name) {
  const std::optional<std::string> word = form.text(name, kWordBytesMax);
  if (!word) return std::nullopt;
  if (*word != "asc" && *word != "desc") form.refuse(name, "InvalidValue", "asc or desc");
  return *word == "desc";
}

}  // namespace

core::Result<ticketing::Views*> views_of(Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kUnavailable);
  return &context.services.desk->views();
}

json::array view_columns_json(const schema::View& view) {
  json::array out;
  for (const std::string& column : view.columns()) out.push_back(column_json(column));
  return out;
}

json::object view_json(const schema::View& view) {
  const schema::ViewShape& shape = view.shape();
  json::object execution;
  execution["group_by"] = shape.group_by().empty() ? json::value() : json::value(shape.group_by());
  execution["group_order"] = order_word(shape.group_descending());
  execution["sort_by"] = shape.sort_by();
  execution["sort_order"] = order_word(shape.sort_descending());
  execution["group"] = order_json(shape.group_by(), shape.group_descending());
  execution["sort"] = order_json(shape.sort_by(), shape.sort_descending());
  execution["columns"] = view_columns_json(view);
  json::object out;
  out["url"] = "/api/v2/views/" + std::to_string(view.id());
  out["id"] = view.id();
  out["title"] = view.title();
  out["raw_title"] = view.title();
  out["description"] = view.description();
  out["active"] = view.is_active();
  out["position"] = view.position();
  out["default"] = view.default_number() != 0;
  out["execution"] = std::move(execution);
  out["conditions"] = rule_conditions_json(shape.conditions());
  out["restriction"] = restriction_json(view);
  out["created_at"] = timestamp(view.created_unix_ms());
  out["updated_at"] = timestamp(view.updated_unix_ms());
  return out;
}

json::object view_row_json(const schema::View& view, const ticketing::Ticket& ticket, const json::object& shaped) {
  json::object inner;
  for (const char* field : {"id", "url", "subject", "status", "type", "priority"}) {
    if (const json::value* value = shaped.if_contains(field)) inner[field] = *value;
  }
  json::object out;
  out["ticket_id"] = ticket.id.value;
  out["ticket"] = std::move(inner);
  json::array custom;
  for (const std::string& column : view.columns()) {
    const auto found = ticketing::find_view_column(column);
    if (!found) continue;
    if (found->custom != 0) {
      custom.push_back(json::object{{"id", found->custom}, {"value", custom_value(shaped, found->custom)}});
      continue;
    }
    if (found->row->column == ViewColumn::kSlaPolicy) {
      out[found->row->name] = id_or_null(ticket.service->policy());
      continue;
    }
    if (const auto time = time_of(found->row->column, ticket)) {
      out[found->row->name] = *time == 0 ? json::value() : json::value(timestamp(*time));
      continue;
    }
    const std::string_view field = field_of(found->row->column);
    const json::value* value = field.empty() ? nullptr : shaped.if_contains(field);
    out[field.empty() ? found->row->name : row_name(found->row->column)] = value != nullptr ? *value : json::value();
  }
  if (!custom.empty()) out["custom_fields"] = std::move(custom);
  return out;
}

json::object view_count_json(const ticketing::Views::Count& count) {
  json::object out;
  out["view_id"] = id_or_null(count.view);
  out["url"] = "/api/v2/views/" + std::to_string(count.view) + "/count";
  out["value"] = count.value ? json::value(*count.value) : json::value();
  out["pretty"] = count.value ? with_thousands(*count.value) : "...";
  out["fresh"] = count.value.has_value() && count.percent == 100;
  if (count.percent < 100) out["building"] = count.percent;
  return out;
}

core::Result<json::object> view_definitions(const Request& request, Context& context) {
  POSTERN_TRY(json::array conditions, rule_condition_definitions(request, context, ticketing::ConditionContext::kView));
  json::array columns;
  for (const ticketing::ViewColumnRow& row : ticketing::view_columns()) {
    columns.push_back(json::object{{"id", row.name}, {"title", row.title}, {"sortable", row.can_sort}, {"groupable", row.can_group}});
  }
  json::object out;
  out["conditions_all"] = conditions;
  out["conditions_any"] = std::move(conditions);
  out["columns"] = std::move(columns);
  return out;
}

ViewWish::ViewWish(Form& form, const json::object& from, const auth::Principal& by, const ticketing::ViewLimits& limits) {
  title_ = form.text("title", limits.title_bytes_max);
  description_ = form.text("description", limits.description_bytes_max);
  is_active_ = form.boolean("active");
  if (form.has("position")) {
    const std::uint64_t position = form.id("position").value_or(0);
    if (position > kPositionMax) form.refuse("position", "InvalidValue", "at most " + std::to_string(kPositionMax));
    position_ = static_cast<std::uint32_t>(std::min(position, kPositionMax));
  }
  has_all_ = has_list(from, "all");
  has_any_ = has_list(from, "any");
  read_rule_conditions(form, from, conditions_);
  read_output(form, form.object(form.has("output") ? "output" : "execution"));
  if (form.has("restriction")) read_restriction(form, from, by);
}

void ViewWish::read_output(Form& form, const json::object& output) {
  Form inner(output, "view.output");
  if (const json::value* columns = output.if_contains("columns"); columns != nullptr && !columns->is_null()) {
    columns_.emplace();
    if (!columns->is_array()) return inner.refuse("columns", "InvalidFormat", "is a list"), form.adopt(inner);
    for (const json::value& each : columns->get_array()) {
      const json::value* id = each.is_object() ? each.get_object().if_contains("id") : &each;  // as views show them, too
      if (id == nullptr || (!id->is_string() && !id->is_number())) {
        inner.refuse("columns", "InvalidFormat", "names of columns, or ids of custom fields");
        break;
      }
      columns_->push_back(id->is_string() ? std::string(id->get_string()) : json::serialize(*id));
    }
  }
  if (inner.has("group_by")) group_by_ = inner.text("group_by", kWordBytesMax).value_or(std::string());
  is_group_descending_ = read_order(inner, "group_order");
  sort_by_ = inner.text("sort_by", kWordBytesMax);
  is_descending_ = read_order(inner, "sort_order");
  form.adopt(inner);
}

void ViewWish::read_restriction(Form& form, const json::object& from, const auth::Principal& by) {
  has_restriction_ = true;
  const json::value& value = from.at("restriction");
  if (value.is_null()) return;
  const json::object object = form.object("restriction");
  Form inner(object, "view.restriction");
  const std::string type = inner.required_text("type", kWordBytesMax);
  const std::optional<std::uint64_t> id = inner.id("id");
  if (type == "User") {
    owner_ = by.user.value;
    if (id && *id != 0 && *id != by.user.value) inner.refuse("id", "InvalidValue", "a personal view is one's own");
  } else if (type == "Group") {
    if (const json::value* ids = object.if_contains("ids"); ids != nullptr && ids->is_array()) {
      for (const json::value& each : ids->get_array()) {
        const json::object one{{"id", each}};
        Form item(one, "view.restriction.ids");
        groups_.push_back(item.id("id").value_or(0));
        inner.adopt(item);
      }
    }
    if (groups_.empty() && id) groups_.push_back(*id);
    std::ranges::sort(groups_);
    groups_.erase(std::ranges::unique(groups_).begin(), groups_.end());
    if (groups_.empty() || groups_.front() == 0) inner.refuse("id", "BlankValue", "the id of a group");
  } else {
    inner.refuse("type", "InvalidValue", "User or Group");
  }
  form.adopt(inner);
}

void ViewWish::apply(schema::View& view) const {
  schema::ViewShape& shape = *view.mutable_shape();
  if (title_) view.set_title(*title_);
  if (description_) view.set_description(*description_);
  if (is_active_) view.set_is_active(*is_active_);
  if (position_) view.set_position(*position_);
  if (columns_) view.mutable_columns()->Assign(columns_->begin(), columns_->end());
  if (has_all_) *shape.mutable_conditions()->mutable_all() = conditions_.all();
  if (has_any_) *shape.mutable_conditions()->mutable_any() = conditions_.any();
  if (group_by_) shape.set_group_by(*group_by_);
  if (is_group_descending_) shape.set_group_descending(*is_group_descending_);
  if (sort_by_) shape.set_sort_by(*sort_by_);
  if (is_descending_) shape.set_sort_descending(*is_descending_);
  if (!has_restriction_) return;
  view.set_owner(owner_);
  view.mutable_groups()->Assign(groups_.begin(), groups_.end());
}

core::Result<std::vector<ticketing::ConditionProblem>> unknown_fields(const Request& request, Context& context, const schema::View& view) {
  POSTERN_TRY(const auto fields, context.services.desk->fields().fields().all(request.who().workspace));
  std::vector<ticketing::ConditionProblem> out;
  const auto check = [&](std::uint64_t id, std::string where) {
    const bool is_known = std::ranges::any_of(*fields, [id](const schema::TicketField& each) { return each.id() == id; });
    if (id != 0 && !is_known) out.push_back({std::move(where), "there is no such custom field"});
  };
  const auto check_list = [&](const auto& list, const std::string& name) {
    for (int i = 0; i < list.size(); ++i) {
      const auto found = ticketing::find_condition_field(list[i].field());
      if (found) check(found->custom, name + "[" + std::to_string(i) + "].field");
    }
  };
  check_list(view.shape().conditions().all(), "all");
  check_list(view.shape().conditions().any(), "any");
  for (const std::string& column : view.columns()) {
    const auto found = ticketing::find_view_column(column);
    if (found) check(found->custom, "columns");
  }
  return out;
}

void refuse_problems(Form& form, const std::vector<ticketing::ConditionProblem>& problems) {
  for (const ticketing::ConditionProblem& each : problems) {
    const bool is_output = each.where == "sort_by" || each.where == "group_by" || each.where == "columns";
    form.refuse((is_output ? "output." : "conditions.") + each.where, "InvalidValue", each.what);
  }
}

}  // namespace postern::web
