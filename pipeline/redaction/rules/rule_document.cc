#include "pipeline/redaction/rules/rule_document.h"

#include <fmt/format.h>

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <set>

namespace postern::pipeline {
namespace {

constexpr std::size_t kIdBytesMax = 40;

bool is_good_id(std::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && id.front() >= 'a' && id.front() <= 'z' &&
         std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

template <class Enum, std::size_t N>
std::optional<Enum> from_word(std::string_view word, const std::array<Enum, N>& all) {
  const auto found = std::find_if(all.begin(), all.end(), [word](Enum one) { return to_string(one) == word; });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

template <class Enum, std::size_t N>
std::string words_of(const std::array<Enum, N>& all) {
  std::string out;
  for (Enum one : all) out += (out.empty() ? "" : ", ") + std::string(to_string(one));
  return out;
}

constexpr std::array kModes = {RuleMode::kOff, RuleMode::kShadow, RuleMode::kEnforce};
constexpr std::array kActions = {RuleAction::kKeepEnds, RuleAction::kMask, RuleAction::kDrop};
constexpr std::array kOnMatches = {OnMatch::kAccept, OnMatch::kSuspend, OnMatch::kReject};
constexpr std::array kKinds = {TextKind::kHeader, TextKind::kBody, TextKind::kAttachment, TextKind::kFilename, TextKind::kTyped};

// One table, key by key; what is wrong goes to `problems`.
class TableReader {
 public:
  TableReader(const toml::table& table, std::vector<RuleProblem>& problems) : table_(table), problems_(problems) {
    if (const toml::node* node = table.get("id"); node != nullptr && node->is_string()) id_ = node->as_string()->get().substr(0, kIdBytesMax);
  }

  std::uint32_t line() const { return line_of(table_); }
  static std::uint32_t line_of(const toml::node& node) { return static_cast<std::uint32_t>(node.source().begin.line); }
  void complain(std::uint32_t line, std::string text) { problems_.push_back({line, is_good_id(id_) ? id_ : "", std::move(text)}); }

  const toml::node* take(std::string_view key) {
    taken_.insert(std::string(key));
    return table_.get(key);
  }

  std::optional<std::string> text(std::string_view key, std::size_t bytes_max) {
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_string()) return wrong<std::string>(*node, key, "not a text");
    return checked(*node, key, bytes_max, false);
  }

  std::optional<bool> flag(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_boolean()) return wrong<bool>(*node, key, "neither true nor false");
    return node->as_boolean()->get();
  }

  std::optional<std::uint32_t> number(std::string_view key, std::size_t max) {
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_integer()) return wrong<std::uint32_t>(*node, key, "not a whole number");
    const std::int64_t value = node->as_integer()->get();
    if (value < 0 || value > static_cast<std::int64_t>(max)) return wrong<std::uint32_t>(*node, key, fmt::format("not within 0 to {}", max));
    return static_cast<std::uint32_t>(value);
  }

  template <class Enum, std::size_t N>
  std::optional<Enum> word(std::string_view key, const std::array<Enum, N>& all) {
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_string()) return wrong<Enum>(*node, key, "not a text");
    const std::optional<Enum> found = from_word(node->as_string()->get(), all);
    if (!found) complain(line_of(*node), fmt::format("{}: none of {}", key, words_of(all)));
    return found;
  }

  // `keeps_controls`: samples may hold anything.
  std::optional<std::vector<std::string>> texts(std::string_view key, std::size_t count_max, std::size_t bytes_max, bool keeps_controls = false,
                                                std::vector<std::uint32_t>* lines = nullptr) {
    using Texts = std::vector<std::string>;
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    const toml::array* array = node->as_array();
    if (array == nullptr) return wrong<Texts>(*node, key, "not a list of texts");
    if (array->size() > count_max) return wrong<Texts>(*node, key, fmt::format("more than {} entries", count_max));
    Texts out;
    for (const toml::node& element : *array) {
      if (!element.is_string()) {
        complain(line_of(element), fmt::format("{}: an entry is not a text", key));
      } else if (std::optional<std::string> one = checked(element, key, bytes_max, keeps_controls)) {
        out.push_back(std::move(*one));
        if (lines != nullptr) lines->push_back(line_of(element));
      }
    }
    return out;
  }

