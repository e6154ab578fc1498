#pragma once
// auth/block_book.h: networks whose connections people refuse, for a time or for good (C-09): durable, audited, and in
// force in a net::BlockList at once. What the configuration and its feeds list is not here, nor what the edge blocks by
// itself for a while.
// Thread-safety: any executor.  Ownership: borrows everything.
// Errors: core::Errc::kInvalid with words for a person, Errc::kNotFound, storage::Errc.
// Limits: kBlocksMax blocks, kReasonBytesMax of a reason, networks no wider than kWidestV4 and kWidestV6.
#include <span>
#include <string>
#include <vector>

#include "auth/options.h"
#include "auth/principal.h"
#include "net/block_list.h"
#include "storage/records.h"

namespace postern::auth {

class BlockBook {
 public:
  static constexpr std::size_t kBlocksMax = 5'000;
  static constexpr std::size_t kReasonBytesMax = 200;
  static constexpr unsigned kWidestV4 = 8;   // a slip of the finger must not shut out everybody
  static constexpr unsigned kWidestV6 = 16;

  BlockBook(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, net::BlockList& list,
            Options options);

  // Puts what is stored in force; once, at the start.
  core::Result<void> load();
  // A block concerns every workspace: the audit of each is told. `by`: one principal a workspace.
  core::Task<core::Result<void>> add(std::span<const Principal> by, net::Block block);
  core::Task<core::Result<void>> remove(std::span<const Principal> by, net::IpNetwork network);
  // Those that have not ended, by network.
  core::Result<std::vector<net::Block>> blocks() const;

 private:
  storage::Store& store_;
  const storage::Vault& vault_;
  core::IdSource& ids_;
  core::Clock& clock_;
  net::BlockList& list_;
  Options options_;
};

}  // namespace postern::auth
