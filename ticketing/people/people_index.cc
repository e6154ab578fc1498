// People: finding them, and the background that makes everybody findable.
#include <algorithm>

#include "auth/contacts.h"
#include "core/encoding.h"
#include "storage/key.h"
#include "storage/schema/people.pb.h"
#include "ticketing/people/name_words.h"
#include "ticketing/people/people.h"
#include "ticketing/people/people_keys.h"
#include "ticketing/people/profile_records.h"
#include "ticketing/people/transact.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kEntriesAtATime = 200;
constexpr unsigned kIdTimeShift = 12;  // core::IdSource: node and sequence below the milliseconds

// Under which digests to look. Of an address its mailbox is indexed word by word, its domain as a whole.
std::vector<std::string> digests_for(const NameWords& words, std::string_view query) {
  const auto at = query.rfind('@');
  if (at == std::string_view::npos) return words.query_digests(query);
  std::vector<std::string> out = words.query_digests(query.substr(0, at));
  if (out.size() > 1) out.resize(1);  // each of them has to match
  if (out.empty()) out.push_back(words.digest("domain", core::to_lower_ascii(core::trim_ascii(query.substr(at + 1)))));
  return out;
}

}  // namespace

core::Result<core::UserId> People::find_by_email(core::WorkspaceId workspace, std::string_view email) const {
  if (core::trim_ascii(email).empty()) return core::UserId{};
  return auth::find_contact(*with_.store.snapshot(), workspace, email);
}

core::Result<core::UserId> People::find_by_external_id(core::WorkspaceId workspace, std::string_view external_id) const {
  POSTERN_TRY(const NameWords words, NameWords::of(with_.vault, workspace));
  const std::string key = people_keys::unique(workspace, people_keys::Unique::kUserExternalId, words.digest("external id", external_id));
  POSTERN_TRY(const std::optional<std::string> value, with_.store.snapshot()->get(key));
  return core::UserId{people_keys::read_id(value)};
}

core::Result<std::vector<core::UserId>> People::search(core::WorkspaceId workspace, std::string_view query, std::size_t count) const {
  std::vector<core::UserId> out;
  if (query.find('@') != std::string_view::npos) {
    POSTERN_TRY(const core::UserId exact, find_by_email(workspace, query));
    if (exact) out.push_back(exact);
  }
  POSTERN_TRY(const NameWords words, NameWords::of(with_.vault, workspace));
  const auto snapshot = with_.store.snapshot();
  std::size_t seen = 0;
  // A word may be one of a domain, under which nobody stands: then the next one finds them.
  for (const std::string& digest : digests_for(words, query)) {
    POSTERN_CHECK(search_under(*snapshot, people_keys::named_prefix(workspace, people_keys::Named::kPerson, digest), query, count, seen, out));
  }
  return out;
}

// Adds those behind the prefix whom the query means, until there are `count`, or enough were looked at.
core::Result<void> People::search_under(const storage::Snapshot& snapshot, const std::string& prefix, std::string_view query,
                                        std::size_t count, std::size_t& seen, std::vector<core::UserId>& out) const {
  const core::WorkspaceId workspace = storage::KeyReader(prefix).workspace();
  std::string after;
  while (seen < limits_.found_scan_max && out.size() < count) {
    POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot.scan(prefix, storage::Direction::kForward, kEntriesAtATime, after));
    for (const storage::Entry& entry : entries) {
      const core::UserId user{people_keys::last_number(entry.key)};
      POSTERN_TRY(const schema::Profile profile, read_profile(snapshot, with_.vault, workspace, user));
      const bool is_new = std::ranges::find(out, user) == out.end();
      if (is_new && has_words(profile.indexed_name() + " " + profile.indexed_email(), query)) out.push_back(user);
      if (out.size() == count) return {};
    }
    seen += entries.size();
    if (entries.size() < kEntriesAtATime) return {};
    after = entries.back().key;
  }
  return {};
}

