#pragma once
// app/block_desk.h: who gets no session (C-09): what the configuration and its feeds list, for mail or for the web, and
// what people add, for both. A feed is a file, or a copy of what an https:// URL gave (app/block_feed_task.h).
// Thread-safety: all from any thread but load_added().  Ownership: borrows options, store and clock.
// Errors: those of the feeds' files, net::Errc with the file and line.
#include <memory>
#include <mutex>

#include "auth/block_book.h"
#include "conf/options.h"
#include "net/block_feed.h"

namespace postern::app {

class BlockDesk {
 public:
  static constexpr std::size_t kFeedBytesMax = std::size_t{32} << 20U;    // of a file
  static constexpr std::size_t kFetchedBytesMax = std::size_t{8} << 20U;  // of a copy

  BlockDesk(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock,
            const auth::Options& options);
  // What is stored comes into force.
  core::Result<void> load_added() { return book_.load(); }
  // Replaces what is listed; with an error everything stays as it was. A URL without a copy lists nothing yet.
  core::Result<void> load_listed(const conf::GatewayOptions& options);
  // The same, but a file that cannot be read is a warning: a feed must not keep the server from starting.
  void load_listed_if_possible(const conf::GatewayOptions& options);

  // The URLs among the feeds in force, each once, with when its copy was made.
  struct Source {
    std::string url;
    std::optional<core::WallTime> copied;
  };
  std::vector<Source> sources() const;
  // What a URL gave becomes its copy and comes into force; what must not be believed leaves the copy before.
  core::Result<void> take_copy(const std::string& url, const std::string& text);
  void note_problem(const std::string& url, std::string problem);
  std::vector<net::BlockFeedState> feed_states() const;

  const std::shared_ptr<net::BlockList>& list() const { return list_; }
  auth::BlockBook& book() { return book_; }

 private:
  struct Feed {
    std::string url;  // empty: a file of the operator's
    std::filesystem::path file;
    net::Door door = net::Door::kBoth;
    std::size_t networks = 0;
    std::optional<core::WallTime> copied;
    std::string problem;
  };
  static std::vector<Feed> feeds_in(const conf::GatewayOptions& options);
  core::Result<void> load(std::vector<net::Block> named, std::vector<Feed> feeds, bool is_strict);

  std::shared_ptr<net::BlockList> list_;
  auth::BlockBook book_;
  mutable std::mutex mutex_;  // of what follows
  std::vector<net::Block> named_;
  std::vector<Feed> feeds_;
};

// What is wrong with the URLs of block_feeds, in words for the operator; empty: nothing.
std::vector<std::string> block_feed_complaints(const conf::GatewayOptions& options);

}  // namespace postern::app