  void refuse_others() {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (!taken_.contains(name)) complain(line_of(node), fmt::format("there is no key \"{}\"", name.substr(0, kIdBytesMax)));
    }
  }

 private:
  template <class Value>
  std::optional<Value> wrong(const toml::node& node, std::string_view key, std::string_view why) {
    complain(line_of(node), fmt::format("{}: {}", key, why));
    return std::nullopt;
  }

  std::optional<std::string> checked(const toml::node& node, std::string_view key, std::size_t bytes_max, bool keeps_controls) {
    const std::string& text = node.as_string()->get();
    if (text.empty()) return wrong<std::string>(node, key, "an empty text");
    if (text.size() > bytes_max) return wrong<std::string>(node, key, fmt::format("longer than {} bytes", bytes_max));
    if (!keeps_controls && has_control(text)) return wrong<std::string>(node, key, "a control character");
    return text;
  }

  const toml::table& table_;
  std::vector<RuleProblem>& problems_;
  std::string id_;
  std::set<std::string> taken_;
};

// A header without a name, and keys outside ASCII, which trip assertions of the TOML library. 0: there is none.
std::uint32_t nameless_table(std::string_view text) {
  std::uint32_t line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view row = text.substr(at, end - at);
    at = end + 1;
    const std::string_view bare = row.substr(0, row.find_first_of("\"'#"));
    if (std::any_of(bare.begin(), bare.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) return line;
    row.remove_prefix(std::min(row.find_first_not_of(" \t"), row.size()));
    if (!row.starts_with('[')) continue;
    row.remove_prefix(row.starts_with("[[") ? 2 : 1);
    row.remove_prefix(std::min(row.find_first_not_of(" \t"), row.size()));
    if (row.empty()) return line;
    const auto first = static_cast<unsigned char>(row.front());
    const bool begins_key = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || (first >= '0' && first <= '9') ||
                             first >= 0x80 || std::string_view("_-\"'").find(row.front()) != std::string_view::npos;
    if (!begins_key) return line;
  }
  return 0;
}

class Parser {
 public:
  Parser(RuleSource source, const RuleDocumentLimits& limits) : is_shipped_(source == RuleSource::kShipped), limits_(limits) {}

  ParsedRules parse(std::string_view text) {
    if (text.size() > kRuleDocumentBytesMax) {
      complain(0, fmt::format("longer than {} bytes", kRuleDocumentBytesMax));
      return finish();
    }
    if (const std::uint32_t line = nameless_table(text); line != 0) {
      complain(line, "not TOML: a table needs a name, and names are ASCII");
      return finish();
    }
    try {
      read(toml::parse(text));
    } catch (const toml::parse_error& error) {
      complain(static_cast<std::uint32_t>(error.source().begin.line), fmt::format("not TOML: {}", error.description()));
    }
    return finish();
  }

 private:
  void complain(std::uint32_t line, std::string text) { out_.problems.push_back({line, "", std::move(text)}); }

