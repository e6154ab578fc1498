#include "app/verbs/rules_bench.h"

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>

#include "app/mail_files.h"
#include "app/replay_tally.h"
#include "app/rule_text.h"
#include "app/text_table.h"
#include "app/verdict_text.h"
#include "core/clock.h"
#include "core/errc.h"
#include "core/file.h"
#include "pipeline/extraction/process_extractor.h"
#include "pipeline/redaction/rules/published_rules.h"

namespace postern::app {
namespace {

using pipeline::RuleSpec;

constexpr std::size_t kTextBytesMax = 4U << 20U;
constexpr auto kProgressEach = std::chrono::seconds(5);

core::Result<std::string> read_standard_input() {
  std::string out;
  std::array<char, 65536> block;
  for (;;) {
    const std::size_t got = std::fread(block.data(), 1, block.size(), stdin);
    if (got == 0) return out;
    out.append(block.data(), got);
    if (out.size() > kTextBytesMax) return core::fail(core::Errc::kInvalid, "more than 4 MiB on standard input");
  }
}

std::optional<pipeline::TextKind> kind_named(std::string_view name) {
  for (std::uint8_t i = 0; i < pipeline::kTextKinds; ++i) {
    const auto kind = static_cast<pipeline::TextKind>(i);
    if (pipeline::to_string(kind) == name) return kind;
  }
  return std::nullopt;
}

JsonObject trial_json(const NamedRules& set, std::string_view text, const pipeline::TextTrial& trial) {
  JsonArray findings;
  for (const auto& one : trial.findings) {
    findings.emplace_back(JsonObject{{"rule", one.rule}, {"label", one.label}, {"mode", pipeline::to_string(one.mode)},
                                     {"begin", one.range.begin}, {"end", one.range.end},
                                     {"value", text.substr(one.range.begin, one.range.size())}});
  }
  return {{"file", set.name}, {"findings", std::move(findings)}, {"after", trial.after}};
}

void print_trial(const Output& output, std::string_view text, const pipeline::TextTrial& trial) {
  TextTable table;
  for (const auto& one : trial.findings) {
    const std::string name = one.label.empty() ? one.rule : fmt::format("{} ({})", one.rule, one.label);
    table.push_back({name, std::string(pipeline::to_string(one.mode)), fmt::format("bytes {} to {}", one.range.begin, one.range.end),
                     std::string(text.substr(one.range.begin, one.range.size()))});
  }
  if (table.empty()) output.line("no rule finds anything");
  for (const std::string& line : table_lines(table)) output.line(line);
  output.line("as it would be stored:");
  output.line(trial.after);
}

// Tells how far a long replay is.
class Progress {
 public:
  void step(std::uint64_t messages) {
    const core::Instant now = core::system_clock().now();
    if (now < next_) return;
    next_ = now + kProgressEach;
    std::fputs(fmt::format("{} messages …\n", messages).c_str(), stderr);
  }

