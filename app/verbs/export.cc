// postern export: everything of a workspace in files.
#include <unistd.h>

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>
#include <filesystem>

#include "app/verbs/make.h"
#include "app/verbs/stepwise.h"
#include "core/secret.h"

namespace postern::app {
namespace {

class ExportVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.option("out", out_, "a folder that the server's user can write; made when it is not there", true);
    arguments.repeated("format", formats_, "jsonl, mbox or files; may be given again (default: all)");
    arguments.option("workspace", workspace_, "needed when there are several");
    arguments.flag("resume", resume_, "go on with an export that has begun there");
    arguments.option("config", config_, "configuration file", true);
  }

  int run(const Output& output) override {
    core::forbid_core_dumps();
    if (out_.empty()) return output.usage("export: into which folder?");
    const std::filesystem::path whole = std::filesystem::absolute(out_).lexically_normal();
    JsonArray formats(formats_.begin(), formats_.end());
    const JsonObject begin{{"command", "export.begin"}, {"folder", whole.string()}, {"formats", formats}, {"workspace", workspace_}, {"resume", resume_}};
    const bool shows_progress = !output.as_json() && ::isatty(STDERR_FILENO) == 1;
    const auto next = [this, shows_progress](const Json& answer) -> std::optional<Json> {
      if (shows_progress) {
        std::fputs(fmt::format("\r{}: {} tickets, {} comments ", std::string_view(answer.at("state").as_string()), number(answer, "tickets"), number(answer, "comments")).c_str(), stderr);
      }
      if (answer.at("state").as_string() == "finished") return std::nullopt;
      return Json(JsonObject{{"command", "export.step"}, {"export", answer.at("export")}, {"workspace", workspace_}});
    };
    auto got = run_stepwise(config_, Json(begin), next);
    if (shows_progress) std::fputs("\n", stderr);
    if (!got) return output.problem(got.error());
    if (output.as_json()) return output.json(*got), kExitOk;
    output.line(fmt::format("{}: {} tickets, {} comments, {} users, {} organizations, {} groups, {} messages, {} attachments", whole.string(),
                            number(*got, "tickets"), number(*got, "comments"), number(*got, "users"), number(*got, "organizations"),
                            number(*got, "groups"), number(*got, "messages"), number(*got, "attachments")));
    if (const auto left = number(*got, "passed_over"); left != 0) output.line(fmt::format("passed over, deleted or damaged: {}", left));
    return kExitOk;
  }

 private:
  static std::uint64_t number(const Json& answer, std::string_view key) { return answer.as_object().at(key).to_number<std::uint64_t>(); }
  std::string out_, workspace_, config_;
  std::vector<std::string> formats_;
  bool resume_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_export_verb() { return std::make_unique<ExportVerb>(); }

}  // namespace postern::app
