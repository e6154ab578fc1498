#include "core/metrics.h"

#include <fmt/format.h>

namespace postern::core {
namespace {

template <class Families>
auto& instrument(Families& families, std::string_view name, std::string_view help, std::string_view label) {
  auto& family = families[std::string(name)];
  if (family.help.empty()) family.help = help;
  return family.by_label[std::string(label)];
}

std::string with_label(std::string_view name, std::string_view label, std::string_view more = {}) {
  if (label.empty() && more.empty()) return std::string(name);
  return fmt::format("{}{{{}{}{}}}", name, label, label.empty() || more.empty() ? "" : ",", more);
}

void render_histogram(std::string& out, const std::string& name, const std::string& label, const Histogram& h) {
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
    below += h.in_bucket(i);
    out += fmt::format("{} {}\n", with_label(name + "_bucket", label, fmt::format("le=\"{}\"", Histogram::kBounds[i])), below);
  }
  out += fmt::format("{} {}\n", with_label(name + "_bucket", label, "le=\"+Inf\""), h.count());
  out += fmt::format("{} {}\n", with_label(name + "_sum", label), h.sum_seconds());
  out += fmt::format("{} {}\n", with_label(name + "_count", label), h.count());
}

}  // namespace

void Histogram::observe(double seconds) {
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    if (seconds <= kBounds[i]) {
      buckets_[i].fetch_add(1, std::memory_order_relaxed);
      break;
    }
  }
  count_.fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(static_cast<std::uint64_t>(seconds * 1e6), std::memory_order_relaxed);
}

Counter& Registry::counter(std::string_view name, std::string_view help, std::string_view label) {
  std::lock_guard lock(mutex_);
  return instrument(counters_, name, help, label);
}
Gauge& Registry::gauge(std::string_view name, std::string_view help, std::string_view label) {
  std::lock_guard lock(mutex_);
  return instrument(gauges_, name, help, label);
}
Histogram& Registry::histogram(std::string_view name, std::string_view help, std::string_view label) {
  std::lock_guard lock(mutex_);
  return instrument(histograms_, name, help, label);
}

std::string Registry::render() const {
  std::lock_guard lock(mutex_);
  std::string out;
  auto head = [&out](const std::string& name, const std::string& help, std::string_view type) {
    out += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
  };
  for (const auto& [name, family] : counters_) {
    head(name, family.help, "counter");
    for (const auto& [label, c] : family.by_label) out += fmt::format("{} {}\n", with_label(name, label), c.value());
  }
  for (const auto& [name, family] : gauges_) {
    head(name, family.help, "gauge");
    for (const auto& [label, g] : family.by_label) out += fmt::format("{} {}\n", with_label(name, label), g.value());
  }
  for (const auto& [name, family] : histograms_) {
    head(name, family.help, "histogram");
    for (const auto& [label, h] : family.by_label) render_histogram(out, name, label, h);
  }
  return out;
}

std::vector<Reading> Registry::readings() const {
  std::lock_guard lock(mutex_);
  std::vector<Reading> out;
  for (const auto& [name, family] : counters_) {
    for (const auto& [label, c] : family.by_label) out.push_back({name, family.help, label, "counter", static_cast<std::int64_t>(c.value()), 0, 0, {}});
  }
  for (const auto& [name, family] : gauges_) {
    for (const auto& [label, g] : family.by_label) out.push_back({name, family.help, label, "gauge", g.value(), 0, 0, {}});
  }
  for (const auto& [name, family] : histograms_) {
    for (const auto& [label, h] : family.by_label) {
      Reading one{name, family.help, label, "histogram", 0, h.count(), h.sum_seconds(), {}};
      std::uint64_t below = 0;
      for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) one.buckets.emplace_back(Histogram::kBounds[i], below += h.in_bucket(i));
      out.push_back(std::move(one));
    }
  }
  return out;
}

Registry& metrics() {
  // Never destroyed: secret memory of static storage still counts itself at the very end.
  static Registry& registry = *new Registry();
  return registry;
}

}  // namespace postern::core
