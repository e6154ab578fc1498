#include "pipeline/redaction/card_spread.h"

#include <algorithm>
#include <cstdint>

#include "pipeline/redaction/card_context.h"
#include "pipeline/redaction/digit_windows.h"
#include "pipeline/redaction/scan_text.h"
#include "pipeline/redaction/spread_reader.h"
#include "pipeline/redaction/wide_clusters.h"

namespace postern::pipeline {
namespace {

// More than the rules about a number's surroundings look at, bytes and characters not being the same.
constexpr std::size_t kSurroundings = 2 * kContextBytes;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

// The same with the quotes, brackets and bars around it.
NumberPlace with_marks(std::string_view scan, NumberPlace place) {
  constexpr std::size_t kMarksMax = 4;
  const auto is_mark = [](char c) { return !is_word(c) && c != '\n' && c != ScanText::kLetter; };
  NumberPlace out = place;
  while (out.begin > 0 && place.begin - out.begin < kMarksMax && is_mark(scan[out.begin - 1])) --out.begin;
  while (out.end < scan.size() && out.end - place.end < kMarksMax && is_mark(scan[out.end])) ++out.end;
  return out;
}

bool is_allowed(std::string_view scan, NumberPlace place, CardNeed need) {
  if (is_called_card(scan, place)) return true;
  if (need == CardNeed::kCalled || (need == CardNeed::kContext && !has_card_context(scan, with_marks(scan, place))))
    return false;
  if (place.begin > 0 && is_word(scan[place.begin - 1])) return false;
  return !is_other_number(scan, place) && !is_called_list(scan, place) && !is_in_table(scan, place);
}

// Calls `use` with the groups of each row of groups of digits that are near each other (kSpreadGapMax) and have as many
// digits together as SpreadReader needs: groups further apart mean nothing to it. `place` cuts no group.
template <class Use>
void for_each_cluster(const TextPlanes& planes, ByteRange place, Use use) {
  std::vector<SpreadGroup> groups;
  std::size_t digits = 0;
  const auto finish = [&] {
    if (digits >= kSpreadDigitsMin) use(std::span<const SpreadGroup>(groups));
    groups.clear();
    digits = 0;
  };
  for_each_digit_group(planes, place.begin, place.end, [&](std::size_t begin, std::size_t end) {
    if (!groups.empty() && begin - groups.back().end > kSpreadGapMax) finish();
    groups.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    digits += end - begin;
  });
  finish();
}

class SpreadFinder {
 public:
  SpreadFinder(std::string_view text, const TextPlanes& planes) : text_(text), planes_(planes) {}

  // The text as it stands.
  void find_plain(ByteRange place) {
    for_each_cluster(planes_, place, [this](std::span<const SpreadGroup> cluster) { find_in_cluster(cluster); });
  }

  // Where digits, letters and marks have other widths.
  void find_wide(ByteRange place) {
    std::vector<ByteRange> clusters = wide_clusters(text_, around(place));
    std::erase_if(clusters, [this](ByteRange cluster) { return !may_hold_number(cluster); });
    for (const ContextWindow& one : context_windows(text_, clusters)) {
      const ScanText scan(text_.substr(one.window.begin, one.window.size()));
      for_each_cluster(TextPlanes(scan.text()), {0, scan.text().size()},
                       [&](std::span<const SpreadGroup> cluster) { find_in_wide_cluster(scan, cluster, place, one); });
    }
  }
  std::vector<CardMatch> found() { return std::move(found_); }

 private:
  void find_in_cluster(std::span<const SpreadGroup> cluster) {
    for (const SpreadCandidate& one : SpreadReader(text_, cluster).read()) {
      if (one.groups.front().begin < end_ || !is_allowed_in_source(one)) continue;
      CardMatch match{one.brand, {}};
      for (ByteRange group : one.groups) {
        for (std::size_t at = group.begin; at < group.end; ++at) match.digits.push_back({at, at + 1});
      }
      take(std::move(match));
    }
  }

  // Without what stands around it: a whole look finds nothing that this does not allow. Most clusters hold nothing.
  bool may_hold_number(ByteRange wide) const {
    const ScanText scan(text_.substr(wide.begin, wide.size()));
    bool may = false;
    for_each_cluster(TextPlanes(scan.text()), {0, scan.text().size()}, [&](std::span<const SpreadGroup> cluster) {
      may = may || !SpreadReader(scan.text(), cluster).read().empty();
    });
    return may;
  }

  // `place`: what is looked at, in the source; `window`: what the scan text was made of.
  void find_in_wide_cluster(const ScanText& scan, std::span<const SpreadGroup> cluster, ByteRange place,
                            const ContextWindow& window) {
    const std::size_t from = window.window.begin;
    for (const SpreadCandidate& one : SpreadReader(scan.text(), cluster).read()) {
      const NumberPlace number{one.groups.front().begin, one.groups.back().end, false};
      const std::size_t begin = from + scan.source_of(number.begin).begin;
      if (begin < std::max(end_, place.begin) || begin >= place.end || !window.holds(begin)) continue;
      if (!is_allowed(scan.text(), number, one.need)) continue;
      CardMatch match{one.brand, {}};
      for (ByteRange group : one.groups) {
        for (std::size_t at = group.begin; at < group.end; ++at) {
          const ByteRange digit = scan.source_of(at);
          match.digits.push_back({from + digit.begin, from + digit.end});
        }
      }
      take(std::move(match));
    }
  }

  void take(CardMatch match) {
    end_ = match.digits.back().end;
    found_.push_back(std::move(match));
  }

  ByteRange around(ByteRange range) const {
    std::size_t begin = range.begin > kSurroundings ? range.begin - kSurroundings : 0;
    std::size_t end = std::min(text_.size(), range.end + kSurroundings);
    while (begin > 0 && is_continuation(text_[begin])) --begin;
    while (end < text_.size() && is_continuation(text_[end])) ++end;
    return {begin, end};
  }

  bool is_allowed_in_source(const SpreadCandidate& one) const {
    const ByteRange number{one.groups.front().begin, one.groups.back().end};
    if (one.need == CardNeed::kCalled && !may_be_called_card(text_, {number.begin, number.end, false})) return false;
    const ByteRange window = around(number);
    const ScanText scan(text_.substr(window.begin, window.size()));
    NumberPlace place{};
    for (std::size_t at = 0; at < scan.text().size(); ++at) {
      const std::size_t from = window.begin + scan.source_of(at).begin;
      if (from < number.begin) place.begin = at + 1;
      if (from < number.end) place.end = at + 1;
    }
    return is_allowed(scan.text(), place, one.need);
  }

  std::string_view text_;
  const TextPlanes& planes_;  // of it
  std::size_t end_ = 0;       // of the last match
  std::vector<CardMatch> found_;
};

}  // namespace

std::vector<CardMatch> find_spread_cards(std::string_view text, const TextPlanes& planes,
                                         std::span<const DensePlace> places) {
  SpreadFinder finder(text, planes);
  for (const DensePlace& place : places) {
    if (place.has_wide) {
      finder.find_wide(place.range);
    } else {
      finder.find_plain(place.range);
    }
  }
  return finder.found();
}

}  // namespace postern::pipeline
