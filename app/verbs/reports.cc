// postern reports: the DMARC aggregate reports that we send.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/operator_commands.h"
#include "app/verbs/make.h"
#include "app/verdict_text.h"
#include "core/errc.h"

namespace postern::app {
namespace {

std::string text(const Json& row, std::string_view key) { return std::string(row.as_object().at(key).as_string()); }

class ReportsVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("action", action_, "list or show");
    arguments.positional("domain", domain_, "show: the policy domain", false);
    arguments.option("day", day_, "UTC, as 2026-11-21; list: only that day, show: default today");
    arguments.option("config", config_, "configuration file", true);
  }

  int run(const Output& output) override {
    if (action_ != "list" && action_ != "show") return output.usage("reports: the action is list or show");
    if (action_ == "show" && domain_.empty()) return output.usage("reports show: about which domain? (see reports list)");
    auto got = run_from_command_line(config_, Json(JsonObject{{"command", "reports." + action_}, {"domain", domain_}, {"day", day_}}));
    if (!got) return output.problem(got.error());
    if (output.as_json()) {
      output.json(*got);
    } else if (action_ == "show") {
      output.line(text(*got, "xml"));
    } else {
      print_list(output, *got);
    }
    return kExitOk;
  }

 private:
  static void print_list(const Output& output, const Json& answer) {
    if (!answer.at("enabled").as_bool()) output.line("reports are off: set [reports] address to count and send");
    const JsonArray& rows = answer.at("reports").as_array();
    if (rows.empty()) output.line("nothing was counted");
    for (const Json& row : rows) {
      output.line(fmt::format("{}  {}  {} messages  {} rows  {}  {}", text(row, "day"), for_terminal(text(row, "domain")),
                              row.at("messages").to_number<std::uint64_t>(), row.at("rows").to_number<std::uint64_t>(),
                              text(row, "state"), for_terminal(text(row, "detail"))));
    }
    if (answer.at("has_more").as_bool()) output.line("… and more: ask for one --day");
  }

  std::string action_, domain_, day_, config_;
};

}  // namespace

std::unique_ptr<Verb> make_reports_verb() { return std::make_unique<ReportsVerb>(); }

}  // namespace postern::app
