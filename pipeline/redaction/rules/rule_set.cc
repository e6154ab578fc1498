#include "pipeline/redaction/rules/rule_set.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>

#include "pipeline/options.h"
#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/rules/candidate_finder.h"
#include "pipeline/redaction/rules/detectors.h"
#include "pipeline/redaction/rules/document_cards.h"
#include "pipeline/redaction/rules/folded_text.h"
#include "pipeline/redaction/rules/near_words.h"
#include "pipeline/redaction/rules/value_mask.h"
#include "pipeline/redaction/validators/validators.h"

namespace postern::pipeline {
namespace {

constexpr std::int64_t kPatternMemoryMax = 8 << 20;  // of one automaton; RE2 goes on without one when it is full
constexpr std::size_t kShownSampleBytes = 60;
constexpr const char* kValueGroup = "value";

re2::RE2::Options pattern_options() {
  re2::RE2::Options options;
  options.set_log_errors(false);  // patterns and texts stay out of the log
  options.set_max_mem(kPatternMemoryMax);
  return options;
}

struct Pattern {
  std::unique_ptr<re2::RE2> expression;
  int value_group = 0;  // 0: the whole match
  std::vector<std::string> context;  // of its rule
  std::uint32_t context_within = 0;
};

// Compiled patterns with their finder: those that a set inherits, and its own.
struct PatternBank {
  struct Part {
    std::vector<std::size_t> patterns;  // by the finder's index
    std::optional<CandidateFinder> finder;
  };
  std::vector<Pattern> patterns;
  std::array<Part, 2> parts;

  void make_finders() {
    for (Part& part : parts) {
      std::vector<SoughtPattern> sought;
      for (std::size_t index : part.patterns) {
        const Pattern& one = patterns[index];
        sought.push_back({one.expression->pattern(), one.context, one.context_within});
      }
      part.finder.emplace(sought);
    }
  }
};
// Shipped rules that are off unless a document turns them on are looked for apart: their words are frequent ones.
constexpr std::size_t kUsual = 0;
constexpr std::size_t kSeldom = 1;
constexpr std::size_t kInherited = 0;
constexpr std::size_t kOwn = 1;
using PatternBanks = std::array<std::shared_ptr<const PatternBank>, 2>;

struct Rule {
  const ValueDetector* detector = nullptr;  // nullptr: its patterns
  std::uint32_t kinds = 0;                  // a bit a TextKind
  NearWords context;
  NearWords unless;
  std::size_t bank = kOwn;
  std::size_t first_pattern = 0;            // in its bank
  std::size_t last_pattern = 0;
  std::size_t part = kUsual;
  bool is_candidate = false;  // its patterns are in the finder
  bool is_good = true;        // else it is neither used nor tested
};

std::uint32_t bit_of(TextKind kind) { return 1U << static_cast<unsigned>(kind); }

std::uint32_t kinds_of(const RuleSpec& rule) {
  std::uint32_t kinds = 0;
  for (TextKind kind : rule.applies_to) kinds |= bit_of(kind);
  return rule.applies_to.empty() ? ~std::uint32_t{0} : kinds;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

// For people, who wrote it themselves; but what is said of a document is kept longer than a document that is refused.
std::string shown(std::string_view written) {
  const std::string sample = without_cards(written);
  std::string out(sample, 0, kShownSampleBytes);
  while (!out.empty() && sample.size() > kShownSampleBytes && (static_cast<unsigned char>(sample[out.size()]) & 0xC0U) == 0x80) out.pop_back();
  return sample.size() > out.size() ? out + "…" : out;
}

std::uint32_t line_at(const std::vector<std::uint32_t>& lines, std::size_t index, std::uint32_t otherwise) {
  return index < lines.size() ? lines[index] : otherwise;
}

}  // namespace

struct RuleSet::Engine {
  // What decides of most rules that a text has nothing of theirs: one row of bytes for all of them.
  struct Brief {
    std::uint32_t kinds;
    std::uint8_t bank;
    std::uint8_t part;
    bool is_pattern;    // no detector
    bool is_candidate;
  };
  std::vector<Rule> rules;
  std::vector<Brief> briefs;  // by rule
  PatternBanks banks;

  void make_briefs() {
    for (const Rule& rule : rules)
      briefs.push_back({rule.kinds, static_cast<std::uint8_t>(rule.bank), static_cast<std::uint8_t>(rule.part), rule.detector == nullptr, rule.is_candidate});
  }

