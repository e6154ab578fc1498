#pragma once
// app/block_desk.h: who gets no session (C-09): what the configuration and its feeds list, for mail or for the web, and what
// people add, for both.
// Thread-safety: list() from any thread, the rest by one owner at a time.  Ownership: borrows options, store and clock.
// Errors: those of the feeds' files, net::Errc with the file and line.
#include <memory>

#include "auth/block_book.h"
#include "conf/options.h"
#include "net/block_list.h"

namespace postern::app {

class BlockDesk {
 public:
  static constexpr std::size_t kFeedBytesMax = std::size_t{32} << 20U;

  BlockDesk(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, const auth::Options& options);
  // What is stored comes into force.
  core::Result<void> load_added() { return book_.load(); }
  // Replaces what is listed; with an error everything stays as it was.
  core::Result<void> load_listed(const conf::GatewayOptions& options);
  // The same, but a file that cannot be read is a warning: a feed must not keep the server from starting.
  void load_listed_if_possible(const conf::GatewayOptions& options);

  const std::shared_ptr<net::BlockList>& list() const { return list_; }
  auth::BlockBook& book() { return book_; }

 private:
  std::shared_ptr<net::BlockList> list_;
  auth::BlockBook book_;
};

}  // namespace postern::app
