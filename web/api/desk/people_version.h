#pragma once
// web/api/desk/people_version.h: versions of roles, groups, organisations, people and signatures, whose services hand out values
// and not records: a digest of every part that their PUT can change. For If-Match (definition_version.h).
// Not in them: whether a group is the default one; of an account what other routes change (its name, role, inboxes).
// Thread-safety: pure.
#include <string>

#include "auth/roles/roles.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"
#include "ticketing/signatures/signatures.h"

namespace postern::web {

std::string version_etag(const auth::CustomRole& role);
std::string version_etag(const ticketing::Group& group);
std::string version_etag(const ticketing::Organization& organization);
std::string version_etag(const ticketing::Profile& profile);
std::string version_etag(const ticketing::SignatureForm& signature);

}  // namespace postern::web
