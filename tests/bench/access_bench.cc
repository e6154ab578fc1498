// access_bench: what authorisation and the audit record add to a request, in microseconds of CPU. Started by `./dev bench access`.
//   access_bench FOLDER [ROUNDS]    FOLDER: an empty one for the store; ROUNDS of 5,000 requests, 9 unless told
// Of the real parts over the real store (RocksDB, sealed, encrypted files): a token with scopes and networks becomes a
// principal, the workspace's 50 allowed ranges and a block list of 20,000 networks are asked, four limits, the permission;
// then a record is changed, with its audit entry and without. The least disturbed round counts.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <charconv>
#include <cstdlib>
#include <string>
#include <vector>

#include "auth/audit.h"
#include "auth/networks.h"
#include "auth/sessions.h"
#include "net/block_list.h"
#include "storage/records.h"
#include "storage/rocks_store.h"
#include "web/server/rate_limit.h"
#include "tests/fuzz/run_coroutine.h"

namespace postern::bench {
namespace {

constexpr std::size_t kRequests = 5'000;
constexpr std::size_t kChanges = 1'000;
constexpr const char* kClient = "192.0.2.77";

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "access_bench: {}\n", why);
  std::exit(1);
}

template <class T>
T must(core::Result<T> result) {
  if (!result) fail(result.error().describe());
  return std::move(*result);
}

void must(const core::Result<void>& result) {
  if (!result) fail(result.error().describe());
}

using fuzz::run_coroutine;

double cpu_us() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  const auto micros = [](const timeval& time) { return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec); };
  return micros(use.ru_utime) + micros(use.ru_stime);
}

