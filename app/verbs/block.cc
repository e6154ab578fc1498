// block: networks that get no SMTP session.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <optional>
#include <set>

#include "app/operator_commands.h"
#include "app/text_table.h"
#include "app/verbs/make.h"

namespace postern::app {
namespace {

// "90", "90s", "15m", "2h", "7d" as seconds.
std::optional<std::int64_t> seconds_of(std::string_view text) {
  std::int64_t factor = 1;
  if (!text.empty()) {
    switch (text.back()) {
      case 's': break;
      case 'm': factor = 60; break;
      case 'h': factor = 3600; break;
      case 'd': factor = 86'400; break;
      default: factor = 0; break;
    }
    if (factor != 0) text.remove_suffix(1);
    else factor = 1;
  }
  std::int64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr std::int64_t kMost = 4'000'000'000;
  if (wrong != std::errc() || end != text.data() + text.size() || number <= 0 || number > kMost / factor) return std::nullopt;
  return number * factor;
}

std::string text_at(const Json& row, std::string_view key) {
  const Json& value = row.as_object().at(key);
  return value.is_string() ? std::string(value.as_string()) : std::string();
}

std::string end_of(const Json& row) {
  const std::string until = text_at(row, "until");
  return until.empty() ? "for good" : "until " + until;
}

class BlockVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("action", action_, "list, add, remove or test");
    arguments.positional("network", network_, "an address or a range, such as 192.0.2.0/24", false);
    arguments.option("reason", reason_, "what who is refused is told (add)");
    arguments.option("for", time_, "how long, such as 15m, 2h or 7d; without it for good (add)");
    arguments.option("config", config_, "configuration file", true);
  }

  int run(const Output& output) override {
    static const std::set<std::string> known{"list", "add", "remove", "test"};
    if (!known.contains(action_)) return output.usage("block: the action is list, add, remove or test");
    if (action_ != "list" && network_.empty()) return output.usage("block: which network? give an address or a range");
    JsonObject request{{"command", "block." + action_}, {"network", network_}, {"reason", reason_}};
    if (!time_.empty()) {
      const auto seconds = seconds_of(time_);
      if (!seconds) return output.usage("block: --for takes a number and s, m, h or d, such as 2h");
      request["for_seconds"] = *seconds;
    }
    auto answer = run_from_command_line(config_, Json(std::move(request)));
    if (!answer) return output.problem(answer.error());
    if (output.as_json()) output.json(*answer);
    else print(output, *answer);
    return kExitOk;
  }

 private:
  void print(const Output& output, const Json& answer) const {
    if (action_ == "list") return print_list(output, answer);
    if (action_ == "remove") return output.line(network_ + ": no longer blocked");
    const Json& block = answer.at("block");
    if (block.is_null()) return output.line(network_ + ": not blocked");
    output.line(fmt::format("{}: blocked {}: {}", text_at(block, "network"), end_of(block), text_at(block, "reason")));
  }

  static void print_list(const Output& output, const Json& answer) {
    TextTable rows;
    for (const Json& row : answer.at("blocks").as_array()) rows.push_back({text_at(row, "network"), end_of(row), text_at(row, "reason")});
    for (const std::string& line : table_lines(rows)) output.line(line);
    output.line(fmt::format("{} more by configuration and feeds", answer.at("listed").to_number<std::uint64_t>()));
  }

  std::string action_, network_, reason_, time_, config_;
};

}  // namespace

std::unique_ptr<Verb> make_block_verb() { return std::make_unique<BlockVerb>(); }

}  // namespace postern::app
