#include "web/api/desk/field_shapes.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kTextMax = 4096;
constexpr std::size_t kOptionsReadMax = 2500;

using ticketing::FieldKind;

std::string field_url(std::uint64_t id) { return "/api/v2/ticket_fields/" + std::to_string(id); }

std::string_view kind_word(const schema::TicketField& field) { return ticketing::to_string(static_cast<FieldKind>(field.kind())); }

}  // namespace

json::object field_option_json(const schema::TicketField& field, const schema::FieldOption& option) {
  json::object out;
  out["id"] = option.id();
  out["name"] = option.name();
  out["raw_name"] = option.name();
  out["value"] = option.value();
  out["default"] = option.is_default();
  out["url"] = field_url(field.id()) + "/options/" + std::to_string(option.id());
  return out;
}

json::object ticket_field_json(const schema::TicketField& field) {
  json::object out;
  out["url"] = field_url(field.id());
  out["id"] = field.id();
  out["type"] = kind_word(field);
  out["title"] = field.title();
  out["raw_title"] = field.title();
  out["description"] = field.description();
  out["raw_description"] = field.description();
  out["agent_description"] = field.agent_description().empty() ? json::value() : json::value(field.agent_description());
  out["title_in_portal"] = field.title_in_portal().empty() ? field.title() : field.title_in_portal();
  out["raw_title_in_portal"] = out["title_in_portal"];
  out["position"] = field.position();
  out["active"] = field.is_active();
  out["required"] = field.is_required();
  out["required_in_portal"] = field.is_required_in_portal();
  out["visible_in_portal"] = field.is_visible_in_portal();
  out["editable_in_portal"] = field.is_editable_in_portal();
  out["collapsed_for_agents"] = false;
  out["regexp_for_validation"] = field.pattern().empty() ? json::value() : json::value(field.pattern());
  out["tag"] = field.tag().empty() ? json::value() : json::value(field.tag());
  out["removable"] = true;
  if (!field.options().empty()) {
    json::array options;
    for (const schema::FieldOption& each : field.options()) options.push_back(field_option_json(field, each));
    out["custom_field_options"] = std::move(options);
  }
  out["created_at"] = timestamp(field.created_unix_ms());
  out["updated_at"] = timestamp(field.updated_unix_ms());
  return out;
}

json::object system_field_json(const ticketing::SystemField& field, std::size_t position) {
  json::object out;
  out["url"] = field_url(field.id);
  out["id"] = field.id;
  out["type"] = field.type;
  out["title"] = field.title;
  out["raw_title"] = field.title;
  out["position"] = position;
  out["active"] = true;
  out["required"] = false;
  out["removable"] = false;
  if (field.type == "status") {
    json::array options;
    for (const char* word : {"open", "pending", "hold", "solved"}) options.push_back(json::object{{"name", word}, {"value", word}});
    out["system_field_options"] = std::move(options);
  }
  return out;
}

std::optional<schema::FieldOption> read_field_option(Form& form) {
  schema::FieldOption out;
  out.set_id(form.id("id").value_or(0));
  out.set_name(form.required_text("name", kTextMax));
  out.set_value(form.required_text("value", kTextMax));
  out.set_is_default(form.boolean("default").value_or(false));
  if (!form.ok()) return std::nullopt;
  return out;
}

std::optional<std::string> scalar_text(const json::value& value) {
  if (value.is_string()) return std::string(value.as_string().data(), value.as_string().size());
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_double()) return number_text(value.get_double());
  if (value.is_int64() || value.is_uint64()) return json::serialize(value);
  return std::nullopt;
}

FieldChange read_ticket_field(Form& form, const json::object& body, bool is_new, std::string_view object_name) {
  schema::TicketField to;
  if (const auto word = form.text("type", 64)) {
    const auto kind = ticketing::parse_field_kind(*word);
    const std::string_view why = ticketing::why_not_offered(*word);
    if (!kind) form.refuse("type", "InvalidValue", why.empty() ? "text, textarea, checkbox, date, integer, decimal, regexp, tagger or multiselect" : std::string(why));
    else to.set_kind(static_cast<std::uint32_t>(*kind));
  } else if (is_new) {
    form.refuse("type", "BlankValue", "cannot be blank");
  }
  const auto title = is_new ? std::optional(form.required_text("title", kTextMax)) : form.text("title", kTextMax);
  std::vector<std::function<void(schema::TicketField&)>> steps;
  const auto text = [&](const char* name, auto set) {
    if (const auto value = form.text(name, kTextMax)) steps.emplace_back([value = *value, set](schema::TicketField& field) { set(field, value); });
  };
  const auto flag = [&](const char* name, auto set) {
    if (const auto value = form.boolean(name)) steps.emplace_back([value = *value, set](schema::TicketField& field) { set(field, value); });
  };
  text("description", [](schema::TicketField& field, const std::string& value) { field.set_description(value); });
  text("agent_description", [](schema::TicketField& field, const std::string& value) { field.set_agent_description(value); });
  text("title_in_portal", [](schema::TicketField& field, const std::string& value) { field.set_title_in_portal(value); });
  text("regexp_for_validation", [](schema::TicketField& field, const std::string& value) { field.set_pattern(value); });
  text("tag", [](schema::TicketField& field, const std::string& value) { field.set_tag(value); });
  flag("active", [](schema::TicketField& field, bool value) { field.set_is_active(value); });
  flag("required", [](schema::TicketField& field, bool value) { field.set_is_required(value); });
  flag("required_in_portal", [](schema::TicketField& field, bool value) { field.set_is_required_in_portal(value); });
  flag("visible_in_portal", [](schema::TicketField& field, bool value) { field.set_is_visible_in_portal(value); });
  flag("editable_in_portal", [](schema::TicketField& field, bool value) { field.set_is_editable_in_portal(value); });
  std::optional<std::vector<schema::FieldOption>> options;
  if (const json::value* list = body.if_contains("custom_field_options"); list != nullptr && !list->is_null()) {
    options.emplace();
    if (!list->is_array() || list->as_array().size() > kOptionsReadMax) {
      form.refuse("custom_field_options", "InvalidFormat", "a list of objects with name and value is expected");
    } else {
      for (const json::value& each : list->as_array()) {
        const json::object object = each.is_object() ? each.as_object() : json::object();
        Form item(object, std::string(object_name) + ".custom_field_options");
        if (auto option = read_field_option(item)) options->push_back(std::move(*option));
        form.adopt(item);
        if (!item.ok()) break;
      }
    }
  }
  return [=, kind = to.kind()](schema::TicketField& field) -> core::Result<void> {
    if (is_new) field.set_is_active(true);
    if (kind != 0) field.set_kind(kind);
    if (title) field.set_title(*title);
    for (const auto& step : steps) step(field);
    if (!options) return {};
    const schema::TicketField before = field;
    field.clear_options();
    for (schema::FieldOption option : *options) {
      if (option.id() == 0) {  // one of that value stays the one that it is
        for (const schema::FieldOption& each : before.options()) {
          if (each.value() == option.value()) option.set_id(each.id());
        }
      }
      *field.add_options() = std::move(option);
    }
    return {};
  };
}

}  // namespace postern::web::api
