// postern rules: the operator's bench for redaction rules. Files alone: verbs/rules_bench.cc; stored sets: the control
// socket or the store.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <map>

#include "app/operator_commands.h"
#include "app/rule_text.h"
#include "app/verbs/make.h"
#include "app/verbs/rules_bench.h"
#include "app/verbs/rules_stored.h"
#include "core/errc.h"
#include "pipeline/redaction/rules/detectors.h"
#include "pipeline/redaction/rules/published_rules.h"
#include "pipeline/redaction/validators/validators.h"

namespace postern::app {
namespace {

class RulesVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("action", action_, kActions);
    arguments.positionals("words", words_, "what the action is about, see below");
    arguments.option("file", file_, "list, show: the rules of this file instead of those that are active");
    arguments.option("text", text_, "test: what would be found in this text (-: standard input)");
    arguments.option("kind", kind_, "test: what the text is: header, body (default), attachment, filename or typed");
    arguments.option("against", against_, "replay: compare with the rules of this file …");
    arguments.flag("active", active_, "replay: … or with the active ones …");
    arguments.flag("shipped", shipped_, "replay: … or with the shipped ones alone");
    arguments.flag("stored", stored_, "replay: over the mail in the store");
    arguments.number("days", days_, "replay --stored, stats: of so many last days (default 30)");
    arguments.number("max", max_, "replay --stored: at most so many messages, the newest (default 10000); feedback: so many marks (default 1000)");
    arguments.option("note", note_, "publish: why, for the history");
    arguments.option("on-top-of", on_top_of_, "publish: the version that the file replaces, where the file does not say so itself");
    arguments.flag("dry-run", dry_run_, "publish: only show what would change");
    arguments.option("mode", mode_, "rollout: off, shadow or enforce");
    arguments.repeated("inbox", inboxes_, "rollout: an inbox where the mode holds (default: all)");
    arguments.option("elsewhere", elsewhere_, "rollout: the mode in other inboxes (default shadow)");
    arguments.option("workspace", workspace_, "needed when there are several");
    arguments.option("config", config_, "configuration file, for what is stored");
  }

  int run(const Output& output) override {
    static const std::map<std::string, int (RulesVerb::*)(const Output&) const, std::less<>> actions{
        {"test", &RulesVerb::test},         {"list", &RulesVerb::list},
        {"show", &RulesVerb::list},         {"replay", &RulesVerb::replay},
        {"history", &RulesVerb::stored},    {"publish", &RulesVerb::publish},
        {"activate", &RulesVerb::stored},   {"rollback", &RulesVerb::stored},
        {"difference", &RulesVerb::stored}, {"stats", &RulesVerb::stored},
        {"rollout", &RulesVerb::rollout},   {"document", &RulesVerb::document},
        {"feedback", &RulesVerb::stored},   {"validators", &RulesVerb::validators}};
    const auto found = actions.find(action_);
    if (found == actions.end()) return output.usage(fmt::format("rules: the action is {}", kActions));
    return (this->*found->second)(output);
  }

 private:
  int test(const Output& output) const {
    std::vector<NamedRules> sets;
    for (const std::string& file : words_) {
      auto set = read_rule_file(file);
      if (!set) return output.problem(set.error());
      sets.push_back(std::move(*set));
    }
    if (sets.empty()) sets.push_back(shipped_rule_document());
    return text_.empty() ? test_rules(output, sets) : try_text(output, sets, text_, kind_);
  }

  // The rules of --file, the active ones of a workspace, or the shipped ones.
  int list(const Output& output) const {
    const bool is_show = action_ == "show";
    if (words_.size() != (is_show ? 1U : 0U)) return output.usage(is_show ? "rules show: which rule?" : "rules list: no further words");
    JsonObject answer;
    if (file_.empty() && !config_.empty()) {
      Json got;
      JsonObject wanted = request();
      if (is_show) wanted["rule"] = words_.front();
      if (const int code = ask(output, std::move(wanted), got); code != kExitOk) return code;
      answer = std::move(got.as_object());
    } else {
      NamedRules set = shipped_rule_document();
      if (!file_.empty()) {
        auto read = read_rule_file(file_);
        if (!read) return output.problem(read.error());
        set = std::move(*read);
      }
      const pipeline::CheckedRules checked = pipeline::PublishedRules().check(set.document, {});
      for (const auto& problem : checked.problems) output.problem(problem_line(problem, set.name));
      if (!checked.is_good()) return kExitProblem;
      JsonArray rules;
      for (const auto& rule : checked.rules) rules.emplace_back(is_show ? rule_json_with_toml(rule) : rule_json(rule));
      answer["rules"] = std::move(rules);
    }
    return is_show ? show(output, answer) : print(output, Json(answer), rule_list_lines(answer.at("rules").as_array()));
  }

