#pragma once
// web/api/sideloads.h: what a list of tickets names, sent along with it: "?include=users". Zendesk's way to save requests.
// Thread-safety: pure.  Errors: web::Errc::kInvalid for another word, kForbidden for what the caller may not read.
// Limits: kSideloadedUsersMax.
#include "web/api/context.h"
#include "web/api/json.h"

namespace postern::web {

inline constexpr std::size_t kSideloadedUsersMax = 500;

// Adds them to the answer, as the request's "include" asks for.
core::Result<void> add_sideloads(json::object& out, const Request& request, Context& context, const std::vector<ticketing::Ticket>& tickets);

}  // namespace postern::web