  void find_with_detector(const RuleSpec& spec, const Rule& rule, TextLook& look, bool is_shadow, std::vector<Finding>& findings) const;
  void find_at_places(const RuleSpec& spec, const Rule& rule, const FoldedText& folded, std::span<const CandidateFinder::Place> places,
                          bool is_shadow, std::vector<Finding>& findings) const;
  // Returns where to go on looking for values of the same pattern. Anchored: at the beginning of the place only.
  std::size_t find_in_place(const RuleSpec& spec, const Rule& rule, const Pattern& pattern, const FoldedText& folded, ByteRange where,
                            re2::RE2::Anchor anchor, bool is_shadow, std::vector<Finding>& findings) const;
  bool is_confirmed(const RuleSpec& spec, const Rule& rule, std::string_view text, ByteRange value) const;
};

namespace {

// Compiles and tests one set.
class Compiler {
 public:
  Compiler(const std::vector<RuleSpec>& specs, std::span<const RuleLines> lines) : specs_(specs), lines_(lines) {}

  void add_rule(std::size_t index, std::vector<Rule>& rules, PatternBank& bank) {
    const RuleSpec& spec = specs_[index];
    const std::size_t problems_before = problems_.size();
    Rule rule = rule_of(spec);
    rule.first_pattern = bank.patterns.size();
    if (spec.detector != "pattern") {
      rule.detector = detector_called(spec.detector);
      if (rule.detector == nullptr) complain(index, line_of(index), fmt::format("detector: there is no \"{}\"", spec.detector));
    } else if (spec.patterns.empty()) {
      complain(index, line_of(index), "patterns: a rule needs at least one");
    }
    if (!spec.validator.empty() && !is_known_validator(spec.validator)) {
      complain(index, line_of(index), fmt::format("validator: there is no \"{}\"", spec.validator));
    }
    for (std::size_t i = 0; i < spec.patterns.size(); ++i) add_pattern(index, i, bank.patterns);
    rule.last_pattern = bank.patterns.size();
    rule.is_good = problems_.size() == problems_before;
    // Any document may turn a shipped rule on, without compiling it again.
    rule.is_candidate = rule.is_good && (spec.is_shipped || !is_never_used(spec));
    rule.part = is_never_used(spec) ? kSeldom : kUsual;
    for (std::size_t at = rule.first_pattern; at < rule.last_pattern && rule.is_candidate; ++at) bank.parts[rule.part].patterns.push_back(at);
    rules.push_back(std::move(rule));
  }

  void inherit_rule(std::size_t index, const Rule& from, std::vector<Rule>& rules) {
    Rule rule = rule_of(specs_[index]);
    rule.detector = from.detector;
    rule.bank = kInherited;
    rule.first_pattern = from.first_pattern;
    rule.last_pattern = from.last_pattern;
    rule.part = from.part;
    rule.is_candidate = from.is_candidate;
    rules.push_back(std::move(rule));
  }

  void test_rule(const RuleSet& set, std::size_t index) {
    const RuleSpec& spec = specs_[index];
    std::vector<RuleMode> modes(specs_.size(), RuleMode::kOff);
    modes[index] = RuleMode::kEnforce;
    const TextKind kind = spec.applies_to.empty() ? TextKind::kBody : spec.applies_to.front();
    for (std::size_t i = 0; i < spec.matches.size(); ++i, ++tests_run_) {
      const std::uint32_t line = line_at(lines_.empty() ? std::vector<std::uint32_t>{} : lines_[index].matches, i, line_of(index));
      std::vector<Finding> findings;
      set.find(spec.matches[i], kind, modes, findings);
      if (findings.empty()) {
        complain(index, line, fmt::format("matches, sample {}: nothing is found in \"{}\"", i + 1, shown(spec.matches[i])));
      } else if (!settles(set, spec.matches[i], kind, modes)) {
        complain(index, line, fmt::format("matches, sample {}: what the rule leaves is found again in \"{}\"", i + 1, shown(spec.matches[i])));
      }
    }
    for (std::size_t i = 0; i < spec.ignores.size(); ++i, ++tests_run_) {
      std::vector<Finding> findings;
      set.find(spec.ignores[i], kind, modes, findings);
      if (findings.empty()) continue;
      const std::uint32_t line = line_at(lines_.empty() ? std::vector<std::uint32_t>{} : lines_[index].ignores, i, line_of(index));
      complain(index, line, fmt::format("ignores, sample {}: something is found in \"{}\"", i + 1, shown(spec.ignores[i])));
    }
  }

