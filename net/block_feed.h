#pragma once
// net/block_feed.h: a deny list that is fetched from elsewhere: whether it may be believed, and how it stands.
// Thread-safety: values and pure functions.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "net/block_list.h"

namespace postern::net {

struct BlockFeedState {
  std::string url;  // without its query: keys are in there
  Door door = Door::kBoth;
  std::size_t networks = 0;               // in force
  std::optional<core::WallTime> fetched;  // the copy in force; nothing: there is none yet
  std::string problem;                    // of the last attempt; empty: it went well, or none was made
};

// As parse_block_feed(), but suspicious: a list of nothing is a mistake of whoever makes it, and one network of a
// sixteenth of the world (IPv4 below /8, IPv6 below /16) shuts everybody out. Errors: Errc::kAddress, kTooMany, with
// what is wrong.
core::Result<std::vector<IpNetwork>> parse_fetched_feed(std::string_view text);

}  // namespace postern::net
