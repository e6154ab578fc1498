#include "app/block_desk.h"

#include "core/file.h"
#include "core/log.h"

namespace postern::app {
namespace {

core::Result<std::vector<net::IpNetwork>> read_feed(const std::filesystem::path& file) {
  POSTERN_TRY(const std::string text, core::read_file(file, BlockDesk::kFeedBytesMax));
  auto networks = net::parse_block_feed(text);
  if (networks) return networks;
  return core::Error(networks.error().code(), core::Retry::kPermanent, file.string() + ": " + networks.error().context());
}

std::vector<net::Block> named_in(const conf::GatewayOptions& options) {
  std::vector<net::Block> blocks;
  for (const net::IpNetwork& network : options.smtp_listen.blocked_networks) blocks.push_back({network, "by configuration", {}});
  return blocks;
}

void append(std::vector<net::Block>& blocks, const std::vector<net::IpNetwork>& networks, const std::filesystem::path& file) {
  for (const net::IpNetwork& network : networks) blocks.push_back({network, "listed in " + file.filename().string(), {}});
}

}  // namespace

BlockDesk::BlockDesk(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock,
                     const auth::Options& options)
    : list_(std::make_shared<net::BlockList>(clock)), book_(store, vault, ids, clock, *list_, options) {}

core::Result<void> BlockDesk::load_listed(const conf::GatewayOptions& options) {
  std::vector<net::Block> blocks = named_in(options);
  for (const std::string& name : options.smtp_listen.block_feeds) {
    const auto file = options.resolve(name);
    POSTERN_TRY(const auto networks, read_feed(file));
    append(blocks, networks, file);
  }
  return list_->set_listed(blocks);
}

void BlockDesk::load_listed_if_possible(const conf::GatewayOptions& options) {
  std::vector<net::Block> blocks = named_in(options);
  for (const std::string& name : options.smtp_listen.block_feeds) {
    const auto file = options.resolve(name);
    const auto networks = read_feed(file);
    if (networks) append(blocks, *networks, file);
    else core::log::error("blocks.feed_unusable", {{"why", networks.error().describe()}});
  }
  if (auto done = list_->set_listed(blocks); !done) core::log::error("blocks.too_many", {{"why", done.error().describe()}});
}

}  // namespace postern::app