  int show(const Output& output, const JsonObject& answer) const {
    for (const Json& rule : answer.at("rules").as_array()) {
      if (rule.at("id").as_string() == words_.front()) return print(output, rule, rule_lines(rule.as_object()));
    }
    return output.problem(fmt::format("there is no rule {} (see rules list)", words_.front()));
  }

  int replay(const Output& output) const {
    if (words_.empty()) return output.usage("rules replay: name a file of rules");
    if ((against_.empty() ? 0 : 1) + (active_ ? 1 : 0) + (shipped_ ? 1 : 0) > 1) {
      return output.usage("rules replay: --against, --active or --shipped, one of them");
    }
    if (stored_ == (words_.size() > 1)) return output.usage("rules replay: name message files, mboxes or folders, or give --stored");
    if (config_.empty() && (stored_ || active_)) return output.usage("rules replay: --config is needed");
    auto left = read_rule_file(words_.front());
    if (!left) return output.problem(left.error());
    std::optional<NamedRules> right;
    if (!against_.empty()) {
      auto read = read_rule_file(against_);
      if (!read) return output.problem(read.error());
      right = std::move(*read);
    }
    if (stored_) return replay_stored(output, config_, *left, {std::move(right), shipped_, workspace_, days_, max_});
    if (shipped_) right = shipped_rule_document();
    if (active_) {
      Json got;
      if (const int code = ask(output, {{"command", "rules.document"}, {"workspace", workspace_}}, got); code != kExitOk) return code;
      right = NamedRules{"the active rules", std::string(got.at("document").as_string())};
    }
    return replay_files(output, *left, right, {words_.begin() + 1, words_.end()});
  }

  int publish(const Output& output) const {
    if (words_.size() != 1) return output.usage("rules publish: name one file");
    auto set = read_rule_file(words_.front());
    if (!set) return output.problem(set.error());
    JsonObject wanted = request();
    wanted["document"] = set->document;
    wanted["note"] = note_;
    if (dry_run_) wanted["dry_run"] = true;
    if (!on_top_of_.empty()) {
      const auto version = version_in(on_top_of_);
      if (!version) return output.usage(fmt::format("rules publish: --on-top-of {} is no version (see rules history)", on_top_of_));
      wanted["on_top_of"] = *version;
    }
    Json got;
    if (const int code = ask(output, std::move(wanted), got); code != kExitOk) return code;
    print(output, got, change_lines(got, set->name, dry_run_));
    return was_refused(got) ? kExitProblem : kExitOk;
  }

  // As it is, so that it can be sent to a file.
  int document(const Output& output) const {
    JsonObject wanted = request();
    if (words_.size() > 1) return output.usage("rules document: one version, or none for the rules in force");
    if (!words_.empty()) {
      const auto version = version_in(words_.front());
      if (!version) return output.usage(fmt::format("rules document: {} is no version (see rules history)", words_.front()));
      wanted["versions"] = JsonArray{*version};
    }
    Json got;
    if (const int code = ask(output, std::move(wanted), got); code != kExitOk) return code;
    if (output.as_json()) return output.json(got), kExitOk;
    std::string_view text = got.at("document").as_string();
    if (text.ends_with('\n')) text.remove_suffix(1);
    output.line(text);
    return kExitOk;
  }

  int validators(const Output& output) const {
    JsonArray detectors, names;
    for (const std::string_view one : pipeline::detector_names()) detectors.emplace_back(one);
    for (const std::string_view one : pipeline::validator_names()) names.emplace_back(one);
    std::vector<std::string> lines{"validator: what a value must pass beside a pattern"};
    for (const Json& one : names) lines.push_back("  " + std::string(one.as_string()));
    lines.emplace_back("detector: instead of patterns");
    for (const Json& one : detectors) lines.push_back("  " + std::string(one.as_string()));
    return print(output, JsonObject{{"validators", names}, {"detectors", detectors}}, lines);
  }

