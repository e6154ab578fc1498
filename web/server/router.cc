#include "web/server/router.h"

#include <algorithm>
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

bool is_parameter(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 19 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_same_shape(std::string_view a, std::string_view b) {
  std::vector<std::string_view> left = split(a);
  std::vector<std::string_view> right = split(b);
  auto equal = [](std::string_view x, std::string_view y) { return x == y || (is_parameter(x) && is_parameter(y)); };
  return std::ranges::equal(left, right, equal);
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
    for (const Route& other : table) {
      if (&other < &route && other.verb == route.verb && is_same_shape(other.pattern, route.pattern)) refuse(route, "twice");
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
  if (!segments.empty() && segments.back().ends_with(".json")) segments.back().resize(segments.back().size() - 5);
  Verb wanted = request.verb == Verb::kHead ? Verb::kGet : request.verb;
  Match match;
  auto fits = [](std::string_view pattern, const std::string& given) {
    return is_parameter(pattern) ? is_id(given) : pattern == given;
  };
  for (const Row& row : rows_) {
    if (!std::ranges::equal(row.segments, segments, fits)) continue;
    if (row.route->verb == wanted) {
      match.route = row.route;
      for (std::size_t i = 0; i < segments.size(); ++i) {
        std::string_view name = row.segments[i];
        if (is_parameter(name)) match.params.emplace_back(name.substr(1, name.size() - 2), segments[i]);
      }
      return match;
    }
    if (!match.allowed.empty()) match.allowed += ", ";
    match.allowed += to_string(row.route->verb);
    if (row.route->verb == Verb::kGet) match.allowed += ", HEAD";
  }
  return match;
}

}  // namespace postern::web
