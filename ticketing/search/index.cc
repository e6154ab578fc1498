#include "ticketing/search/index.h"

#include <algorithm>
#include <map>

#include "storage/records.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/purge.h"
#include "ticketing/search/facts.h"
#include "ticketing/search/file_texts.h"
#include "ticketing/search/postings.h"
#include "ticketing/search/removal.h"
#include "ticketing/search/upkeep.h"

namespace postern::ticketing::search {
namespace {

constexpr std::size_t kAtATime = 50;

// Entries below a prefix, as the transaction will leave them: its own writes over what was there before.
core::Result<std::map<std::string, std::string>> entries_below(storage::Transaction& transaction, const std::string& prefix, bool with_own) {
  std::map<std::string, std::string> out;
  for (std::string after;;) {
    POSTERN_TRY(std::vector<storage::Entry> page, transaction.snapshot().scan(prefix, storage::Direction::kForward, kAtATime, after));
    for (storage::Entry& each : page) out.emplace(std::move(each.key), std::move(each.value));
    if (page.size() < kAtATime) break;
    after = out.rbegin()->first;
  }
  if (!with_own) return out;
  for (auto own = transaction.writes().lower_bound(prefix); own != transaction.writes().end() && own->first.starts_with(prefix); ++own) {
    if (own->second.kind == storage::Transaction::Write::Kind::kPut) out[own->first] = own->second.value;
    if (own->second.kind == storage::Transaction::Write::Kind::kErase) out.erase(own->first);
  }
  return out;
}

bool is_shown(const schema::Ticket* ticket) { return ticket != nullptr && ticket->deleted_unix_ms() == 0; }

}  // namespace

core::Result<void> SearchIndex::follow(storage::Transaction& transaction, const TicketChange& change) {
  const schema::Ticket* const before = is_shown(change.before) ? change.before : nullptr;
  const schema::Ticket* const after = is_shown(change.after) ? change.after : nullptr;
  if (before == nullptr && after == nullptr) return {};
  const bool is_back = before == nullptr && change.before != nullptr;
  const bool differs = after == nullptr || is_back || !change.rewritten.empty() || (before != nullptr && before->subject() != after->subject());
  if (!differs) {
    if (before != nullptr) POSTERN_CHECK(move_facts(transaction, change.workspace, *before, *after));
    return add(transaction, change);
  }
  // Comments that moved elsewhere or were withdrawn are no removal by hand: their values may leave the disk in their own time.
  bool purges = false;
  for (const schema::Comment& each : change.rewritten) {
    POSTERN_TRY(const auto kept, transaction.get(keys::comment(change.workspace, core::TicketId{change.after->id()}, core::CommentId{each.id()})));
    purges = purges || kept.has_value();
  }
  return replace(transaction, change.workspace, before, after, change.rewritten, purges);
}

// Known to queries before it is committed: what nobody knows of is not looked for.
core::Result<void> SearchIndex::put_waiting(storage::Transaction& transaction, core::WorkspaceId workspace, std::string key, const WordBag& words,
                                            bool is_whole) const {
  POSTERN_TRY(std::string sealed, with_.vault.seal(workspace, key, encode_waiting(words, is_whole)));
  waiting_.add(workspace, key);
  transaction.put(std::move(key), std::move(sealed));
  return {};
}

core::Result<void> SearchIndex::add(storage::Transaction& transaction, const TicketChange& change) const {
  const core::TicketId ticket{change.after->id()};
  const bool is_new = change.before == nullptr;
  bool needs_subject = is_new;
  if (is_new && ticket.value == 1) transaction.put(fill_state(change.workspace), Upkeep::all_done());  // nothing is of before
  for (const schema::Comment& comment : change.added) {
    WordBag words(limits_);
    if (needs_subject) {
      words.add_text(change.after->subject(), kInSubject);
      words.add_marker("via " + comment.via());
      for (const std::string& each : facts_of(*change.after)) words.set_fact(each, true);
    }
    needs_subject = false;
    POSTERN_CHECK(add_comment(transaction, change.workspace, comment, words));
    POSTERN_CHECK(put_waiting(transaction, change.workspace, waiting(change.workspace, ticket, comment.id()), words, false));
  }
  if (!needs_subject) return {};
  WordBag words(limits_);
  words.add_text(change.after->subject(), kInSubject);
  for (const std::string& each : facts_of(*change.after)) words.set_fact(each, true);
  return put_waiting(transaction, change.workspace, waiting(change.workspace, ticket, 0), words, true);
}

core::Result<void> SearchIndex::add_comment(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Comment& comment,
                                            WordBag& to) const {
  if (comment.text().blob().empty()) {
    to.add_text(comment.text().inline_text(), kInComment);
  } else {
    // Written by this transaction, or by an earlier one.
    const std::string key = storage::blob_key(workspace, comment.text().blob());
    POSTERN_TRY(const std::optional<std::string> sealed, transaction.get(key));
    if (sealed) {
      const core::Result<std::string> text = with_.vault.open(workspace, key, *sealed);
      if (!text && !is_damage(text.error())) return text.error();
      if (text) to.add_text(*text, kInComment);
      if (!text) tell_damage("text", workspace, comment.id(), text.error());
    }
  }
  std::size_t left = limits_.file_texts_bytes_max;
  for (const schema::Attachment& file : comment.attachments()) {
    to.add_text(file.name(), kInFileName);
    if (!file.is_inline()) to.add_marker("file");
    const core::Result<std::string> text = file_text(transaction, with_.vault, workspace, file.id());
    if (!text && !is_damage(text.error())) return text.error();
    if (!text) tell_damage("file text", workspace, file.id(), text.error());
    if (text) to.add_text(std::string_view(*text).substr(0, left), kInFileText);
    if (text) left -= std::min(left, text->size());
  }
  to.add_marker("by " + std::to_string(comment.author()));
  return {};
}

core::Result<void> SearchIndex::take_in(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket& ticket) {
  POSTERN_TRY(const WordKeys keys, WordKeys::open(with_.vault, workspace));
  for (const std::string& each : attributes_of(ticket)) transaction.erase(keys.attribute(each, ticket.id()));
  return replace(transaction, workspace, nullptr, &ticket, {}, false);
}

core::Result<void> SearchIndex::forget(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket& ticket) {
  if (!is_shown(&ticket)) return {};  // its deletion did that
  return replace(transaction, workspace, &ticket, nullptr, {}, true);
}

// Not incremental: rare, and proportional to the conversation. `before` null: nothing of it is in the index.
core::Result<void> SearchIndex::replace(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket* before,
                                        const schema::Ticket* after, std::span<const schema::Comment> changed, bool purges) const {
  const core::TicketId ticket{(after != nullptr ? after : before)->id()};
  const std::string comments = keys::comments_prefix(workspace, ticket);
  WordBag old_words(limits_);
  WordBag new_words(limits_);
  const auto add_all = [&](storage::Transaction& view, bool with_own, WordBag& to) -> core::Result<void> {
    POSTERN_TRY(const auto records, entries_below(view, comments, with_own));
    for (const auto& [key, value] : records) {
      schema::Comment comment;
      const auto opened = storage::open_record(with_.vault, workspace, key, value, comment);
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (!opened) tell_damage("comment", workspace, ticket.value, opened.error());
      if (!opened) continue;  // its words are lost, those of the others are not
      POSTERN_CHECK(add_comment(view, workspace, comment, to));
      if (key == records.begin()->first) to.add_marker("via " + comment.via());
    }
    return {};
  };
  Removal removal(transaction, with_.vault, limits_);
  POSTERN_CHECK(removal.open(workspace, ticket));
  if (after != nullptr) {
    new_words.add_text(after->subject(), kInSubject);
    for (const std::string& each : facts_of(*after)) new_words.set_fact(each, true);
    POSTERN_CHECK(add_all(transaction, true, new_words));
  }
  if (before != nullptr) {
    // Blobs of old texts may be erased by now: the view from before the transaction still has them.
    storage::Transaction earlier(transaction.base());
    old_words.add_text(before->subject(), kInSubject);
    for (const std::string& each : facts_of(*before)) old_words.set_fact(each, true);
    POSTERN_CHECK(add_all(earlier, false, old_words));
  }
  // Facts that ended, and which postings still have.
  POSTERN_TRY(const std::optional<Waiting> moved, changed_facts(transaction, waiting(workspace, ticket, kFactsChange), workspace));
  if (moved) {
    for (const auto& [word, use] : moved->words) if (use.uses == 0) old_words.set_fact(std::string_view(word).substr(1), true);
  }
  POSTERN_CHECK(removal.erase_waiting());
  for (const auto& [word, use] : old_words.words()) {
    if (!new_words.words().contains(word)) POSTERN_CHECK(removal.erase_word(word));
  }
  if (after != nullptr) POSTERN_CHECK(put_waiting(transaction, workspace, waiting(workspace, ticket, 0), new_words, true));
  if (!purges) return {};
  // What waited for a comment, or for the whole ticket, was merged long ago and is perhaps still on the disk.
  POSTERN_TRY(const auto known, entries_below(transaction, comments, true));
  for (const auto& each : known) removal.remember(waiting(workspace, ticket, last_number(each.first)));
  removal.remember(waiting(workspace, ticket, 0));
  removal.remember(waiting(workspace, ticket, kFactsChange));
  return add_purge_due(transaction, workspace, ticket, changed.empty() ? core::CommentId{} : core::CommentId{changed.front().id()},
                       removal.take_keys(), with_.ids.next(), with_.now_ms());
}

// What is known to have changed and waits; nothing: there is none, or it cannot be read and the merger tells.
core::Result<std::optional<Waiting>> SearchIndex::changed_facts(storage::Transaction& transaction, const std::string& key,
                                                                core::WorkspaceId workspace) const {
  POSTERN_TRY(const std::optional<std::string> sealed, transaction.get(key));
  if (!sealed) return std::optional<Waiting>();
  const core::Result<std::string> plain = with_.vault.open(workspace, key, *sealed);
  if (!plain && !is_damage(plain.error())) return plain.error();
  if (!plain) return std::optional<Waiting>();
  core::Result<Waiting> known = decode_waiting(*plain);
  if (!known && !is_damage(known.error())) return known.error();
  return known ? std::optional(std::move(*known)) : std::nullopt;
}

// One record a ticket, however often it changes until it is merged.
core::Result<void> SearchIndex::move_facts(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Ticket& before,
                                           const schema::Ticket& after) const {
  const std::vector<std::string> from = facts_of(before);
  const std::vector<std::string> to = facts_of(after);
  if (from == to) return {};
  std::string key = waiting(workspace, core::TicketId{after.id()}, kFactsChange);
  POSTERN_TRY(const std::optional<Waiting> known, changed_facts(transaction, key, workspace));
  WordBag facts(limits_);
  if (known) {
    for (const auto& [word, use] : known->words) facts.set_fact(std::string_view(word).substr(1), use.uses != 0);
  }
  for (const std::string& each : from) {
    if (!std::ranges::binary_search(to, each)) facts.set_fact(each, false);
  }
  for (const std::string& each : to) {
    if (!std::ranges::binary_search(from, each)) facts.set_fact(each, true);
  }
  return put_waiting(transaction, workspace, std::move(key), facts, false);
}

}  // namespace postern::ticketing::search
