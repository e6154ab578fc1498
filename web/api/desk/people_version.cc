#include "web/api/desk/people_version.h"

#include "web/api/desk/definition_version.h"

namespace postern::web {
namespace {

json::array values_of(const std::vector<ticketing::FieldValue>& fields) {
  json::array out;
  for (const ticketing::FieldValue& each : fields) out.push_back({each.field, json::array(each.values.begin(), each.values.end())});
  return out;
}

json::array words_of(const std::vector<std::string>& words) { return json::array(words.begin(), words.end()); }

// JSON keeps the parts apart.
std::string digest_of(const json::array& parts) { return digest_etag(json::serialize(parts)); }

}  // namespace

std::string version_etag(const auth::CustomRole& role) {
  return digest_of({role.id, role.name, role.description, role.permissions.bits(), role.updated_unix_ms});
}

std::string version_etag(const ticketing::Group& group) {
  json::array members;
  for (const core::UserId each : group.members) members.emplace_back(each.value);
  return digest_of({group.id, group.name, group.description, std::move(members), group.updated_unix_ms});
}

std::string version_etag(const ticketing::Organization& from) {
  return digest_of({from.id, from.name, from.details, from.notes, words_of(from.domains), words_of(from.tags), from.external_id, from.shared_tickets,
                    from.shared_comments, from.group, values_of(from.fields), from.updated_unix_ms});
}

std::string version_etag(const ticketing::Profile& from) {
  json::array organizations;
  for (const ticketing::OrganizationMembership& each : from.organizations) organizations.emplace_back(each.id);
  return digest_of({from.name, from.alias, from.phone, from.details, from.notes, from.external_id, from.locale, from.time_zone, from.signature,
                    from.signature_html, words_of(from.tags), from.is_verified, from.is_shared, from.is_suspended, std::move(organizations),
                    words_of(from.other_emails), from.merged_into.value, values_of(from.fields), from.updated_unix_ms});
}

std::string version_etag(const ticketing::SignatureForm& signature) { return digest_of({signature.text, signature.html}); }

}  // namespace postern::web
