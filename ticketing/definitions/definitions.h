#pragma once
// ticketing/definitions/definitions.h: the definitions of one kind in each workspace (groups, views, triggers …), in an order
// that people give them. Small in number, read with every save of a ticket: kept parsed in memory, by version.
// Whoever reads them through a transaction gets a conflict when they change meanwhile, so that what is derived from them
// (counts of a view, what a trigger did) is exact.
// `Record`: a message with id, position, is_active, title, created_unix_ms and updated_unix_ms.
// Thread-safety: all methods from any executor.  Ownership: borrows the store, the vault, the ids and the clock.
// Errors: Errc::kNotFound, Errc::kInvalid (a limit, or what `check` said), those of the store.  Limits: DefinitionLimits.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "auth/audit.h"
#include "storage/key.h"
#include "storage/records.h"
#include "ticketing/definitions/kinds.h"
#include "ticketing/detail/damage.h"
#include "ticketing/errc.h"

namespace postern::ticketing {

template <class Record>
class Definitions {
 public:
  using List = std::shared_ptr<const std::vector<Record>>;  // by position, then id; never null
  using Guard = std::function<core::Result<void>(const Record&)>;  // asked in the transaction of a change

  struct Kind {
    DefinitionKind kind;
    std::string word;  // "trigger": of audit actions and objects
    DefinitionLimits limits = {};
    // What is wrong with a changed one beside the others; null: nothing can be.
    std::function<core::Result<void>(const Record& changed, const std::vector<Record>& others)> check = {};
    // What the audit log shows of it: fields and their values, never secrets.
    std::function<std::vector<std::pair<std::string, std::string>>(const Record&)> shown = {};
    // What else belongs into the transaction of a change. `before` is null for a new one, `after` for a removed one.
    std::function<core::Result<void>(storage::Transaction&, core::WorkspaceId, const Record* before, const Record* after)> also = {};
    std::uint64_t (*owner)(const Record&) = nullptr;  // whose own it is, 0: everybody's; null: all are
  };

  Definitions(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, Kind kind)
      : store_(store), vault_(vault), ids_(ids), clock_(clock), kind_(std::move(kind)) {}

  // As of now.
  core::Result<List> all(core::WorkspaceId workspace) const {
    storage::Transaction transaction = store_.begin();
    return all(transaction, workspace);
  }
  // With conflict detection. Changes of the transaction itself are not seen.
  core::Result<List> all(storage::Transaction& transaction, core::WorkspaceId workspace) const {
    POSTERN_TRY(const std::optional<std::string> stored, transaction.get(version_key(workspace)));
    const std::string version = stored.value_or(std::string());
    if (List known = cached(workspace, version)) return known;
    POSTERN_TRY(std::vector<Record> read, scan(transaction.snapshot(), workspace));
    List list = std::make_shared<const std::vector<Record>>(std::move(read));
    const std::lock_guard lock(mutex_);
    cache_[workspace] = {version, list};
    return list;
  }
  core::Result<Record> find(core::WorkspaceId workspace, std::uint64_t id) const {
    POSTERN_TRY(const List list, all(workspace));
    const auto found = std::ranges::find_if(*list, [id](const Record& each) { return each.id() == id; });
    if (found == list->end()) return core::fail(Errc::kNotFound, object(id));
    return *found;
  }

