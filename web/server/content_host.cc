#include "web/server/content_host.h"

#include <fmt/format.h>

#include <charconv>

#include "core/encoding.h"
#include "web/errc.h"

namespace postern::web {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::string_view kUsualPort = ":443";
constexpr std::string_view kPrefix = "/c/";
constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kSegmentsBefore = 3;  // c, mac, whose
constexpr std::string_view kSelfFrames = "frame-ancestors 'self'";

// "HOST[:PORT]" in one form.
std::string authority_of(std::string_view text) {
  std::string out = core::to_lower_ascii(text);
  if (out.ends_with(kUsualPort)) out.resize(out.size() - kUsualPort.size());
  const std::size_t colon = out.rfind(':');
  const std::size_t host_end = colon == std::string::npos || out.ends_with(']') ? out.size() : colon;
  if (host_end > 0 && out[host_end - 1] == '.') out.erase(host_end - 1, 1);  // the same name, from the root
  return out;
}

// Path and query as they are signed, however a client wrote its escapes.
std::string target_of(std::string_view path, const Request& request) {
  std::string out(path);
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    out += fmt::format("{}{}={}", separator, percent_encode(name), percent_encode(value));
    separator = '&';
  }
  return out;
}

core::Result<std::string> mac_of(const Services& services, core::WorkspaceId workspace, std::string_view text) {
  POSTERN_TRY(const std::string key, services.vault.derive_key(workspace, "content-link"));
  return core::to_base64url(core::hmac_sha256(key, text).substr(0, kMacBytes));
}

// "1.2.3.4" as four numbers.
std::optional<std::array<std::uint64_t, 4>> read_whose(std::string_view text) {
  std::array<std::uint64_t, 4> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out[i]);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const bool is_last = i + 1 == out.size();
    if (is_last ? !text.empty() : !text.starts_with('.')) return std::nullopt;
    if (!is_last) text.remove_prefix(1);
  }
  return out;
}

std::int64_t seconds_now(const Services& services) { return core::to_unix_ms(services.clock.wall_now()) / 1000; }

}  // namespace

bool is_content_host(const Request& request, const WebOptions& options) {
  if (!options.content_origin.starts_with(kScheme)) return false;
  return authority_of(request.field("host")) == authority_of(std::string_view(options.content_origin).substr(kScheme.size()));
}

core::Result<std::string> content_link(const Request& request, const WebOptions& options, const Services& services) {
  const auth::Principal& who = request.who();
  const std::int64_t ends = seconds_now(services) + std::chrono::seconds(options.content_link_life).count();
  const std::string signed_part =
      fmt::format("{}.{}.{}.{}{}", who.workspace.value, who.user.value, who.credential, ends, target_of(request.path, request));
  POSTERN_TRY(const std::string mac, mac_of(services, who.workspace, signed_part));
  return fmt::format("{}{}{}/{}", options.content_origin, kPrefix, mac, signed_part);
}

core::Result<ContentLink> follow_content_link(Request& request, const Services& services) {
  std::string_view rest = request.path;
  if (!rest.starts_with(kPrefix)) return core::fail(Errc::kNotFound);
  rest.remove_prefix(kPrefix.size());
  const std::size_t first = rest.find('/');
  if (first == std::string_view::npos) return core::fail(Errc::kNotFound);
  const std::string_view mac = rest.substr(0, first);
  rest.remove_prefix(first + 1);
  const std::size_t second = rest.find('/');
  const auto whose = read_whose(rest.substr(0, second));
  if (!whose || second == std::string_view::npos || request.segments.size() <= kSegmentsBefore) return core::fail(Errc::kNotFound);
  const auto [workspace, user, session, ends] = *whose;
  const core::Result<std::string> right = mac_of(services, core::WorkspaceId{workspace}, target_of(rest, request));
  if (!right || !core::equals_in_constant_time(*right, mac)) return core::fail(Errc::kNotFound);
  if (static_cast<std::int64_t>(ends) <= seconds_now(services)) return core::fail(Errc::kNotFound, "the link is over: open it from the desk again");
  request.path = std::string(rest.substr(second));
  request.segments.erase(request.segments.begin(), request.segments.begin() + kSegmentsBefore);
  return ContentLink{core::WorkspaceId{workspace}, core::UserId{user}, core::SessionId{session}};
}

Response redirect_to_content(std::string link) {
  Response response;
  response.status = 302;
  response.set("Location", std::move(link));
  return response;
}

void open_to_page(Response& response, const WebOptions& options) {
  std::string policy(response.field("Content-Security-Policy"));
  if (const std::size_t at = policy.find(kSelfFrames); at != std::string::npos) {
    policy.replace(at, kSelfFrames.size(), "frame-ancestors " + options.public_origin);
    response.set("Content-Security-Policy", std::move(policy));
  }
  response.set("Access-Control-Allow-Origin", options.public_origin);
}

}  // namespace postern::web
