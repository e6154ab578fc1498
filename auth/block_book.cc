#include "auth/block_book.h"

#include "auth/audit.h"
#include "auth/detail/transact.h"
#include "auth/errc.h"
#include "core/errc.h"
#include "storage/schema/access.pb.h"

namespace postern::auth {
namespace {

constexpr core::WorkspaceId kEveryWorkspace{0};

std::string prefix() { return storage::KeyBuilder(kEveryWorkspace, storage::Space::kBlock).bytes(); }

std::string key_of(const net::IpNetwork& network) {
  return storage::KeyBuilder(kEveryWorkspace, storage::Space::kBlock).text(network.to_string()).bytes();
}

core::Result<net::Block> parse_block(std::string_view value) {
  schema::BlockRecord record;
  POSTERN_CHECK(storage::parse_record(value, record));
  net::Block block;
  POSTERN_TRY(block.network, net::IpNetwork::parse(record.network()));
  block.reason = record.reason();
  if (record.until_unix_ms() != 0) block.until = core::from_unix_ms(record.until_unix_ms());
  return block;
}

core::Result<void> check(const net::Block& block, core::WallTime now) {
  const unsigned widest = block.network.base().is_v4() ? BlockBook::kWidestV4 : BlockBook::kWidestV6;
  if (block.network.prefix_bits() < widest) {
    return core::fail(core::Errc::kInvalid, "a network of less than " + std::to_string(widest) + " bits would shut out too many");
  }
  if (block.reason.empty()) return core::fail(core::Errc::kInvalid, "a block needs a reason: who is refused is told it");
  if (block.reason.size() > BlockBook::kReasonBytesMax || block.reason.find_first_of("\r\n") != std::string::npos) {
    return core::fail(core::Errc::kInvalid, "the reason is one line of at most " + std::to_string(BlockBook::kReasonBytesMax) + " bytes");
  }
  for (const char c : block.reason) {  // it stands in SMTP replies (RFC 5321 section 4.2)
    if (c < ' ' || c > '~') return core::fail(core::Errc::kInvalid, "the reason may hold printable ASCII only");
  }
  if (block.until && *block.until <= now) return core::fail(core::Errc::kInvalid, "the block would have ended already");
  return {};
}

std::string words_of(const net::Block& block) {
  return (block.until ? "until " + core::to_rfc3339(*block.until) : std::string("for good")) + ": " + block.reason;
}

// The network alone, without the bits behind its prefix: two spellings are one block.
net::IpNetwork canonical(const net::IpNetwork& network) { return {network.base(), network.prefix_bits()}; }

}  // namespace

BlockBook::BlockBook(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock,
                     net::BlockList& list, Options options)
    : store_(store), vault_(vault), ids_(ids), clock_(clock), list_(list), options_(std::move(options)) {}

core::Result<void> BlockBook::load() {
  POSTERN_TRY(const auto all, blocks());
  for (const net::Block& block : all) list_.add(block);
  return {};
}

core::Task<core::Result<void>> BlockBook::add(std::span<const Principal> by, net::Block block) {
  block.network = canonical(block.network);
  const core::WallTime now = clock_.wall_now();
  POSTERN_CO_CHECK(check(block, now));
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const auto stored, store_.snapshot()->scan(prefix(), storage::Direction::kForward, kBlocksMax + 1));
    std::size_t kept = 0;
    for (const auto& entry : stored) {
      const auto old = parse_block(entry.value);
      const bool has_ended = old && old->until && *old->until <= now;
      if (has_ended) transaction.erase(entry.key);
      kept += has_ended ? 0 : 1;
    }
    const std::string key = key_of(block.network);
    POSTERN_TRY(const auto before, transaction.get(key));
    if (!before && kept >= kBlocksMax) return core::fail(core::Errc::kInvalid, "there are " + std::to_string(kBlocksMax) + " blocks already");
    schema::BlockRecord record;
    record.set_network(block.network.to_string());
    record.set_reason(block.reason);
    record.set_until_unix_ms(block.until ? core::to_unix_ms(*block.until) : 0);
    POSTERN_CHECK(storage::put_plain(transaction, key, record));
    for (const Principal& each : by) {
      POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, each, "network.blocked", "network/" + block.network.to_string(), words_of(block)));
    }
    return {};
  };
  POSTERN_CO_CHECK(co_await transact(store_, options_.commit_attempts_max, change));
  list_.add(std::move(block));
  co_return core::Result<void>();
}

core::Task<core::Result<void>> BlockBook::remove(std::span<const Principal> by, net::IpNetwork network) {
  network = canonical(network);
  const bool was_in_force = list_.remove(network);
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    const std::string key = key_of(network);
    POSTERN_TRY(const auto before, transaction.get(key));
    if (!before && !was_in_force) return core::fail(Errc::kNotFound, network.to_string() + " is not blocked by a person or by itself");
    if (before) transaction.erase(key);
    for (const Principal& each : by) {
      POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, each, "network.unblocked", "network/" + network.to_string(), {}));
    }
    return {};
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Result<std::vector<net::Block>> BlockBook::blocks() const {
  POSTERN_TRY(const auto stored, store_.snapshot()->scan(prefix(), storage::Direction::kForward, kBlocksMax));
  std::vector<net::Block> out;
  const core::WallTime now = clock_.wall_now();
  for (const auto& entry : stored) {
    POSTERN_TRY(net::Block block, parse_block(entry.value));
    if (!block.until || *block.until > now) out.push_back(std::move(block));
  }
  return out;
}

}  // namespace postern::auth
