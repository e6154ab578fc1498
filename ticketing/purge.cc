#include "ticketing/purge.h"

#include <memory>

#include "auth/audit.h"
#include "storage/records.h"
#include "storage/schema/purge.pb.h"

namespace postern::ticketing {
namespace {

constexpr core::WorkspaceId kGlobal{0};
constexpr std::size_t kPendingMax = 10'000;

storage::KeyBuilder due_key() { return {kGlobal, storage::Space::kPurgeDue}; }

core::Result<std::vector<schema::PurgeDue>> read_due(const storage::Store& store, std::size_t limit) {
  POSTERN_TRY(const auto entries, store.snapshot()->scan(due_key().bytes(), storage::Direction::kForward, limit));
  std::vector<schema::PurgeDue> out;
  for (const storage::Entry& entry : entries) {
    POSTERN_CHECK(storage::parse_record(entry.value, out.emplace_back()));
  }
  return out;
}

}  // namespace

core::Result<void> add_purge_due(storage::Transaction& transaction, core::WorkspaceId workspace, core::TicketId ticket,
                                 core::CommentId comment, std::vector<std::string> keys, std::uint64_t id,
                                 std::int64_t now_unix_ms) {
  schema::PurgeDue due;
  due.set_id(id);
  due.set_workspace(workspace.value);
  due.set_ticket(ticket.value);
  due.set_comment(comment.value);
  due.set_at_unix_ms(now_unix_ms);
  for (std::string& key : keys) due.add_keys(std::move(key));
  storage::KeyBuilder key = due_key();
  key.u64(id);
  return storage::put_plain(transaction, std::move(key).take(), due);
}

core::Result<void> add_person_purge_due(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId user,
                                        std::vector<std::string> keys, std::uint64_t id, std::int64_t now_unix_ms) {
  schema::PurgeDue due;
  due.set_id(id);
  due.set_workspace(workspace.value);
  due.set_user(user.value);
  due.set_at_unix_ms(now_unix_ms);
  for (std::string& key : keys) due.add_keys(std::move(key));
  storage::KeyBuilder key = due_key();
  key.u64(id);
  return storage::put_plain(transaction, std::move(key).take(), due);
}

Purger::Purger(storage::Store& store, storage::Vault& vault, core::IdSource& ids, core::Clock& clock, core::WorkPool& pool,
               PurgeLimits limits)
    : store_(store), vault_(vault), ids_(ids), clock_(clock), pool_(pool), limits_(limits) {}

core::Task<core::Result<std::size_t>> Purger::run() {
  POSTERN_CO_TRY(const std::vector<schema::PurgeDue> due, read_due(store_, limits_.at_once_max));
  if (due.empty()) co_return std::size_t{0};
  auto keys = std::make_shared<std::vector<std::string>>();
  for (const schema::PurgeDue& one : due) keys->insert(keys->end(), one.keys().begin(), one.keys().end());
  // A Result in a Result cannot be told from its error, hence the pointer.
  auto job = [store = &store_, keys] { return std::make_shared<core::Result<void>>(store->purge(*keys)); };
  POSTERN_CO_TRY(const auto purged, co_await core::offload(pool_, std::move(job)));
  if (!*purged) co_return purged->error();
  storage::Transaction transaction = store_.begin();
  for (const schema::PurgeDue& one : due) {
    storage::KeyBuilder key = due_key();
    key.u64(one.id());
    transaction.erase(std::move(key).take());
    auth::Principal by;
    by.workspace = core::WorkspaceId{one.workspace()};
    by.method = auth::Method::kOperator;
    const bool is_ticket = one.comment() == 0;  // some of an erased one
    std::string object = "ticket/" + std::to_string(one.ticket());
    if (!is_ticket) object += "/comment/" + std::to_string(one.comment());
    if (one.user() != 0) {
      POSTERN_CO_CHECK(auth::audit(transaction, vault_, ids_, clock_, by, "user.purged", "user/" + std::to_string(one.user())));
      continue;
    }
    // The data keys of a workspace that was wiped stand under none.
    const bool is_wipe = one.workspace() == 0;
    const bool is_held_mail = !is_wipe && one.ticket() == 0;
    if (is_held_mail) object = "suspended";
    const char* what = is_wipe ? "workspace.purged" : is_held_mail ? "mail.purged" : is_ticket ? "ticket.purged" : "comment.purged";
    POSTERN_CO_CHECK(auth::audit(transaction, vault_, ids_, clock_, by, what, is_wipe ? "workspace/" + std::to_string(one.ticket()) : object));
  }
  POSTERN_CO_CHECK(co_await store_.commit(std::move(transaction)));
  co_return due.size();
}

core::Result<std::size_t> Purger::pending(core::WorkspaceId workspace) const {
  POSTERN_TRY(const std::vector<schema::PurgeDue> due, read_due(store_, kPendingMax));
  std::size_t count = 0;
  for (const schema::PurgeDue& one : due) count += one.workspace() == workspace.value;
  return count;
}

}  // namespace postern::ticketing
