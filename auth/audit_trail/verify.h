#pragma once
// auth/audit_trail/verify.h: proves that the audit trail of a workspace is whole: every number from 1 to the head has its
// entry, every entry says what its hash says, every hash is in the entry behind it, nothing is in the trail that is neither in
// the chain nor waiting for it. Tells the first place where that is not so.
// Where old entries were removed, it begins behind the checkpoint (prune.h), which an entry of the chain must tell of.
// Two passes, in steps, so that a server verifies a million entries without keeping anybody waiting: the chain by number,
// then all entries by id. What is written meanwhile lies behind the head of the beginning and is left for the next time.
// Thread-safety: one owner; step() blocks for the reads of step_entries entries.  Errors: those of the store, but not kCorrupt,
// which is a finding.
#include <optional>
#include <unordered_map>

#include "auth/audit_trail/prune.h"

namespace postern::auth {

struct ChainFault {
  std::uint64_t sequence = 0;  // 0: not known
  core::AuditId id;            // 0: not known
  std::string what;
};

// What somebody noted elsewhere: an export, a shipped entry, a printed page.
struct ChainAnchor {
  std::uint64_t sequence = 0;
  std::string hash;  // 32 bytes
};

struct ChainReport {
  core::WorkspaceId workspace;
  std::int64_t at_unix_ms = 0;
  ChainHead head;              // at the beginning
  ChainCheckpoint checkpoint;  // behind which it begins
  std::uint64_t verified = 0;  // entries of the chain found right
  std::uint64_t waiting = 0;   // not in the chain yet
  bool is_complete = false;    // both passes are over, or a fault ended them
  std::optional<ChainFault> fault;
  bool is_intact() const { return is_complete && !fault; }
};

class ChainVerifier {
 public:
  static constexpr std::size_t kStepEntries = 1000;

  ChainVerifier(const storage::Store& store, const storage::Vault& vault, const core::Clock& clock, core::WorkspaceId workspace,
                std::optional<ChainAnchor> anchor = std::nullopt);
  // True when it is over; `report()` is complete then.
  core::Result<bool> step();
  const ChainReport& report() const { return report_; }

 private:
  enum class Pass { kBegin, kChain, kEntries, kOver };
  core::Result<void> begin(const storage::Snapshot& snapshot);
  core::Result<void> follow_chain(const storage::Snapshot& snapshot);
  using Values = std::unordered_map<std::uint64_t, std::string>;  // stored entries by id
  core::Result<Values> read_ahead(const storage::Snapshot& snapshot, const std::vector<storage::Entry>& links) const;
  core::Result<bool> check_link(const storage::Snapshot& snapshot, std::uint64_t sequence, std::uint64_t id, const Values& values);
  std::uint64_t reached() const { return report_.checkpoint.sequence + report_.verified; }
  void note_checkpoint(const AuditEntry& entry);
  core::Result<void> look_at_entries(const storage::Snapshot& snapshot);
  core::Result<bool> check_entry(const storage::Snapshot& snapshot, const storage::Entry& stored);
  bool find_fault(std::uint64_t sequence, std::uint64_t id, std::string what);  // false, for returning it
  void end();

  const storage::Store& store_;
  const storage::Vault& vault_;
  const core::Clock& clock_;
  const std::optional<ChainAnchor> anchor_;
  ChainReport report_;
  Pass pass_ = Pass::kBegin;
  std::string previous_hash_;
  std::string after_;  // the key behind which the entries go on
  bool checkpoint_is_told_ = false;
  std::uint64_t in_chain_ = 0;  // entries of the second pass that say they are in the chain as of the beginning
};

// The last one that was made, or nullopt.
core::Result<std::optional<ChainReport>> read_verification(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                           core::WorkspaceId workspace);
core::Result<void> put_verification(storage::Transaction& transaction, const storage::Vault& vault, const ChainReport& report);

}  // namespace postern::auth