  int rollout(const Output& output) const {
    if (words_.size() != 1) return output.usage("rules rollout: which rule?");
    if (mode_.empty()) return output.usage("rules rollout: --mode off, shadow or enforce");
    if (!elsewhere_.empty() && inboxes_.empty()) return output.usage("rules rollout: --elsewhere only beside --inbox; without it the mode holds everywhere");
    JsonObject wanted = request();
    JsonArray inboxes;
    for (const std::string& one : inboxes_) inboxes.emplace_back(one);
    wanted["rule"] = words_.front();
    wanted["mode"] = mode_;
    wanted["inboxes"] = std::move(inboxes);
    wanted["elsewhere"] = elsewhere_;
    Json got;
    if (const int code = ask(output, std::move(wanted), got); code != kExitOk) return code;
    print(output, got, stored_lines(action_, got));
    return was_refused(got) ? kExitProblem : kExitOk;
  }

  // What needs nothing but numbers.
  int stored(const Output& output) const {
    const std::size_t numbers = action_ == "difference" ? 2 : action_ == "activate" ? 1 : 0;
    JsonObject wanted = request();
    JsonArray versions;
    for (const std::string& word : words_) {
      const auto version = version_in(word);
      if (!version) return output.usage(fmt::format("rules {}: {} is no version (see rules history)", action_, word));
      versions.emplace_back(*version);
    }
    if (versions.size() != numbers) return output.usage(fmt::format("rules {}: {} version{}", action_, numbers, numbers == 1 ? "" : "s"));
    wanted["versions"] = std::move(versions);
    wanted["days"] = days_;
    wanted["max"] = max_;
    Json got;
    if (const int code = ask(output, std::move(wanted), got); code != kExitOk) return code;
    print(output, got, stored_lines(action_, got));
    return was_refused(got) ? kExitProblem : kExitOk;
  }

  JsonObject request() const { return {{"command", "rules." + (action_ == "show" ? "list" : action_)}, {"workspace", workspace_}}; }

  int ask(const Output& output, JsonObject wanted, Json& answer) const {
    if (config_.empty()) return output.usage(fmt::format("rules {}: --config is needed", action_));
    auto got = run_from_command_line(config_, Json(std::move(wanted)));
    if (!got) return output.problem(got.error());
    answer = std::move(*got);
    return kExitOk;
  }

  // A change that the rules themselves forbid is an answer with problems, or with the version that is in its way.
  static bool was_refused(const Json& answer) {
    const JsonObject& fields = answer.as_object();
    const Json* problems = fields.if_contains("problems");
    const Json* in_the_way = fields.if_contains("in_the_way");
    return (problems != nullptr && !problems->as_array().empty()) || (in_the_way != nullptr && !in_the_way->is_null());
  }

  static std::optional<std::uint64_t> version_in(std::string_view word) {
    std::uint64_t version = 0;
    const auto [at, wrong] = std::from_chars(word.data(), word.data() + word.size(), version);
    return wrong == std::errc() && at == word.data() + word.size() ? std::optional(version) : std::nullopt;
  }

  static int print(const Output& output, const Json& answer, const std::vector<std::string>& lines) {
    if (output.as_json()) return output.json(answer), kExitOk;
    for (const std::string& line : lines) output.line(line);
    return kExitOk;
  }

  static constexpr const char* kActions =
      "test, list, show, validators, replay, history, document, publish, activate, rollback, difference, stats, feedback or rollout";
  std::string action_, on_top_of_, file_, text_, kind_ = "body", against_, note_, mode_, elsewhere_, workspace_, config_;
  std::vector<std::string> words_, inboxes_;
  bool active_ = false, shipped_ = false, stored_ = false, dry_run_ = false;
  std::uint64_t days_ = 30, max_ = 0;
};

}  // namespace

std::unique_ptr<Verb> make_rules_verb() { return std::make_unique<RulesVerb>(); }

}  // namespace postern::app