  std::vector<RuleProblem> take_problems() { return std::move(problems_); }
  std::uint32_t tests_run() const { return tests_run_; }
  std::uint32_t line_of(std::size_t index) const { return lines_.empty() ? 0 : lines_[index].rule; }
  void complain(std::size_t index, std::uint32_t line, std::string text) { problems_.push_back({line, specs_[index].id, std::move(text)}); }

 private:
  static Rule rule_of(const RuleSpec& spec) {
    Rule rule;
    rule.kinds = kinds_of(spec);
    rule.context = NearWords(spec.context);
    rule.unless = NearWords(spec.unless);
    return rule;
  }

  void add_pattern(std::size_t index, std::size_t number, std::vector<Pattern>& patterns) {
    const std::string& text = specs_[index].patterns[number];
    const std::uint32_t line = line_at(lines_.empty() ? std::vector<std::uint32_t>{} : lines_[index].patterns, number, line_of(index));
    const auto wrong = [&](std::string_view why) { complain(index, line, fmt::format("patterns, number {}: {}", number + 1, why)); };
    Pattern pattern;
    pattern.expression = std::make_unique<re2::RE2>(piece(text), pattern_options());
    if (!pattern.expression->ok()) return wrong(fmt::format("RE2 does not take it: {}", pattern.expression->error()));
    if (re2::RE2::PartialMatch("", *pattern.expression)) return wrong("it matches the empty text");
    if (way_of(shape_of_pattern(text)) == CandidateWay::kWhole) {
      const std::string reason = hyperscan_problem(text);
      if (!reason.empty()) return wrong(fmt::format("it has no fixed word and few digits, and Hyperscan does not take it: {}", reason));
    }
    const auto& groups = pattern.expression->NamedCapturingGroups();
    if (const auto group = groups.find(kValueGroup); group != groups.end()) pattern.value_group = group->second;
    pattern.context = specs_[index].context;
    pattern.context_within = specs_[index].context_within;
    patterns.push_back(std::move(pattern));
  }

  // True when the text comes to rest within the passes that redaction makes.
  static bool settles(const RuleSet& set, std::string text, TextKind kind, std::span<const RuleMode> modes) {
    for (std::uint32_t pass = 0; pass <= RedactionLimits{}.passes_max; ++pass) {
      std::vector<Finding> findings;
      set.find(text, kind, modes, findings);
      if (findings.empty()) return true;
      text = mask_findings(text, findings, kBlockMask);
    }
    return false;
  }

