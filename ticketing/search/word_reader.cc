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

}  // namespace

core::Result<void> Tail::read(const View& view, const std::vector<Wanted>& wanted) {
  found_.resize(wanted.size());
  std::unordered_map<std::string, std::vector<std::size_t>> exact;
  std::vector<std::size_t> prefixes;
  Beginnings beginnings;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    for (const std::string& word : wanted[i].words) {
      exact[word].push_back(i);
      beginnings.add(word);
    }
    if (wanted[i].prefix.empty()) continue;
    prefixes.push_back(i);
    beginnings.add_prefix(wanted[i].prefix);
  }
  std::string looked_up;
  for (const std::string& key : view.waiting) {
    POSTERN_TRY(const std::optional<std::string> sealed, view.snapshot.get(key));
    if (!sealed) continue;  // merged by now, or never committed
    const core::Result<std::string> plain = view.vault.open(view.keys.workspace(), key, *sealed);
    if (!plain && !is_damage(plain.error())) return plain.error();
    if (!plain) continue;  // the merger tells, and mends it
    const std::uint64_t ticket = number_before_last(key);
    std::vector<std::pair<std::size_t, WordUse>> hits;
    const auto visit = [&](std::string_view word, const WordUse& use) {
      if (!beginnings.may_have(word)) return;
      looked_up.assign(word);
      const auto known = exact.find(looked_up);
      if (known != exact.end()) for (const std::size_t i : known->second) hits.emplace_back(i, use);
      for (const std::size_t i : prefixes) if (word.starts_with(wanted[i].prefix)) hits.emplace_back(i, use);
    };
    const core::Result<Waiting> read = visit_waiting(*plain, visit);
    if (!read && !is_damage(read.error())) return read.error();
    if (!read) continue;
    const Waiting& head = *read;
    if (head.is_whole) whole_.insert(ticket);
    for (const auto& [i, use] : hits) {
      const auto [place, is_new] = found_[i].try_emplace(ticket, Posting{ticket, use, head.length});
      if (!is_new) place->second.use.merge(use);
    }
  }
  is_complete_ = view.knows_all_waiting;
  return {};
}

core::Result<void> WordReader::open() {
  POSTERN_TRY(digests_, digests());
  const bool is_single = digests_.size() == 1;
  for (const std::uint64_t each : digests_) POSTERN_CHECK(preload(each, is_single ? kPreloaded : ~std::size_t{0}));
  double bytes = 0;
  for (const auto& [range, of] : blocks_) for (const std::string& block : of) bytes += static_cast<double>(block.size());
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

core::Result<void> WordReader::preload(std::uint64_t digest, std::size_t blocks_max) {
  const std::string prefix = view_.keys.postings_prefix(digest);
  std::size_t loaded = 0;
  std::string after;
  for (;;) {
    const std::size_t count = std::min(blocks_max - loaded, kPage);
    POSTERN_TRY(std::vector<storage::Entry> page, view_.snapshot.scan(prefix, storage::Direction::kBackward, count, after));
    for (storage::Entry& each : page) blocks_[last_number(each.key)].push_back(std::move(each.value));
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
  for (storage::Entry& each : page) blocks_[last_number(each.key)] = {std::move(each.value)};
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
    stored = blocks_.emplace(range, std::vector<std::string>()).first;
    if (value) stored->second.push_back(std::move(*value));
  }
  Postings out;
  if (stored != blocks_.end()) {
    for (const std::string& block : stored->second) {
      core::Result<Postings> postings = decode_postings(range, block);
      if (!postings && !is_damage(postings.error())) return postings.error();
      if (!postings) tell_damage("postings", view_.keys.workspace(), range, postings.error());
      if (postings && out.empty()) {
        out = std::move(*postings);
      } else if (postings) {
        for (const Posting& each : *postings) add_posting(out, each, false);
      }
    }
  }
  add_tail(range, out);
  const std::uint8_t fields = wanted_.fields;
  if (fields != 0) std::erase_if(out, [fields](const Posting& each) { return (each.use.fields & fields) == 0; });
  return &ranges_.emplace(range, std::move(out)).first->second;
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
