#include "core/metrics.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace postern::core {
namespace {

TEST(Registry, RendersThePrometheusTextFormat) {
  Registry registry;
  registry.counter("postern_x_total", "Things.", "result=\"pass\"").add(3);
  registry.counter("postern_x_total", "Things.", "result=\"fail\"").add();
  registry.gauge("postern_y", "Open.").set(-2);
  EXPECT_EQ(registry.render(),
            "# HELP postern_x_total Things.\n# TYPE postern_x_total counter\n"
            "postern_x_total{result=\"fail\"} 1\npostern_x_total{result=\"pass\"} 3\n"
            "# HELP postern_y Open.\n# TYPE postern_y gauge\npostern_y -2\n");
}

TEST(Registry, HistogramBucketsAreCumulative) {
  Registry registry;
  Histogram& h = registry.histogram("postern_z_seconds", "Time.", "stage=\"spf\"");
  h.observe(0.0001);
  h.observe(0.3);
  h.observe(100);
  const std::string text = registry.render();
  EXPECT_NE(text.find("postern_z_seconds_bucket{stage=\"spf\",le=\"0.0005\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("postern_z_seconds_bucket{stage=\"spf\",le=\"0.25\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("postern_z_seconds_bucket{stage=\"spf\",le=\"0.5\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("postern_z_seconds_bucket{stage=\"spf\",le=\"30\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("postern_z_seconds_bucket{stage=\"spf\",le=\"+Inf\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("postern_z_seconds_count{stage=\"spf\"} 3\n"), std::string::npos);
  EXPECT_NEAR(h.sum_seconds(), 100.3001, 1e-6);
}

TEST(Registry, GivesTheSameInstrumentToEveryThread) {
  Registry registry;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&registry] {
      for (int k = 0; k < 1000; ++k) registry.counter("postern_n_total", "N.").add();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(registry.counter("postern_n_total", "N.").value(), 4000U);
}

}  // namespace
}  // namespace postern::core
