// postern reports: the DMARC aggregate reports and the TLS reports that we send.
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
    arguments.positional("domain", domain_, "show: the policy domain; of TLS reports the one that was written to", false);
    arguments.flag("tls", is_tls_, "TLS reports (RFC 8460) instead of DMARC's");
    arguments.option("day", day_, "UTC, as 2026-11-21; list: only that day, show: default today");
    arguments.option("config", config_, "configuration file", true);
  }

  int run(const Output& output) override {
    if (action_ != "list" && action_ != "show") return output.usage("reports: the action is list or show");
    if (action_ == "show" && domain_.empty()) return output.usage("reports show: about which domain? (see reports list)");
    auto got = run_from_command_line(config_, Json(JsonObject{{"command", "reports." + action_}, {"domain", domain_}, {"day", day_}, {"tls", is_tls_}}));
    if (!got) return output.problem(got.error());
    if (output.as_json()) {
      output.json(*got);
    } else if (action_ == "show") {
      output.line(text(*got, is_tls_ ? "json" : "xml"));
    } else {
      print_list(output, *got, is_tls_);
    }
    return kExitOk;
  }

 private:
  // "12 messages  3 rows", "40 sessions with TLS  2 failed".
  static std::string counts(const Json& row, bool is_tls) {
    const auto number = [&row](std::string_view key) { return row.at(key).to_number<std::uint64_t>(); };
    if (is_tls) return fmt::format("{} sessions with TLS  {} failed", number("successes"), number("failures"));
    return fmt::format("{} messages  {} rows", number("messages"), number("rows"));
  }

  static void print_list(const Output& output, const Json& answer, bool is_tls) {
    if (!answer.at("enabled").as_bool()) output.line(fmt::format("reports are off: set [reports] {} to count and send", is_tls ? "tls_address" : "address"));
    const JsonArray& rows = answer.at("reports").as_array();
    if (rows.empty()) output.line("nothing was counted");
    for (const Json& row : rows) {
      output.line(fmt::format("{}  {}  {}  {}  {}", text(row, "day"), for_terminal(text(row, "domain")), counts(row, is_tls), text(row, "state"), for_terminal(text(row, "detail"))));
    }
    if (answer.at("has_more").as_bool()) output.line("… and more: ask for one --day");
  }

  std::string action_, domain_, day_, config_;
  bool is_tls_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_reports_verb() { return std::make_unique<ReportsVerb>(); }

}  // namespace postern::app
