// postern import: mail of an archive, or what another helpdesk exported.
#include <unistd.h>

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>
#include <filesystem>
#include <set>

#include "app/control.h"
#include "app/offline.h"
#include "app/operator_commands.h"
#include "app/privileges.h"
#include "app/verbs/make.h"
#include "app/verbs/stepwise.h"
#include "app/verdict_text.h"
#include "core/secret.h"

namespace postern::app {
namespace {

std::uint64_t tallied(const Json& answer, std::string_view key) {
  const Json& value = answer.as_object().at(key);
  return value.is_null() ? 0 : value.to_number<std::uint64_t>();
}

class ImportVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("kind", kind_, "mbox, maildir, eml or zendesk");
    arguments.positional("path", path_, "a file or a folder, which the server's user can read");
    arguments.option("workspace", workspace_, "needed when there are several");
    arguments.option("inbox", inbox_, "the address of the inbox that gets the tickets (default: the first one)");
    arguments.option("status", status_, "of tickets made of mail (default closed: nothing happens to them by themselves)");
    arguments.flag("dry-run", dry_run_, "only tell what would come; nothing is stored");
    arguments.flag("resume", resume_, "go on where an earlier run of the same import stopped");
    arguments.option("config", config_, "configuration file", true);
  }

  int run(const Output& output) override {
    static const std::set<std::string> known{"mbox", "maildir", "eml", "zendesk"};
    if (!known.contains(kind_)) return output.usage("import: the kind is mbox, maildir, eml or zendesk");
    core::forbid_core_dumps();
    std::error_code wrong;
    const std::filesystem::path whole = std::filesystem::canonical(path_, wrong);
    if (wrong) return output.problem(fmt::format("{}: {}", path_, wrong.message()));
    const JsonObject begin{{"command", "import.begin"}, {"kind", kind_}, {"path", whole.string()}, {"workspace", workspace_}, {"inbox", inbox_},
                           {"status", status_}, {"dry_run", dry_run_}, {"resume", resume_}};
    const bool shows_progress = !output.as_json() && ::isatty(STDERR_FILENO) == 1;
    const auto next = [this, shows_progress](const Json& answer) -> std::optional<Json> {
      if (shows_progress) tell_progress(answer);
      if (answer.at("state").as_string() == "finished") return std::nullopt;
      return Json(JsonObject{{"command", "import.step"}, {"import", answer.at("import")}, {"workspace", workspace_}});
    };
    auto got = run_stepwise(config_, Json(begin), next);
    if (shows_progress) std::fputs("\n", stderr);
    if (!got) return output.problem(got.error());
    if (output.as_json()) {
      output.json(*got);
    } else {
      print(output, *got);
    }
    return kExitOk;
  }

 private:
  static void tell_progress(const Json& answer) {
    const std::string total = answer.at("total").is_null() ? std::string("…") : std::to_string(tallied(answer, "total"));
    std::fputs(fmt::format("\r{} {} of {}: {} tickets, {} comments ", std::string_view(answer.at("state").as_string()), tallied(answer, "done"), total,
                           tallied(answer, "tickets"), tallied(answer, "comments"))
                   .c_str(),
               stderr);
    std::fflush(stderr);
  }

  static void print(const Output& output, const Json& answer) {
    const bool is_rehearsal = answer.at("dry_run").as_bool();
    output.line(fmt::format("{}{} items: {} tickets, {} comments, {} people, {} organizations", is_rehearsal ? "nothing was stored; it would be " : "",
                            tallied(answer, "done"), tallied(answer, "tickets"), tallied(answer, "comments"), tallied(answer, "people"),
                            tallied(answer, "organizations")));
    for (const auto& each : answer.at("passed_over").as_object()) {
      output.line(fmt::format("passed over: {} {}", for_terminal(std::string(each.key())), each.value().to_number<std::uint64_t>()));
    }
    for (const Json& each : answer.at("examples").as_array()) output.line("  " + for_terminal(std::string(each.as_string())));
  }

  std::string kind_, path_, workspace_, inbox_, status_, config_;
  bool dry_run_ = false, resume_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_import_verb() { return std::make_unique<ImportVerb>(); }

}  // namespace postern::app