struct Desk {
  explicit Desk(const std::string& folder)
      : store(open(folder, clock)),
        vault(*store, core::to_secret(std::string(32, 'k'))),
        accounts(*store, vault, ids, clock, cpu, options),
        sessions(*store, vault, accounts, ids, clock, options),
        networks(*store, vault, ids, clock, options) {
    by.workspace = core::WorkspaceId{1};
    by.role = auth::Role::kOwner;
    by.method = auth::Method::kOperator;
    must(run_coroutine(vault.ensure_workspace(by.workspace)));
    auto invited = must(run_coroutine(accounts.invite(by, "agent@example.com", "Agent", auth::Role::kAgent)));
    auth::TokenLimits narrow;
    narrow.scopes = auth::PermissionSet{auth::Permission::kTicketsRead, auth::Permission::kTicketsWrite};
    narrow.networks = {"192.0.2.0/24", "198.51.100.0/24"};
    secret = must(run_coroutine(sessions.create_token(by, invited.first.id, "bench", 0, narrow))).first;
    auth::NetworkRules rules;
    for (int i = 0; i < 50; ++i) rules.allowed.push_back(fmt::format("10.{}.0.0/16", i));
    rules.allowed.emplace_back("192.0.2.0/24");
    must(run_coroutine(networks.change(by, rules, true)));
    std::vector<net::Block> feed;
    for (int i = 0; i < 20'000; ++i) feed.push_back({must(net::IpNetwork::parse(fmt::format("11.{}.{}.0/24", i / 256, i % 256))), "feed", {}});
    must(blocks.set_listed(feed));
  }

  static std::unique_ptr<storage::Store> open(const std::string& folder, const core::Clock& clock) {
    storage::RocksOptions rocks;
    rocks.folder = folder;
    rocks.master_key = core::to_secret(std::string(32, 'k'));
    return must(storage::open_rocks_store(std::move(rocks), clock));
  }

  core::Clock& clock = core::system_clock();
  core::IdSource ids{clock, 1};
  core::WorkPool cpu{"cpu", 1, 64};
  auth::Options options;
  std::unique_ptr<storage::Store> store;
  storage::Vault vault;
  auth::Accounts accounts;
  auth::Sessions sessions;
  auth::Networks networks;
  net::BlockList blocks{clock};
  auth::Principal by;
  std::string secret;
};

struct Limits {
  explicit Limits(const core::Clock& clock) {
    for (const char* name : {"network", "user", "token", "route"}) {
      all.push_back(std::make_unique<web::RateLimit>(name, web::RateOptions{1e9, 1e9}, 50'000, clock));
    }
  }
  std::vector<std::unique_ptr<web::RateLimit>> all;
};

// What stands before a handler; `checks` false: the same way with nothing on it.
core::Task<core::Result<auth::Principal>> admit(Desk& desk, Limits& limits, bool checks) {
  if (!checks) co_return desk.by;
  POSTERN_CO_TRY(const net::IpAddress client, net::IpAddress::parse(kClient));
  if (desk.blocks.find(client, net::Door::kWeb)) co_return core::fail(auth::Errc::kForbidden);
  POSTERN_CO_TRY(auth::Principal who, co_await desk.sessions.resolve_token(desk.secret, kClient));
  POSTERN_CO_CHECK(desk.networks.check(who));
  for (const auto& limit : limits.all) {
    const std::string key = std::to_string(who.user.value);
    if (!limit->take(key).is_allowed) co_return core::fail(auth::Errc::kForbidden);
  }
  if (!may(who, auth::Permission::kTicketsRead)) co_return core::fail(auth::Errc::kForbidden);
  co_return who;
}

core::Task<core::Result<void>> admit_many(Desk& desk, Limits& limits, bool checks) {
  for (std::size_t i = 0; i < kRequests; ++i) {
    const core::Result<auth::Principal> who = co_await admit(desk, limits, checks);
    if (!who) co_return who.error();
  }
  co_return core::Result<void>();
}

// One changed record of a ticket's size, sealed, and its entry in the audit log; each a commit of its own, or none at all.
core::Task<core::Result<void>> change_many(Desk& desk, bool audits, bool commits) {
  for (std::size_t i = 0; i < kChanges; ++i) {
    storage::Transaction transaction(desk.store->snapshot());
    const std::string key = storage::KeyBuilder(desk.by.workspace, storage::Space::kTicket).u64(1000 + i % 50).bytes();
    POSTERN_CO_TRY(std::string sealed, desk.vault.seal(desk.by.workspace, key, std::string(600, 't')));
    transaction.put(key, std::move(sealed));
    transaction.record(desk.by.workspace, {"ticket.status", i, 0});
    if (audits) POSTERN_CO_CHECK(auth::audit(transaction, desk.vault, desk.ids, desk.clock, desk.by, "ticket.status", "ticket/1", "open -> solved"));
    if (commits) POSTERN_CO_CHECK(co_await desk.store->commit(std::move(transaction)));
  }
  co_return core::Result<void>();
}

void measure(double& best, std::size_t items, core::Task<core::Result<void>> work) {
  const double from = cpu_us();
  must(run_coroutine(std::move(work)));
  best = std::min(best, (cpu_us() - from) / static_cast<double>(items));
}

void compare(int argc, char** argv) {
  if (argc < 2) fail("usage: access_bench FOLDER [ROUNDS]");
  std::size_t rounds = 9;
  if (argc > 2) {
    const std::string_view text(argv[2]);
    if (std::from_chars(text.data(), text.data() + text.size(), rounds).ec != std::errc() || rounds == 0) fail("ROUNDS is a number");
  }
  Desk desk(argv[1]);
  Limits limits(desk.clock);
  double bare = 1e12;
  double checked = 1e12;
  double unwritten = 1e12;
  double unwritten_audited = 1e12;
  double silent = 1e12;
  double audited = 1e12;
  // In turn, so that a busy minute of the machine disturbs all of them.
  for (std::size_t i = 0; i < rounds; ++i) {
    measure(bare, kRequests, admit_many(desk, limits, false));
    measure(checked, kRequests, admit_many(desk, limits, true));
    measure(unwritten, kChanges, change_many(desk, false, false));
    measure(unwritten_audited, kChanges, change_many(desk, true, false));
    measure(silent, kChanges, change_many(desk, false, true));
    measure(audited, kChanges, change_many(desk, true, true));
  }
  fmt::print("us of CPU a request, the least disturbed of {} rounds:\n", rounds);
  fmt::print("  handler alone            {:8.2f}\n  with authorisation       {:8.2f}   adds {:.2f}\n", bare, checked, checked - bare);
  fmt::print("  change, not stored       {:8.2f}\n  with its audit entry     {:8.2f}   adds {:.2f}\n", unwritten, unwritten_audited,
             unwritten_audited - unwritten);
  fmt::print("  change alone, stored     {:8.2f}\n  with its audit entry     {:8.2f}   adds {:.2f}\n", silent, audited, audited - silent);
  fmt::print("  together: a read adds {:.2f}, a change {:.2f} (aim: under 20)\n", checked - bare, checked - bare + audited - silent);
}

}  // namespace
}  // namespace postern::bench

int main(int argc, char** argv) { postern::bench::compare(argc, argv); }
