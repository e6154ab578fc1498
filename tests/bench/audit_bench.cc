// audit_bench: what the audit log costs. Prints one JSON object; seconds are of the processor: "append" and "authorise" of the
// calling thread, "link" and "verify" of the process.
//   audit_bench ENTRIES FOLDER    makes a store in FOLDER (which must not exist) and removes it: appends ENTRIES entries, chains
//                                 them, verifies the chain, and checks an authorisation a million times
// "append_us" is what a request pays: making the entry, sealing it, its four index keys and its mark, without the commit, which it
// shares with the change that it tells of.
#include <fmt/format.h>

#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "auth/audit.h"
#include "auth/audit_trail/trail.h"
#include "storage/rocks_store.h"
#include "storage/vault.h"

namespace postern::bench {
namespace {

constexpr std::size_t kBatch = 500;  // entries in a transaction
constexpr std::size_t kChecks = 1'000'000;

double cpu_seconds(int of) {
  rusage used{};
  ::getrusage(of, &used);
  const auto seconds = [](const timeval& each) { return static_cast<double>(each.tv_sec) + static_cast<double>(each.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// Processor time from its making on.
class Stopwatch {
 public:
  explicit Stopwatch(int of) : of_(of), begin_(cpu_seconds(of)) {}
  double seconds() const { return cpu_seconds(of_) - begin_; }

 private:
  int of_;
  double begin_;
};

template <class T>
T run(boost::asio::io_context& io, core::Task<T> task) {
  std::optional<T> out;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr error, T got) {
    if (error) std::rethrow_exception(error);
    out.emplace(std::move(got));
  });
  io.restart();
  const auto keep = boost::asio::make_work_guard(io);
  while (!out) io.run_one();
  return std::move(*out);
}

auth::Principal somebody() {
  auth::Principal out;
  out.workspace = core::WorkspaceId{1};
  out.user = core::UserId{5};
  out.role = auth::Role::kAgent;
  out.credential = 77;
  out.client_ip = "192.0.2.17";
  out.device = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  out.request = 1234567;
  return out;
}

double measure_authorisation(auth::Principal by) {
  const Stopwatch watch(RUSAGE_THREAD);
  std::size_t allowed = 0;
  for (std::size_t i = 0; i < kChecks; ++i) {
    by.role = static_cast<auth::Role>(i % 4);
    if (auth::may(by, static_cast<auth::Permission>(i % 15))) ++allowed;
  }
  const double took = watch.seconds();
  return allowed == 0 ? -1.0 : took * 1e6 / static_cast<double>(kChecks);
}

int measure(std::size_t entries, const std::filesystem::path& folder) {
  boost::asio::io_context io;
  core::Clock& clock = core::system_clock();
  core::WorkPool pool("bench", 1, 64);
  storage::RocksOptions options;
  options.folder = folder;
  options.master_key = core::SecretBuffer(32, 'k');
  auto store = storage::open_rocks_store(std::move(options), clock).value();
  storage::Vault vault(*store, core::SecretBuffer(32, 'k'));
  const auth::Principal by = somebody();
  for (const core::WorkspaceId each : {core::WorkspaceId{0}, by.workspace}) run(io, vault.ensure_workspace(each)).value();
  core::IdSource ids(clock, 1);
  auth::AuditTrail trail(*store, vault, clock, pool, [&by] { return std::vector{by.workspace}; });
  run(io, trail.link_all(by.workspace)).value();  // so that no entry counts as one of before there was a chain
  double append = 0;
  for (std::size_t done = 0; done < entries;) {
    storage::Transaction transaction = store->begin();
    const Stopwatch watch(RUSAGE_THREAD);
    for (std::size_t i = 0; i < kBatch && done < entries; ++i, ++done) {
      auth::AuditEvent event{"ticket.status", "ticket/" + std::to_string(done % 5000), "open -> solved"};
      event.changes.push_back({"status", "open", "solved"});
      auth::audit(transaction, vault, ids, clock, by, event).value();
    }
    append += watch.seconds();
    run(io, store->commit(std::move(transaction))).value();
  }
  const Stopwatch linking(RUSAGE_SELF);
  run(io, trail.link_all(by.workspace)).value();
  const double link = linking.seconds();
  const Stopwatch verifying(RUSAGE_SELF);
  const auth::ChainReport report = run(io, trail.verify(by.workspace)).value();
  const double verify = verifying.seconds();
  const double count = static_cast<double>(entries);
  fmt::print("{{\"entries\": {}, \"append_us\": {:.2f}, \"link_us\": {:.2f}, \"verify_s\": {:.2f}, \"verify_us\": {:.2f}, \"authorise_us\": {:.4f}, "
             "\"intact\": {}}}\n",
             entries, append / count * 1e6, link / count * 1e6, verify, verify / count * 1e6, measure_authorisation(by), report.is_intact());
  store->close();
  return report.is_intact() && report.verified == entries ? 0 : 1;
}

}  // namespace
}  // namespace postern::bench

int main(int argc, char** argv) {
  const std::size_t entries = argc == 3 ? std::strtoull(argv[1], nullptr, 10) : 0;
  if (entries == 0 || std::filesystem::exists(argv[2])) {
    fmt::print(stderr, "audit_bench ENTRIES FOLDER\n");
    return 2;
  }
  const int result = postern::bench::measure(entries, argv[2]);
  std::filesystem::remove_all(argv[2]);
  return result;
}