core::Result<std::vector<core::UserId>> People::search_field(core::WorkspaceId workspace, std::uint64_t field, std::string_view value,
                                                             std::size_t count) const {
  std::vector<core::UserId> out;
  POSTERN_TRY(const NameWords words, NameWords::of(with_.vault, workspace));
  const std::string prefix = people_keys::named_prefix(workspace, people_keys::Named::kPerson, field_digest(words, field, value));
  const auto snapshot = with_.store.snapshot();
  std::string after;
  for (std::size_t seen = 0; seen < limits_.found_scan_max && out.size() < count;) {
    POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot->scan(prefix, storage::Direction::kForward, kEntriesAtATime, after));
    for (const storage::Entry& entry : entries) {
      const core::UserId user{people_keys::last_number(entry.key)};
      POSTERN_TRY(const schema::Profile profile, read_profile(*snapshot, with_.vault, workspace, user));
      if (has_field_value(profile, field, value)) out.push_back(user);  // a digest may be of something else
      if (out.size() == count) break;
    }
    seen += entries.size();
    if (entries.size() < kEntriesAtATime) break;
    after = entries.back().key;
  }
  return out;
}

core::Result<People::IndexStep> People::index_batch(storage::Transaction& transaction, core::WorkspaceId workspace, IndexStep from) const {
  IndexStep out{0, from.last, from.progress};
  const std::string key = people_keys::index_progress(workspace);
  POSTERN_TRY(const std::optional<std::string> known, transaction.get(key));
  if (people_keys::read_id(known) != from.progress) return out;  // somebody had it begin again: the next round does
  POSTERN_TRY(const std::vector<auth::User> people,
              auth::list_users(transaction.snapshot(), with_.vault, workspace, from.last, limits_.index_batch_max));
  if (people.empty()) return out;
  for (const auth::User& each : people) {
    POSTERN_TRY(const Enrolled done, enrol_person(transaction, with_.vault, with_.ids, with_.now_ms(), workspace, each.id));
    if (done == Enrolled::kBefore) continue;
    PeopleChange told;
    told.workspace = workspace;
    told.event = done == Enrolled::kNow ? PeopleEvent::kCreated : PeopleEvent::kUpdated;
    told.user = each.id;
    told.via = "system";
    POSTERN_CHECK(tell_people_change(tell_, transaction, told));
  }
  out.looked = people.size();
  out.last = people.back().id;
  const auto slack = static_cast<std::uint64_t>(std::chrono::milliseconds(limits_.index_slack).count()) << kIdTimeShift;
  const std::uint64_t reached = std::min(out.last.value, with_.ids.next() - slack);
  if (reached > from.progress) {
    out.progress = reached;
    transaction.put(key, people_keys::of_id(reached));
  }
  return out;
}

core::Task<core::Result<std::size_t>> People::index_round(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  std::size_t written = 0;
  IndexStep at;
  // Once, of a store that was written before people were found by their fields: everybody is looked at again.
  POSTERN_CO_TRY(const std::optional<std::string> version, with_.store.snapshot()->get(people_keys::index_version(workspace)));
  if (!version) {
    auto begin = [workspace](storage::Transaction& transaction) -> core::Result<bool> {
      transaction.put(people_keys::index_version(workspace), people_keys::of_id(1));
      transaction.erase(people_keys::index_progress(workspace));
      return true;
    };
    POSTERN_CO_CHECK(co_await transact_people(with_, std::move(begin)));
  }
  POSTERN_CO_TRY(const std::optional<std::string> progress, with_.store.snapshot()->get(people_keys::index_progress(workspace)));
  at.progress = people_keys::read_id(progress);
  at.last.value = at.progress;
  for (std::size_t looked = 0; looked < limits_.index_round_max && !is_stopping;) {
    auto step = [&](storage::Transaction& transaction) -> core::Result<IndexStep> {
      auto done = index_batch(transaction, workspace, at);
      if (done && !transaction.writes().empty()) written += done->looked;
      return done;
    };
    POSTERN_CO_TRY(at, co_await transact_people(with_, std::move(step)));
    looked += at.looked;
    if (at.looked < limits_.index_batch_max) break;
  }
  co_return written;
}

}  // namespace postern::ticketing
