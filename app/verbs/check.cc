#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/sender_settings.h"
#include "app/services.h"
#include "app/verbs/make.h"
#include "conf/load.h"
#include "net/tls_context.h"

namespace postern::app {
namespace {

// What can only be told by reading the files that the configuration names.
void check_files(const conf::GatewayOptions& options, std::vector<conf::Problem>& problems) {
  auto complain = [&](const core::Error& error) { problems.push_back({options.file, 0, error.describe()}); };
  if (auto key = read_master_key(options); !key) complain(key.error());
  auto certificate = [&](const std::filesystem::path& chain, const std::filesystem::path& key) {
    net::TlsServerOptions tls;
    tls.certificate_file = options.resolve(chain);
    tls.key_file = options.resolve(key);
    if (auto context = net::TlsContext::server(tls); !context) complain(context.error());
  };
  certificate(options.smtp_listen.certificate_file, options.smtp_listen.key_file);
  if (!options.web_listen.listen.empty()) certificate(options.web_listen.certificate_file, options.web_listen.key_file);
}

class CheckVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override { arguments.option("config", config_, "configuration file", true); }
  int run(const Output& output) override {
    conf::Loaded loaded = conf::load_file(config_);
    for (const std::string& complaint : sender_setting_complaints(loaded.options)) {
      loaded.problems.push_back({loaded.options.file, 0, complaint});
    }
    if (loaded.ok()) check_files(loaded.options, loaded.problems);
    if (output.as_json()) {
      JsonArray problems;
      for (const auto& problem : loaded.problems) {
        problems.emplace_back(JsonObject{{"file", problem.file.string()}, {"line", problem.line}, {"problem", problem.text}});
      }
      output.json(JsonObject{{"ok", loaded.ok()}, {"problems", std::move(problems)}});
    } else {
      for (const auto& problem : loaded.problems) output.line(problem.to_string());
      output.line(loaded.ok() ? fmt::format("{}: good", config_) : fmt::format("{} problem{}", loaded.problems.size(), loaded.problems.size() == 1 ? "" : "s"));
    }
    return loaded.ok() ? kExitOk : kExitProblem;
  }

 private:
  std::string config_;
};

}  // namespace

std::unique_ptr<Verb> make_check_verb() { return std::make_unique<CheckVerb>(); }

}  // namespace postern::app
