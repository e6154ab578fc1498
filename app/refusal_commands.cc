#include "app/refusal_commands.h"

#include <fmt/format.h>

#include "core/clock.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "net/ip.h"
#include "smtp/server/refusal_log.h"

namespace postern::app {
namespace {

constexpr std::uint64_t kListedMax = 1000;

std::string text_of(const JsonObject& request, std::string_view key) {
  const Json* found = request.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json json_of(const std::vector<smtp::RefusedAttempt>& attempts) {
  JsonArray out;
  for (const smtp::RefusedAttempt& one : attempts) {
    const std::string reply = fmt::format("{}{}{} {}", one.code, one.enhanced.empty() ? "" : " ", one.enhanced, one.text);
    out.emplace_back(JsonObject{{"at", core::to_rfc3339(one.at)}, {"client_ip", one.client_ip}, {"helo", text_or_null(one.helo)},
                                {"from", text_or_null(one.mail_from)}, {"to", text_or_null(one.rcpt)}, {"reply", reply},
                                {"reason", smtp::to_string(one.reason)},
                                {"trace", one.trace.value == 0 ? Json(nullptr) : Json(core::to_base32(one.trace.value))}});
  }
  return out;
}

}  // namespace

core::Result<Json> list_refusals(const JsonObject& request, const Services& services) {
  const smtp::RefusalLog* log = services.live().refusals;
  if (log == nullptr) {
    return core::fail(core::Errc::kInvalid, "refusals are remembered by a running server only, and none runs here");
  }
  smtp::RefusalLog::Wish wish;
  wish.mail_from = text_of(request, "from");
  wish.rcpt = text_of(request, "to");
  if (const std::string client = text_of(request, "client"); !client.empty()) {
    const auto address = net::IpAddress::parse(client);
    if (!address) return core::fail(core::Errc::kInvalid, fmt::format("\"{}\" is not an address such as 192.0.2.1", client));
    wish.client_ip = address->to_string();
  }
  if (const Json* limit = request.if_contains("limit")) {
    boost::system::error_code wrong;
    const auto count = limit->is_number() ? limit->to_number<std::uint64_t>(wrong) : 0;
    if (wrong || count == 0 || count > kListedMax) return core::fail(core::Errc::kInvalid, fmt::format("limit: 1 to {}", kListedMax));
    wish.count_max = count;
  }
  return Json(JsonObject{{"refused", json_of(log->find(wish))}, {"forgotten", log->forgotten()}});
}

std::optional<Json> refusals_of(core::TraceId trace, const Services& services) {
  const smtp::RefusalLog* log = services.live().refusals;
  if (log == nullptr || trace.value == 0) return std::nullopt;
  smtp::RefusalLog::Wish wish;
  wish.trace = trace;
  const auto found = log->find(wish);
  if (found.empty()) return std::nullopt;
  return Json(JsonObject{{"refused", json_of(found)}});
}

}  // namespace postern::app