  void read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      const bool is_rule = key.str() == "rule";
      if (!is_rule && (is_shipped_ || key.str() != "change")) {
        complain(TableReader::line_of(node), fmt::format("there is no \"{}\" here: a document is made of [[rule]] and [[change]]",
                                                         std::string(key.str()).substr(0, kIdBytesMax)));
        continue;
      }
      const toml::array* tables = node.as_array();
      if (tables == nullptr || !tables->is_array_of_tables()) {
        complain(TableReader::line_of(node), fmt::format("write [[{0}]], not [{0}] or {0} =", key.str()));
        continue;
      }
      if (tables->size() > kRulesMax) {
        complain(TableReader::line_of(node), fmt::format("more than {} [[{}]]", kRulesMax, key.str()));
        continue;
      }
      for (const toml::node& table : *tables) is_rule ? read_rule(*table.as_table()) : read_change(*table.as_table());
    }
    const RuleDocument& document = out_.document;
    if (document.rules.size() + document.changes.size() > kRulesMax) complain(0, fmt::format("more than {} rules and changes", kRulesMax));
  }

  std::string read_id(TableReader& reader, std::set<std::string>& seen) {
    const std::uint32_t problems_before = static_cast<std::uint32_t>(out_.problems.size());
    const std::optional<std::string> id = reader.text("id", kIdBytesMax);
    if (!id) {
      if (out_.problems.size() == problems_before) reader.complain(reader.line(), "id: missing");
      return {};
    }
    if (!is_good_id(*id)) {
      reader.complain(reader.line(), "id: small letters, digits and '_', a letter first");
    } else if (!seen.insert(*id).second) {
      reader.complain(reader.line(), fmt::format("id: \"{}\" stands there twice", *id));
    }
    return *id;
  }

  template <class Value>
  static void assign(Value& into, std::optional<Value> value) {
    if (value) into = std::move(*value);
  }

  void read_rule(const toml::table& table) {
    TableReader reader(table, out_.problems);
    RuleSpec rule;
    RuleLines lines;
    lines.rule = reader.line();
    rule.is_shipped = is_shipped_;
    if (!is_shipped_) rule.mode = RuleMode::kShadow;  // unless told otherwise, a new rule only counts
    rule.id = read_id(reader, rule_ids_);
    assign(rule.description, reader.text("description", limits_.description_bytes_max));
    assign(rule.detector, reader.text("detector", kIdBytesMax));
    read_patterns(reader, rule, lines);
    assign(rule.validator, reader.text("validator", kIdBytesMax));
    assign(rule.context, reader.texts("context", limits_.words_max, limits_.word_bytes_max));
    assign(rule.unless, reader.texts("unless", limits_.words_max, limits_.word_bytes_max));
    assign(rule.context_within, reader.number("context_within", limits_.context_within_max));
    assign(rule.applies_to, read_kinds(reader));
    assign(rule.action, reader.word("action", kActions));
    assign(rule.keep_first, reader.number("keep_first", limits_.keep_max));
    assign(rule.keep_last, reader.number("keep_last", limits_.keep_max));
    if (rule.action != RuleAction::kKeepEnds && (rule.keep_first > 0 || rule.keep_last > 0)) {
      reader.complain(lines.rule, "keep_first, keep_last: only with action = \"keep_ends\"");
    }
    assign(rule.tags, read_tags(reader));
    assign(rule.on_match, reader.word("on_match", kOnMatches));
    assign(rule.mode, reader.word("mode", kModes));
    assign(rule.inboxes, read_inboxes(reader));
    assign(rule.elsewhere, reader.word("elsewhere", kModes));
    if (const toml::node* node = table.get("elsewhere"); node != nullptr && rule.inboxes.empty()) {
      reader.complain(TableReader::line_of(*node), std::string(kElsewhereAlone));
    }
    assign(rule.matches, reader.texts("matches", limits_.samples_max, limits_.sample_bytes_max, true, &lines.matches));
    assign(rule.ignores, reader.texts("ignores", limits_.samples_max, limits_.sample_bytes_max, true, &lines.ignores));
    if (table.get("matches") == nullptr || (table.get("matches")->is_array() && table.get("matches")->as_array()->empty())) {
      reader.complain(lines.rule, "matches: missing: a rule shows by samples what it finds");
    }
    if (is_shipped_) assign(rule.is_locked, reader.flag("locked"));
    reader.refuse_others();
    out_.document.rules.push_back(std::move(rule));
    out_.document.rule_lines.push_back(std::move(lines));
  }

  void read_patterns(TableReader& reader, RuleSpec& rule, RuleLines& lines) {
    std::optional<std::vector<std::string>> many = reader.texts("patterns", limits_.patterns_max, limits_.pattern_bytes_max, true, &lines.patterns);
    const toml::node* single = reader.take("pattern");
    const std::optional<std::string> one = reader.text("pattern", limits_.pattern_bytes_max);
    if (single != nullptr && many) reader.complain(TableReader::line_of(*single), "pattern: \"patterns\" is there too");
    if (many) rule.patterns = std::move(*many);
    if (one && !many) {
      rule.patterns = {*one};
      lines.patterns = {TableReader::line_of(*single)};
    }
    for (std::size_t i = 0; i < rule.patterns.size(); ++i) {
      if (rule.patterns[i].find('\0') != std::string::npos) reader.complain(lines.patterns[i], "patterns: a control character");
    }
    if (rule.detector != "pattern" && !rule.patterns.empty()) {
      reader.complain(lines.patterns.front(), "patterns: a rule with a detector of its own has none");
    }
  }

  std::optional<std::vector<TextKind>> read_kinds(TableReader& reader) {
    const std::optional<std::vector<std::string>> words = reader.texts("applies_to", kTextKinds, kIdBytesMax);
    if (!words) return std::nullopt;
    std::vector<TextKind> kinds;
    for (const std::string& word : *words) {
      const std::optional<TextKind> kind = from_word(word, kKinds);
      if (!kind) {
        reader.complain(reader.line(), fmt::format("applies_to: none of {}", words_of(kKinds)));
      } else if (std::find(kinds.begin(), kinds.end(), *kind) == kinds.end()) {
        kinds.push_back(*kind);
      }
    }
    return kinds;
  }

  std::optional<std::vector<std::string>> read_tags(TableReader& reader) {
    std::optional<std::vector<std::string>> tags = reader.texts("tags", limits_.tags_max, limits_.tag_bytes_max);
    for (const std::string& tag : tags.value_or(std::vector<std::string>{})) {
      if (tag.find_first_of(" ,\t") != std::string::npos) reader.complain(reader.line(), "tags: a blank or comma in a tag");
    }
    return tags;
  }

  std::optional<std::vector<std::string>> read_inboxes(TableReader& reader) {
    std::optional<std::vector<std::string>> inboxes = reader.texts("inboxes", limits_.inboxes_max, limits_.address_bytes_max);
    for (const std::string& address : inboxes.value_or(std::vector<std::string>{})) {
      const std::size_t at = address.rfind('@');
      if (at == std::string::npos || at == 0 || at + 1 == address.size() || address.find(' ') != std::string::npos) {
        reader.complain(reader.line(), "inboxes: an entry is not an address");
      }
    }
    return inboxes;
  }

  void read_change(const toml::table& table) {
    TableReader reader(table, out_.problems);
    RuleChange change;
    change.id = read_id(reader, change_ids_);
    change.mode = reader.word("mode", kModes);
    change.inboxes = read_inboxes(reader);
    change.elsewhere = reader.word("elsewhere", kModes);
    change.action = reader.word("action", kActions);
    change.keep_first = reader.number("keep_first", limits_.keep_max);
    change.keep_last = reader.number("keep_last", limits_.keep_max);
    change.tags = read_tags(reader);
    change.on_match = reader.word("on_match", kOnMatches);
    change.applies_to = read_kinds(reader);
    change.unless = reader.texts("unless", limits_.words_max, limits_.word_bytes_max);
    reader.refuse_others();
    out_.document.changes.push_back(std::move(change));
    out_.document.change_lines.push_back(reader.line());
  }

  ParsedRules finish() {
    std::sort(out_.problems.begin(), out_.problems.end(),
              [](const RuleProblem& a, const RuleProblem& b) { return a.line != b.line ? a.line < b.line : a.text < b.text; });
    if (out_.problems.size() > limits_.problems_max) {
      const std::size_t more = out_.problems.size() - limits_.problems_max;
      out_.problems.resize(limits_.problems_max);
      complain(0, fmt::format("{} more problems", more));
    }
    return std::move(out_);
  }

  const bool is_shipped_;
  const RuleDocumentLimits& limits_;
  ParsedRules out_;
  std::set<std::string> rule_ids_;
  std::set<std::string> change_ids_;
};

}  // namespace

ParsedRules parse_rules(std::string_view document, RuleSource source, const RuleDocumentLimits& limits) {
  return Parser(source, limits).parse(document);
}

}  // namespace postern::pipeline
