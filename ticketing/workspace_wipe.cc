#include "ticketing/workspace_wipe.h"

#include "auth/audit.h"
#include "auth/errc.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "storage/key.h"
#include "storage/records.h"
#include "storage/schema/account.pb.h"
#include "storage/schema/purge.pb.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/purge.h"

namespace postern::ticketing {
namespace {

using storage::Space;

constexpr core::WorkspaceId kGlobal{0};
constexpr std::string_view kMark = "workspace_wipe";
constexpr std::size_t kMarksMax = 100;
constexpr std::size_t kWorkspaceBytes = 8;

std::string mark_prefix() {
  storage::KeyBuilder key(kGlobal, Space::kMeta);
  key.text(kMark);
  return std::move(key).take();
}

std::string mark_of(core::WorkspaceId workspace) {
  storage::KeyBuilder key(kGlobal, Space::kMeta);
  key.text(kMark).u64(workspace.value);
  return std::move(key).take();
}

// Everything of a workspace: each key begins with it (design invariant 5).
std::string prefix_of(core::WorkspaceId workspace) { return storage::KeyBuilder(workspace, Space::kMeta).take().substr(0, kWorkspaceBytes); }

// Whether an entry of workspace 0 leads into the workspace. Those of these spaces begin with that number.
template <class Record>
bool leads_to(const std::string& value, core::WorkspaceId workspace) {
  Record record;
  return storage::parse_record(value, record) && record.workspace() == workspace.value;
}

bool is_of(Space space, const std::string& value, core::WorkspaceId workspace) {
  if (space == Space::kWorkspace) {
    schema::Workspace record;
    return storage::parse_record(value, record) && record.id() == workspace.value;
  }
  if (space == Space::kInbox) return leads_to<schema::Inbox>(value, workspace);
  if (space == Space::kEnrolment) return leads_to<schema::Enrolment>(value, workspace);
  if (space == Space::kPurgeDue) return leads_to<schema::PurgeDue>(value, workspace);
  return leads_to<schema::CredentialIndex>(value, workspace);
}

}  // namespace

WorkspaceWiper::WorkspaceWiper(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, WipeLimits limits)
    : store_(store), vault_(vault), ids_(ids), clock_(clock), limits_(limits) {}

core::Result<void> WorkspaceWiper::close(storage::Transaction& transaction, const auth::Principal& by, const std::string& name) const {
  POSTERN_TRY(std::vector<std::string> old, vault_.shred(transaction, by.workspace));
  for (const Space space : {Space::kWorkspace, Space::kInbox, Space::kUserByLogin, Space::kSession, Space::kToken, Space::kEnrolment,
                            Space::kSignInStep, Space::kPurgeDue}) {
    const std::string prefix = storage::KeyBuilder(kGlobal, space).take();
    std::string after;
    bool is_touched = false;
    for (std::size_t seen = 0; seen < limits_.credentials_max; seen += limits_.entries_at_once_max) {
      POSTERN_TRY(const auto entries, transaction.snapshot().scan(prefix, storage::Direction::kForward, limits_.entries_at_once_max, after));
      for (const storage::Entry& entry : entries) {
        if (!is_of(space, entry.value, by.workspace)) continue;
        transaction.erase(entry.key);
        is_touched = true;
      }
      if (entries.size() < limits_.entries_at_once_max) break;
      after = entries.back().key;
    }
    // Logins are addresses: their keys leave the disk too. The space stands for them, as what is due is itself written down.
    if (is_touched) old.push_back(prefix);
  }
  transaction.put(mark_of(by.workspace), {});
  // Of the instance, as the workspace's own log is gone with it.
  auth::Principal instance = by;
  instance.workspace = kGlobal;
  POSTERN_CHECK(auth::audit(transaction, vault_, ids_, clock_, instance, "workspace.wiped", "workspace/" + std::to_string(by.workspace.value), name));
  return add_purge_due(transaction, kGlobal, core::TicketId{by.workspace.value}, {}, std::move(old), ids_.next(),
                       core::to_unix_ms(clock_.wall_now()));
}

core::Task<core::Result<void>> WorkspaceWiper::wipe(auth::Principal by, std::string name, std::string typed) {
  if (by.role != auth::Role::kOwner || !by.workspace) co_return core::fail(auth::Errc::kForbidden, "owners only");
  if (name.empty() || core::trim_ascii(typed) != name) co_return core::fail(core::Errc::kInvalid, "name: not that of the workspace");
  for (std::size_t attempt = 1;; ++attempt) {
    storage::Transaction transaction = store_.begin();
    POSTERN_CO_CHECK(close(transaction, by, name));
    const auto committed = co_await store_.commit(std::move(transaction));
    if (committed) break;
    if (!(committed.error() == storage::Errc::kConflict) || attempt >= limits_.commit_attempts_max) co_return committed.error();
  }
  vault_.forget(by.workspace);
  co_return core::Result<void>();
}

core::Task<core::Result<std::size_t>> WorkspaceWiper::erase_of(core::WorkspaceId workspace, std::size_t& batches) {
  std::size_t count = 0;
  const std::pair<std::string, std::size_t> parts[] = {
      {storage::KeyBuilder(workspace, Space::kBlob).take(), limits_.blobs_at_once_max}, {prefix_of(workspace), limits_.entries_at_once_max}};
  for (const auto& [prefix, at_once] : parts) {
    while (batches < limits_.batches_max) {
      POSTERN_CO_TRY(const auto entries, store_.snapshot()->scan(prefix, storage::Direction::kForward, at_once));
      if (entries.empty()) break;
      ++batches;
      storage::Transaction transaction = store_.begin();
      for (const storage::Entry& entry : entries) transaction.erase(entry.key);
      POSTERN_CO_CHECK(co_await store_.commit(std::move(transaction)));
      count += entries.size();
    }
  }
  co_return count;
}

core::Task<core::Result<std::size_t>> WorkspaceWiper::erase_some() {
  POSTERN_CO_TRY(const auto marks, store_.snapshot()->scan(mark_prefix(), storage::Direction::kForward, kMarksMax));
  std::size_t count = 0;
  std::size_t batches = 0;
  for (const storage::Entry& mark : marks) {
    storage::KeyReader reader(mark.key);
    (void)reader.text();
    const core::WorkspaceId workspace{reader.u64()};
    if (!reader.ok() || !workspace) continue;
    vault_.forget(workspace);  // another process may have wiped it
    POSTERN_CO_TRY(const std::size_t erased, co_await erase_of(workspace, batches));
    count += erased;
    if (batches >= limits_.batches_max) break;
    // What was being written while it was wiped arrives within moments; a run that finds nothing is the last one.
    if (erased != 0) continue;
    storage::Transaction transaction = store_.begin();
    transaction.erase(mark.key);
    // Keys are plain, and some hold addresses: the erased ones leave the disk too.
    POSTERN_CO_CHECK(add_purge_due(transaction, kGlobal, core::TicketId{workspace.value}, {}, {prefix_of(workspace)}, ids_.next(),
                                   core::to_unix_ms(clock_.wall_now())));
    POSTERN_CO_CHECK(co_await store_.commit(std::move(transaction)));
  }
  co_return count;
}

}  // namespace postern::ticketing
