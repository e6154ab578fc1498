#include "pipeline/redaction/card_detector.h"

#include <hs/hs.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>

#include "pipeline/redaction/card_context.h"
#include "pipeline/redaction/card_spread.h"
#include "pipeline/redaction/dense_digits.h"
#include "pipeline/redaction/digit_run.h"
#include "pipeline/redaction/digit_windows.h"
#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/scan_text.h"

namespace postern::pipeline {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// A place between two bytes is no good end of a window when either may belong to a number.
bool is_row_byte(char c) { return is_digit(c) || static_cast<unsigned char>(c) >= 0x80; }

// Scratch of the thread for the database that used it last. Never held across a suspension: find() is not a coroutine.
struct Scratch {
  hs_scratch_t* memory = nullptr;
  std::uint64_t database = 0;
  ~Scratch() { hs_free_scratch(memory); }
};
thread_local Scratch thread_scratch;
std::atomic<std::uint64_t> next_database{1};

struct Hit {
  GroupSpan span;
  Issuer issuer;
};

// Decides which groups of one run are card numbers.
class RunJudge {
 public:
  RunJudge(std::string_view text, DigitRun run)
      : text_(text), run_(std::move(run)), taken_(run_.groups.size(), false) {}

  std::vector<Hit> judge() {
    for (GroupSpan span : spans_between_dates(text_, run_)) try_span(span, true);
    for (GroupSpan span : uniform_spans(text_, run_)) try_span(span, true);
    if (hits_.empty()) try_span({0, run_.groups.size()}, true);
    for (std::size_t first = 0; first < run_.groups.size(); ++first) try_layouts_at(first);
    std::sort(hits_.begin(), hits_.end(), [](const Hit& a, const Hit& b) { return a.span.first < b.span.first; });
    return std::move(hits_);
  }
  const DigitRun& run() const { return run_; }

 private:
  void try_layouts_at(std::size_t first) {
    constexpr std::size_t kGroupsMax = 5;
    for (std::size_t count = std::min(kGroupsMax, run_.groups.size() - first); count > 0; --count) {
      const GroupSpan span{first, first + count};
      if (is_card_layout(run_, span) && has_alike_separators(span)) try_span(span, false);
      if (taken_[first]) return;
    }
  }

  bool has_alike_separators(GroupSpan span) const {
    for (std::size_t i = span.first + 1; i + 1 < span.last; ++i) {
      if (!are_alike_separators(separator_behind(text_, run_, i), separator_behind(text_, run_, span.first))) return false;
    }
    return true;
  }

  // True when the separator behind `group` is one of those inside the span.
  bool goes_on_like(GroupSpan span, std::size_t group) const {
    const std::string_view separator = separator_behind(text_, run_, group);
    for (std::size_t i = span.first; i + 1 < span.last; ++i) {
      if (separator_behind(text_, run_, i) == separator) return true;
    }
    return false;
  }

  // The groups around the span that go on like it, in size and separator.
  GroupSpan list_around(GroupSpan span) {
    constexpr std::size_t kMixedMax = 9;  // odd: what is longer is no row of whole numbers
    if (span.first >= list_.first && span.last <= list_.last) return list_;
    std::size_t same = span.first + 1;
    while (same + 1 < span.last && separator_behind(text_, run_, same) == separator_behind(text_, run_, span.first)) ++same;
    const bool is_mixed = same + 1 < span.last;
    const std::size_t most = is_mixed ? kMixedMax : run_.groups.size();
    const std::size_t size = run_.groups[span.first].size();
    GroupSpan list = span;
    while (list.first > 0 && span.first - list.first < most && run_.groups[list.first - 1].size() == size &&
           goes_on_like(span, list.first - 1))
      --list.first;
    while (list.last < run_.groups.size() && list.last - span.last < most && run_.groups[list.last].size() == size &&
           goes_on_like(span, list.last - 1))
      ++list.last;
    if (!is_mixed) list_ = list;
    return list;
  }

  // Numbers of equal length in a list: one window in twenty of them looks like a card.
  bool is_window_of_list(GroupSpan span) {
    const std::size_t count = span.last - span.first;
    if (counts_up(text_, run_, span)) return !is_called_card(text_, {run_.begin, run_.end, false});
    const std::size_t size = run_.groups[span.first].size();
    for (std::size_t i = span.first; i < span.last; ++i) {
      if (run_.groups[i].size() != size) return false;
    }
    const GroupSpan list = list_around(span);
    const std::size_t before = span.first - list.first;
    const std::size_t behind = list.last - span.last;
    if (before + behind == 0) return false;
    const std::size_t begin = run_.groups[span.first].begin;
    const bool is_wrapped = text_.substr(begin, run_.groups[span.last - 1].end - begin).find('\n') != std::string_view::npos;
    const bool has_expiry = before == 0 && is_bare_expiry(text_.substr(run_.groups[span.last].begin, size));
    // "ref 2041" before a card; but a parcel number of five such groups goes on with a shorter one.
    const bool is_whole_run = list.first == 0 && list.last == run_.groups.size();
    const bool may_be_card = is_wrapped ? has_expiry && behind == 1
                                        : (before + behind == 1 && is_whole_run) || (has_expiry && behind <= 2) ||
                                              (before % count == 0 && behind % count == 0);
    return !may_be_card && !is_called_card(text_, {run_.begin, run_.end, false});
  }

