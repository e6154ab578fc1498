#include "auth/audit_trail/search.h"

#include <algorithm>
#include <charconv>

#include "auth/audit_trail/entry.h"
#include "auth/audit_trail/keys.h"
#include "auth/detail/keys.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

constexpr std::int64_t kEpochMs = 1735689600000;  // 2025-01-01, where core::IdSource begins
constexpr unsigned kIdTimeShift = 12;
constexpr std::size_t kActionsMax = 256;  // that one filter may cover
constexpr std::size_t kBatch = 128;       // keys of one walk read at once

bool is_prefix(const std::string& action) { return action.ends_with('.') || action.ends_with('*'); }
std::string without_star(std::string action) {
  if (action.ends_with('*')) action.pop_back();
  return action;
}

// The smallest id that the moment can have.
std::uint64_t first_id(std::int64_t unix_ms) {
  return unix_ms <= kEpochMs ? 0 : static_cast<std::uint64_t>(unix_ms - kEpochMs) << kIdTimeShift;
}

bool contains_text(std::string_view text, const std::string& needle) {
  return core::to_lower_ascii(text).find(needle) != std::string::npos;
}

bool has_text(const AuditEntry& entry, const std::string& needle) {
  if (contains_text(entry.action, needle) || contains_text(entry.object, needle) || contains_text(entry.detail, needle) ||
      contains_text(entry.device, needle) || contains_text(entry.client_ip, needle)) {
    return true;
  }
  return std::ranges::any_of(entry.changes, [&needle](const AuditChange& change) {
    return contains_text(change.field, needle) || contains_text(change.before, needle) || contains_text(change.after, needle);
  });
}

bool matches(const AuditEntry& entry, const AuditFilter& filter, const std::string& needle) {
  if (filter.actor && entry.actor != *filter.actor) return false;
  if (!filter.action.empty()) {
    const bool fits = is_prefix(filter.action) ? entry.action.starts_with(without_star(filter.action)) : entry.action == filter.action;
    if (!fits) return false;
  }
  if (!filter.object.empty() && entry.object != filter.object) return false;
  if (!filter.client_ip.empty() && entry.client_ip != filter.client_ip) return false;
  if (filter.outcome && entry.outcome != *filter.outcome) return false;
  if (filter.from_unix_ms != 0 && entry.at_unix_ms < filter.from_unix_ms) return false;
  if (filter.to_unix_ms != 0 && entry.at_unix_ms >= filter.to_unix_ms) return false;
  return needle.empty() || has_text(entry, needle);
}

// The ids under one prefix, one after the other.
class Walk {
 public:
  Walk(const storage::Snapshot& snapshot, std::string prefix, bool is_forward, std::string start)
      : snapshot_(snapshot), prefix_(std::move(prefix)), is_forward_(is_forward), after_(std::move(start)) {}
  // 0 at the end.
  core::Result<std::uint64_t> peek() {
    if (at_ == batch_.size()) {
      if (is_over_) return std::uint64_t{0};
      POSTERN_TRY(batch_, snapshot_.scan(prefix_, is_forward_ ? storage::Direction::kForward : storage::Direction::kBackward, kBatch, after_));
      at_ = 0;
      is_over_ = batch_.size() < kBatch;
      if (batch_.empty()) return std::uint64_t{0};
      after_ = batch_.back().key;
    }
    return trail::last_number(batch_[at_].key);
  }
  void pop() { ++at_; }

 private:
  const storage::Snapshot& snapshot_;
  std::string prefix_;
  bool is_forward_;
  std::string after_;
  std::vector<storage::Entry> batch_;
  std::size_t at_ = 0;
  bool is_over_ = false;
};

core::Result<std::vector<std::string>> prefixes_for(const storage::Snapshot& snapshot, core::WorkspaceId workspace, const AuditFilter& filter) {
  using trail::Kind;
  std::vector<std::string> out;
  if (!filter.object.empty()) {
    out.push_back(trail::by_text(workspace, Kind::kByObject, filter.object));
  } else if (filter.actor) {
    out.push_back(trail::by_actor(workspace, *filter.actor));
  } else if (!filter.client_ip.empty()) {
    out.push_back(trail::by_text(workspace, Kind::kByIp, filter.client_ip));
  } else if (!filter.action.empty() && is_prefix(filter.action)) {
    POSTERN_TRY(const auto actions, audit_actions(snapshot, workspace, without_star(filter.action), kActionsMax));
    for (const std::string& action : actions) out.push_back(trail::by_text(workspace, Kind::kByAction, action));
  } else if (!filter.action.empty()) {
    out.push_back(trail::by_text(workspace, Kind::kByAction, filter.action));
  } else {
    out.push_back(keys::audit_prefix(workspace));
    return out;
  }
  // What no index has yet: of the last half second, or since a server ran.
  out.push_back(trail::prefix(workspace, Kind::kWaiting));
  return out;
}

