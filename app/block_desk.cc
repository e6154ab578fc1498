#include "app/block_desk.h"

#include <sys/stat.h>

#include <algorithm>

#include "core/encoding.h"
#include "core/file.h"
#include "core/log.h"
#include "net/egress.h"

namespace postern::app {
namespace {

core::Result<std::vector<net::IpNetwork>> read_feed(const std::filesystem::path& file) {
  POSTERN_TRY(const std::string text, core::read_file(file, BlockDesk::kFeedBytesMax));
  auto networks = net::parse_block_feed(text);
  if (networks) return networks;
  return core::Error(networks.error().code(), core::Retry::kPermanent,
                     file.string() + ": " + networks.error().context());
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

std::optional<core::WallTime> made_at(const std::filesystem::path& file) {
  struct stat facts{};
  if (::stat(file.c_str(), &facts) != 0) return std::nullopt;
  return core::from_unix_ms(static_cast<std::int64_t>(facts.st_mtime) * 1000);
}

std::string without_query(const std::string& url) { return url.substr(0, url.find('?')); }

bool is_feed_url(const std::string& entry) { return entry.find("://") != std::string::npos; }

}  // namespace

std::vector<std::string> block_feed_complaints(const conf::GatewayOptions& options) {
  std::vector<std::string> out;
  for (const auto* entries : {&options.smtp_listen.block_feeds, &options.web_listen.block_feeds}) {
    for (const std::string& entry : *entries) {
      if (!is_feed_url(entry)) continue;
      const auto url = net::parse_http_url(entry);
      const std::string wrong = url ? net::Egress(options.feeds).complaint(*url) : "is not a URL that can be used";
      if (!wrong.empty()) out.push_back("block_feeds: " + without_query(entry) + ": " + wrong);
    }
  }
  return out;
}

std::vector<BlockDesk::Feed> BlockDesk::feeds_in(const conf::GatewayOptions& options) {
  std::vector<Feed> feeds;
  const auto add = [&](const std::vector<std::string>& entries, net::Door door) {
    for (const std::string& entry : entries) {
      Feed feed;
      feed.door = door;
      if (is_feed_url(entry)) {
        feed.url = entry;
        feed.file = options.resolve("feeds/" + core::to_hex(core::sha256(entry)).substr(0, 32) + ".txt");
      } else {
        feed.file = options.resolve(entry);
      }
      feeds.push_back(std::move(feed));
    }
  };
  add(options.smtp_listen.block_feeds, net::Door::kMail);
  add(options.web_listen.block_feeds, net::Door::kWeb);
  return feeds;
}

BlockDesk::BlockDesk(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock,
                     const auth::Options& options)
    : list_(std::make_shared<net::BlockList>(clock)), book_(store, vault, ids, clock, *list_, options) {}

// With the mutex held.
core::Result<void> BlockDesk::load(std::vector<net::Block> named, std::vector<Feed> feeds, bool is_strict) {
  std::vector<net::Block> blocks = named;
  for (Feed& feed : feeds) {
    if (!feed.url.empty()) {
      feed.copied = made_at(feed.file);
      if (!feed.copied) continue;  // not fetched yet
    }
    const auto networks = read_feed(feed.file);
    if (!networks && is_strict && feed.url.empty()) return networks.error();
    if (!networks) {
      core::log::error("blocks.feed_unusable", {{"why", networks.error().describe()}});
      continue;
    }
    feed.networks = networks->size();
    const std::string reason =
        "listed in " + (feed.url.empty() ? feed.file.filename().string() : without_query(feed.url));
    for (const net::IpNetwork& network : *networks) blocks.push_back({network, reason, {}, feed.door});
  }
  POSTERN_CHECK(list_->set_listed(blocks));
  named_ = std::move(named);
  feeds_ = std::move(feeds);
  return {};
}

core::Result<void> BlockDesk::load_listed(const conf::GatewayOptions& options) {
  const std::lock_guard lock(mutex_);
  return load(named_in(options), feeds_in(options), true);
}

void BlockDesk::load_listed_if_possible(const conf::GatewayOptions& options) {
  const std::lock_guard lock(mutex_);
  if (auto done = load(named_in(options), feeds_in(options), false); !done)
    core::log::error("blocks.too_many", {{"why", done.error().describe()}});
}

std::vector<BlockDesk::Source> BlockDesk::sources() const {
  const std::lock_guard lock(mutex_);
  std::vector<Source> out;
  for (const Feed& feed : feeds_) {
    const bool is_known = std::ranges::find(out, feed.url, &Source::url) != out.end();
    if (!feed.url.empty() && !is_known) out.push_back({feed.url, feed.copied});
  }
  return out;
}

core::Result<void> BlockDesk::take_copy(const std::string& url, const std::string& text) {
  POSTERN_CHECK(net::parse_fetched_feed(text));
  const std::lock_guard lock(mutex_);
  const auto feed = std::ranges::find(feeds_, url, &Feed::url);
  if (feed == feeds_.end()) return {};  // the configuration has changed meanwhile
  std::error_code ignored;
  std::filesystem::create_directories(feed->file.parent_path(), ignored);
  POSTERN_CHECK(core::write_file(feed->file, text, 0600));
  std::vector<Feed> feeds = feeds_;
  for (Feed& each : feeds) {
    if (each.url == url) each.problem.clear();
  }
  return load(named_, std::move(feeds), false);
}

void BlockDesk::note_problem(const std::string& url, std::string problem) {
  const std::lock_guard lock(mutex_);
  for (Feed& each : feeds_) {
    if (each.url == url) each.problem = problem;
  }
}

std::vector<net::BlockFeedState> BlockDesk::feed_states() const {
  const std::lock_guard lock(mutex_);
  std::vector<net::BlockFeedState> out;
  for (const Feed& feed : feeds_) {
    if (!feed.url.empty())
      out.push_back({without_query(feed.url), feed.door, feed.networks, feed.copied, feed.problem});
  }
  return out;
}

}  // namespace postern::app
