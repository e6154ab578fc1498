#include "tests/sim/sim_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/encoding.h"
#include "core/errc.h"
#include "net/errc.h"
#include "storage/aead.h"
#include "storage/memory_store.h"
#include "storage/records.h"
#include "storage/schema/store.pb.h"
#include "tests/support/run_task.h"
#include "tests/support/sim_stream.h"

namespace postern::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kCustomers = 6;
constexpr auto kStormLasts = hours(4);
constexpr auto kLongest = hours(240);
constexpr auto kDrainMax = seconds(20);

std::string domain_of(std::size_t customer) { return fmt::format("c{}.example", customer); }
std::string mail_ip(std::size_t customer) { return fmt::format("198.51.100.{}", 10 + customer); }

test::SimOptions line_options(Chance& chance, const std::string& remote_ip) {
  test::SimOptions options;
  options.seed = chance.below(1U << 30U);
  const auto kind = chance.below(10);
  options.split = kind == 0 ? test::Split::kEveryByte : kind < 7 ? test::Split::kRandom : test::Split::kNone;
  options.remote = net::Endpoint::parse(remote_ip + ":40000").value();
  return options;
}

}  // namespace

World::World(std::uint64_t seed, Sabotage sabotage)
    : ledger_(clock_),
      chance_(seed),
      sabotage_(std::move(sabotage)),
      sealing_(seed % 4 == 0 ? storage::Vault::Sealing::kSealed : storage::Vault::Sealing::kReadable),
      store_(storage::make_memory_store(clock_)),
      resolver_(zone_, clock_, weather_, chance_.fork(), ledger_),
      storm_(*store_, clock_, weather_, chance_.fork(), ledger_),
      directory_chance_(chance_.fork()),
      hosts_(clock_, weather_, ledger_, [this](const Arrival& arrival) { deliver_to_mailbox(arrival); },
             [this] { return ledger_.crashes.size(); }),
      people_("sim.people", clock_),
      begun_(clock_.now()) {
  make_zone();
  make_data_keys(seed);
  watch_ = store_->watch([this](core::WorkspaceId workspace, std::uint64_t sequence) {
    ledger_.notified[workspace].push_back(sequence);
  });
  vault_ = std::make_unique<storage::Vault>(*store_, sim_master_key(), sealing_);
  directory_ = test::run_task(io_, ticketing::Directory::load(*store_, *vault_, sim_ticketing_options())).value();
  make_people(kCustomers);
  draw_crashes();
}

World::~World() {
  storm_.set_off(true);
  if (gateway_) (void)gateway_->end();
  people_.cancel();
  settle();
}

void World::make_zone() {
  for (std::size_t i = 0; i < kCustomers; ++i) {
    const std::string domain = domain_of(i);
    const auto ip = net::IpAddress::parse(mail_ip(i)).value();
    zone_.add_mx(domain, 10, "mx." + domain);
    zone_.add_a("mx." + domain, fmt::format("192.0.2.{}", 10 + i));
    zone_.add_a("mail." + domain, mail_ip(i));
    zone_.add_ptr(ip.to_reverse_name(), "mail." + domain);
    zone_.add_txt(domain, "v=spf1 a:mail." + domain + " -all");
    zone_.add_txt("mail." + domain, "v=spf1 a -all");
    if (i % 3 == 0) zone_.add_txt("_dmarc." + domain, "v=DMARC1; p=reject");
    if (i % 3 == 1) zone_.add_txt("_dmarc." + domain, "v=DMARC1; p=none");
  }
  for (const char* domain : {"strict.example", "careful.example"}) zone_.add_txt(domain, "v=spf1 -all");
  zone_.add_txt("_dmarc.strict.example", "v=DMARC1; p=reject");
  zone_.add_txt("_dmarc.careful.example", "v=DMARC1; p=quarantine");
}

// The only random bytes that the product would put into what people see (reply addresses) come from the seed instead.
void World::make_data_keys(std::uint64_t seed) {
  storage::Transaction transaction = store_->begin();
  for (std::uint64_t workspace = 0; workspace <= 2; ++workspace) {
    std::string key = storage::KeyBuilder(core::WorkspaceId{workspace}, storage::Space::kDataKey).u64(1).bytes();
    schema::DataKey record;
    record.set_nonce(std::string(storage::kNonceBytes, 'n'));
    const core::SecretBuffer master = sim_master_key();
    storage::gcm_seal(core::view(master), record.nonce(), {key}, core::sha256(fmt::format("{} {}", seed, workspace)),
                      *record.mutable_wrapped());
    storage::put_plain(transaction, std::move(key), record).value();
  }
  test::run_task(io_, store_->commit(std::move(transaction))).value();
}

