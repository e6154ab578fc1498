// Seeded simulations of the whole gateway. POSTERN_SIM_SEEDS=N runs seeds 1 to N; POSTERN_SIM_SEED=S repeats one and
// prints its events; POSTERN_SIM_LOG=1 prints the product's log too.
#include <errno.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "storage/feed.h"
#include "storage/key.h"
#include "tests/sim/invariants.h"
#include "tests/support/run_task.h"

namespace postern::sim {
namespace {

constexpr std::uint64_t kSeedsByDefault = 50;
constexpr std::uint64_t kSeedsThatShowEverything = 30;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string repeat_command(std::uint64_t seed) {
  return fmt::format("POSTERN_SIM_SEED={} {} --gtest_filter='GatewaySim.KeepsItsPromises'", seed, program_invocation_name);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += "\n  " + line;
  return out;
}

struct Outcome {
  std::vector<std::string> violations;
  std::vector<std::string> events;
  std::string digest;
  std::map<std::string, std::size_t> counts;
};

Outcome simulate(std::uint64_t seed, Sabotage sabotage = {}) {
  World world(seed, std::move(sabotage));
  world.run();
  Outcome out;
  out.violations = check_invariants(world);
  out.events = world.ledger().log.lines();
  out.digest = world.ledger().log.digest();
  out.counts = world.ledger().counts;
  if (number_from("POSTERN_SIM_LOG", 0) != 0) fmt::print(stderr, "log:{}\n", joined(LogCapture::lines()));
  return out;
}

TEST(GatewaySim, KeepsItsPromises) {
  const std::uint64_t only = number_from("POSTERN_SIM_SEED", 0);
  const std::uint64_t first = only != 0 ? only : 1;
  const std::uint64_t last = only != 0 ? only : number_from("POSTERN_SIM_SEEDS", kSeedsByDefault);
  std::map<std::string, std::size_t> counts;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const Outcome outcome = simulate(seed);
    for (const auto& [kind, count] : outcome.counts) counts[kind] += count;
    if (only != 0) fmt::print(stderr, "events:{}\n", joined(outcome.events));
    EXPECT_TRUE(outcome.violations.empty()) << "seed " << seed << ':' << joined(outcome.violations)
                                            << "\nrepeat it with: " << repeat_command(seed);
  }
  std::vector<std::string> seen;
  for (const auto& [kind, count] : counts) seen.push_back(fmt::format("{}: {}", kind, count));
  RecordProperty("seen", joined(seen));
  if (number_from("POSTERN_SIM_COUNTS", 0) != 0) fmt::print(stderr, "seen:{}\n", joined(seen));
  if (last - first + 1 < kSeedsThatShowEverything) return;
  // A simulation in which nothing goes wrong proves nothing.
  for (const char* kind : {"greeting 421", "answer 0", "answer 250", "answer 451", "answer 452", "answer 550", "answer 552",
                           "commit failed", "commit answer lost", "crash", "dns could not tell", "act", "act failed",
                           "delivery", "delivery taken without an answer", "drain", "letter: reply", "letter: stolen address",
                           "letter: bounce", "repeat recognised"}) {
    EXPECT_GT(counts[kind], 0U) << kind << " never happened";
  }
}

TEST(GatewaySim, TheSameSeedIsTheSameRun) {
  const Outcome first = simulate(7);
  const Outcome again = simulate(7);
  ASSERT_EQ(first.events.size(), again.events.size());
  for (std::size_t i = 0; i < first.events.size(); ++i) ASSERT_EQ(first.events[i], again.events[i]) << "event " << i;
  EXPECT_EQ(first.digest, again.digest);
  EXPECT_NE(first.digest, simulate(9).digest);
}

// Says "stored" at once and stores in its own time: what fails or dies meanwhile is lost.
class HastySink final : public pipeline::MessageSink {
 public:
  HastySink(pipeline::MessageSink& real, Spawn spawn) : real_(real), spawn_(std::move(spawn)) {}
  core::Task<core::Result<pipeline::Receipt>> accept(pipeline::Envelope envelope, pipeline::RedactedMessage message) override {
    spawn_(store(std::move(envelope), std::move(message)));
    co_return pipeline::Receipt();
  }

