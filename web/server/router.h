#pragma once
// web/server/router.h: the one table of routes. Each row says who may call it; a row without that, two rows for one
// request, or a pattern that is not of its form do not start (std::invalid_argument).
// Patterns: "/api/v2/tickets/{id}/comments", "/api/v2/suspended_tickets/{trace}-{inbox}"; a {parameter} matches a decimal
// id only, so "/tickets/count" cannot be mistaken for a ticket; {domain} alone in its segment matches a host name.
// ".json" behind the last segment is ignored.
// Thread-safety: immutable after construction.
#include <span>
#include <string_view>
#include <vector>

#include "web/options.h"
#include "web/server/message.h"

namespace postern::web {

struct Context;  // web/api/context.h
// An error becomes its problem body (problem.h).
using Handler = core::Task<core::Result<Response>> (*)(Request& request, Context& context);

enum class Access : std::uint8_t {
  kUnset,       // refused at start
  kPublic,      // no credential needed (sign-in, enrolment, the API's description)
  kSignedIn,    // any valid credential
  kPermission,  // the row's permission
};
enum class Body : std::uint8_t { kNone, kJson, kUpload, kArchive };
// kSignIn: the stricter bucket by address. kCostly: the stricter bucket by user and route.
enum class Rate : std::uint8_t { kNormal, kSignIn, kCostly };

// What a route shows to somebody who is limited to inboxes. A row that does not say is closed to him.
enum class Inboxes : std::uint8_t {
  kWhole,   // of the whole workspace: 403
  kWithin,  // what stands in his inboxes; the rest is not there
  kNone,    // nothing that belongs to an inbox
};

struct Route {
  Verb verb = Verb::kOther;
  std::string_view pattern;  // of a literal
  Access access = Access::kUnset;
  auth::Permission permission = auth::Permission::kTicketsRead;
  auth::PermissionSet or_any;  // any of these opens the route too; the handler, or what it calls, looks closer
  auth::PermissionSet and_all;  // needed beside these
  Inboxes inboxes = Inboxes::kWhole;
  Body body = Body::kNone;
  Handler handler = nullptr;
  std::string_view summary;  // for the OpenAPI document
  std::string_view query;    // names of query parameters, separated by commas
  Rate rate = Rate::kNormal;
  bool replays = false;      // honours Idempotency-Key although it is no POST: see honours_replays()
  bool is_versioned = false; // looks at If-Match
  bool session_only = false; // 403 to API tokens: whoever steals one must not make another way in with it
  bool fresh_factor = false; // 403 unless a factor was proved a short while ago; of routes with session_only
  bool owner_only = false;   // beside the permission
  bool helps_enrol = false;  // also for those who have to set up a second factor first
  bool is_content = false;   // what customers sent: browsers get it from the content host (content_host.h)
  std::string_view audit_as;   // the entry that the server writes after the handler; empty: what changes is audited where it changes
  std::string_view request_schema;   // of the JSON body, by name (api/schemas.h); empty: not described
  std::string_view response_schema;  // … and of the answer
};

// Whether somebody who is signed in may use the route.
bool permits(const Route& route, const auth::Principal& who);
// Whether the route honours Idempotency-Key: every POST of somebody who is signed in, and rows that say so.
constexpr bool honours_replays(const Route& route) {
  return route.access != Access::kPublic && (route.replays || route.verb == Verb::kPost);
}

// Parameters that are no numbers. A domain: letters (of any script), digits, "-", "_" and ".", at most 253 bytes.
inline constexpr std::string_view kDomainParameter = "{domain}";
inline constexpr std::string_view kRuleParameter = "{rule}";  // id of a redaction rule: a-z, 0-9 and "_", at most 40 bytes
inline constexpr std::string_view kTraceParameter = "{trace_id}";  // as SMTP replies and Received fields name a message

class Router {
 public:
  explicit Router(std::span<const Route> table);
  struct Match {
    const Route* route = nullptr;  // nullptr: see allowed
    std::vector<std::pair<std::string, std::string>> params;
    std::string allowed;           // "GET, HEAD, PUT" of the path; empty: no such path
  };
  Match find(const Request& request) const;
  std::span<const Route> table() const { return table_; }

 private:
  struct Row {
    const Route* route;
    std::vector<std::string_view> segments;
  };
  std::span<const Route> table_;
  std::vector<Row> rows_;
};

}  // namespace postern::web
