#pragma once
// web/api/route_words.h: the words in which tables of routes are written; each makes or completes a row.
// Thread-safety: constants.
#include "web/server/router.h"

namespace postern::web::route_words {

using auth::Permission;

constexpr Route open(Verb verb, std::string_view pattern, Body body, Handler handler, std::string_view summary, Rate rate) {
  Route route;
  route.verb = verb;
  route.pattern = pattern;
  route.access = Access::kPublic;
  route.inboxes = Inboxes::kNone;
  route.body = body;
  route.handler = handler;
  route.summary = summary;
  route.rate = rate;
  return route;
}

constexpr Route own(Verb verb, std::string_view pattern, Handler handler, std::string_view summary) {
  Route route;
  route.verb = verb;
  route.pattern = pattern;
  route.access = Access::kSignedIn;
  route.inboxes = Inboxes::kNone;
  route.handler = handler;
  route.summary = summary;
  return route;
}

constexpr Route own_with_body(Verb verb, std::string_view pattern, Handler handler, std::string_view summary) {
  Route route = own(verb, pattern, handler, summary);
  route.body = Body::kJson;
  return route;
}

constexpr Route get(std::string_view pattern, Permission permission, Handler handler, std::string_view summary,
                    std::string_view query = {}) {
  Route route;
  route.verb = Verb::kGet;
  route.pattern = pattern;
  route.access = Access::kPermission;
  route.permission = permission;
  route.handler = handler;
  route.summary = summary;
  route.query = query;
  return route;
}

constexpr Route change(Verb verb, std::string_view pattern, Permission permission, Body body, Handler handler,
                       std::string_view summary, std::string_view query = {}) {
  Route route = get(pattern, permission, handler, summary, query);
  route.verb = verb;
  route.body = body;
  return route;
}

// Other permissions that open the route as well.
constexpr Route or_with(Route route, auth::PermissionSet others) {
  route.or_any = others;
  return route;
}

// Other permissions that are needed too.
constexpr Route needing(Route route, auth::PermissionSet others) {
  route.and_all = others;
  return route;
}

constexpr Route replaying(Route route) {
  route.replays = true;
  return route;
}

// Compares If-Match with the ETag of what it changes.
constexpr Route versioned(Route route) {
  route.is_versioned = true;
  return route;
}

// What its bodies look like: names of api/schemas.h.
constexpr Route speaks(Route route, std::string_view response, std::string_view request = {}) {
  route.request_schema = request;
  route.response_schema = response;
  return route;
}

// What gives somebody a way in.
constexpr Route signed_in_only(Route route) {
  route.session_only = true;
  return route;
}

// The same, shortly after its owner proved that it is them (ASVS 7.5.3).
constexpr Route freshly(Route route) {
  route.session_only = true;
  route.fresh_factor = true;
  return route;
}

// Of sessions only, without a permission; also for those who have to set up a second factor first.
constexpr Route enrolling(Verb verb, std::string_view pattern, Body body, Handler handler, std::string_view summary) {
  Route route = own(verb, pattern, handler, summary);
  route.body = body;
  route.session_only = true;
  route.helps_enrol = true;
  return route;
}

constexpr Route for_all(Route route) {
  route.helps_enrol = true;
  return route;
}

constexpr Route with_body(Route route) {
  route.body = Body::kJson;
  return route;
}

constexpr Route proving(Route route) {
  route.rate = Rate::kSignIn;
  return route;
}

// Works for seconds, or asks others to.
constexpr Route costly(Route route) {
  route.rate = Rate::kCostly;
  return route;
}

// What the server writes into the audit log after the handler: reads of what is sensitive (ASVS 16.3), and what changes nothing
// in the store. Tickets and attachments are read all day long and are not among them.
constexpr Route audited(Route route, std::string_view action) {
  route.audit_as = action;
  return route;
}

constexpr Route owners(Route route) {
  route.owner_only = true;
  return route;
}

// For those who are limited to inboxes too: what is theirs of it, …
// Of what customers sent, as they sent it.
constexpr Route content(Route route) {
  route.is_content = true;
  return route;
}

constexpr Route within(Route route) {
  route.inboxes = Inboxes::kWithin;
  return route;
}

// … and what belongs to no inbox.
constexpr Route aside(Route route) {
  route.inboxes = Inboxes::kNone;
  return route;
}

}  // namespace postern::web::route_words
