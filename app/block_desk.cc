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
  const auto add = [&blocks](const std::vector<net::IpNetwork>& networks, net::Door door) {
    for (const net::IpNetwork& network : networks) blocks.push_back({network, "by configuration", {}, door});
  };
  add(options.smtp_listen.blocked_networks, net::Door::kMail);
  add(options.web_listen.blocked_networks, net::Door::kWeb);
  return blocks;
}

struct Feed {
  std::filesystem::path file;
  net::Door door;
};

std::vector<Feed> feeds_in(const conf::GatewayOptions& options) {
  std::vector<Feed> feeds;
  for (const std::string& name : options.smtp_listen.block_feeds) feeds.push_back({options.resolve(name), net::Door::kMail});
  for (const std::string& name : options.web_listen.block_feeds) feeds.push_back({options.resolve(name), net::Door::kWeb});
  return feeds;
}

void append(std::vector<net::Block>& blocks, const std::vector<net::IpNetwork>& networks, const Feed& feed) {
  for (const net::IpNetwork& network : networks) blocks.push_back({network, "listed in " + feed.file.filename().string(), {}, feed.door});
}

}  // namespace

BlockDesk::BlockDesk(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock,
                     const auth::Options& options)
    : list_(std::make_shared<net::BlockList>(clock)), book_(store, vault, ids, clock, *list_, options) {}

core::Result<void> BlockDesk::load_listed(const conf::GatewayOptions& options) {
  std::vector<net::Block> blocks = named_in(options);
  for (const Feed& feed : feeds_in(options)) {
    POSTERN_TRY(const auto networks, read_feed(feed.file));
    append(blocks, networks, feed);
  }
  return list_->set_listed(blocks);
}

void BlockDesk::load_listed_if_possible(const conf::GatewayOptions& options) {
  std::vector<net::Block> blocks = named_in(options);
  for (const Feed& feed : feeds_in(options)) {
    const auto networks = read_feed(feed.file);
    if (networks) append(blocks, *networks, feed);
    else core::log::error("blocks.feed_unusable", {{"why", networks.error().describe()}});
  }
  if (auto done = list_->set_listed(blocks); !done) core::log::error("blocks.too_many", {{"why", done.error().describe()}});
}

}  // namespace postern::app
