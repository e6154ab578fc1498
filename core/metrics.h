#pragma once
// core/metrics.h: counters, gauges and histograms in the Prometheus text format (version 0.0.4), served by the
// operator's listener. Names: postern_<module>_<what>_<unit>[_total]. Labels have few values: never an address.
// Thread-safety: a Registry and its instruments from any thread; increments are one relaxed atomic.
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern::core {

class Counter {
 public:
  void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(std::int64_t to) { value_.store(to, std::memory_order_relaxed); }
  void add(std::int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Seconds, in buckets from 0.5 ms to 30 s.
class Histogram {
 public:
  static constexpr std::array kBounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0};
  void observe(double seconds);
  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  double sum_seconds() const { return static_cast<double>(sum_us_.load(std::memory_order_relaxed)) / 1e6; }
  std::uint64_t in_bucket(std::size_t i) const { return buckets_[i].load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<std::uint64_t>, kBounds.size()> buckets_{};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::uint64_t> sum_us_{0};
};

// One instrument at one moment.
struct Reading {
  std::string name, help, label;
  std::string_view type;         // "counter", "gauge", "histogram"; of a literal
  std::int64_t value = 0;        // of the first two
  std::uint64_t count = 0;       // of a histogram, as what follows
  double sum_seconds = 0;
  std::vector<std::pair<double, std::uint64_t>> buckets;  // upper bound in seconds, how many up to it; above the last one: `count`
};

class Registry {
 public:
  // The instrument of that name and label ("result=\"pass\"" form, may be empty), made at first use. References
  // stay valid as long as the registry.
  Counter& counter(std::string_view name, std::string_view help, std::string_view label = {});
  Gauge& gauge(std::string_view name, std::string_view help, std::string_view label = {});
  Histogram& histogram(std::string_view name, std::string_view help, std::string_view label = {});
  std::string render() const;
  // All instruments: counters, gauges, histograms, each by name.
  std::vector<Reading> readings() const;

 private:
  template <class T>
  struct Family {
    std::string help;
    std::map<std::string, T> by_label;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Family<Counter>, std::less<>> counters_;
  std::map<std::string, Family<Gauge>, std::less<>> gauges_;
  std::map<std::string, Family<Histogram>, std::less<>> histograms_;
};

// The process-wide registry.
Registry& metrics();

}  // namespace postern::core
