#pragma once
// web/server/security_txt.h: /.well-known/security.txt (RFC 9116): whom to tell of a vulnerability: the verified security contacts
// of the workspaces. 404 while there is none.
// Thread-safety: any executor.  Errors: those of the store.
#include "web/options.h"
#include "web/server/message.h"
#include "web/services.h"

namespace postern::web {

bool is_security_txt(const Request& request);
core::Result<Response> security_txt_response(const Request& request, const WebOptions& options, const Services& services);

}  // namespace postern::web
