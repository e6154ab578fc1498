#include "web/api/desk/export_lines.h"

#include "core/encoding.h"
#include "web/api/desk/person_field_shapes.h"
#include "web/api/shapes.h"

namespace postern::web {
namespace {

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }
json::array texts_json(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }
std::string exported_time(std::int64_t unix_ms) { return core::to_rfc3339(core::from_unix_ms(unix_ms)); }

}  // namespace

std::string export_line(const json::object& object) { return json::serialize(object) + "\n"; }

std::string organization_line(const ticketing::Organization& from, const std::vector<schema::TicketField>& fields) {
  return export_line({{"id", from.id}, {"name", from.name}, {"details", from.details}, {"notes", from.notes}, {"external_id", text_or_null(from.external_id)},
                      {"domain_names", texts_json(from.domains)}, {"tags", texts_json(from.tags)}, {"group_id", from.group == 0 ? json::value(nullptr) : json::value(from.group)},
                      {"organization_fields", api::person_values_json(fields, from.fields)}, {"created_at", exported_time(from.created_unix_ms)}});
}

std::string group_line(const ticketing::Group& from) {
  json::array members;
  for (const core::UserId member : from.members) members.emplace_back(member.value);
  return export_line({{"id", from.id}, {"name", from.name}, {"description", from.description}, {"default", from.is_default}, {"user_ids", members}});
}

std::string person_line(const auth::User& from, const ticketing::Profile& profile, const std::vector<schema::TicketField>& fields) {
  json::array organizations;
  for (const auto& link : profile.organizations) organizations.emplace_back(link.organization);
  return export_line({{"id", from.id.value}, {"name", profile.name.empty() ? from.name : profile.name}, {"email", text_or_null(from.email)},
                      {"role", auth::to_string(from.role)}, {"alias", text_or_null(profile.alias)}, {"phone", text_or_null(profile.phone)},
                      {"details", text_or_null(profile.details)}, {"notes", text_or_null(profile.notes)}, {"external_id", text_or_null(profile.external_id)},
                      {"tags", texts_json(profile.tags)}, {"suspended", profile.is_suspended || from.is_disabled},
                      {"user_fields", api::person_values_json(fields, profile.fields)},
                      {"organization_id", organizations.empty() ? json::value(nullptr) : organizations.front()}, {"organization_ids", organizations},
                      {"created_at", exported_time(from.created_unix_ms)}});
}

json::object exported_file(const ticketing::Attachment& from) {
  return {{"id", from.id.value}, {"file_name", from.name}, {"content_type", from.media_type}, {"size", from.size}, {"inline", from.is_inline}};
}

json::object exported_comment(const ticketing::Comment& from, json::array files) {
  return {{"id", from.id.value}, {"type", "Comment"}, {"author_id", from.author.value}, {"body", from.text}, {"html_body", text_or_null(from.html)},
          {"public", from.is_public}, {"attachments", std::move(files)}, {"via", json::object{{"channel", from.via == "mail" ? "email" : from.via}}},
          {"message_id", text_or_null(from.message_id)}, {"created_at", exported_time(from.created_unix_ms)}};
}

std::string ticket_line(const ticketing::Ticket& from, const ticketing::Directory* directory, json::array comments) {
  json::object line = ticket_json(from, directory);
  json::array fields;
  for (const ticketing::FieldValue& each : from.fields) {
    const json::array values = texts_json(each.values);
    fields.emplace_back(json::object{{"id", each.field}, {"value", values.size() == 1 ? values.front() : json::value(values)}});
  }
  line["custom_fields"] = std::move(fields);
  line["custom_status_id"] = from.custom_status == 0 ? json::value(nullptr) : json::value(from.custom_status);
  line["comments"] = std::move(comments);
  return export_line(line);
}

std::string mbox_message(std::string_view message, std::int64_t at_unix_ms) {
  std::string out = "From MAILER-DAEMON " + core::to_rfc5322(core::from_unix_ms(at_unix_ms)) + "\n";
  for (std::size_t at = 0; at < message.size();) {
    const std::size_t end = std::min(message.find('\n', at), message.size());
    std::string_view line = message.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto quote = line.find_first_not_of('>');
    if (quote != std::string_view::npos && line.substr(quote).starts_with("From ")) out += '>';
    out += line;
    out += '\n';
    at = end + 1;
  }
  return out + "\n";
}

}  // namespace postern::web
