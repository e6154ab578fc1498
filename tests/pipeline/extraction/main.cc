// This test program is its own worker, as the product is.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pipeline/extraction/worker.h"

int main(int argc, char** argv) {
  if (argc > 1 && argv[1] == postern::pipeline::kWorkerVerb) {
    const std::vector<std::string> arguments(argv + 2, argv + argc);
    return postern::pipeline::run_worker(arguments);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
