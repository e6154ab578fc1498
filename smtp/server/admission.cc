#include "smtp/server/admission.h"

#include <string>

#include "core/log.h"
#include "net/proxy_header.h"

namespace postern::smtp {

core::Task<std::optional<net::IpAddress>> identify(const Context& context, net::Stream& stream) {
  const net::IpAddress peer = stream.remote().address;
  if (!context.is_proxy(peer)) co_return peer;
  const auto by = core::Deadline::after(context.options.proxy_header_max, context.clock);
  net::ProxyHeaderReader reader;
  std::string bytes;
  auto state = net::ProxyHeaderReader::State::kMore;
  while (state == net::ProxyHeaderReader::State::kMore) {
    bytes.resize(reader.wanted());
    const core::Result<std::size_t> got = co_await stream.read_some(bytes, by);
    if (!got) break;
    state = reader.take(std::string_view(bytes).substr(0, *got));
  }
  if (state != net::ProxyHeaderReader::State::kComplete) {
    core::log::warn("smtp.no_proxy_header", {{"peer", peer.to_string()}});
    co_return std::nullopt;
  }
  co_return reader.client() ? reader.client()->address : peer;
}

std::optional<Answer> find_block(const Context& context, const net::IpAddress& client) {
  const auto block = context.blocks->find(client);
  if (!block) return std::nullopt;
  const std::string text = context.options.hostname + " your network is blocked";
  if (!block->until) return refuse_and_close(554, "5.7.1", text + ": " + block->reason, Refusal::kBlocked);
  const auto left = std::chrono::ceil<std::chrono::seconds>(*block->until - context.clock.wall_now());
  return refuse_and_close(421, "4.7.0", text + " for " + std::to_string(left.count()) + " s: " + block->reason, Refusal::kBlocked);
}

std::optional<Answer> turn_away(const Context& context, const net::IpAddress& client) {
  if (auto block = find_block(context, client)) return block;
  const auto excess = context.budget->spend(Expense::kConnections, client);
  if (!excess) return std::nullopt;
  return refuse_and_close(421, "4.7.0", context.options.hostname + " too many connections, wait " +
                                            std::to_string(excess->wait.count()) + " s", Refusal::kRate);
}

}  // namespace postern::smtp
