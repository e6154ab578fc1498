// smtp_load: a closed-loop SMTP load generator: every connection sends its next message when the last one was answered,
// and a new connection takes the place of one that has sent its share. Few threads, each with an epoll set of its own.
//
// usage: smtp_load --port N --folder DIR --sender A --rcpt A [--connections N] [--messages N] [--per-connection N]
//                  [--tls none|starttls] [--resume] [--pipelining] [--threads N] [--stall SECONDS] [--replies FILE]
//                  [--proxied-from ADDRESS]
// Prints one line of name=value pairs. Latencies in ms: pNN from MAIL to the reply to the content, ready_pNN from
// connect() to the reply after which MAIL may follow (greeting, EHLO, TLS and EHLO again). cpu_ms is the generator's
// own, of all threads.
// --replies writes the last reply to each message, in order, one a line. Exits 1 when a message was not accepted.
#include "smtp_load_session.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace {

using smtp_load::Plan;
using smtp_load::Results;

constexpr const char* kUsage =
    "usage: smtp_load --port N --folder DIR --sender A --rcpt A [--connections N] [--messages N] [--per-connection N]\n"
    "                 [--tls none|starttls] [--resume] [--pipelining] [--threads N] [--stall SECONDS]\n"
    "                 [--replies FILE] [--proxied-from ADDRESS]\n";

struct Options {
  Plan plan;
  std::string folder, replies;
  int connections = 1;
  int threads = 2;
};

bool take_number(const char* name, const char* value, Options& options) {
  const std::pair<const char*, int*> numbers[] = {
      {"--port", &options.plan.port},         {"--connections", &options.connections},
      {"--messages", &options.plan.messages}, {"--per-connection", &options.plan.per_connection},
      {"--threads", &options.threads},        {"--stall", &options.plan.stall_seconds}};
  for (const auto& [known, target] : numbers) {
    if (std::strcmp(name, known) == 0) return (*target = std::atoi(value)) > 0;
  }
  return false;
}

bool take_text(const char* name, const char* value, Options& options) {
  const std::pair<const char*, std::string*> texts[] = {{"--folder", &options.folder},
                                                        {"--sender", &options.plan.sender},
                                                        {"--rcpt", &options.plan.rcpt},
                                                        {"--replies", &options.replies},
                                                        {"--proxied-from", &options.plan.proxied_from}};
  for (const auto& [known, target] : texts) {
    if (std::strcmp(name, known) == 0) {
      *target = value;
      return true;
    }
  }
  if (std::strcmp(name, "--tls") != 0) return false;
  options.plan.tls = std::strcmp(value, "starttls") == 0;
  return options.plan.tls || std::strcmp(value, "none") == 0;
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--resume") == 0) {
      options.plan.resume = true;
    } else if (std::strcmp(argv[i], "--pipelining") == 0) {
      options.plan.pipelining = true;
    } else if (i + 1 < argc &&
               (take_number(argv[i], argv[i + 1], options) || take_text(argv[i], argv[i + 1], options))) {
      ++i;
    } else {
      return false;
    }
  }
  return options.plan.port > 0 && !options.folder.empty() && !options.plan.sender.empty() && !options.plan.rcpt.empty();
}

/// As DATA wants it: dots at the start of a line doubled, the final dot behind.
std::string stuffed(const std::string& message) {
  std::string out;
  out.reserve(message.size() + message.size() / 64 + 8);
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '.' && (i == 0 || message[i - 1] == '\n')) out += '.';
    out += message[i];
  }
  return out + ".\r\n";
}

void load_bodies(const std::string& folder, Plan& plan) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    plan.bodies.push_back(stuffed({std::istreambuf_iterator<char>(file), {}}));
  }
}

double percentile(const std::vector<float>& sorted, double p) {
  return sorted.empty() ? 0
                        : static_cast<double>(sorted[std::min(
                              sorted.size() - 1, static_cast<std::size_t>(p * static_cast<double>(sorted.size())))]);
}

double own_cpu_ms() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

void print(Results& all, double seconds, double cpu_ms, int threads) {
  std::sort(all.latencies_ms.begin(), all.latencies_ms.end());
  std::sort(all.ready_ms.begin(), all.ready_ms.end());
  const auto sent = static_cast<double>(all.latencies_ms.size());
  std::printf(
      "sent=%zu failed=%d seconds=%.3f rate=%.1f p50_ms=%.3f p99_ms=%.3f p999_ms=%.3f ready_p50_ms=%.3f "
      "ready_p99_ms=%.3f",
      all.latencies_ms.size(), all.failed, seconds, sent / seconds, percentile(all.latencies_ms, 0.5),
      percentile(all.latencies_ms, 0.99), percentile(all.latencies_ms, 0.999), percentile(all.ready_ms, 0.5),
      percentile(all.ready_ms, 0.99));
  std::printf(" connections=%zu resumed=%d generator_cpu_ms=%.4f generator_busy=%.3f\n", all.ready_ms.size(),
              all.resumed, sent > 0 ? cpu_ms / sent : 0, cpu_ms / 1000 / seconds / threads);
  for (std::size_t i = 0; i < std::min<std::size_t>(all.complaints.size(), 5); ++i)
    std::fprintf(stderr, "%s\n", all.complaints[i].c_str());
}

bool write_replies(const std::string& path, std::vector<std::pair<int, std::string>>& replies) {
  std::sort(replies.begin(), replies.end());
  std::ofstream file(path);
  for (const auto& [number, reply] : replies) file << reply << "\n";
  return file.good();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  Plan& plan = options.plan;
  load_bodies(options.folder, plan);
  if (plan.bodies.empty()) {
    std::fprintf(stderr, "no messages in %s\n", options.folder.c_str());
    return 2;
  }
  plan.keeps_replies = !options.replies.empty();
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for this signal
  const int threads = std::min(options.threads, options.connections);
  std::vector<Results> results(static_cast<std::size_t>(threads));
  const double cpu_before = own_cpu_ms();
  const auto begun = smtp_load::Time::now();
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    const int share = options.connections / threads + (i < options.connections % threads ? 1 : 0);
    workers.emplace_back(
        [&plan, share, &own = results[static_cast<std::size_t>(i)]] { smtp_load::Worker(plan, own).run(share); });
  }
  for (auto& worker : workers) worker.join();
  const double seconds = std::chrono::duration<double>(smtp_load::Time::now() - begun).count();
  const double cpu_ms = own_cpu_ms() - cpu_before;
  Results all;
  for (auto& each : results) all.add(std::move(each));
  print(all, seconds, cpu_ms, threads);
  if (plan.keeps_replies && !write_replies(options.replies, all.replies)) return 2;
  return all.failed == 0 && static_cast<int>(all.latencies_ms.size()) == plan.messages ? 0 : 1;
}