void World::make_people(std::size_t customers) {
  core::IdSource ids(clock_, 2);
  auth::Accounts accounts(*store_, *vault_, ids, clock_, cpu_, sim_auth_options());
  for (const core::WorkspaceId workspace : directory_->workspaces()) {
    auth::Principal by;
    by.workspace = workspace;
    by.role = auth::Role::kOwner;
    by.method = auth::Method::kOperator;
    const std::string login = fmt::format("bob{}@staff.example", workspace.value);
    const auto invited = test::run_task(io_, accounts.invite(by, login, "Bob", auth::Role::kAgent)).value();
    by.user = invited.first.id;
    by.role = auth::Role::kAgent;
    by.method = auth::Method::kSession;
    agents_.push_back(std::make_unique<Agent>(*this, by, chance_.fork()));
  }
  for (std::size_t i = 0; i < customers; ++i) {
    const std::string domain = domain_of(i);
    const std::string local = i == 5 ? "gone" : "ann";  // nobody takes mail for that one
    Persona persona{domain, local + '@' + domain, "mail." + domain, mail_ip(i), i % 3 == 0};
    customers_.push_back(std::make_unique<Customer>(*this, std::move(persona), chance_.fork()));
  }
}

void World::draw_crashes() {
  const std::size_t count = chance_.index(4);
  for (std::size_t i = 0; i < count; ++i) crashes_at_.push_back(10 + chance_.index(160));
  std::ranges::sort(crashes_at_, std::greater());
}

SimGateway::Outside World::outside() {
  return {io_,       clock_, storm_, sealing_,
          resolver_, cpu_,   [this](net::Endpoint to, core::Deadline) { return connect_out(to); },
          [this] { return weather_.is_calm || !directory_chance_.permille(10); }, sabotage_};
}

core::Task<void> World::boot(core::Instant at) {
  co_await clock_.sleep_until(at);
  for (;;) {
    SimGateway::Outside around = outside();
    auto opened = co_await SimGateway::open(std::move(around));
    ledger_.note(fmt::format("boot: {}", opened.has_value()));
    if (opened) {
      gateway_ = std::move(*opened);
      gateway_->start();
      is_booting_ = false;
      co_return;
    }
    co_await clock_.sleep_for(seconds(5));
  }
}

core::Task<core::Result<std::unique_ptr<net::Stream>>> World::dial(Persona from, Chance chance) {
  co_await clock_.sleep_for(chance.between(std::chrono::milliseconds(1), seconds(2)));
  if (!gateway_ || is_draining_) co_return core::fail_transient(net::Errc::kConnect, "sim");
  test::SimPair pair = test::make_sim_pair(io_.get_executor(), clock_, line_options(chance, from.ip));
  const Cut cut = draw_cut(chance, 3000, 9);
  gateway_->serve(std::make_unique<RoughStream>(std::move(pair.second), clock_, weather_, chance.fork(), cut));
  co_return std::make_unique<RoughStream>(std::move(pair.first), clock_, weather_, chance.fork(), Cut());
}

core::Task<core::Result<std::unique_ptr<net::Stream>>> World::connect_out(net::Endpoint to) {
  Chance chance = chance_.fork();
  co_await clock_.sleep_for(chance.between(std::chrono::milliseconds(1), seconds(3)));
  if (!weather_.is_calm && chance.percent(6)) co_return core::fail_transient(net::Errc::kConnect, "sim");
  test::SimPair pair = test::make_sim_pair(io_.get_executor(), clock_, line_options(chance, to.address.to_string()));
  const Cut cut = draw_cut(chance, 2000, 9);
  auto theirs = std::make_unique<RoughStream>(std::move(pair.second), clock_, weather_, chance.fork(), cut);
  people_.spawn(io_.get_executor(), hosts_.serve(std::move(theirs), chance.fork()));
  co_return std::make_unique<RoughStream>(std::move(pair.first), clock_, weather_, chance.fork(), Cut());
}

void World::deliver_to_mailbox(const Arrival& arrival) {
  const auto is_same = [&](const Arrival& other) {
    return other.message_id == arrival.message_id && other.rcpt == arrival.rcpt;
  };
  if (std::ranges::count_if(ledger_.arrivals, is_same) > 1) return;  // seen before
  for (auto& customer : customers_) {
    if (arrival.rcpt.ends_with('@' + customer->persona().domain)) customer->receive(arrival);
  }
}

