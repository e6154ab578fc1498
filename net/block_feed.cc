#include "net/block_feed.h"

#include "net/errc.h"

namespace postern::net {
namespace {

constexpr unsigned kBitsMinV4 = 8;
constexpr unsigned kBitsMinV6 = 16;

}  // namespace

core::Result<std::vector<IpNetwork>> parse_fetched_feed(std::string_view text) {
  POSTERN_TRY(std::vector<IpNetwork> networks, parse_block_feed(text));
  if (networks.empty()) return core::fail(Errc::kAddress, "it lists no network");
  for (const IpNetwork& each : networks) {
    const unsigned bits_min = each.base().is_v4() ? kBitsMinV4 : kBitsMinV6;
    if (each.prefix_bits() < bits_min)
      return core::fail(Errc::kAddress, "it lists " + each.to_string() + ", which is too much to be meant");
  }
  return networks;
}

}  // namespace postern::net