// Ids within reach of the filter's times and behind the cursor: where walks begin (exclusive) and end (exclusive). 0: open.
struct Bounds {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

Bounds bounds_of(const AuditFilter& filter, const AuditOrder& order) {
  const std::int64_t slack = std::chrono::milliseconds(kClockSlack).count();
  const std::uint64_t low = filter.from_unix_ms == 0 ? 0 : first_id(filter.from_unix_ms - slack);
  const std::uint64_t high = filter.to_unix_ms == 0 ? 0 : first_id(filter.to_unix_ms + slack);
  Bounds out = order.is_oldest_first ? Bounds{low, high} : Bounds{high, low};
  if (order.after) {
    const bool is_behind = order.is_oldest_first ? order.after.value > out.begin : out.begin == 0 || order.after.value < out.begin;
    if (is_behind) out.begin = order.after.value;
  }
  return out;
}

class Merge {
 public:
  Merge(const storage::Snapshot& snapshot, const std::vector<std::string>& prefixes, bool is_forward, Bounds bounds)
      : is_forward_(is_forward), bounds_(bounds) {
    for (const std::string& prefix : prefixes) {
      walks_.emplace_back(snapshot, prefix, is_forward, bounds.begin == 0 ? std::string() : trail::with_id(prefix, core::AuditId{bounds.begin}));
    }
  }
  // 0 at the end.
  core::Result<std::uint64_t> next() {
    std::uint64_t best_id = 0;
    for (Walk& walk : walks_) {
      POSTERN_TRY(const std::uint64_t id, walk.peek());
      if (id != 0 && (best_id == 0 || (is_forward_ ? id < best_id : id > best_id))) best_id = id;
    }
    if (best_id == 0) return std::uint64_t{0};
    if (bounds_.end != 0 && (is_forward_ ? best_id >= bounds_.end : best_id < bounds_.end)) return std::uint64_t{0};
    // Entries of an earlier version wait with their index: they are met twice.
    for (Walk& walk : walks_) {
      POSTERN_TRY(const std::uint64_t id, walk.peek());
      if (id == best_id) walk.pop();
    }
    return best_id;
  }

 private:
  std::vector<Walk> walks_;
  bool is_forward_;
  Bounds bounds_;
};

}  // namespace

bool AuditFilter::is_empty() const {
  return !actor && action.empty() && object.empty() && client_ip.empty() && !outcome && from_unix_ms == 0 && to_unix_ms == 0 && text.empty();
}

core::Result<AuditPage> search_audit(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                     const AuditFilter& filter, const AuditOrder& order) {
  POSTERN_TRY(const std::vector<std::string> prefixes, prefixes_for(snapshot, workspace, filter));
  Merge ids(snapshot, prefixes, order.is_oldest_first, bounds_of(filter, order));
  const std::string needle = core::to_lower_ascii(filter.text);
  AuditPage page;
  for (std::size_t opened = 0;; ++opened) {
    POSTERN_TRY(const std::uint64_t id, ids.next());
    if (id == 0) break;
    if (opened == order.scan_max) {
      page.has_more = page.is_cut = true;
      break;
    }
    POSTERN_TRY(std::optional<AuditEntry> entry, find_audit(snapshot, vault, workspace, core::AuditId{id}));
    const bool is_wanted = entry && matches(*entry, filter, needle);
    if (is_wanted && page.entries.size() == order.limit) {
      page.has_more = true;
      break;
    }
    page.cursor = core::AuditId{id};
    if (is_wanted) page.entries.push_back(std::move(*entry));
  }
  return page;
}

core::Result<std::optional<AuditEntry>> find_audit(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                   core::WorkspaceId workspace, core::AuditId id) {
  const std::string key = keys::audit(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return std::optional<AuditEntry>();
  POSTERN_TRY(AuditEntry entry, open_entry(vault, workspace, key, *value));
  return std::optional(std::move(entry));
}

core::Result<std::vector<AuditEntry>> read_chain(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, std::uint64_t after, std::size_t limit) {
  const std::string from = trail::numbered(workspace, trail::Kind::kLink, after);
  POSTERN_TRY(const auto links, snapshot.scan(trail::prefix(workspace, trail::Kind::kLink), storage::Direction::kForward, limit, from));
  std::vector<AuditEntry> out;
  out.reserve(links.size());
  for (const storage::Entry& link : links) {
    std::uint64_t id = 0;
    std::from_chars(link.value.data(), link.value.data() + link.value.size(), id);
    POSTERN_TRY(std::optional<AuditEntry> entry, find_audit(snapshot, vault, workspace, core::AuditId{id}));
    if (!entry) return core::fail(storage::Errc::kCorrupt, "an audit entry of the chain is gone: verify the trail");
    out.push_back(std::move(*entry));
  }
  return out;
}

core::Result<std::vector<AuditEntry>> read_waiting(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                   core::WorkspaceId workspace, std::size_t limit) {
  POSTERN_TRY(const auto marks, snapshot.scan(trail::prefix(workspace, trail::Kind::kWaiting), storage::Direction::kForward, limit));
  std::vector<AuditEntry> out;
  for (const storage::Entry& mark : marks) {
    POSTERN_TRY(std::optional<AuditEntry> entry, find_audit(snapshot, vault, workspace, core::AuditId{trail::last_number(mark.key)}));
    if (entry) out.push_back(std::move(*entry));
  }
  return out;
}

core::Result<std::vector<std::string>> audit_actions(const storage::Snapshot& snapshot, core::WorkspaceId workspace,
                                                     std::string_view prefix, std::size_t limit) {
  std::vector<std::string> out;
  // Texts end with 00 01 in keys: without it, a key begins with what the text begins with.
  std::string begin = trail::by_text(workspace, trail::Kind::kByAction, prefix);
  begin.resize(begin.size() - 2);
  std::string after;
  while (out.size() < limit) {
    POSTERN_TRY(const auto found, snapshot.scan(begin, storage::Direction::kForward, 1, after));
    if (found.empty()) break;
    out.push_back(trail::text_of(found.front().key));
    after = trail::with_id(trail::by_text(workspace, trail::Kind::kByAction, out.back()), core::AuditId{~std::uint64_t{0}});
  }
  return out;
}

}  // namespace postern::auth
