#include "ticketing/search/word_reader.h"

#include <algorithm>
#include <bitset>

#include "ticketing/detail/damage.h"
#include "ticketing/errc.h"

namespace postern::ticketing::search {
namespace {

constexpr std::size_t kPreloaded = 64;   // newest blocks of a word; most words have no more
constexpr std::size_t kPage = 512;
constexpr double kBytesOfPosting = 3.2;
constexpr std::size_t kNoWord = ~std::size_t{0};  // found by its beginning

// By their first two bytes: most words of a record are told from the wanted ones by these alone.
class Beginnings {
 public:
  void add(std::string_view word) { bits_.set(place_of(word)); }
  void add_prefix(std::string_view prefix) {
    for (std::size_t next = 0; prefix.size() == 1 && next <= 0xFF; ++next) bits_.set(place_of(prefix) | next);
    bits_.set(place_of(prefix));
  }
  bool may_have(std::string_view word) const { return bits_.test(place_of(word)); }

 private:
  static std::size_t place_of(std::string_view word) {
    const auto byte = [word](std::size_t at) { return at < word.size() ? static_cast<std::size_t>(static_cast<unsigned char>(word[at])) : 0; };
    return (byte(0) << 8U) | byte(1);
  }
  std::bitset<0x10000> bits_;
};

// Both sorted; what both have counts once.
Postings joined(const Postings& a, const Postings& b) {
  Postings out;
  out.reserve(a.size() + b.size());
  for (auto left = a.begin(), right = b.begin(); left != a.end() || right != b.end();) {
    if (right == b.end() || (left != a.end() && left->ticket < right->ticket)) {
      out.push_back(*left++);
    } else if (left == a.end() || right->ticket < left->ticket) {
      out.push_back(*right++);
    } else {
      out.push_back(*left++);
      out.back().use.merge(right->use);
      out.back().length = joined_length(out.back().length, (right++)->length);
    }
  }
  return out;
}

}  // namespace

core::Result<void> Tail::read(const View& view, const std::vector<Wanted>& wanted) {
  found_.resize(wanted.size());
  std::unordered_map<std::string, std::vector<std::pair<std::size_t, std::size_t>>> exact;
  std::vector<std::size_t> prefixes;
  Beginnings beginnings;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    for (std::size_t word = 0; word < wanted[i].words.size(); ++word) {
      exact[wanted[i].words[word]].emplace_back(i, word);
      beginnings.add(wanted[i].words[word]);
    }
    if (wanted[i].prefix.empty()) continue;
    prefixes.push_back(i);
    beginnings.add_prefix(wanted[i].prefix);
  }
  std::string looked_up;
  Found by_word;
  for (const std::string& key : view.waiting) {
    POSTERN_TRY(const std::optional<std::string> sealed, view.snapshot.get(key));
    if (!sealed) continue;  // merged by now, or never committed
    const core::Result<std::string> plain = view.vault.open(view.keys.workspace(), key, *sealed);
    if (!plain && !is_damage(plain.error())) return plain.error();
    if (!plain) continue;  // the merger tells, and mends it
    const std::uint64_t ticket = number_before_last(key);
    std::vector<Hit> hits;
    const auto visit = [&](std::string_view word, const WordUse& use) {
      if (!beginnings.may_have(word)) return;
      looked_up.assign(word);
      const auto known = exact.find(looked_up);
      if (known != exact.end()) for (const auto& [i, place] : known->second) hits.push_back({i, place, use});
      for (const std::size_t i : prefixes) if (word.starts_with(wanted[i].prefix)) hits.push_back({i, kNoWord, use});
    };
    const core::Result<Waiting> read = visit_waiting(*plain, visit);
    if (!read && !is_damage(read.error())) return read.error();
    if (!read) continue;
    const Waiting& head = *read;
    if (head.is_whole) whole_.insert(ticket);
    for (const Hit& each : hits) take(ticket, each, head.length, by_word);
  }
  for (const auto& [place, postings] : by_word) {
    std::map<std::uint64_t, Posting>& all = found_[place.first];
    for (const auto& [ticket, posting] : postings) {
      const auto [known, is_new] = all.try_emplace(ticket, posting);
      if (!is_new) known->second.use.merge(posting.use);
    }
  }
  is_complete_ = view.knows_all_waiting;
  return {};
}

