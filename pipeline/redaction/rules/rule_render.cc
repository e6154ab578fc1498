// rule_document.h: rules as TOML.
#include <fmt/format.h>

#include <algorithm>

#include "pipeline/redaction/rules/rule_document.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kLineBytes = 100;  // a longer list takes a line an entry

// A literal string where that saves escapes, as in patterns; a basic one otherwise (TOML 1.0, "String").
std::string quoted(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  const bool has_escapes = text.find_first_of("\\\"") != std::string_view::npos;
  if (has_escapes && text.find('\'') == std::string_view::npos && std::none_of(text.begin(), text.end(), is_control)) {
    return "'" + std::string(text) + "'";
  }
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_control(c)) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

class Writer {
 public:
  void open(std::string_view table) { out_ += fmt::format("{}[[{}]]\n", out_.empty() ? "" : "\n", table); }
  void text(std::string_view key, std::string_view value) { out_ += fmt::format("{} = {}\n", key, quoted(value)); }
  void number(std::string_view key, std::uint32_t value) { out_ += fmt::format("{} = {}\n", key, value); }
  void texts(std::string_view key, const std::vector<std::string>& values) {
    std::string line = fmt::format("{} = [", key);
    for (const std::string& value : values) line += (&value == &values.front() ? "" : ", ") + quoted(value);
    if (line.size() > kLineBytes) {
      line = fmt::format("{} = [\n", key);
      for (const std::string& value : values) line += "  " + quoted(value) + ",\n";
    }
    out_ += line + "]\n";
  }
  void kinds(std::string_view key, const std::vector<TextKind>& values) {
    std::vector<std::string> words;
    for (TextKind kind : values) words.emplace_back(to_string(kind));
    texts(key, words);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write(Writer& out, const RuleSpec& rule) {
  const RuleSpec plain;
  out.open("rule");
  out.text("id", rule.id);
  if (!rule.description.empty()) out.text("description", rule.description);
  if (rule.detector != plain.detector) out.text("detector", rule.detector);
  if (!rule.patterns.empty()) out.texts("patterns", rule.patterns);
  if (!rule.validator.empty()) out.text("validator", rule.validator);
  if (!rule.context.empty()) out.texts("context", rule.context);
  if (!rule.unless.empty()) out.texts("unless", rule.unless);
  if (rule.context_within != plain.context_within) out.number("context_within", rule.context_within);
  if (!rule.applies_to.empty()) out.kinds("applies_to", rule.applies_to);
  out.text("action", to_string(rule.action));
  if (rule.keep_first != 0) out.number("keep_first", rule.keep_first);
  if (rule.keep_last != 0) out.number("keep_last", rule.keep_last);
  if (!rule.tags.empty()) out.texts("tags", rule.tags);
  if (rule.on_match != plain.on_match) out.text("on_match", to_string(rule.on_match));
  out.text("mode", to_string(rule.mode));
  if (!rule.inboxes.empty()) out.texts("inboxes", rule.inboxes);
  if (!rule.inboxes.empty() && rule.elsewhere != plain.elsewhere) out.text("elsewhere", to_string(rule.elsewhere));
  out.texts("matches", rule.matches);
  if (!rule.ignores.empty()) out.texts("ignores", rule.ignores);
}

void write(Writer& out, const RuleChange& change) {
  out.open("change");
  out.text("id", change.id);
  if (change.mode) out.text("mode", to_string(*change.mode));
  if (change.inboxes) out.texts("inboxes", *change.inboxes);
  if (change.elsewhere) out.text("elsewhere", to_string(*change.elsewhere));
  if (change.action) out.text("action", to_string(*change.action));
  if (change.keep_first) out.number("keep_first", *change.keep_first);
  if (change.keep_last) out.number("keep_last", *change.keep_last);
  if (change.tags) out.texts("tags", *change.tags);
  if (change.on_match) out.text("on_match", to_string(*change.on_match));
  if (change.applies_to) out.kinds("applies_to", *change.applies_to);
  if (change.unless) out.texts("unless", *change.unless);
}

}  // namespace

std::string render_rules(const RuleDocument& document) {
  Writer out;
  for (const RuleChange& change : document.changes) write(out, change);
  for (const RuleSpec& rule : document.rules) write(out, rule);
  return out.take();
}

}  // namespace postern::pipeline