  const std::vector<RuleSpec>& specs_;
  std::span<const RuleLines> lines_;
  std::vector<RuleProblem> problems_;
  std::uint32_t tests_run_ = 0;
};

// A rule finds a value once, though several of its patterns do: what stands wholly inside another value goes.
void drop_contained(std::vector<Finding>& findings, std::size_t first) {
  const auto begin = findings.begin() + static_cast<std::ptrdiff_t>(first);
  std::sort(begin, findings.end(), [](const Finding& a, const Finding& b) {
    return a.span.begin != b.span.begin ? a.span.begin < b.span.begin : a.span.end > b.span.end;
  });
  std::size_t covered = 0;
  std::size_t kept = first;
  for (std::size_t at = first; at < findings.size(); ++at) {
    if (at > first && findings[at].span.end <= covered) continue;
    covered = findings[at].span.end;
    if (kept != at) findings[kept] = std::move(findings[at]);
    ++kept;
  }
  findings.erase(findings.begin() + static_cast<std::ptrdiff_t>(kept), findings.end());
}

Finding finding_of(const RuleSpec& spec, std::string_view label, bool is_shadow, ByteRange span, ValueMask mask) {
  Finding out{spec.id, label, is_shadow, span, {}, {}};
  if (is_shadow) return out;
  out.hidden = std::move(mask.hidden);
  out.dropped = std::move(mask.dropped);
  return out;
}

// Where to look for the next match after one that was no value: at the next word inside it, or behind it.
std::size_t next_look(std::string_view text, ByteRange match) {
  const auto is_word = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  for (std::size_t at = match.begin + 1; at < match.end; ++at) {
    if (is_word(text[at]) && !is_word(text[at - 1])) return at;
  }
  return match.end;
}

}  // namespace

bool is_never_used(const RuleSpec& rule) {
  return rule.mode == RuleMode::kOff && (rule.inboxes.empty() || rule.elsewhere == RuleMode::kOff);
}

RuleSet::RuleSet() : engine_(std::make_unique<Engine>()) {}
RuleSet::~RuleSet() = default;

RuleSet::Compiled RuleSet::compile(std::vector<RuleSpec> rules, std::span<const RuleLines> lines, const RuleSet* base, Samples samples) {
  Compiled out;
  const std::shared_ptr<RuleSet> set(new RuleSet);
  set->rules_ = std::move(rules);
  Engine& engine = *set->engine_;
  Compiler compiler(set->rules_, lines);
  const auto own = std::make_shared<PatternBank>();
  const std::size_t inherited = base == nullptr ? 0 : base->rules_.size();
  for (std::size_t index = 0; index < set->rules_.size(); ++index) {
    if (index < inherited) {
      compiler.inherit_rule(index, base->engine_->rules[index], engine.rules);
    } else {
      compiler.add_rule(index, engine.rules, *own);
    }
  }
  try {
    own->make_finders();
  } catch (const std::exception& error) {
    out.problems = compiler.take_problems();
    out.problems.push_back({0, "", fmt::format("the rules do not compile together: {}", error.what())});
    return out;
  }
  engine.banks = {base == nullptr ? nullptr : base->engine_->banks[kOwn], own};
  engine.make_briefs();
  for (std::size_t index = 0; index < set->rules_.size() && samples == Samples::kRun; ++index) {
    if (engine.rules[index].is_good && (index >= inherited || compiler.line_of(index) != 0)) compiler.test_rule(*set, index);
  }
  out.tests_run = compiler.tests_run();
  out.problems = compiler.take_problems();
  if (out.problems.empty()) out.set = set;
  return out;
}

void RuleSet::find(std::string_view text, TextKind kind, std::span<const RuleMode> modes, std::vector<Finding>& findings) const {
  // Places of one part of a bank, in the order of patterns, which is that of rules too.
  struct Look {
    std::vector<CandidateFinder::Place> places;
    std::size_t next = 0;
    bool is_done = false;
    bool is_empty = false;  // done, and without places
  };
  std::array<std::array<Look, 2>, 2> looks;
  const Engine& engine = *engine_;
  TextLook text_look(text);
  const std::uint32_t kind_bit = bit_of(kind);
  for (std::size_t index = 0; index < rules_.size(); ++index) {
    const Engine::Brief brief = engine.briefs[index];
    if (modes[index] == RuleMode::kOff || (brief.kinds & kind_bit) == 0) continue;
    if (brief.is_pattern && brief.is_candidate && looks[brief.bank][brief.part].is_empty) continue;
    const Rule& rule = engine.rules[index];
    const bool is_shadow = modes[index] == RuleMode::kShadow;
    if (rule.detector != nullptr) {
      engine.find_with_detector(rules_[index], rule, text_look, is_shadow, findings);
      continue;
    }
    const FoldedText& folded = text_look.folded();
    const PatternBank& bank = *engine.banks[rule.bank];
    const std::size_t first = findings.size();
    if (!rule.is_candidate) {  // only when it is tried out
      for (std::size_t at = rule.first_pattern; at < rule.last_pattern; ++at) {
        engine.find_in_place(rules_[index], rule, bank.patterns[at], folded, {0, folded.text().size()}, re2::RE2::UNANCHORED, is_shadow, findings);
      }
      drop_contained(findings, first);
      continue;
    }
    const PatternBank::Part& part = bank.parts[rule.part];
    Look& look = looks[rule.bank][rule.part];
    if (!look.is_done) {
      look.places = part.finder->find(folded.text(), text_look.folded_planes());
      look.is_done = true;
      look.is_empty = look.places.empty();
    }
    const auto pattern_of = [&](std::size_t place) { return part.patterns[look.places[place].pattern]; };
    while (look.next < look.places.size() && pattern_of(look.next) < rule.first_pattern) ++look.next;
    const std::size_t begin = look.next;
    while (look.next < look.places.size() && pattern_of(look.next) < rule.last_pattern) ++look.next;
    if (begin == look.next) continue;
    engine.find_at_places(rules_[index], rule, folded, std::span(look.places).subspan(begin, look.next - begin), is_shadow, findings);
    drop_contained(findings, first);
  }
}

void RuleSet::Engine::find_with_detector(const RuleSpec& spec, const Rule& rule, TextLook& look, bool is_shadow,
                                         std::vector<Finding>& findings) const {
  const std::string_view text = look.text();
  std::vector<RawMatch> matches;
  rule.detector->find(look, matches);
  for (const RawMatch& match : matches) {
    if (rule.unless.stand_near(text, match.span, spec.context_within)) continue;
    if (!rule.context.empty() && !rule.context.stand_near(text, match.span, spec.context_within)) continue;
    std::vector<ValueCharacter> value;
    for (ByteRange character : match.characters) value.push_back({character, false, true, false});
    findings.push_back(finding_of(spec, match.label, is_shadow, match.span, mask_of(value, spec)));
    // What stands between the characters of a dropped value goes with them.
    std::vector<ByteRange>& dropped = findings.back().dropped;
    if (!dropped.empty()) dropped.assign(1, {dropped.front().begin, dropped.back().end});
  }
}

void RuleSet::Engine::find_at_places(const RuleSpec& spec, const Rule& rule, const FoldedText& folded,
                                     std::span<const CandidateFinder::Place> places, bool is_shadow, std::vector<Finding>& findings) const {
  const PatternBank& bank = *banks[rule.bank];
  std::size_t next = 0;  // of the pattern whose matches' beginnings are being tried
  const CandidateFinder::Place* before = nullptr;
  for (const CandidateFinder::Place& place : places) {
    const Pattern& pattern = bank.patterns[bank.parts[rule.part].patterns[place.pattern]];
    if (!place.is_begin) {
      find_in_place(spec, rule, pattern, folded, place.where, re2::RE2::UNANCHORED, is_shadow, findings);
      continue;
    }
    if (before == nullptr || before->pattern != place.pattern) next = 0;
    before = &place;
    if (place.where.begin < next) continue;
    next = find_in_place(spec, rule, pattern, folded, place.where, re2::RE2::ANCHOR_START, is_shadow, findings);
  }
}

std::size_t RuleSet::Engine::find_in_place(const RuleSpec& spec, const Rule& rule, const Pattern& pattern, const FoldedText& folded, ByteRange where,
                                           re2::RE2::Anchor anchor, bool is_shadow, std::vector<Finding>& findings) const {
  const std::string_view text = folded.text();
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(pattern.value_group) + 1);
  std::size_t at = where.begin;
  while (at < where.end && pattern.expression->Match(piece(text), at, where.end, anchor, groups.data(), static_cast<int>(groups.size()))) {
    const auto range_of = [&text](const re2::StringPiece& part) {
      if (part.data() == nullptr) return ByteRange{};
      const auto begin = static_cast<std::size_t>(part.data() - text.data());
      return ByteRange{begin, begin + part.size()};
    };
    const ByteRange match = range_of(groups.front());
    const ByteRange value = range_of(groups.back());
    if (match.empty()) {  // a pattern of conditions only, such as \b
      at = match.end + 1;
      while (at < where.end && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80) ++at;
      continue;
    }
    at = next_look(text, match);
    if (!value.empty() && is_confirmed(spec, rule, text, value)) {
      const auto source = [&folded, &value](ByteRange range) { return folded.source_of({value.begin + range.begin, value.begin + range.end}); };
      ValueMask mask = mask_of(characters_of(text.substr(value.begin, value.size()), source), spec);
      if (!mask.is_done) {
        findings.push_back(finding_of(spec, {}, is_shadow, folded.source_of(value), std::move(mask)));
        at = match.end;
      }
    }
    if (anchor == re2::RE2::ANCHOR_START) return at;
  }
  return at;
}

bool RuleSet::Engine::is_confirmed(const RuleSpec& spec, const Rule& rule, std::string_view text, ByteRange value) const {
  if (!spec.validator.empty() && !is_valid(spec.validator, text.substr(value.begin, value.size()))) return false;
  if (rule.unless.stand_near(text, value, spec.context_within)) return false;
  return rule.context.empty() || rule.context.stand_near(text, value, spec.context_within);
}

}  // namespace postern::pipeline
