#pragma once
// auth/audit_trail/search.h: finds audit entries. The narrowest index that a filter allows is walked (object, actor, address,
// action, or time alone), and beside it what the linker has not indexed yet, so that nothing that was committed is missed; the
// other conditions are looked at entry by entry. Pages by cursor: the id of the last entry.
// Thread-safety: pure over a snapshot.  Errors: those of the store.
// Limits: a page opens at most `scan_max` entries; beyond that it ends early and says so, and its cursor goes on from there.
// Times are taken from ids where they bound a walk: an entry whose clock was set back by more than kClockSlack may be missed.
#include <optional>

#include "auth/audit.h"

namespace postern::auth {

inline constexpr std::chrono::minutes kClockSlack{10};

struct AuditFilter {
  std::optional<core::UserId> actor;
  std::string action;        // of it, or beginning with it where it ends with '.' or '*'
  std::string object;        // "ticket/12"
  std::string client_ip;
  std::optional<Outcome> outcome;
  std::int64_t from_unix_ms = 0;  // inclusive; 0: from the first
  std::int64_t to_unix_ms = 0;    // exclusive; 0: to the last
  std::string text;          // somewhere in action, object, detail, device or changes; ASCII letters of either case
  bool is_empty() const;
};

struct AuditPage {
  std::vector<AuditEntry> entries;
  core::AuditId cursor;       // give it for the next page
  bool has_more = false;
  bool is_cut = false;        // scan_max ended it: there may be more, or not
};

struct AuditOrder {
  bool is_oldest_first = false;
  core::AuditId after;        // 0: from the beginning of the order
  std::size_t limit = 100;
  std::size_t scan_max = 5000;
};

core::Result<AuditPage> search_audit(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                     const AuditFilter& filter, const AuditOrder& order);
core::Result<std::optional<AuditEntry>> find_audit(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                   core::WorkspaceId workspace, core::AuditId id);
// Entries of the chain by number, above `after`.
core::Result<std::vector<AuditEntry>> read_chain(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                 core::WorkspaceId workspace, std::uint64_t after, std::size_t limit);
// Entries that wait for the linker, in order of id; what is gone is left out.
core::Result<std::vector<AuditEntry>> read_waiting(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                   core::WorkspaceId workspace, std::size_t limit);
// Every action that the index has, in order of name; that of an entry which waits may not be among them.
core::Result<std::vector<std::string>> audit_actions(const storage::Snapshot& snapshot, core::WorkspaceId workspace,
                                                     std::string_view prefix, std::size_t limit);

}  // namespace postern::auth
