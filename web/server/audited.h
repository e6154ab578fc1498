#pragma once
// web/server/audited.h: the audit entries that the server writes itself: refusals of people who are known, and what a route
// does that changes nothing in the store (Route::audit_as). A change is audited in its own transaction instead (invariant 6).
// Thread-safety: none of its own; one request at a time.  Errors: those of the store: what cannot be audited is not answered.
#include "web/server/router.h"
#include "web/services.h"

namespace postern::web {

// Tells the principal what the audit record needs of the request. Device names are typed by strangers: they pass the
// redactor, which costs, so only where an entry may follow.
void describe_request(Request& request, const Route& route, const Services& services);
// Somebody known was refused (ASVS 16.3.2). A failure to write it is logged: the refusal stands in any case.
core::Task<void> audit_refusal(const Request& request, const Route& route, Services& services);
// After the handler of a route with audit_as.
core::Task<core::Result<void>> audit_use(const Request& request, const Route& route, int status, Services& services);

}  // namespace postern::web
