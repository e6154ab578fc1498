#include "ticketing/search/removal.h"

#include <algorithm>

#include "ticketing/detail/damage.h"
#include "ticketing/search/postings.h"

namespace postern::ticketing::search {

core::Result<void> Removal::open(core::WorkspaceId workspace, core::TicketId ticket) {
  POSTERN_TRY(WordKeys words, WordKeys::open(vault_, workspace));
  words_ = std::move(words);
  ticket_ = ticket;
  return {};
}

core::Result<void> Removal::erase_waiting() {
  const std::string prefix = waiting_prefix(words_->workspace(), ticket_);
  std::set<std::string> found = {waiting(words_->workspace(), ticket_, 0)};  // read even if absent: somebody may put it meanwhile
  for (std::string after;;) {
    POSTERN_TRY(const std::vector<storage::Entry> page,
                transaction_.snapshot().scan(prefix, storage::Direction::kForward, limits_.merge_batch_max, after));
    for (const storage::Entry& each : page) found.insert(each.key);
    if (page.size() < limits_.merge_batch_max) break;
    after = page.back().key;
  }
  const auto& own = transaction_.writes();
  for (auto each = own.lower_bound(prefix); each != own.end() && each->first.starts_with(prefix); ++each) found.insert(each->first);
  for (const std::string& key : found) {
    POSTERN_TRY(const std::optional<std::string> value, transaction_.get(key));
    if (!value) continue;
    transaction_.erase(key);
    remember(key);
  }
  return {};
}

core::Result<void> Removal::erase_word(std::string_view word) {
  const std::uint64_t digest = words_->digest(word);
  const std::uint64_t range = ticket_.value / kRange;
  std::string key = words_->postings(digest, range);
  POSTERN_TRY(const std::optional<std::string> value, transaction_.get(key));
  if (!value) return {};
  core::Result<Postings> known = decode_postings(range, *value);
  if (!known && !is_damage(known.error())) return known.error();
  if (!known) tell_damage("postings", words_->workspace(), range, known.error());  // the merger begins it anew
  if (!known || !remove_posting(*known, ticket_.value)) return {};
  const Postings& postings = *known;
  if (!postings.empty()) {
    transaction_.put(std::move(key), encode_postings(postings));
    return {};
  }
  POSTERN_CHECK(let_go_of(word, digest, key));
  transaction_.erase(std::move(key));
  return {};
}

// The entry goes with the last block. It is written in any case: of two who empty the last two blocks at once, one is late.
core::Result<void> Removal::let_go_of(std::string_view word, std::uint64_t digest, const std::string& emptied) {
  std::string entry = words_->entry(word);
  POSTERN_TRY(std::optional<std::string> value, transaction_.get(entry));
  if (!value) return {};
  constexpr std::size_t kEnough = 16;  // more blocks than this transaction could have emptied: the entry stays
  POSTERN_TRY(const std::vector<storage::Entry> blocks,
              transaction_.snapshot().scan(words_->postings_prefix(digest), storage::Direction::kForward, kEnough));
  const auto is_gone = [this, &emptied](const storage::Entry& each) {
    const auto own = transaction_.writes().find(each.key);
    return each.key == emptied || (own != transaction_.writes().end() && own->second.kind == storage::Transaction::Write::Kind::kErase);
  };
  const bool is_last = blocks.size() < kEnough && std::ranges::all_of(blocks, is_gone);
  if (is_last) {
    transaction_.erase(entry);
    remember(std::move(entry));
  } else {
    transaction_.put(std::move(entry), std::move(*value));
  }
  return {};
}

}  // namespace postern::ticketing::search
