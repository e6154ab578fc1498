// postern trace: one message from first byte to last action, and why its sender was judged as it was; and what was refused.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/operator_commands.h"
#include "app/verbs/make.h"
#include "app/verdict_text.h"

namespace postern::app {
namespace {

std::string shown(const Json& value) {
  if (value.is_string()) return for_terminal(std::string_view(value.as_string()));
  if (value.is_double()) return fmt::format("{:.2f}", value.as_double());  // the serialiser writes 2E0
  return boost::json::serialize(value);
}

class TraceVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("id", id_, "the id from the SMTP reply or the Received field", false);
    arguments.flag("refused", is_refused_, "instead of one message: what the running server refused lately, newest first");
    arguments.option("client", client_, "with --refused: of this address", false);
    arguments.option("from", from_, "with --refused: of this sender, or @domain", false);
    arguments.option("to", to_, "with --refused: to this recipient, or @domain", false);
    arguments.number("limit", limit_, "with --refused: at most so many, 1 to 1000");
    arguments.option("config", config_, "configuration file", true);
  }
  int run(const Output& output) override {
    if (is_refused_ != id_.empty()) return output.usage("trace: an id, or --refused");
    auto got = run_from_command_line(config_, is_refused_ ? wish() : Json(JsonObject{{"command", "trace"}, {"id", id_}}));
    if (!got) return output.problem(got.error());
    if (output.as_json()) {
      output.json(*got);
    } else if (const Json* refused = got->as_object().if_contains("refused")) {
      print_refused(output, refused->as_array());
    } else {
      print(output, got->as_object());
    }
    return kExitOk;
  }

 private:
  Json wish() const {
    JsonObject out{{"command", "refusals"}, {"limit", limit_}};
    for (const auto& [name, value] : {std::pair{"client", &client_}, std::pair{"from", &from_}, std::pair{"to", &to_}}) {
      if (!value->empty()) out[name] = *value;
    }
    return out;
  }
  static void print_refused(const Output& output, const JsonArray& refused) {
    if (refused.empty()) output.line("nothing of this was refused since the server started");
    for (const Json& one : refused) {
      const auto text = [&](const char* key) { return one.at(key).is_null() ? std::string("-") : shown(one.at(key)); };
      output.line(fmt::format("{}  {}  {} -> {}  {}", text("at"), text("client_ip"), text("from"), text("to"), text("reply")));
    }
  }
  static void print(const Output& output, const JsonObject& trace) {
    for (const char* key : {"client_ip", "helo", "tls", "size", "tickets"}) {
      output.line(fmt::format("{:<10}{}", key, shown(trace.at(key))));
    }
    for (const std::string& line : explain_verdicts(trace.at("authentication").as_object())) output.line(line);
    std::string symbols;
    for (const Json& one : trace.at("symbols").as_array()) {
      symbols += fmt::format("  {} {}", shown(one.at("name")), shown(one.at("weight")));
    }
    output.line(fmt::format("{:<10}{}{}", "spam", shown(trace.at("spam_score")), symbols));
    for (const Json& one : trace.at("redactions").as_array()) {
      output.line(fmt::format("{:<10}{} {} in {}, {} times", "redacted", shown(one.at("brand")), shown(one.at("rule")), shown(one.at("where")),
                              shown(one.at("count"))));
    }
    for (const Json& step : trace.at("steps").as_array()) {
      output.line(fmt::format("{}  {}  {}", shown(step.at("at")), shown(step.at("what")), shown(step.at("detail"))));
    }
  }

  std::string id_, config_, client_, from_, to_;
  bool is_refused_ = false;
  std::uint64_t limit_ = 50;
};

}  // namespace

std::unique_ptr<Verb> make_trace_verb() { return std::make_unique<TraceVerb>(); }

}  // namespace postern::app
