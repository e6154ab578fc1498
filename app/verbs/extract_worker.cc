#include <string>
#include <vector>

#include "app/verbs/make.h"
#include "pipeline/extraction/worker.h"

namespace postern::app {

bool is_extract_worker(int argc, char** argv) { return argc > 1 && argv[1] == pipeline::kWorkerVerb; }

int run_extract_worker(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 2, argv + argc);
  return pipeline::run_worker(arguments);
}

}  // namespace postern::app
