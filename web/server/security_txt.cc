#include "web/server/security_txt.h"

#include <algorithm>

#include "auth/audit_trail/contact.h"
#include "web/errc.h"

namespace postern::web {

bool is_security_txt(const Request& request) { return request.path == "/.well-known/security.txt"; }

core::Result<Response> security_txt_response(const Request& request, const WebOptions& options, const Services& services) {
  if (!is_safe(request.verb)) return core::fail(Errc::kNotAllowed);
  if (services.security_contacts == nullptr) return core::fail(Errc::kNotFound);
  std::vector<std::string> contacts;
  for (const core::WorkspaceId workspace : services.directory()->workspaces()) {
    POSTERN_TRY(const auth::SecurityContact contact, services.security_contacts->get(workspace));
    if (!contact.email.empty() && std::ranges::find(contacts, contact.email) == contacts.end()) contacts.push_back(contact.email);
  }
  if (contacts.empty()) return core::fail(Errc::kNotFound);
  Response response = plain_response(200, auth::security_txt(contacts, options.public_origin, services.clock.wall_now()));
  response.set("Content-Type", "text/plain; charset=utf-8");
  return response;
}

}  // namespace postern::web
