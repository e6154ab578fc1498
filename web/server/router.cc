#include "web/server/router.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace postern::web {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    path.remove_prefix(1);
    std::size_t end = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return out;
}

using Params = std::vector<std::pair<std::string, std::string>>;

// Up to 19 digits at the front of `given`.
std::string_view take_id(std::string_view& given) {
  std::size_t end = std::min({given.find_first_not_of("0123456789"), given.size(), std::size_t{19}});
  std::string_view id = given.substr(0, end);
  given.remove_prefix(end);
  return id;
}

bool is_host_name(std::string_view text) {
  constexpr std::size_t kNameMax = 253;  // RFC 1035 section 2.3.4, without the final dot
  return !text.empty() && text.size() <= kNameMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

bool is_rule_id(std::string_view text) {
  constexpr std::size_t kRuleCharsMax = 40;
  return !text.empty() && text.size() <= kRuleCharsMax &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

// The text form of core::TraceId (core::to_base32).
bool is_trace_id(std::string_view text) {
  constexpr std::size_t kTraceCharsMax = 13;
  return !text.empty() && text.size() <= kTraceCharsMax &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

// One segment of a path against one of a pattern; its parameters are added to `params` in any case.
bool fits(std::string_view pattern, std::string_view given, Params& params) {
  if (pattern == kDomainParameter) {
    params.emplace_back("domain", given);
    return is_host_name(given);
  }
  if (pattern == kRuleParameter) {
    params.emplace_back("rule", given);
    return is_rule_id(given);
  }
  if (pattern == kTraceParameter) {
    params.emplace_back("trace_id", given);
    return is_trace_id(given);
  }
  for (std::size_t open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{')) {
    std::size_t close = pattern.find('}', open);
    if (!given.starts_with(pattern.substr(0, open))) return false;
    given.remove_prefix(open);
    std::string_view id = take_id(given);
    if (id.empty()) return false;
    params.emplace_back(pattern.substr(open + 1, close - open - 1), id);
    pattern.remove_prefix(close + 1);
  }
  return pattern == given;
}

// The pattern without the names of its parameters; nullopt when a brace has no partner or a name is missing.
std::optional<std::string> shape_of(std::string_view pattern) {
  std::string out;
  for (std::size_t open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{')) {
    std::size_t close = pattern.find_first_of("{}/", open + 1);
    if (close == std::string_view::npos || pattern[close] != '}' || close == open + 1) return std::nullopt;
    out += std::string(pattern.substr(0, open)) + "{}";
    pattern.remove_prefix(close + 1);
  }
  if (pattern.find('}') != std::string_view::npos) return std::nullopt;
  return out + std::string(pattern);
}

void check(std::span<const Route> table) {
  auto refuse = [](const Route& route, const char* why) {
    throw std::invalid_argument(std::string("route ") + std::string(route.pattern) + ": " + why);
  };
  for (const Route& route : table) {
    if (!route.pattern.starts_with("/api/v2/")) refuse(route, "the pattern does not begin with /api/v2/");
    if (route.access == Access::kUnset) refuse(route, "no access is stated");
    if (route.handler == nullptr) refuse(route, "no handler");
    if (route.verb == Verb::kOther || route.verb == Verb::kHead) refuse(route, "verb");
    if (route.summary.empty()) refuse(route, "no summary");
    if (is_safe(route.verb) && route.body != Body::kNone) refuse(route, "a GET takes no body");
    if (route.session_only && route.access == Access::kPublic) refuse(route, "nobody has a session there");
    if (route.fresh_factor && !route.session_only) refuse(route, "a token proves no factor");
    std::optional<std::string> shape = shape_of(route.pattern);
    if (!shape) refuse(route, "braces");
    for (const Route& other : table) {
      if (&other < &route && other.verb == route.verb && shape_of(other.pattern) == shape) refuse(route, "twice");
    }
  }
}

}  // namespace

Router::Router(std::span<const Route> table) : table_(table) {
  check(table);
  for (const Route& route : table) rows_.push_back(Row{&route, split(route.pattern)});
}

Router::Match Router::find(const Request& request) const {
  std::vector<std::string> segments = request.segments;
  // Some clients put a slash between a base and a path that have one each. The last segment may be empty: that is another path.
  if (!segments.empty()) segments.erase(std::remove(segments.begin(), segments.end() - 1, std::string()), segments.end() - 1);
  if (!segments.empty() && segments.back().ends_with(".json")) segments.back().resize(segments.back().size() - 5);
  Verb wanted = request.verb == Verb::kHead ? Verb::kGet : request.verb;
  Match match;
  for (const Row& row : rows_) {
    Params params;
    auto fits_here = [&params](std::string_view pattern, const std::string& given) { return fits(pattern, given, params); };
    if (!std::ranges::equal(row.segments, segments, fits_here)) continue;
    if (row.route->verb == wanted) {
      match.route = row.route;
      match.params = std::move(params);
      return match;
    }
    if (!match.allowed.empty()) match.allowed += ", ";
    match.allowed += to_string(row.route->verb);
    if (row.route->verb == Verb::kGet) match.allowed += ", HEAD";
  }
  return match;
}

bool permits(const Route& route, const auth::Principal& who) {
  if (route.access == Access::kUnset || (who.inboxes.is_limited() && route.inboxes == Inboxes::kWhole)) return false;
  if (route.owner_only && who.role != auth::Role::kOwner) return false;
  if (route.access != Access::kPermission) return true;
  if (!auth::permissions_of(who).has_all(route.and_all)) return false;
  return auth::may(who, route.permission) || !(auth::permissions_of(who) & route.or_any).empty();
}

}  // namespace postern::web
