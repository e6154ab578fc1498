#include "app/gateway.h"
#include "app/heap_setup.h"
#include "app/verbs/make.h"
#include "conf/load.h"

namespace postern::app {
namespace {

class ServeVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override { arguments.option("config", config_, "configuration file", true); }
  int run(const Output& output) override {
    conf::Loaded loaded = conf::load_file(config_);
    for (const auto& problem : loaded.problems) output.problem(problem.to_string());
    if (!loaded.ok()) return kExitProblem;
    set_up_heap(loaded.options.process.threads);
    auto gateway = Gateway::start(std::move(loaded.options));
    if (!gateway) return output.problem(gateway.error());
    (*gateway)->run();
    return kExitOk;
  }

 private:
  std::string config_;
};

}  // namespace

std::unique_ptr<Verb> make_serve_verb() { return std::make_unique<ServeVerb>(); }

}  // namespace postern::app
