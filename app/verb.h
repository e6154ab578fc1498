#pragma once
// app/verb.h: one command-line verb. A verb declares its arguments and runs; parsing, --help and --json are the
// same for all. Exit codes: 0 done, 1 a problem was found or it failed, 2 wrong usage.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/json.h"
#include "core/result.h"

namespace postern::app {

constexpr int kExitOk = 0;
constexpr int kExitProblem = 1;
constexpr int kExitUsage = 2;

// Where a verb declares its arguments; they are bound to variables that outlive parsing. Hides the parser library.
class Arguments {
 public:
  virtual ~Arguments() = default;
  virtual void option(std::string name, std::string& into, std::string help, bool required = false) = 0;  // --name VALUE
  virtual void repeated(std::string name, std::vector<std::string>& into, std::string help) = 0;           // may be given again
  virtual void flag(std::string name, bool& into, std::string help) = 0;
  virtual void number(std::string name, std::uint64_t& into, std::string help) = 0;
  virtual void positional(std::string name, std::string& into, std::string help, bool required = true) = 0;
  virtual void positionals(std::string name, std::vector<std::string>& into, std::string help) = 0;
};

// What a verb prints. Data goes to standard output, complaints to standard error.
class Output {
 public:
  explicit Output(bool as_json) : as_json_(as_json) {}
  bool as_json() const { return as_json_; }
  void line(std::string_view text) const;
  void json(const Json& value) const;            // one line
  int problem(std::string_view text) const;      // "postern: …" on standard error; returns kExitProblem
  int problem(const core::Error& error) const;
  int usage(std::string_view text) const;        // returns kExitUsage

 private:
  bool as_json_;
};

class Verb {
 public:
  virtual ~Verb() = default;
  virtual void declare(Arguments& arguments) = 0;
  virtual int run(const Output& output) = 0;
};

// One action of a verb that has several with little in common: `postern VERB ACTION --help`.
struct ActionHelp {
  std::string name;
  std::string usage;    // behind the action
  std::string text;     // purpose, units and defaults, when it exits 1
  std::string example;
  bool needs_config = false;  // --config FILE
};

struct VerbRow {
  std::string_view name;
  std::string_view summary;
  std::string_view details;  // printed below the options of --help: what it does, an example
  std::unique_ptr<Verb> (*make)();
  const std::vector<ActionHelp>& (*actions)() = nullptr;  // null: --help of the verb tells everything
};

// Every verb, in the order of --help. One file a verb, under app/verbs/.
const std::vector<VerbRow>& verbs();

// Parses and runs; returns the exit code.
int run_command_line(int argc, char** argv);

}  // namespace postern::app