 private:
  core::Task<void> store(pipeline::Envelope envelope, pipeline::RedactedMessage message) {
    (void)co_await real_.accept(std::move(envelope), std::move(message));
  }
  pipeline::MessageSink& real_;
  Spawn spawn_;
};

// Forgets every third outcome that it is told.
class ForgetfulOutbox final : public pipeline::OutboundSource {
 public:
  explicit ForgetfulOutbox(pipeline::OutboundSource& real) : real_(real) {}
  core::Task<core::Result<std::vector<pipeline::OutboundMessage>>> claim_due(std::size_t most, core::Duration lease) override {
    co_return co_await real_.claim_due(most, lease);
  }
  core::Task<core::Result<void>> report(core::WorkspaceId workspace, core::OutboxId id, pipeline::DeliveryReport report) override {
    if (++reports_ % 3 == 0) co_return core::Result<void>();
    co_return co_await real_.report(workspace, id, std::move(report));
  }
  std::optional<core::WallTime> next_due() const override { return real_.next_due(); }
  void on_due(std::function<void()> wake) override { real_.on_due(std::move(wake)); }

 private:
  pipeline::OutboundSource& real_;
  std::size_t reports_ = 0;
};

// The seed, of the first twenty, whose violations say `words`; 0 when none does.
std::uint64_t first_seed_that_says(const Sabotage& sabotage, std::string_view words) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const std::string& violation : simulate(seed, sabotage).violations) {
      if (violation.find(words) != std::string::npos) return seed;
    }
  }
  return 0;
}

TEST(GatewaySimFinds, A250BeforeTheCommit) {
  Sabotage sabotage;
  sabotage.sink = [](pipeline::MessageSink& real, Spawn spawn) { return std::make_unique<HastySink>(real, std::move(spawn)); };
  EXPECT_NE(first_seed_that_says(sabotage, "was answered 250 but is stored 0 times"), 0U);
}

TEST(GatewaySimFinds, AReplyThatIsSentTwice) {
  Sabotage sabotage;
  sabotage.outbox = [](pipeline::OutboundSource& real) { return std::make_unique<ForgetfulOutbox>(real); };
  EXPECT_NE(first_seed_that_says(sabotage, "got a reply again after a clean 250"), 0U);
}

// What nobody should be able to do to the store, done to it after a good run.
class AfterARun : public testing::Test {
 protected:
  AfterARun() {
    world.run();
    before = check_invariants(world).size();
  }
  std::string new_violations() {
    const auto all = check_invariants(world);
    return joined({all.begin() + static_cast<std::ptrdiff_t>(before), all.end()});
  }
  void change(const std::function<void(storage::Transaction&)>& how) {
    storage::Transaction transaction = world.store().begin();
    how(transaction);
    test::run_task(world.io(), world.store().commit(std::move(transaction))).value();
  }
  World world{3};
  std::size_t before = 0;
};

TEST_F(AfterARun, ACardInTheStoreIsFound) {
  ASSERT_FALSE(world.ledger().cards.empty());
  const std::string card = world.ledger().cards.front();
  change([&](storage::Transaction& transaction) {
    transaction.put(storage::KeyBuilder(core::WorkspaceId{1}, storage::Space::kMeta).text("x").bytes(),
                    card.substr(0, 4) + " - " + card.substr(4));
  });
  EXPECT_NE(new_violations().find("is in the store"), std::string::npos);
}

TEST_F(AfterARun, AGapInTheFeedIsFound) {
  change([](storage::Transaction& transaction) { transaction.erase(storage::feed_key(core::WorkspaceId{1}, 2)); });
  EXPECT_NE(new_violations().find("the feed of workspace 1 has 3 for 2"), std::string::npos);
}

TEST(CardSearch, SeesThroughEncodings) {
  const std::vector<std::string> cards{"4111111111111111"};
  for (const char* text : {"4111111111111111", "4111 1111-1111\t1111", "<b>411111</b>1111111111", "41111111=\r\n11111111",
                           "x: y\r\n\r\nY2FyZCA0MTExMTExMTEx\r\nMTExMTEx\r\n", "Subject: =?utf-8?B?NDExMTExMTExMTExMTExMQ==?="}) {
    EXPECT_EQ(cards_in(text, cards).size(), 1U) << text;
  }
  EXPECT_TRUE(cards_in("411111xxxxxx1111", cards).empty());
}

}  // namespace
}  // namespace postern::sim
