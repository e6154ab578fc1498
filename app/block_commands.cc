#include "app/block_commands.h"

#include "app/living_workspaces.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/errc.h"
#include "pipeline/api/ascii_mask.h"
#include "pipeline/redaction/redactor.h"

namespace postern::app {
namespace {

using core::Result;
using core::Task;

constexpr std::int64_t kSecondsMax = std::int64_t{10} * 365 * 86'400;

std::string text_of(const JsonObject& request, std::string_view key) {
  const Json* found = request.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

Result<net::IpNetwork> network_of(const JsonObject& request) {
  const std::string text = text_of(request, "network");
  const auto network = net::IpNetwork::parse(text);
  if (!network) return core::fail(core::Errc::kInvalid, "not an address or a range such as 192.0.2.0/24: " + text.substr(0, 50));
  return *network;
}

std::string words_of(net::Door door) {
  switch (door) {
    case net::Door::kMail: return "mail";
    case net::Door::kWeb: return "web";
    case net::Door::kBoth: break;
  }
  return "mail, web";
}

Json show(const net::Block& block) {
  return JsonObject{{"network", block.network.to_string()},
                    {"reason", block.reason},
                    {"holds_for", words_of(block.door)},
                    {"until", block.until ? Json(core::to_rfc3339(*block.until)) : Json(nullptr)}};
}

// A block concerns every workspace, and each has an audit log of its own.
std::vector<auth::Principal> everybody(Services& services) {
  std::vector<auth::Principal> all;
  for (const core::WorkspaceId workspace : living_workspaces(*services.directory(), services.vault())) all.push_back(services.operator_principal(workspace));
  return all;
}

Task<Result<Json>> list(Services& services) {
  std::vector<net::Block> blocks = services.blocks().list()->added();
  std::ranges::sort(blocks, {}, [](const net::Block& block) { return block.network.to_string(); });
  JsonArray rows;
  for (const net::Block& block : blocks) rows.push_back(show(block));
  co_return Json(JsonObject{{"blocks", std::move(rows)}, {"listed", services.blocks().list()->listed()}});
}

Task<Result<Json>> add(JsonObject request, Services& services) {
  net::Block block;
  POSTERN_CO_TRY(block.network, network_of(request));
  const std::string reason = text_of(request, "reason");
  block.reason = pipeline::with_ascii_masks(reason, services.redactor().redact_text(reason, {"reason", {}, {}}).text());
  if (const Json* seconds = request.if_contains("for_seconds"); seconds != nullptr && seconds->is_number()) {
    boost::system::error_code wrong;
    const auto count = seconds->to_number<std::int64_t>(wrong);
    if (wrong || count < 0 || count > kSecondsMax) co_return core::fail(core::Errc::kInvalid, "at most ten years");
    if (count > 0) block.until = services.clock().wall_now() + std::chrono::seconds(count);
  }
  const auto by = everybody(services);
  POSTERN_CO_CHECK(co_await services.blocks().book().add(by, block));
  co_return Json(JsonObject{{"block", show(block)}});
}

Task<Result<Json>> remove(JsonObject request, Services& services) {
  POSTERN_CO_TRY(const net::IpNetwork network, network_of(request));
  const auto by = everybody(services);
  POSTERN_CO_CHECK(co_await services.blocks().book().remove(by, network));
  co_return Json(JsonObject{{"removed", network.to_string()}});
}

Task<Result<Json>> test(JsonObject request, Services& services) {
  const auto address = net::IpAddress::parse(text_of(request, "network"));
  if (!address) co_return core::fail(core::Errc::kInvalid, "give one address, such as 192.0.2.1");
  auto block = services.blocks().list()->find(*address, net::Door::kMail);
  if (!block) block = services.blocks().list()->find(*address, net::Door::kWeb);
  co_return Json(JsonObject{{"address", address->to_string()}, {"block", block ? show(*block) : Json(nullptr)}});
}

}  // namespace

Task<Result<Json>> run_block_command(std::string action, JsonObject request, Services& services) {
  if (action == "list") co_return co_await list(services);
  if (action == "add") co_return co_await add(std::move(request), services);
  if (action == "remove") co_return co_await remove(std::move(request), services);
  if (action == "test") co_return co_await test(std::move(request), services);
  co_return core::fail(core::Errc::kInvalid, "no such command: block." + action);
}

}  // namespace postern::app
