#include "net/block_list.h"

#include <algorithm>

#include "core/encoding.h"
#include "net/errc.h"

namespace postern::net {
namespace {

bool holds_at(const Block& block, Door door) {
  return (static_cast<unsigned>(block.door) & static_cast<unsigned>(door)) != 0;
}

template <class Bytes>
std::string leading_bits(const Bytes& bytes, unsigned bits) {
  std::string out(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>((bits + 7) / 8));
  if (bits % 8 != 0) out.back() = static_cast<char>(static_cast<unsigned char>(out.back()) & (0xFFU << (8 - bits % 8)));
  return out;
}

std::string leading_bits(const IpAddress& address, unsigned bits) {
  return address.is_v4() ? leading_bits(address.asio().to_v4().to_bytes(), bits)
                         : leading_bits(address.asio().to_v6().to_bytes(), bits);
}

}  // namespace

Block& BlockList::Table::at(const IpNetwork& network) {
  Rows& rows = (network.base().is_v4() ? v4_ : v6_)[network.prefix_bits()];
  const auto [row, is_new] = rows.try_emplace(leading_bits(network.base(), network.prefix_bits()));
  size_ += is_new ? 1 : 0;
  return row->second;
}

bool BlockList::Table::erase(const IpNetwork& network) {
  auto& lengths = network.base().is_v4() ? v4_ : v6_;
  const auto rows = lengths.find(network.prefix_bits());
  if (rows == lengths.end() || rows->second.erase(leading_bits(network.base(), network.prefix_bits())) == 0) return false;
  if (rows->second.empty()) lengths.erase(rows);
  --size_;
  return true;
}

template <class Accept>
const Block* BlockList::Table::find(const IpAddress& address, Accept accept) const {
  for (const auto& [bits, rows] : address.is_v4() ? v4_ : v6_) {
    const auto row = rows.find(leading_bits(address, bits));
    if (row != rows.end() && accept(row->second)) return &row->second;
  }
  return nullptr;
}

template <class Visit>
void BlockList::Table::each(Visit visit) const {
  for (const auto* lengths : {&v4_, &v6_}) {
    for (const auto& [bits, rows] : *lengths) {
      for (const auto& [key, block] : rows) visit(block);
    }
  }
}

core::Result<void> BlockList::set_listed(const std::vector<Block>& blocks) {
  if (blocks.size() > kListedMax) return core::fail(Errc::kTooMany, "networks listed");
  Table table;
  for (const Block& block : blocks) {
    const std::size_t before = table.size();
    Block& place = table.at(block.network);
    const bool is_new = table.size() != before;
    const bool is_at_both = !is_new && place.door != block.door;
    place = block;
    if (is_at_both) place.door = Door::kBoth;
  }
  std::lock_guard lock(mutex_);
  std::swap(listed_, table);
  return {};
}

void BlockList::add(Block block) {
  std::lock_guard lock(mutex_);
  if (added_.size() >= kAddedMax) make_room();
  Block& place = added_.at(block.network);
  place = std::move(block);
}

// Forgets what has ended; failing that, what ends first. What has no end goes last.
void BlockList::make_room() {
  const core::WallTime now = clock_.wall_now();
  std::vector<IpNetwork> ended;
  std::optional<Block> first;
  added_.each([&](const Block& block) {
    if (block.until && *block.until <= now) ended.push_back(block.network);
    const auto end = block.until.value_or(core::WallTime::max());
    if (!first || end < first->until.value_or(core::WallTime::max())) first = block;
  });
  if (ended.empty() && first) ended.push_back(first->network);
  for (const IpNetwork& network : ended) added_.erase(network);
}

bool BlockList::remove(const IpNetwork& network) {
  std::lock_guard lock(mutex_);
  return added_.erase(network);
}

std::optional<Block> BlockList::find(const IpAddress& address, Door door) const {
  std::lock_guard lock(mutex_);
  const core::WallTime now = clock_.wall_now();
  const Block* added = added_.find(address, [now, door](const Block& block) {
    return holds_at(block, door) && (!block.until || *block.until > now);
  });
  if (added != nullptr) return *added;
  const Block* listed = listed_.find(address, [door](const Block& block) { return holds_at(block, door); });
  return listed == nullptr ? std::nullopt : std::optional<Block>(*listed);
}

std::vector<Block> BlockList::added() const {
  std::lock_guard lock(mutex_);
  const core::WallTime now = clock_.wall_now();
  std::vector<Block> blocks;
  added_.each([&](const Block& block) {
    if (!block.until || *block.until > now) blocks.push_back(block);
  });
  return blocks;
}

std::size_t BlockList::listed() const {
  std::lock_guard lock(mutex_);
  return listed_.size();
}

core::Result<std::vector<IpNetwork>> parse_block_feed(std::string_view text) {
  std::vector<IpNetwork> networks;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    line = core::trim_ascii(line.substr(0, line.find_first_of(";#")));
    if (line.empty()) continue;
    const auto network = IpNetwork::parse(line);
    if (!network) return core::fail(Errc::kAddress, "line " + std::to_string(number));
    if (networks.size() == BlockList::kListedMax) return core::fail(Errc::kTooMany, "lines");
    networks.push_back(*network);
  }
  return networks;
}

}  // namespace postern::net