  // Gives it an id, times and, unless it has one, the last position.
  core::Task<core::Result<Record>> create(auth::Principal by, Record draft) {
    draft.set_id(ids_.next());
    auto change = [this, &by, &draft](storage::Transaction& transaction) -> core::Result<Record> {
      POSTERN_TRY(const List list, all(transaction, by.workspace));
      if (!has_room(*list, draft)) return core::fail(Errc::kInvalid, kind_.word + ": too many");
      Record made = draft;
      const std::int64_t now = core::to_unix_ms(clock_.wall_now());
      made.set_created_unix_ms(now);
      made.set_updated_unix_ms(now);
      if (made.position() == 0) made.set_position(list->empty() ? 1 : list->back().position() + 1);
      POSTERN_CHECK(put(transaction, by, nullptr, made, *list));
      return made;
    };
    co_return co_await transact(std::move(change));
  }
  // `edit` is called again after a conflict.
  core::Task<core::Result<Record>> update(auth::Principal by, std::uint64_t id, std::function<core::Result<void>(Record&)> edit) {
    auto change = [this, &by, id, &edit](storage::Transaction& transaction) -> core::Result<Record> {
      POSTERN_TRY(const List list, all(transaction, by.workspace));
      const auto found = std::ranges::find_if(*list, [id](const Record& each) { return each.id() == id; });
      if (found == list->end()) return core::fail(Errc::kNotFound, object(id));
      Record changed = *found;
      POSTERN_CHECK(edit(changed));
      if (changed.SerializeAsString() == found->SerializeAsString()) return changed;
      changed.set_updated_unix_ms(core::to_unix_ms(clock_.wall_now()));
      std::vector<Record> others;
      std::ranges::copy_if(*list, std::back_inserter(others), [id](const Record& each) { return each.id() != id; });
      POSTERN_CHECK(put(transaction, by, &*found, changed, others));
      return changed;
    };
    co_return co_await transact(std::move(change));
  }
  // One that is damaged too, of which only the id is known; with `only_damaged` no other. `guard` may refuse one that is not.
  core::Task<core::Result<Record>> erase(auth::Principal by, std::uint64_t id, bool only_damaged = false, Guard guard = {}) {
    auto change = [this, &by, id, only_damaged, &guard](storage::Transaction& transaction) -> core::Result<Record> {
      POSTERN_TRY(const List list, all(transaction, by.workspace));
      const auto found = std::ranges::find(*list, id, [](const Record& each) { return each.id(); });
      if (found == list->end()) return erase_damaged(transaction, by, id);
      if (only_damaged) return core::fail(Errc::kNotFound, object(id));
      if (guard) POSTERN_CHECK(guard(*found));
      transaction.erase(key(by.workspace, id));
      touch(transaction, by.workspace);
      if (kind_.also) POSTERN_CHECK(kind_.also(transaction, by.workspace, &*found, nullptr));
      POSTERN_CHECK(audit(transaction, by, ".deleted", &*found, nullptr, id));
      return *found;
    };
    co_return co_await transact(std::move(change));
  }
  // All of them by id, in their new order.
  core::Task<core::Result<List>> reorder(auth::Principal by, std::vector<std::uint64_t> order) {
    auto change = [this, &by, &order](storage::Transaction& transaction) -> core::Result<List> {
      POSTERN_TRY(const List list, all(transaction, by.workspace));
      if (order.size() != list->size()) return core::fail(Errc::kInvalid, kind_.word + ": the order has to name each once");
      for (const Record& each : *list) {
        const auto place = std::ranges::find(order, each.id());
        if (place == order.end()) return core::fail(Errc::kInvalid, object(each.id()) + ": not in the order");
        Record moved = each;
        moved.set_position(static_cast<std::uint32_t>(place - order.begin()) + 1);
        if (moved.position() == each.position()) continue;
        POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key(by.workspace, each.id()), moved));
        if (kind_.also) POSTERN_CHECK(kind_.also(transaction, by.workspace, &each, &moved));
      }
      if (transaction.writes().empty()) return list;
      touch(transaction, by.workspace);
      POSTERN_CHECK(auth::audit(transaction, vault_, ids_, clock_, by, kind_.word + ".reordered", kind_.word));
      return list;
    };
    POSTERN_CO_CHECK(co_await transact(std::move(change)));
    co_return all(by.workspace);
  }

 private:
  using Cached = std::pair<std::string, List>;  // of a version
  std::string key(core::WorkspaceId workspace, std::uint64_t id) const {
    return storage::KeyBuilder(workspace, storage::Space::kDefinition).u64(static_cast<std::uint64_t>(kind_.kind)).u64(id).bytes();
  }
  static std::uint64_t id_of(std::string_view key) {
    storage::KeyReader reader(key);
    reader.u64();
    return reader.u64();
  }
  // Below all ids. Its value is the id of the last change: whoever read it conflicts with a later one.
  std::string version_key(core::WorkspaceId workspace) const { return key(workspace, 0); }
  std::string object(std::uint64_t id) const { return kind_.word + "/" + std::to_string(id); }
  void touch(storage::Transaction& transaction, core::WorkspaceId workspace) const {
    transaction.put(version_key(workspace), std::to_string(ids_.next()));
  }

  std::size_t all_max() const { return kind_.limits.count_max + kind_.limits.own_max * kind_.limits.people_max; }
  bool has_room(const std::vector<Record>& list, const Record& draft) const {
    const auto owner = [this](const Record& each) { return kind_.owner == nullptr ? 0 : kind_.owner(each); };
    const auto same = std::ranges::count_if(list, [&](const Record& each) { return owner(each) == owner(draft); });
    const std::size_t most = owner(draft) == 0 ? kind_.limits.count_max : kind_.limits.own_max;
    return static_cast<std::size_t>(same) < most && list.size() < all_max();
  }

  List cached(core::WorkspaceId workspace, const std::string& version) const {
    const std::lock_guard lock(mutex_);
    const auto found = cache_.find(workspace);
    return found != cache_.end() && found->second.first == version ? found->second.second : nullptr;
  }

  core::Result<std::vector<Record>> scan(const storage::Snapshot& snapshot, core::WorkspaceId workspace) const {
    const std::string prefix = storage::KeyBuilder(workspace, storage::Space::kDefinition).u64(static_cast<std::uint64_t>(kind_.kind)).bytes();
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                snapshot.scan(prefix, storage::Direction::kForward, all_max() + 1, version_key(workspace)));
    std::vector<Record> out;
    for (const storage::Entry& entry : entries) {
      Record record;
      const auto opened = storage::open_record(vault_, workspace, entry.key, entry.value, record);
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (opened) out.push_back(std::move(record));
      if (!opened) tell_damage(kind_.word, workspace, id_of(entry.key), opened.error());  // it must not stop all mail of the workspace
    }
    std::ranges::sort(out, {}, [](const Record& each) { return std::pair(each.position(), each.id()); });
    return out;
  }

  core::Result<Record> erase_damaged(storage::Transaction& transaction, const auth::Principal& by, std::uint64_t id) {
    POSTERN_TRY(const auto value, transaction.get(key(by.workspace, id)));
    if (!value || id == 0) return core::fail(Errc::kNotFound, object(id));
    Record gone;
    gone.set_id(id);
    transaction.erase(key(by.workspace, id));
    touch(transaction, by.workspace);
    if (kind_.also) POSTERN_CHECK(kind_.also(transaction, by.workspace, &gone, nullptr));
    POSTERN_CHECK(audit(transaction, by, ".deleted", &gone, nullptr, id));
    return gone;
  }

  core::Result<void> put(storage::Transaction& transaction, const auth::Principal& by, const Record* before, const Record& after,
                         const std::vector<Record>& others) {
    if (after.ByteSizeLong() > kind_.limits.record_bytes_max) return core::fail(Errc::kInvalid, kind_.word + ": too large");
    if (kind_.check) POSTERN_CHECK(kind_.check(after, others));
    POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key(by.workspace, after.id()), after));
    touch(transaction, by.workspace);
    if (kind_.also) POSTERN_CHECK(kind_.also(transaction, by.workspace, before, &after));
    return audit(transaction, by, before == nullptr ? ".created" : ".changed", before, &after, after.id());
  }

  core::Result<void> audit(storage::Transaction& transaction, const auth::Principal& by, std::string_view what, const Record* before,
                           const Record* after, std::uint64_t id) {
    auth::AuditEvent event;
    event.action = kind_.word + std::string(what);
    event.object = object(id);
    event.detail = (after != nullptr ? after : before)->title();
    if (kind_.shown) {
      std::map<std::string, std::pair<std::string, std::string>> fields;
      if (before != nullptr) for (auto& [name, value] : kind_.shown(*before)) fields[name].first = value;
      if (after != nullptr) for (auto& [name, value] : kind_.shown(*after)) fields[name].second = value;
      for (auto& [name, values] : fields) {
        if (values.first != values.second) event.changes.push_back({name, values.first, values.second});
      }
    }
    return auth::audit(transaction, vault_, ids_, clock_, by, event);
  }

  template <class F, class R = std::invoke_result_t<F&, storage::Transaction&>>
  core::Task<R> transact(F change) {
    for (std::size_t attempt = 1;; ++attempt) {
      storage::Transaction transaction = store_.begin();
      R result = change(transaction);
      if (!result || transaction.writes().empty()) co_return result;
      const auto committed = co_await store_.commit(std::move(transaction));
      if (committed) co_return result;
      if (!(committed.error() == storage::Errc::kConflict) || attempt >= kind_.limits.attempts_max) co_return committed.error();
    }
  }

  storage::Store& store_;
  const storage::Vault& vault_;
  core::IdSource& ids_;
  core::Clock& clock_;
  const Kind kind_;
  mutable std::mutex mutex_;
  mutable std::map<core::WorkspaceId, Cached> cache_;
};

}  // namespace postern::ticketing