  void try_span(GroupSpan span, bool is_whole) {
    std::size_t total = 0;
    for (std::size_t i = span.first; i < span.last; ++i) {
      total += run_.groups[i].size();
      if (taken_[i] || total > kCardDigitsMax) return;
    }
    if (total < kCardDigitsMin || !may_be_one_number(text_, run_, span)) return;
    std::string digits;
    for (std::size_t i = span.first; i < span.last; ++i)
      digits += text_.substr(run_.groups[i].begin, run_.groups[i].size());
    const std::optional<Issuer> issuer = issuer_of(digits);
    const bool is_article = issuer && issuer->strength == IssuerStrength::kWeak && passes_ean13(digits);
    const bool counts = issuer && !is_article && passes_luhn(digits) && is_allowed(span, *issuer, is_whole);
    core::wipe(digits.data(), digits.size());
    if (!counts) return;
    for (std::size_t i = span.first; i < span.last; ++i) taken_[i] = true;
    hits_.push_back({span, *issuer});
  }

  // ISO 13616, in groups: "de89 3704 0044 …" from the run's first digit on.
  bool is_in_iban(GroupSpan span) {
    constexpr std::size_t kIbanDigitsMax = 32;
    if (!iban_groups_) {
      iban_groups_ = 0;
      const auto is_letter = [this](std::size_t at) { return text_[at] >= 'a' && text_[at] <= 'z'; };
      if (run_.end < text_.size() && is_letter(run_.end)) return false;
      if (run_.begin < 2 || !is_letter(run_.begin - 1) || !is_letter(run_.begin - 2) || run_.groups.front().size() < 2) return false;
      if (run_.begin > 2 && (is_letter(run_.begin - 3) || is_digit(text_[run_.begin - 3]))) return false;
      std::string country;
      for (std::size_t at : {run_.begin - 2, run_.begin - 1}) country += std::to_string(text_[at] - 'a' + 10);
      std::string digits;
      for (std::size_t i = 0; i < run_.groups.size() && digits.size() <= kIbanDigitsMax; ++i) {
        digits += text_.substr(run_.groups[i].begin, run_.groups[i].size());
        if (digits.size() >= kCardDigitsMin && passes_mod_97(digits.substr(2) + country + digits.substr(0, 2))) iban_groups_ = i + 1;
      }
      core::wipe(digits.data(), digits.size());
    }
    return span.first < *iban_groups_;
  }

  static bool passes_mod_97(std::string_view digits) {
    int rest = 0;
    for (char digit : digits) rest = (rest * 10 + (digit - '0')) % 97;
    return rest == 1;
  }

  // "9205 5500 … 1234 17": the end of a row of groups that began before.
  bool ends_longer_row(GroupSpan span) const {
    if (span.first == 0 || span.last - span.first < 2) return false;
    const std::size_t size = run_.groups[span.first].size();
    return run_.groups[span.first - 1].size() == size && run_.groups[span.first + 1].size() == size &&
           run_.groups[span.last - 1].size() != size && goes_on_like(span, span.first - 1);
  }

  // "66.74313147057766" that a line end brings together with the next line's number.
  bool is_long_fraction(GroupSpan span) const {
    constexpr std::size_t kFractionMin = 12;
    const std::size_t begin = run_.groups[span.first].begin;
    return run_.groups[span.first].size() >= kFractionMin && begin >= 2 && text_[begin - 1] == '.' && is_digit(text_[begin - 2]);
  }

  // 302-1234567-1234567: how a large shop writes its orders.
  bool is_order_number(GroupSpan span) const {
    constexpr std::size_t kSizes[] = {3, 7, 7};
    if (span.last - span.first != std::size(kSizes)) return false;
    for (std::size_t i = 0; i < std::size(kSizes); ++i) {
      if (run_.groups[span.first + i].size() != kSizes[i]) return false;
    }
    return true;
  }

