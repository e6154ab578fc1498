// How the process does: what /metrics says, as JSON, for the page that plots it; and what waits.
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "core/metrics.h"
#include "web/api/desk/operation_handlers.h"
#include "web/api/json.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kQueueCountedMax = 1000;

// "result=\"pass\",kind=\"x\"" as an object. Labels are ours: values have no quotes in them.
json::object labels_json(std::string_view label) {
  json::object out;
  while (!label.empty()) {
    const std::size_t equals = label.find("=\"");
    const std::size_t end = equals == std::string_view::npos ? equals : label.find('"', equals + 2);
    if (end == std::string_view::npos) break;
    out[label.substr(0, equals)] = label.substr(equals + 2, end - equals - 2);
    label.remove_prefix(std::min(label.size(), end + 2));
  }
  return out;
}

json::object reading_json(const core::Reading& reading) {
  json::object out;
  out["name"] = reading.name;
  out["help"] = reading.help;
  out["labels"] = labels_json(reading.label);
  out["type"] = reading.type;
  if (reading.buckets.empty()) {
    out["value"] = reading.value;
    return out;
  }
  json::array buckets;
  for (const auto& [bound, count] : reading.buckets) buckets.push_back(json::object{{"le", bound}, {"count", count}});
  out["count"] = reading.count;
  out["sum_seconds"] = reading.sum_seconds;
  out["buckets"] = std::move(buckets);
  return out;
}

// Second number of proc(5) statm, in pages; 0 where there is no such file.
std::uint64_t resident_bytes() {
  const std::unique_ptr<std::FILE, decltype([](std::FILE* file) { std::fclose(file); })> file(std::fopen("/proc/self/statm", "re"));
  unsigned long long whole = 0;
  unsigned long long resident = 0;
  if (!file || std::fscanf(file.get(), "%llu %llu", &whole, &resident) != 2) return 0;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

Answer show_system_metrics(Request& request, Context& context) {
  if (context.services.metrics == nullptr) co_return core::fail(Errc::kNotFound, "this server has several workspaces: its operator sees them at /metrics");
  json::array readings;
  for (const core::Reading& each : context.services.metrics->readings()) readings.push_back(reading_json(each));
  POSTERN_CO_TRY(const std::vector<ticketing::QueueEntry> queue, context.services.outbox.list(request.who(), kQueueCountedMax));
  const std::int64_t now = core::to_unix_ms(context.services.clock.wall_now());
  const auto late = std::ranges::count_if(queue, [now](const ticketing::QueueEntry& each) { return !each.is_held && each.due_unix_ms <= now; });
  const auto held = std::ranges::count_if(queue, [](const ticketing::QueueEntry& each) { return each.is_held; });
  json::object outbox;
  outbox["waiting"] = queue.size();
  outbox["due"] = late;
  outbox["held"] = held;
  outbox["complete"] = queue.size() < kQueueCountedMax;
  json::object shown;
  shown["at"] = timestamp(now);
  shown["resident_bytes"] = resident_bytes();
  shown["outbox"] = std::move(outbox);
  shown["readings"] = std::move(readings);
  json::object out;
  out["system_metrics"] = std::move(shown);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
