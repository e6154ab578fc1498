#include "ticketing/detail/due_index.h"

#include <algorithm>
#include <atomic>
#include <map>

#include "core/encoding.h"
#include "storage/records.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/queue_item.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kEntriesAtATime = 256;
constexpr std::size_t kDigestBytes = 8;
constexpr char kLeased = 'L';
constexpr char kWaiting = 'W';

// Of the machine's clock, whatever clock services have: a commit takes real time. The epoch: never.
std::atomic<core::Instant> last_change{core::Instant()};

using Counts = std::map<std::string, std::size_t>;

// Under the global key: the same domain has to look the same in every workspace.
core::Result<std::string> domain_digest(const Basics& with, const schema::OutboxEntry& entry) {
  POSTERN_TRY(const std::string hash,
              with.vault.content_hash(keys::kGlobal, "domain:" + core::to_lower_ascii(entry.rcpt().domain())));
  return hash.substr(0, kDigestBytes);
}

std::optional<DueEntry> read_due(const storage::Entry& entry) {
  storage::KeyReader reader(entry.key);
  DueEntry out;
  out.workspace = reader.workspace();
  out.due_ms = static_cast<std::int64_t>(reader.u64());
  out.id.value = reader.u64();
  out.key = entry.key;
  if (entry.value.size() == 1 + kDigestBytes) {
    out.is_leased = entry.value.front() == kLeased;
    out.domain = entry.value.substr(1);
  }
  return reader.ok() ? std::optional(std::move(out)) : std::nullopt;
}

// Calls `use` for each entry of a workspace behind the key `after`, in order, until it returns false.
template <class F>
core::Result<void> walk(const Basics& with, const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::string after,
                        F use) {
  for (std::size_t seen = 0; seen < with.options.claim_scan_max; seen += kEntriesAtATime) {
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                snapshot.scan(keys::due_prefix(workspace), storage::Direction::kForward, kEntriesAtATime, after));
    for (const storage::Entry& entry : entries) {
      std::optional<DueEntry> due = read_due(entry);
      if (!due) continue;
      POSTERN_TRY(const bool goes_on, use(std::move(*due)));
      if (!goes_on) return {};
    }
    if (entries.size() < kEntriesAtATime) return {};
    after = entries.back().key;
  }
  return {};
}

core::Result<Counts> leased_by_domain(const Basics& with, const storage::Snapshot& snapshot, const ClaimLimits& limits) {
  Counts out;
  for (const core::WorkspaceId workspace : with.directory.workspaces()) {
    const std::string now = keys::due(workspace, limits.now_ms, core::OutboxId{std::numeric_limits<std::uint64_t>::max()});
    POSTERN_CHECK(walk(with, snapshot, workspace, now, [&](const DueEntry& due) -> core::Result<bool> {
      if (due.due_ms > limits.leases_end_ms) return false;
      if (due.is_leased) ++out[due.domain];
      return true;
    }));
  }
  return out;
}

// An entry that an older version put there does not tell its domain.
core::Result<void> complete(const Basics& with, const storage::Snapshot& snapshot, DueEntry& due) {
  if (!due.domain.empty()) return {};
  const std::string key = keys::outbox(due.workspace, due.id);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return {};  // a stray index entry, which the claim removes
  schema::OutboxEntry record;
  const auto opened = storage::open_record(with.vault, due.workspace, key, *value, record);
  if (!opened && is_damage(opened.error())) return {};  // the claim finds out as well, and goes on
  POSTERN_CHECK(opened);
  POSTERN_TRY(due.domain, domain_digest(with, record));
  return {};
}

}  // namespace

void note_change_of_due() { last_change.store(core::system_clock().now(), std::memory_order_release); }

bool may_have_changed_due(core::Instant now) {
  const core::Instant last = last_change.load(std::memory_order_acquire);
  return last != core::Instant() && now - last <= kChangeStands;
}

core::Result<std::string> due_mark(const Basics& with, const schema::OutboxEntry& entry) {
  POSTERN_TRY(const std::string digest, domain_digest(with, entry));
  return std::string(1, entry.leased_until_unix_ms() == 0 ? kWaiting : kLeased) + digest;
}

core::Result<std::optional<DueEntry>> first_due(const Basics& with, const storage::Snapshot& snapshot) {
  std::optional<DueEntry> first;
  for (const core::WorkspaceId workspace : with.directory.workspaces()) {
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                snapshot.scan(keys::due_prefix(workspace), storage::Direction::kForward, 1));
    if (entries.empty()) continue;
    auto due = read_due(entries.front());
    if (due && (!first || due->due_ms < first->due_ms)) first = std::move(due);
  }
  return first;
}

core::Result<std::vector<DueEntry>> claimable(const Basics& with, const storage::Snapshot& snapshot, const ClaimLimits& limits) {
  POSTERN_TRY(const Counts leased, leased_by_domain(with, snapshot, limits));
  const auto takes = [&](Counts& busy, const DueEntry& due) {
    std::size_t& count = busy[due.domain];
    if (count >= limits.per_domain_max) return false;
    ++count;
    return true;
  };
  std::vector<DueEntry> found;
  for (const core::WorkspaceId workspace : with.directory.workspaces()) {
    Counts busy = leased;
    std::size_t taken = 0;
    POSTERN_CHECK(walk(with, snapshot, workspace, {}, [&](DueEntry due) -> core::Result<bool> {
      if (due.due_ms > limits.now_ms || taken == limits.most) return false;
      POSTERN_CHECK(complete(with, snapshot, due));
      if (!takes(busy, due)) return true;
      found.push_back(std::move(due));
      ++taken;
      return true;
    }));
  }
  std::ranges::sort(found, {}, [](const DueEntry& due) { return std::pair(due.due_ms, due.id); });
  std::vector<DueEntry> out;
  Counts busy = leased;
  for (DueEntry& due : found) {
    if (out.size() == limits.most) break;
    if (takes(busy, due)) out.push_back(std::move(due));
  }
  return out;
}

}  // namespace postern::ticketing