std::string World::friend_of(const Persona& persona) const {
  return persona.domain == domain_of(0) ? "ann@" + domain_of(1) : "ann@" + domain_of(0);
}

std::optional<TicketRef> World::ticket_of(const Arrival& mail) const {
  constexpr std::string_view kMark = "[act-";
  const auto at = mail.text.find(kMark);
  if (at == std::string::npos) return std::nullopt;
  std::size_t number = 0;
  std::from_chars(mail.text.data() + at + kMark.size(), mail.text.data() + mail.text.size(), number);
  if (number == 0 || number > ledger_.acts.size()) return std::nullopt;
  return ledger_.acts[number - 1].ticket;
}

void World::settle() {
  io_.restart();
  while (io_.poll_one() > 0) crash_when_due();
}

// Between two handlers, wherever that leaves everybody.
void World::crash_when_due() {
  if (!gateway_ || is_booting_ || weather_.is_calm) return;
  const bool is_drained = is_draining_ && clock_.now() >= drained_at_;
  const bool is_due = !crashes_at_.empty() && ledger_.log.lines().size() >= crashes_at_.back();
  if (is_due && !is_draining_) {
    crashes_at_.pop_back();
    if (!chance_.percent(30)) return crash();
    ledger_.note("drain");
    ledger_.count("drain");
    is_draining_ = true;
    drained_at_ = clock_.now() + kDrainMax;
    gateway_->begin_drain();
  }
  if (is_drained) crash();
}

void World::crash() {
  ledger_.note("crash");
  ledger_.count("crash");
  const core::Instant now = clock_.now();
  const core::Duration pause = SimGateway::kEndsWithin + chance_.between(seconds(1), seconds(60));
  std::unique_ptr<SimGateway> old = std::move(gateway_);
  storm_.set_off(true);
  for (std::string& left : old->end()) ledger_.violations.push_back("at a crash: " + left);
  old.reset();
  storm_.set_off(false);
  ledger_.crashes.push_back(now);
  is_draining_ = false;
  drained_at_ = core::Instant::max();
  is_booting_ = true;
  io_.restart();
  people_.spawn(io_.get_executor(), boot(now + pause));
}

bool World::are_people_done() const {
  return std::ranges::all_of(customers_, [](const auto& one) { return one->is_done(); }) &&
         std::ranges::all_of(agents_, [](const auto& one) { return one->is_done(); });
}

bool World::is_over() const {
  if (!are_people_done() || !gateway_ || !weather_.is_calm) return false;
  const ticketing::Options options = sim_ticketing_options();
  core::IdSource ids(clock_, 3);
  core::ManualClock still;
  const ticketing::Outbox outbox(*store_, *vault_, *directory_, ids, still, options);
  return std::ranges::all_of(directory_->workspaces(),
                             [&](core::WorkspaceId one) { return outbox.list(one, 1).value().empty(); });
}

void World::run() {
  is_booting_ = true;
  people_.spawn(io_.get_executor(), boot(clock_.now()));
  for (auto& customer : customers_) people_.spawn(io_.get_executor(), customer->run());
  for (auto& agent : agents_) people_.spawn(io_.get_executor(), agent->run());
  for (;;) {
    settle();
    if (clock_.now() >= begun_ + kStormLasts && !is_draining_) weather_.is_calm = true;
    if (is_over()) break;
    const core::Instant next = std::min(clock_.next_wake(), drained_at_);
    if (next == core::Instant::max() || next > begun_ + kLongest) {
      ledger_.violations.push_back(next == core::Instant::max() ? "everybody waits for ever" : "it does not end");
      break;
    }
    clock_.advance(std::max<core::Duration>(next - clock_.now(), core::Duration(0)));
    crash_when_due();
  }
  finish();
}

void World::finish() {
  ledger_.note("end");
  weather_.is_calm = true;
  if (gateway_) {
    for (std::string& left : gateway_->end()) ledger_.violations.push_back("at the end: " + left);
    gateway_.reset();
  }
  settle();
  if (people_.size() != 0) ledger_.violations.push_back(fmt::format("{} tasks are left at the end", people_.size()));
  if (clock_.next_wake() != core::Instant::max()) ledger_.violations.push_back("somebody sleeps after the end");
}

}  // namespace postern::sim