  // Four numbers of four digits, as years, rooms and extensions are written too.
  bool is_four_by_four(GroupSpan span) const {
    constexpr std::size_t kGroups = 4;
    constexpr std::size_t kGroupDigits = 4;
    if (span.last - span.first != kGroups) return false;
    for (std::size_t i = span.first; i < span.last; ++i) {
      if (run_.groups[i].size() != kGroupDigits) return false;
    }
    return true;
  }

  // Programs number their messages and users with 17 to 19 digits; cards of that length are of one issuer, mostly.
  bool is_long_id(GroupSpan span) const {
    constexpr std::size_t kUsualMax = 16;
    const std::size_t size = run_.groups[span.first].size();
    if (span.last - span.first != 1 || size <= kUsualMax) return false;
    // UnionPay's in China (62) and Maestro's (67) have nineteen digits; ids of that length begin with 1.
    const std::string_view begin = text_.substr(run_.groups[span.first].begin, 2);
    return size != kCardDigitsMax || (begin != "62" && begin != "67");
  }

  // A row of a table: further cells, of other sizes.
  bool is_part_of_wide_row(GroupSpan span) const {
    constexpr std::size_t kCellsMin = 4;
    if (span.last - span.first < 2 || separator_behind(text_, run_, span.first) != "\x02") return false;
    const std::size_t size = run_.groups[span.first].size();
    std::size_t cells = 0;
    bool is_even = true;
    for (std::size_t i = span.first; i > 0 && cells < kCellsMin && separator_behind(text_, run_, i - 1) == "\x02"; --i, ++cells)
      is_even = is_even && run_.groups[i - 1].size() == size;
    for (std::size_t i = span.last; i < run_.groups.size() && cells < kCellsMin && separator_behind(text_, run_, i - 1) == "\x02"; ++i, ++cells)
      is_even = is_even && run_.groups[i].size() == size;
    return cells >= kCellsMin && !is_even;
  }

  bool is_allowed(GroupSpan span, const Issuer& issuer, bool is_whole) {
    const NumberPlace place{run_.groups[span.first].begin, run_.groups[span.last - 1].end, span.last - span.first == 1};
    // Grouped parcel numbers begin with 9 too, and are longer than a card: a part of one is not a card.
    if (!is_whole && !place.is_bare && issuer.brand == "national") return false;
    if (!place.is_bare && is_window_of_list(span)) return false;
    if (is_four_by_four(span) && is_called_list(text_, place)) return false;
    if (is_long_id(span) && !is_called_card(text_, place) && !stands_alone(text_, place)) return false;
    if (is_part_of_wide_row(span) && !is_called_card(text_, place)) return false;
    if (!is_whole && ends_longer_row(span) && !is_called_card(text_, place)) return false;
    if (is_long_fraction(span)) return false;
    if (is_in_iban(span) || (is_order_number(span) && !is_called_card(text_, place))) return false;
    if (is_other_number(text_, place)) return false;
    if (issuer.strength == IssuerStrength::kWeak && !has_card_context(text_, place)) return false;
    return !((!place.is_bare || is_long_id(span)) && is_in_table(text_, place));
  }

  std::string_view text_;
  DigitRun run_;
  std::vector<bool> taken_;
  std::optional<std::size_t> iban_groups_;  // how many groups of the run belong to an IBAN that it begins with
  GroupSpan list_;  // of one size and one separator; the last one that was asked for
  std::vector<Hit> hits_;
};

ByteRange with_surroundings(std::string_view source, ByteRange range) {
  constexpr std::size_t kSurroundings = 2 * kContextBytes;
  std::size_t begin = range.begin > kSurroundings ? range.begin - kSurroundings : 0;
  std::size_t end = std::min(source.size(), range.end + kSurroundings);
  while (begin > 0 && is_row_byte(source[begin])) --begin;
  while (end < source.size() && is_row_byte(source[end])) ++end;
  return {begin, end};
}

// In order; of two that overlap, the one that was found first.
std::vector<CardMatch> without_overlaps(std::vector<CardMatch> matches) {
  const auto begins_before = [](const CardMatch& a, const CardMatch& b) { return a.span().begin < b.span().begin; };
  if (std::is_sorted(matches.begin(), matches.end(), begins_before)) {
    const auto overlap = [](const CardMatch& a, const CardMatch& b) { return b.span().begin < a.span().end; };
    if (std::adjacent_find(matches.begin(), matches.end(), overlap) == matches.end()) return matches;
  }
  std::vector<CardMatch> out;
  for (CardMatch& match : matches) {
    // Sorted by begin and disjoint so far: only the neighbours can overlap.
    const auto next = std::upper_bound(out.begin(), out.end(), match, begins_before);
    if (next != out.end() && next->span().begin < match.span().end) continue;
    if (next != out.begin() && std::prev(next)->span().end > match.span().begin) continue;
    out.insert(next, std::move(match));
  }
  return out;
}

struct RunCollector {
  std::string_view text;
  std::size_t seen_end = 0;
  std::vector<DigitRun> runs;
};

}  // namespace

