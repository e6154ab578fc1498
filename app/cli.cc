#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "app/error_words.h"
#include "app/verb.h"
#include "app/verbs/make.h"
#include "core/errc.h"

namespace postern::app {
namespace {

class CliArguments final : public Arguments {
 public:
  explicit CliArguments(CLI::App& command) : command_(command) {}
  void option(std::string name, std::string& into, std::string help, bool required) override {
    auto* made = command_.add_option("--" + name, into, std::move(help));
    if (required) made->required();
  }
  void repeated(std::string name, std::vector<std::string>& into, std::string help) override {
    command_.add_option("--" + name, into, std::move(help))->allow_extra_args(false);
  }
  void flag(std::string name, bool& into, std::string help) override {
    command_.add_flag("--" + name, into, std::move(help));
  }
  void number(std::string name, std::uint64_t& into, std::string help) override {
    command_.add_option("--" + name, into, std::move(help));
  }
  void positional(std::string name, std::string& into, std::string help, bool required) override {
    auto* made = command_.add_option(std::move(name), into, std::move(help));
    if (required) made->required();
  }
  void positionals(std::string name, std::vector<std::string>& into, std::string help) override {
    command_.add_option(std::move(name), into, std::move(help));
  }

 private:
  CLI::App& command_;
};

void print(std::FILE* to, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), to);
  std::fputc('\n', to);
}

struct Command {
  const VerbRow* row = nullptr;
  std::unique_ptr<Verb> verb;
  CLI::App* parser = nullptr;
};

std::vector<Command> add_verbs(CLI::App& root, bool& as_json) {
  std::vector<Command> commands;
  for (const VerbRow& row : verbs()) {
    Command command{&row, row.make(), root.add_subcommand(std::string(row.name), std::string(row.summary))};
    CliArguments arguments(*command.parser);
    command.verb->declare(arguments);
    command.parser->add_flag("--json", as_json, "print the answer as JSON, one object a line");
    command.parser->footer(std::string(row.details));
    commands.push_back(std::move(command));
  }
  return commands;
}

std::string page_of(const VerbRow& row, const ActionHelp& action) {
  const std::string_view config = action.needs_config ? " --config FILE" : "";
  return fmt::format("Usage: postern {} {}{}{}{} [--json]\n\n{}\nExits 0 when done, 1 for a problem, 2 for wrong usage.\nExample: {}", row.name, action.name,
                     action.usage.empty() ? "" : " ", action.usage, config, action.text, action.example);
}

// The page of the action that the command line names, or of the verb.
std::string help_of(const Command& command, int argc, char** argv) {
  for (int at = 2; command.row->actions != nullptr && at < argc; ++at) {
    for (const ActionHelp& action : command.row->actions()) {
      if (action.name == argv[at]) return page_of(*command.row, action);
    }
  }
  return command.parser->help();
}

}  // namespace

void Output::line(std::string_view text) const { print(stdout, text); }
void Output::json(const Json& value) const { print(stdout, boost::json::serialize(value)); }
int Output::problem(std::string_view text) const {
  print(stderr, fmt::format("postern: {}", text));
  return kExitProblem;
}
int Output::problem(const core::Error& error) const { return problem(in_words(error)); }
int Output::usage(std::string_view text) const {
  print(stderr, fmt::format("postern: {}", text));
  return kExitUsage;
}

int run_command_line(int argc, char** argv) {
  if (is_extract_worker(argc, argv)) return run_extract_worker(argc, argv);
  CLI::App root("Postern: the gate through which customers reach a support desk by mail.", "postern");
  root.require_subcommand(1);
  root.set_version_flag("--version", "postern " POSTERN_VERSION);
  root.failure_message(CLI::FailureMessage::help);
  bool as_json = false;
  std::vector<Command> commands = add_verbs(root, as_json);
  const auto is_named = [&](const VerbRow& row) { return row.name == argv[1]; };
  if (argc > 1 && argv[1][0] != '-' && std::ranges::none_of(verbs(), is_named)) {
    print(stderr, fmt::format("postern: there is no verb '{}'.\nTry 'postern --help'.", argv[1]));
    return kExitUsage;
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    for (const Command& command : commands) {
      if (command.parser->parsed()) return print(stdout, help_of(command, argc, argv)), kExitOk;
    }
    return print(stdout, root.help()), kExitOk;
  } catch (const CLI::CallForVersion& version) {
    return print(stdout, version.what()), kExitOk;
  } catch (const CLI::ParseError& error) {
    print(stderr, fmt::format("postern: {}\nTry 'postern {}--help'.", error.what(),
                              argc > 1 && argv[1][0] != '-' ? fmt::format("{} ", argv[1]) : ""));
    return kExitUsage;
  }
  for (const Command& command : commands) {
    if (command.parser->parsed()) return command.verb->run(Output(as_json));
  }
  return kExitUsage;
}

}  // namespace postern::app