// Of one ticket they come in their order: what its facts became stands behind what they were.
void Tail::take(std::uint64_t ticket, const Hit& hit, std::uint8_t length, Found& to) {
  const std::pair place(hit.wanted, hit.word);
  if (hit.use.uses == 0) {
    to[place].erase(ticket);
    ended_[place].insert(ticket);
    return;
  }
  const auto ended = ended_.find(place);
  if (ended != ended_.end()) ended->second.erase(ticket);
  const auto [known, is_new] = to[place].try_emplace(ticket, Posting{ticket, hit.use, length});
  if (!is_new) known->second.use.merge(hit.use);
}

const std::set<std::uint64_t>& Tail::ended(std::size_t wanted, std::size_t word) const {
  static const std::set<std::uint64_t> kNone;
  const auto known = ended_.find({wanted, word});
  return known == ended_.end() ? kNone : known->second;
}

core::Result<void> WordReader::open() {
  POSTERN_TRY(digests_, digests());
  const bool is_single = digests_.size() == 1;
  for (std::size_t word = 0; word < digests_.size(); ++word) POSTERN_CHECK(preload(word, is_single ? kPreloaded : ~std::size_t{0}));
  double bytes = 0;
  for (const auto& [range, of] : blocks_) for (const Block& block : of) bytes += static_cast<double>(block.bytes.size());
  if (!is_preloaded_ && !blocks_.empty()) {
    const auto all = static_cast<double>(blocks_.rbegin()->first + 1);
    bytes = bytes / static_cast<double>(blocks_.size()) * std::max(all, static_cast<double>(blocks_.size()));
  }
  estimate_ = bytes / kBytesOfPosting + static_cast<double>(tail_.of(index_).size());
  return {};
}