struct CardDetector::Database {
  hs_database_t* compiled = nullptr;
  std::uint64_t id = next_database.fetch_add(1);
  ~Database() { hs_free_database(compiled); }
};

CardDetector::CardDetector() : database_(std::make_unique<Database>()) {
  // kBrackets and kSeparators as a class: "-" is its last character, so it stands for itself.
  const std::string pattern = "[0-9](?:[()\\[\\] \\x02.,_|/:*+\\n-]{0," + std::to_string(kSeparatorBytesMax) + "}[0-9]){" +
                              std::to_string(kCardDigitsMin - 1) + "}";
  hs_compile_error_t* error = nullptr;
  if (hs_compile(pattern.c_str(), 0, HS_MODE_BLOCK, nullptr, &database_->compiled, &error) != HS_SUCCESS) {
    const std::string reason = error ? error->message : "unknown";
    hs_free_compile_error(error);
    throw std::runtime_error("the card pattern does not compile: " + reason);
  }
}

CardDetector::~CardDetector() = default;

std::vector<CardMatch> CardDetector::find(std::string_view source) const {
  const TextPlanes planes(source);
  return find_in(source, planes, card_windows(source, planes));
}

std::vector<CardMatch> CardDetector::find_in(std::string_view source, std::span<const ByteRange> windows) const {
  return find_in(source, TextPlanes(source), windows);
}

std::vector<CardMatch> CardDetector::find_in(std::string_view source, const TextPlanes& planes, std::span<const ByteRange> windows) const {
  std::vector<CardMatch> matches;
  for (ByteRange window : windows) find_in_window(source, window, matches);
  const std::vector<DensePlace> places = dense_digits(source, planes);
  for (const DensePlace& place : places) {
    // digit_windows.h ends a row of digits at the letter that ends a control sequence.
    if (place.has_escapes) find_escaped(source, with_surroundings(source, place.range), matches);
  }
  for (CardMatch& match : find_spread_cards(source, planes, places)) matches.push_back(std::move(match));
  return without_overlaps(std::move(matches));
}

void CardDetector::find_escaped(std::string_view source, ByteRange place, std::vector<CardMatch>& matches) const {
  for (const ContextWindow& one : context_windows(source, escaped_rows(source, place))) {
    std::vector<CardMatch> found;
    find_in_window(source, one.window, found);
    for (CardMatch& match : found) {
      if (one.holds(match.span().begin)) matches.push_back(std::move(match));
    }
  }
}

void CardDetector::find_in_window(std::string_view source, ByteRange window, std::vector<CardMatch>& matches) const {
  const ScanText scan(source.substr(window.begin, window.size()));
  Scratch& scratch = thread_scratch;
  if (scratch.database != database_->id) {
    if (hs_alloc_scratch(database_->compiled, &scratch.memory) != HS_SUCCESS) throw std::bad_alloc();
    scratch.database = database_->id;
  }
  RunCollector collector{scan.text(), 0, {}};
  const auto on_match = [](unsigned, unsigned long long, unsigned long long to, unsigned, void* context) -> int {
    auto& into = *static_cast<RunCollector*>(context);
    if (to <= into.seen_end) return 0;
    into.runs.push_back(digit_run_around(into.text, static_cast<std::size_t>(to) - 1));
    into.seen_end = into.runs.back().end;
    return 0;
  };
  const hs_error_t outcome = hs_scan(database_->compiled, scan.text().data(), static_cast<unsigned>(scan.text().size()),
                                     0, scratch.memory, on_match, &collector);
  if (outcome != HS_SUCCESS) throw std::runtime_error("hs_scan failed");  // the caller answers 4xx: fail closed
  for (DigitRun& run : collector.runs) {
    RunJudge judge(scan.text(), std::move(run));
    for (const Hit& hit : judge.judge()) {
      CardMatch match;
      match.brand = hit.issuer.brand;
      for (std::size_t i = hit.span.first; i < hit.span.last; ++i) {
        const DigitGroup& group = judge.run().groups[i];
        for (std::size_t at = group.begin; at < group.end; ++at) {
          if (!is_digit(scan.text()[at])) continue;
          const ByteRange digit = scan.source_of(at);
          match.digits.push_back({window.begin + digit.begin, window.begin + digit.end});
        }
      }
      matches.push_back(std::move(match));
    }
  }
}

}  // namespace postern::pipeline
