#include "pipeline/redaction/rules/pattern_facts.h"

#include <algorithm>

#include "pipeline/redaction/rules/pattern_shape.h"

namespace postern::pipeline::shape {
namespace {

constexpr std::size_t kRepeatFixedMax = 4;
constexpr std::size_t kRepeatCountedMax = 64;
constexpr std::size_t kFixedMax = 64;       // texts of one fixed part

std::size_t add(std::size_t a, std::size_t b) { return a == kUnbounded || b == kUnbounded ? kUnbounded : a + b; }
std::size_t times(std::size_t a, std::size_t n) {
  if (a == 0 || n == 0) return 0;
  return a == kUnbounded || n == kUnbounded ? kUnbounded : a * n;
}

DigitRows followed_by(const DigitRows& a, const DigitRows& b) {
  DigitRows out = a.first == 0 ? b : a;
  if (a.first == 0) {
    out.lead = add(a.lead, b.lead);
    if (b.first == 0) out.trail = out.lead;
    return out;
  }
  if (b.first == 0) {
    out.trail = add(a.trail, b.lead);
    return out;
  }
  out.trail = b.trail;
  out.last = b.last;
  out.best = std::max(a.best, b.best);
  out.is_one_row = false;
  if (add(a.trail, b.lead) > kDigitGapMax) return out;
  out.best = std::max(out.best, a.last + b.first);
  if (a.is_one_row) out.first += b.first;
  if (b.is_one_row) out.last += a.last;
  out.is_one_row = a.is_one_row && b.is_one_row;
  return out;
}

std::size_t bytes_of(const std::string& text) {
  return text.size() - static_cast<std::size_t>(std::count(text.begin(), text.end(), kBoundary));
}
// The set whose shortest text is longer says more; of equal ones the smaller.
bool says_more(const Texts& one, const Texts& other) {
  const std::size_t a = shortest(one);
  const std::size_t b = shortest(other);
  return a != b ? a > b : a > 0 && one.size() < other.size();
}

std::optional<Texts> joined(const Texts& left, const Texts& right) {
  if (left.size() * right.size() > kFixedMax) return std::nullopt;
  Texts out;
  for (const std::string& a : left) {
    for (const std::string& b : right) {
      out.push_back(a + b);
      if (out.back().size() > kAnchorBytesMax) return std::nullopt;
    }
  }
  sort_unique(out);
  return out;
}

}  // namespace

DigitRows no_digits(std::size_t width) { return {width, width, 0, 0, 0, true}; }

std::size_t shortest(const Texts& texts) {
  std::size_t least = texts.empty() ? 0 : kUnbounded;
  for (const std::string& text : texts) least = std::min(least, bytes_of(text));
  return least;
}
void sort_unique(Texts& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

const Texts& needed_of(const Facts& facts) { return facts.fixed ? *facts.fixed : facts.needed; }
std::size_t lead_of(const Facts& facts) { return facts.fixed ? 0 : facts.needed_lead; }

void Sequence::append(Facts part) {
  const std::size_t before = facts_.width_max;
  facts_.width_max = add(facts_.width_max, part.width_max);
  facts_.width_min = add(facts_.width_min, part.width_min);
  facts_.digits = followed_by(facts_.digits, part.digits);
  facts_.bytes |= part.bytes;
  facts_.marks |= part.marks;
  std::optional<Texts> longer = part.fixed ? joined(run_, *part.fixed) : std::nullopt;
  if (longer) {
    run_ = std::move(*longer);
    return;
  }
  is_fixed_ = false;
  offer(run_, run_lead_);
  offer(needed_of(part), add(before, lead_of(part)));
  run_lead_ = part.fixed ? before : facts_.width_max;
  run_ = part.fixed ? std::move(*part.fixed) : Texts{""};
}

Facts Sequence::take() {
  if (is_fixed_) {
    facts_.fixed = std::move(run_);
  } else {
    offer(run_, run_lead_);
    facts_.fixed.reset();
  }
  return std::move(facts_);
}

void Sequence::offer(const Texts& texts, std::size_t lead) {
  if (!says_more(texts, facts_.needed)) return;
  facts_.needed = texts;
  facts_.needed_lead = lead;
}

Facts either(Facts a, Facts b) {
  Facts out;
  out.width_max = std::max(a.width_max, b.width_max);
  out.width_min = std::min(a.width_min, b.width_min);
  out.digits = no_digits(out.width_max);
  out.bytes = a.bytes | b.bytes;
  out.marks = a.marks & b.marks;
  if (a.digits.first > 0 && b.digits.first > 0) {
    out.digits = {std::max(a.digits.lead, b.digits.lead),   std::max(a.digits.trail, b.digits.trail), std::min(a.digits.first, b.digits.first),
                  std::min(a.digits.last, b.digits.last),   std::min(a.digits.best, b.digits.best),   a.digits.is_one_row && b.digits.is_one_row};
  }
  const bool both_known = shortest(needed_of(a)) > 0 && shortest(needed_of(b)) > 0;
  Texts all = needed_of(a);
  all.insert(all.end(), needed_of(b).begin(), needed_of(b).end());
  sort_unique(all);
  if (a.fixed && b.fixed && all.size() <= kFixedMax) {
    out.fixed = std::move(all);
  } else {
    out.fixed.reset();
    if (both_known && all.size() <= kAnchorsMax) out.needed = std::move(all);
    out.needed_lead = std::max(lead_of(a), lead_of(b));
  }
  return out;
}

Facts repeated(Facts part, std::size_t min, std::size_t max) {
  Facts out;
  out.width_max = times(part.width_max, max);
  out.width_min = times(part.width_min, min);
  out.bytes = part.bytes;
  const std::size_t copies = std::min(min, kRepeatCountedMax);
  for (std::size_t i = 0; i < copies; ++i) out.digits = followed_by(out.digits, part.digits);
  out.digits = followed_by(out.digits, no_digits(times(part.width_max, max == kUnbounded ? max : max - copies)));
  out.fixed.reset();
  if (min == 0) {
    if (max == 1 && part.fixed && part.fixed->size() < kFixedMax) {
      out.fixed = std::move(part.fixed);
      out.fixed->emplace_back();
      sort_unique(*out.fixed);
    }
    return out;
  }
  out.needed = needed_of(part);
  out.needed_lead = lead_of(part);  // the first time
  out.marks = part.marks;
  if (min != max || min > kRepeatFixedMax || !part.fixed) return out;
  std::optional<Texts> all = Texts{""};
  for (std::size_t i = 0; i < min && all; ++i) all = joined(*all, *part.fixed);
  out.fixed = std::move(all);
  return out;
}

}  // namespace postern::pipeline::shape