 private:
  core::Instant next_ = core::system_clock().now() + kProgressEach;
};

}  // namespace

core::Result<NamedRules> read_rule_file(const std::string& path) {
  POSTERN_TRY(std::string document, core::read_file(path, pipeline::kRuleDocumentBytesMax));
  return NamedRules{path, std::move(document)};
}

NamedRules shipped_rule_document() { return {"the shipped rules", {}}; }

int test_rules(const Output& output, const std::vector<NamedRules>& sets) {
  const pipeline::PublishedRules book;
  int code = kExitOk;
  for (const NamedRules& set : sets) {
    pipeline::CheckedRules checked = book.check(set.document, {});
    for (auto& card : book.cards_in(set.document)) checked.problems.push_back(std::move(card));
    if (!checked.is_good()) code = kExitProblem;
    JsonArray rows;
    TextTable table{{"rule", "mode", "tests", "passed"}};
    for (const RuleSpec& rule : checked.rules) {
      const std::size_t tests = rule.matches.size() + rule.ignores.size();
      rows.emplace_back(JsonObject{{"rule", rule.id}, {"tests", tests}, {"passed", tests}});
      table.push_back({rule.id, mode_text(rule_json(rule)), std::to_string(tests), std::to_string(tests)});
    }
    if (output.as_json()) {
      output.json(JsonObject{{"file", set.name}, {"ok", checked.is_good()}, {"tests_run", checked.tests_run},
                             {"rules", std::move(rows)}, {"problems", problems_json(checked.problems, set.name)}});
      continue;
    }
    for (const auto& problem : checked.problems) output.line(problem_line(problem, set.name));
    if (checked.is_good()) {
      for (const std::string& line : table_lines(table)) output.line(line);
      output.line(fmt::format("{}: good, {} tests passed", set.name, checked.tests_run));
    } else {
      output.line(fmt::format("{}: {} problem{}, {} tests run", set.name, checked.problems.size(), checked.problems.size() == 1 ? "" : "s",
                              checked.tests_run));
    }
  }
  return code;
}

int try_text(const Output& output, const std::vector<NamedRules>& sets, std::string text, const std::string& kind) {
  const auto as = kind_named(kind);
  if (!as) return output.usage("rules test: --kind is header, body, attachment, filename or typed");
  if (text == "-") {
    auto read = read_standard_input();
    if (!read) return output.problem(read.error());
    text = std::move(*read);
  }
  const pipeline::PublishedRules book;
  for (const NamedRules& set : sets) {
    const auto trial = book.trial(set.document);
    if (!trial) return output.problem(set.name + ": " + trial.error().context());
    const pipeline::TextTrial tried = (*trial)->run_text(text, *as);
    if (output.as_json()) {
      output.json(trial_json(set, text, tried));
    } else {
      print_trial(output, text, tried);
    }
  }
  return kExitOk;
}

int replay_files(const Output& output, const NamedRules& left, const std::optional<NamedRules>& right,
                 const std::vector<std::string>& paths) {
  const pipeline::RedactionOptions options;
  const pipeline::ProcessExtractor extractor(options.extractor, options.files);  // starts nothing until a file needs it
  const pipeline::PublishedRules book(pipeline::TrialMeans{{}, {}, options, &extractor});
  const auto on_left = book.trial(left.document);
  if (!on_left) return output.problem(left.name + ": " + on_left.error().context());
  ReplayTally tally;
  tally.expect((*on_left)->rules());
  std::unique_ptr<pipeline::RuleTrial> on_right;
  if (right) {
    auto made = book.trial(right->document);
    if (!made) return output.problem(right->name + ": " + made.error().context());
    on_right = std::move(*made);
    tally.expect(on_right->rules());
  }
  Progress progress;
  int code = kExitOk;
  const auto visit = [&](const MailFile& mail) {
    try {
      const auto found = (*on_left)->run_message(mail.bytes);
      std::vector<pipeline::TrialCount> other;
      if (on_right) other = on_right->run_message(mail.bytes);
      tally.add(found, on_right ? &other : nullptr);
    } catch (const std::exception&) {  // what scanning throws may hold content
      code = output.problem(mail.name + ": could not be scanned");
    }
    progress.step(tally.messages());
  };
  for (const std::string& path : paths) {
    const auto complain = [&output](const core::Error& error) { output.problem(error); };
    if (!for_each_mail(path, visit, complain)) code = kExitProblem;
  }
  JsonObject answer = tally.json();
  answer["left"] = left.name;
  answer["right"] = right ? Json(right->name) : Json(nullptr);
  if (output.as_json()) {
    output.json(answer);
  } else {
    if (right) output.line(fmt::format("left: {}; right: {}", left.name, right->name));
    for (const std::string& line : replay_lines(answer)) output.line(line);
  }
  return code;
}

}  // namespace postern::app
