#include "ticketing/ticket_links.h"

#include <algorithm>
#include <set>

#include "core/encoding.h"
#include "storage/records.h"
#include "storage/schema/fields.pb.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/ticket_limits.h"

namespace postern::ticketing {
namespace {

// Kinds of kExternalId; never renumber.
constexpr std::uint64_t kExternal = 1;   // digest, ticket
constexpr std::uint64_t kIncident = 2;   // problem, incident
constexpr std::uint64_t kTagCount = 3;   // digest: counter
constexpr std::uint64_t kTagWord = 4;    // digest: the tag, sealed

storage::KeyBuilder link_key(core::WorkspaceId workspace, std::uint64_t kind) {
  storage::KeyBuilder key(workspace, storage::Space::kExternalId);
  key.u64(kind);
  return key;
}
std::string external_prefix(core::WorkspaceId workspace, std::string_view digest) { return link_key(workspace, kExternal).text(digest).bytes(); }
std::string incidents_prefix(core::WorkspaceId workspace, std::uint64_t problem) { return link_key(workspace, kIncident).u64(problem).bytes(); }

std::set<std::string> tags_of(const schema::Ticket* ticket) {
  if (ticket == nullptr || ticket->deleted_unix_ms() != 0) return {};
  return {ticket->tags().begin(), ticket->tags().end()};
}

core::Result<std::vector<core::TicketId>> numbers(const storage::Snapshot& snapshot, const std::string& prefix, std::size_t limit) {
  POSTERN_TRY(const std::vector<storage::Entry> entries, snapshot.scan(prefix, storage::Direction::kForward, limit));
  std::vector<core::TicketId> out;
  for (const storage::Entry& entry : entries) {
    std::uint64_t number = 0;
    for (const char c : std::string_view(entry.key).substr(entry.key.size() - 8)) number = (number << 8U) | static_cast<unsigned char>(c);
    out.push_back(core::TicketId{number});
  }
  return out;
}

core::Result<std::string> digest_of(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view purpose, std::string_view text) {
  POSTERN_TRY(const std::string key, vault.derive_key(workspace, purpose));
  return core::blake2b_keyed(key, text).substr(0, 16);
}

}  // namespace

core::Result<std::string> tag_word_key(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view tag) {
  POSTERN_TRY(const std::string of, digest_of(vault, workspace, "tag", tag));
  return link_key(workspace, kTagWord).text(of).bytes();
}

core::Result<std::string> TicketLinks::digest(core::WorkspaceId workspace, std::string_view purpose, std::string_view text) const {
  return digest_of(vault_, workspace, purpose, text);
}

core::Result<void> TicketLinks::follow(storage::Transaction& transaction, const TicketChange& change) {
  POSTERN_CHECK(follow_external_id(transaction, change));
  const std::uint64_t before = change.before == nullptr ? 0 : change.before->problem();
  if (before != change.after->problem()) {
    const auto key = [&change](std::uint64_t problem) { return link_key(change.workspace, kIncident).u64(problem).u64(change.after->id()).bytes(); };
    if (before != 0) transaction.erase(key(before));
    if (change.after->problem() != 0) transaction.put(key(change.after->problem()), {});
  }
  return follow_tags(transaction, change);
}

core::Result<void> TicketLinks::follow_external_id(storage::Transaction& transaction, const TicketChange& change) const {
  const std::string before = change.before == nullptr ? std::string() : change.before->external_id();
  const std::string& after = change.after->external_id();
  if (before == after) return {};
  const auto key = [this, &change](const std::string& id) -> core::Result<std::string> {
    POSTERN_TRY(const std::string of, digest(change.workspace, "external-id", id));
    return link_key(change.workspace, kExternal).text(of).u64(change.after->id()).bytes();
  };
  if (!before.empty()) {
    POSTERN_TRY(std::string old, key(before));
    transaction.erase(std::move(old));
  }
  if (!after.empty()) {
    POSTERN_TRY(std::string fresh, key(after));
    transaction.put(std::move(fresh), {});
  }
  return {};
}

core::Result<void> TicketLinks::follow_tags(storage::Transaction& transaction, const TicketChange& change) const {
  const std::set<std::string> before = tags_of(change.before);
  const std::set<std::string> after = tags_of(change.after);
  for (const std::string& tag : before) {
    if (after.contains(tag)) continue;
    POSTERN_TRY(const std::string of, digest(change.workspace, "tag", tag));
    const std::string counter = link_key(change.workspace, kTagCount).text(of).bytes();
    POSTERN_TRY(const auto count, transaction.snapshot().get(counter));
    transaction.add(counter, -1);
    // Nobody else has it: the word goes too. Whoever gives it to a ticket meanwhile has read the word, and tries again.
    if (storage::decode_counter(count) <= 1) transaction.erase(link_key(change.workspace, kTagWord).text(of).bytes());
  }
  for (const std::string& tag : after) {
    if (before.contains(tag)) continue;
    POSTERN_TRY(const std::string of, digest(change.workspace, "tag", tag));
    transaction.add(link_key(change.workspace, kTagCount).text(of).bytes(), 1);
    std::string key = link_key(change.workspace, kTagWord).text(of).bytes();
    POSTERN_TRY(const auto known, transaction.get(key));
    if (known) continue;
    schema::TagWord word;
    word.set_tag(tag);
    POSTERN_CHECK(storage::put_sealed(transaction, vault_, change.workspace, std::move(key), word));
  }
  return {};
}

core::Result<std::vector<core::TicketId>> TicketLinks::with_external_id(core::WorkspaceId workspace, const std::string& external_id) const {
  POSTERN_TRY(const std::string of, digest(workspace, "external-id", external_id));
  return numbers(*store_.snapshot(), external_prefix(workspace, of), kTicketLimits.same_external_id_max);
}

core::Result<std::vector<core::TicketId>> TicketLinks::incidents_of(core::WorkspaceId workspace, core::TicketId problem) const {
  return numbers(*store_.snapshot(), incidents_prefix(workspace, problem.value), kTicketLimits.incidents_shown_max);
}

core::Result<std::vector<TicketLinks::TagCount>> TicketLinks::tags(core::WorkspaceId workspace, const std::string& prefix) const {
  const auto snapshot = store_.snapshot();
  POSTERN_TRY(const std::vector<storage::Entry> words,
              snapshot->scan(link_key(workspace, kTagWord).bytes(), storage::Direction::kForward, kTicketLimits.tags_listed_max));
  const std::size_t skip = link_key(workspace, kTagWord).bytes().size();
  std::vector<TagCount> out;
  for (const storage::Entry& entry : words) {
    schema::TagWord word;
    POSTERN_CHECK(storage::open_record(vault_, workspace, entry.key, entry.value, word));
    if (!word.tag().starts_with(prefix)) continue;
    POSTERN_TRY(const auto counter, snapshot->get(link_key(workspace, kTagCount).bytes() + entry.key.substr(skip)));
    const std::int64_t count = storage::decode_counter(counter);
    if (count > 0) out.push_back({word.tag(), static_cast<std::uint64_t>(count)});
  }
  std::ranges::sort(out, [](const TagCount& a, const TagCount& b) { return a.count != b.count ? a.count > b.count : a.tag < b.tag; });
  return out;
}

}  // namespace postern::ticketing