core::Result<std::vector<std::uint64_t>> WordReader::digests() const {
  std::vector<std::uint64_t> out;
  for (const std::string& word : wanted_.words) out.push_back(view_.keys.digest(word));
  if (wanted_.prefix.empty()) return out;
  POSTERN_TRY(const std::vector<std::uint64_t> more, words_with_prefix());
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

core::Result<std::vector<std::uint64_t>> WordReader::words_with_prefix() const {
  std::vector<std::uint64_t> out;
  const std::string prefix = view_.keys.entries_prefix(wanted_.prefix);
  std::size_t scanned = 0;
  for (std::string after;;) {
    POSTERN_TRY(const std::vector<storage::Entry> page, view_.snapshot.scan(prefix, storage::Direction::kForward, kPage, after));
    for (const storage::Entry& each : page) {
      const core::Result<std::string> word = view_.vault.open(view_.keys.workspace(), each.key, each.value);
      if (!word && !is_damage(word.error())) return word.error();
      if (!word) tell_damage("word", view_.keys.workspace(), last_number(each.key), word.error());
      if (word && word->starts_with(wanted_.prefix)) out.push_back(last_number(each.key));
    }
    scanned += page.size();
    if (out.size() > view_.limits.prefix_words_max || (scanned >= view_.limits.prefix_scan_max && page.size() == kPage)) {
      return core::fail(Errc::kInvalid, "query: too many words begin like what stands before “*”: write more of it");
    }
    if (page.size() < kPage) return out;
    after = page.back().key;
  }
}

core::Result<void> WordReader::preload(std::size_t word, std::size_t blocks_max) {
  const std::string prefix = view_.keys.postings_prefix(digests_[word]);
  std::size_t loaded = 0;
  std::string after;
  for (;;) {
    const std::size_t count = std::min(blocks_max - loaded, kPage);
    POSTERN_TRY(std::vector<storage::Entry> page, view_.snapshot.scan(prefix, storage::Direction::kBackward, count, after));
    for (storage::Entry& each : page) blocks_[last_number(each.key)].push_back({word, std::move(each.value)});
    loaded += page.size();
    if (page.size() < count) return {};
    after = page.back().key;
    if (loaded >= blocks_max) break;
  }
  is_preloaded_ = false;
  lowest_ = last_number(after);
  lowest_key_ = after;
  return {};
}

// The next blocks downwards, for whoever goes through all of them.
core::Result<void> WordReader::load_more() {
  POSTERN_TRY(std::vector<storage::Entry> page,
              view_.snapshot.scan(view_.keys.postings_prefix(digests_.front()), storage::Direction::kBackward, kPreloaded, lowest_key_));
  is_preloaded_ = page.size() < kPreloaded;
  if (!page.empty()) lowest_key_ = page.back().key;
  if (!page.empty()) lowest_ = last_number(lowest_key_);
  for (storage::Entry& each : page) blocks_[last_number(each.key)].assign(1, Block{0, std::move(each.value)});
  return {};
}

std::vector<std::uint64_t> WordReader::ranges(std::uint64_t last) const {
  std::set<std::uint64_t, std::greater<>> out;
  for (const auto& [ticket, posting] : tail_.of(index_)) out.insert(ticket / kRange);
  if (is_preloaded_) {
    for (const auto& [range, of] : blocks_) out.insert(range);
  } else {
    for (std::uint64_t range = 0; range <= last / kRange; ++range) out.insert(range);
  }
  return {out.begin(), out.end()};
}

core::Result<const Postings*> WordReader::range(std::uint64_t range) {
  const auto known = ranges_.find(range);
  if (known != ranges_.end()) return &known->second;
  if (!is_preloaded_ && range + 1 == lowest_) POSTERN_CHECK(load_more());
  auto stored = blocks_.find(range);
  if (stored == blocks_.end() && !is_preloaded_ && range < lowest_) {
    POSTERN_TRY(std::optional<std::string> value, view_.snapshot.get(view_.keys.postings(digests_.front(), range)));
    stored = blocks_.emplace(range, std::vector<Block>()).first;
    if (value) stored->second.push_back({0, std::move(*value)});
  }
  Postings out;
  if (stored != blocks_.end()) {
    for (const Block& block : stored->second) {
      core::Result<Postings> postings = decode_postings(range, block.bytes);
      if (!postings && !is_damage(postings.error())) return postings.error();
      if (!postings) tell_damage("postings", view_.keys.workspace(), range, postings.error());
      if (postings) drop_ended(block.word, *postings);
      if (postings && out.empty()) {
        out = std::move(*postings);
      } else if (postings) {
        out = joined(out, *postings);
      }
    }
  }
  add_tail(range, out);
  const std::uint8_t fields = wanted_.fields;
  if (fields != 0) std::erase_if(out, [fields](const Posting& each) { return (each.use.fields & fields) == 0; });
  return &ranges_.emplace(range, std::move(out)).first->second;
}

void WordReader::drop_ended(std::size_t word, Postings& from) const {
  const std::set<std::uint64_t>& ended = tail_.ended(index_, word);
  if (!ended.empty()) std::erase_if(from, [&ended](const Posting& each) { return ended.contains(each.ticket); });
}

void WordReader::add_tail(std::uint64_t range, Postings& to) const {
  const std::set<std::uint64_t>& whole = tail_.whole();
  const std::uint64_t first = range * kRange;
  if (whole.lower_bound(first) != whole.lower_bound(first + kRange)) {
    std::erase_if(to, [&whole](const Posting& each) { return whole.contains(each.ticket); });
  }
  const auto& more = tail_.of(index_);
  for (auto each = more.lower_bound(first); each != more.lower_bound(first + kRange); ++each) add_posting(to, each->second, false);
}

core::Result<const Posting*> WordReader::find(std::uint64_t ticket) {
  POSTERN_TRY(const Postings* const postings, range(ticket / kRange));
  const auto place = std::ranges::lower_bound(*postings, ticket, {}, [](const Posting& each) { return each.ticket; });
  return place == postings->end() || place->ticket != ticket ? nullptr : &*place;
}

}  // namespace postern::ticketing::search
