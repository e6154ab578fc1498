#include "ticketing/search/query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "core/encoding.h"
#include "ticketing/errc.h"

namespace postern::ticketing::search {
namespace {

constexpr std::array kKeywords = {
    "type",      "status",    "priority",     "ticket_type",    "assignee",   "requester",   "submitter", "commenter",  "cc",
    "follower",  "group",     "organization", "tags",           "created",    "updated",     "solved",    "due_date",   "via",
    "inbox",     "problem",   "external_id",  "has_attachment", "fieldvalue", "custom_status", "form",    "order_by",   "sort",
    "subject",   "description", "comment",    "filename",       "attachment"};
constexpr std::string_view kCustomField = "custom_field_";

bool is_custom_field(std::string_view name) {
  return name.starts_with(kCustomField) && name.size() > kCustomField.size() &&
         name.substr(kCustomField.size()).find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_keyword(std::string_view name) { return is_custom_field(name) || std::ranges::find(kKeywords, name) != kKeywords.end(); }

std::optional<std::uint8_t> scope_of(std::string_view keyword) {
  if (keyword == "subject") return kInSubject;
  if (keyword == "description" || keyword == "comment") return kInComment;
  if (keyword == "filename") return kInFileName;
  if (keyword == "attachment") return kInFileName | kInFileText;
  return std::nullopt;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || bad != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

// Of each compound the longest words it has, of a run of a script without spaces its pairs: what has to be in a text with it.
class QuerySink final : public WordSink {
 public:
  void take(std::string_view word, const WordPlace& place) override {
    if (place.kind == WordKind::kGlyph || place.kind == WordKind::kSegment) return;
    auto& [parts, words] = runs_[place.run];
    if (place.parts < parts) return;
    if (place.parts > parts) words.clear();
    parts = place.parts;
    words.emplace_back(word);
    if (place.kind == WordKind::kPair && place.parts == 1) is_lone_glyph_ = true;
    if (place.kind != WordKind::kPair || place.parts > 1) is_lone_glyph_ = false;
  }
  std::vector<std::string> words() const {
    std::vector<std::string> out;
    for (const auto& [run, of] : runs_) out.insert(out.end(), of.second.begin(), of.second.end());
    return out;
  }
  // One character of a script without spaces, and nothing else: pairs begin with it.
  bool is_lone_glyph() const { return is_lone_glyph_ && runs_.size() == 1; }

 private:
  std::map<std::uint32_t, std::pair<std::uint32_t, std::vector<std::string>>> runs_;
  bool is_lone_glyph_ = false;
};

class AtomSink final : public WordSink {
 public:
  void take(std::string_view word, const WordPlace& place) override {
    if (place.kind == WordKind::kPart || place.kind == WordKind::kGlyph) atoms.emplace_back(word);
  }
  std::vector<std::string> atoms;
};

class Parser {
 public:
  Parser(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

  core::Result<Query> run() {
    if (text_.size() > limits_.query_bytes_max) return query_problem(1, "a query has at most " + std::to_string(limits_.query_bytes_max) + " bytes");
    for (skip(); at_ < text_.size(); skip()) {
      POSTERN_CHECK(clause());
      if (out_.words.size() + out_.fields.size() + out_.numbers.size() > limits_.clauses_max) {
        return query_problem(place(begin_), "a query has at most " + std::to_string(limits_.clauses_max) + " parts");
      }
      std::size_t words = 0;
      for (const WordClause& each : out_.words) words += each.words.size() + (each.prefix.empty() ? 0 : 1);
      if (words > limits_.query_words_max) {
        return query_problem(place(begin_), "a query looks for at most " + std::to_string(limits_.query_words_max) + " words");
      }
    }
    // Nothing but numbers: these may be texts, too.
    return std::move(out_);
  }

 private:
  struct Typed {
    std::string text;
    bool is_quoted = false;
  };

  void skip() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  std::size_t place(std::size_t byte) const { return letters_of(text_.substr(0, byte)) + 1; }

  core::Result<Typed> value() {
    if (at_ < text_.size() && text_[at_] == '"') {
      const std::size_t open = at_;
      const std::size_t end = text_.find('"', at_ + 1);
      if (end == std::string_view::npos) return query_problem(place(open), "the quotation mark is not closed");
      at_ = end + 1;
      return Typed{std::string(text_.substr(open + 1, end - open - 1)), true};
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && !is_space(text_[at_])) ++at_;
    return Typed{std::string(text_.substr(begin, at_ - begin)), false};
  }

  // "keyword" before an operator that begins at the place; empty when it is none.
  std::string_view keyword_here() const {
    std::size_t end = at_;
    const auto is_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    while (end < text_.size() && is_name(text_[end])) ++end;
    if (end == at_ || end == text_.size() || (text_[end] != ':' && text_[end] != '<' && text_[end] != '>')) return {};
    return text_.substr(at_, end - at_);
  }

  Comparison comparison() {
    const char sign = text_[at_++];
    const bool has_equals = at_ < text_.size() && text_[at_] == '=';
    if (sign == ':') return Comparison::kIs;
    if (has_equals) ++at_;
    if (sign == '<') return has_equals ? Comparison::kLessOrIs : Comparison::kLess;
    return has_equals ? Comparison::kMoreOrIs : Comparison::kMore;
  }

  core::Result<void> clause() {
    begin_ = at_;
    const bool is_negated = text_[at_] == '-' && at_ + 1 < text_.size() && !is_space(text_[at_ + 1]);
    if (is_negated) ++at_;
    const std::string_view name = keyword_here();
    const std::string keyword = core::to_lower_ascii(name);
    const bool has_colon = !name.empty() && text_[at_ + name.size()] == ':';
    if (is_keyword(keyword)) {
      at_ += name.size();
      return field(keyword, is_negated);
    }
    // Times and addresses of the web are words; anything else with a colon is a keyword that was meant.
    const bool is_word = number_of(name) || text_.substr(at_ + name.size()).starts_with("://");
    if (has_colon && !is_word) {
      return query_problem(place(at_), "there is no such keyword; in quotation marks it is text. There are: " + keyword_list());
    }
    POSTERN_TRY(const Typed typed, value());
    const std::string_view digits = std::string_view(typed.text).substr(typed.text.starts_with('#') ? 1 : 0);
    const auto number = typed.is_quoted || is_negated ? std::nullopt : number_of(digits);
    if (number && (digits.size() < typed.text.size() || is_alone())) {
      out_.numbers.push_back(*number);
      if (digits.size() < typed.text.size()) return {};
    }
    return words(typed, kAnywhere, is_negated);
  }

  bool is_alone() const { return core::trim_ascii(text_.substr(at_)).empty() && core::trim_ascii(text_.substr(0, begin_)).empty(); }

  core::Result<void> field(const std::string& keyword, bool is_negated) {
    const std::size_t sign = at_;
    const Comparison how = comparison();
    POSTERN_TRY(const Typed typed, value());
    if (typed.text.empty()) return query_problem(place(sign), "a value is missing behind the keyword");
    if (const auto scope = scope_of(keyword)) {
      if (how != Comparison::kIs) return query_problem(place(sign), "texts have no order: write “:”");
      return words(typed, *scope, is_negated);
    }
    if (keyword == "order_by" || keyword == "sort") return ordering(keyword, typed.text, sign);
    out_.fields.push_back({keyword, how, typed.text, is_negated, place(begin_)});
    return {};
  }

  core::Result<void> ordering(const std::string& keyword, const std::string& value, std::size_t sign) {
    if (keyword == "sort") {
      if (value != "asc" && value != "desc") return query_problem(place(sign), "asc or desc is expected");
      out_.is_ascending = value == "asc";
      return {};
    }
    out_.order = parse_order(value);
    if (!out_.order) return query_problem(place(sign), "relevance, created, updated, priority, status or ticket_type is expected");
    return {};
  }

  core::Result<void> words(const Typed& typed, std::uint8_t fields, bool is_negated) {
    WordClause clause;
    clause.fields = fields;
    clause.is_negated = is_negated;
    if (!typed.is_quoted && typed.text.size() > 1 && typed.text.ends_with('*')) {
      clause.prefix = fold_word(std::string_view(typed.text).substr(0, typed.text.size() - 1), limits_);
      const std::size_t least = has_no_spaces(clause.prefix) ? 1 : limits_.prefix_letters_min;
      if (clause.prefix.empty()) return query_problem(place(begin_), "“*” stands behind the beginning of one word");
      if (letters_of(clause.prefix) < least) {
        return query_problem(place(begin_), "before “*” there have to be " + std::to_string(limits_.prefix_letters_min) + " letters");
      }
      out_.words.push_back(std::move(clause));
      return {};
    }
    QuerySink sink;
    const std::string folded = fold(typed.text);
    analyse(folded, limits_, sink);
    clause.words = sink.words();
    if (clause.words.empty()) return {};  // signs only: nothing to look for
    if (sink.is_lone_glyph()) clause.prefix = std::exchange(clause.words, {}).front();
    if (typed.is_quoted) {
      clause.phrase = atoms_of(typed.text, limits_);
      if (clause.phrase.size() < 2) clause.phrase.clear();
    }
    std::ranges::sort(clause.words);
    clause.words.erase(std::ranges::unique(clause.words).begin(), clause.words.end());
    out_.words.push_back(std::move(clause));
    return {};
  }

  std::string_view text_;
  const Limits& limits_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of the clause
  Query out_;
};

}  // namespace

core::Error query_problem(std::size_t at, std::string_view what) {
  return core::fail(Errc::kInvalid, "query: character " + std::to_string(at) + ": " + std::string(what));
}

std::string keyword_list() {
  std::string out;
  for (const std::string_view each : kKeywords) out += (out.empty() ? "" : ", ") + std::string(each);
  return out + ", " + std::string(kCustomField) + "<id>";
}

std::optional<Order> parse_order(std::string_view word) {
  if (word.ends_with("_at")) word.remove_suffix(3);
  if (word == "relevance") return Order::kRelevance;
  if (word == "updated") return Order::kUpdated;
  if (word == "created") return Order::kCreated;
  if (word == "priority") return Order::kPriority;
  if (word == "status") return Order::kStatus;
  if (word == "ticket_type") return Order::kType;
  return std::nullopt;
}

core::Result<Query> parse_query(std::string_view text, const Limits& limits) { return Parser(text, limits).run(); }

std::vector<std::string> atoms_of(std::string_view text, const Limits& limits) {
  AtomSink sink;
  const std::string folded = fold(text);
  analyse(folded, limits, sink);
  return std::move(sink.atoms);
}

}  // namespace postern::ticketing::search
