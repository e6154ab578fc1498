// Whole lives of signing keys on a clock moved by hand: what each plan asks for is carried out in a real folder, and DNS
// shows what the test published.
#include "pipeline/sender/dkim_rotation.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>

#include "core/encoding.h"
#include "core/manual_clock.h"
#include "core/random.h"
#include "net/zone_resolver.h"

namespace postern::pipeline {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using Steps = std::vector<std::string>;

constexpr std::string_view kDomain = "example.org";

std::filesystem::path fresh_dir() {
  return std::filesystem::temp_directory_path() / ("postern-rotation-" + core::to_hex(core::random_bytes(8)));
}

class DkimRotation : public testing::Test {
 protected:
  DkimRotation() : dir_(fresh_dir()), folder_(dir_) {
    std::filesystem::copy(made_, dir_, std::filesystem::copy_options::recursive);
    queue_.is_known = true;
    clock_.advance(days(1));  // keys are made the day before, so that later selectors are of another day
  }
  ~DkimRotation() override { std::filesystem::remove_all(dir_); }

  // Making RSA keys takes long: these two serve as the first pair of every test.
  static void SetUpTestSuite() {
    made_ = fresh_dir();
    core::ManualClock clock;
    ASSERT_TRUE(DkimKeyFolder(made_).create(kDomain, clock));
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(made_); }

  std::vector<DkimKeyInfo> keys() {
    const auto listed = folder_.list(kDomain);
    EXPECT_TRUE(listed);
    return *listed;
  }
  DkimKeyInfo key(std::string_view selector) {
    for (const DkimKeyInfo& each : keys()) {
      if (each.selector == selector) return each;
    }
    ADD_FAILURE() << selector;
    return {};
  }
  std::string selector(DkimKeyState state, DkimAlgorithm algorithm = DkimAlgorithm::kEd25519Sha256) {
    for (const DkimKeyInfo& each : keys()) {
      if (each.state == state && each.algorithm == algorithm) return each.selector;
    }
    return {};
  }
  // How many keys are in each state, as "waiting active retiring retired".
  std::string states() {
    std::array<int, 4> count{};
    for (const DkimKeyInfo& each : keys()) ++count.at(static_cast<std::size_t>(each.state));
    std::string out;
    for (const int each : count) out += (out.empty() ? "" : " ") + std::to_string(each);
    return out;
  }
  void publish_all() {
    zone_ = std::make_unique<net::ZoneResolver>();
    for (const DkimKeyInfo& each : keys()) publish(each);
  }
  void publish(const DkimKeyInfo& each) {
    const auto record = folder_.txt_record(each);
    ASSERT_TRUE(record);
    zone_->add_txt(record->owner, record->value);
  }
  void fail_dns() {
    for (const DkimKeyInfo& each : keys()) zone_->fail_name(owner(each.selector), net::DnsStatus::kServFail);
  }
  static std::string owner(const std::string& selector) { return selector + "._domainkey.example.org"; }
  std::vector<DkimObservation> observations() {
    std::vector<DkimObservation> out;
    for (const DkimKeyInfo& each : keys()) {
      const auto record = folder_.txt_record(each);
      EXPECT_TRUE(record);
      const net::DnsQuestion question(record->owner, net::DnsType::kTxt);
      out.push_back(observe(each, *record, zone_->answer(question)));
    }
    return out;
  }
  std::vector<DkimAction> plan() { return plan_rotation(keys(), observations(), queue_, clock_.wall_now(), options_); }
  void apply(const DkimAction& action) {
    if (action.step == DkimStep::kMake) {
      EXPECT_TRUE(folder_.create(kDomain, clock_, DkimKeyState::kWaiting, action.algorithms));
    } else {
      EXPECT_TRUE(folder_.update(action.before, action.after));
    }
  }
  // One check: plans, applies the first `most` steps, and checks what must hold at any time.
  Steps step(std::size_t most = 100) {
    Steps done;
    for (const DkimAction& action : plan()) {
      if (done.size() == most) break;
      apply(action);
      done.emplace_back(to_string(action.step));
      expect_signed();
    }
    return done;
  }
  // A domain that signed verifiably goes on doing so after every single step.
  void expect_signed() {
    bool is_verifiable = false;
    const auto seen = observations();
    const auto all = keys();
    for (std::size_t i = 0; i < all.size(); ++i) {
      is_verifiable = is_verifiable || (all[i].state == DkimKeyState::kActive && seen[i].sighting == DkimSighting::kSeen);
    }
    EXPECT_TRUE(is_verifiable || !expects_verifiable_);
  }
  void only_ed25519() {
    const std::string rsa = selector(DkimKeyState::kActive, DkimAlgorithm::kRsaSha256);
    std::filesystem::remove(dir_ / "example.org" / (rsa + ".state"));
  }
  // Ed25519 alone, published, seen, and old enough that the next key was made: the start of most tests.
  void reach_waiting() {
    only_ed25519();
    publish_all();
    EXPECT_EQ(step(), Steps{"note_seen"});
    clock_.advance(days(180));
    EXPECT_EQ(step(), Steps{"make"});
    EXPECT_EQ(states(), "1 1 0 0");
  }

  inline static std::filesystem::path made_;
  std::filesystem::path dir_;
  DkimKeyFolder folder_;
  core::ManualClock clock_;
  std::unique_ptr<net::ZoneResolver> zone_ = std::make_unique<net::ZoneResolver>();
  DkimQueueView queue_;
  DkimRotationOptions options_;
  bool expects_verifiable_ = true;
};

TEST_F(DkimRotation, BothKindsLiveAWholeLife) {
  publish_all();
  EXPECT_EQ(step(), (Steps{"note_seen", "note_seen"}));
  clock_.advance(days(179) - hours(1));
  EXPECT_EQ(step(), Steps{});
  clock_.advance(days(1));
  EXPECT_EQ(step(), Steps{"make"});  // both kinds at once
  EXPECT_EQ(states(), "2 2 0 0");
  clock_.advance(days(30));
  EXPECT_EQ(step(), Steps{});  // nothing changes until the records are published
  publish_all();
  EXPECT_EQ(step(), (Steps{"note_seen", "note_seen"}));
  clock_.advance(minutes(59));
  EXPECT_EQ(step(), Steps{});
  clock_.advance(minutes(1));
  EXPECT_EQ(step(), (Steps{"activate", "stop", "activate", "stop"}));
  EXPECT_EQ(states(), "0 2 2 0");
  clock_.advance(days(7) - minutes(1));
  EXPECT_EQ(step(), Steps{});
  clock_.advance(minutes(1));
  EXPECT_EQ(step(), (Steps{"retire", "retire"}));
  EXPECT_EQ(states(), "0 2 0 2");
  EXPECT_EQ(step(), Steps{});
}

TEST_F(DkimRotation, ARecordThatNobodyPublishesHoldsUpNoOtherKey) {
  for (const DkimKeyInfo& each : keys()) publish(each);
  step();
  clock_.advance(days(180));
  EXPECT_EQ(step(), Steps{"make"});
  publish(key(selector(DkimKeyState::kWaiting, DkimAlgorithm::kRsaSha256)));
  step();
  clock_.advance(hours(2));
  EXPECT_EQ(step(), (Steps{"activate", "stop"}));
  EXPECT_FALSE(selector(DkimKeyState::kWaiting).empty());  // Ed25519 waits on,
  EXPECT_FALSE(selector(DkimKeyState::kActive).empty());   // and the one before signs on
  clock_.advance(days(179));
  EXPECT_EQ(step(), Steps{"retire"});
  EXPECT_EQ(states(), "1 2 0 1");
}

TEST_F(DkimRotation, SettlingTakesTheRecordsTtlWithinBounds) {
  reach_waiting();
  const DkimKeyInfo next = key(selector(DkimKeyState::kWaiting));
  for (const auto& [ttl, wait] : {std::pair{60, minutes(60)}, {4 * 3600, minutes(240)}, {7 * 86400, minutes(1440)}}) {
    DkimKeyInfo seen = next;
    seen.seen_since = std::chrono::floor<std::chrono::seconds>(clock_.wall_now());
    seen.seen_ttl = std::chrono::seconds(ttl);
    const DkimObservation now{next.selector, DkimSighting::kSeen, {}};
    const DkimObservation old{selector(DkimKeyState::kActive), DkimSighting::kSeen, {}};
    const std::vector<DkimKeyInfo> both{seen, key(old.selector)};
    EXPECT_TRUE(plan_rotation(both, {now, old}, queue_, *seen.seen_since + wait - minutes(1), options_).empty()) << ttl;
    const auto actions = plan_rotation(both, {now, old}, queue_, *seen.seen_since + wait, options_);
    ASSERT_FALSE(actions.empty()) << ttl;
    EXPECT_EQ(actions[0].step, DkimStep::kActivate);
    EXPECT_EQ(look_ahead(both, {}, *seen.seen_since, options_)[0].at, *seen.seen_since + wait);
  }
}

TEST_F(DkimRotation, DnsTroubleChangesNothing) {
  reach_waiting();
  publish_all();
  EXPECT_EQ(step(), Steps{"note_seen"});
  clock_.advance(hours(2));
  fail_dns();
  EXPECT_EQ(step(), Steps{});
  EXPECT_TRUE(key(selector(DkimKeyState::kWaiting)).seen_since);
  publish_all();
  EXPECT_EQ(step(), (Steps{"activate", "stop"}));
  clock_.advance(days(400));
  fail_dns();
  EXPECT_EQ(step(), Steps{});  // neither retires the old key nor makes a third
  publish_all();
  EXPECT_EQ(step(), (Steps{"retire", "make"}));
}

TEST_F(DkimRotation, ARecordThatComesAndGoesSettlesAnew) {
  reach_waiting();
  const std::string next = selector(DkimKeyState::kWaiting);
  const std::string now = selector(DkimKeyState::kActive);
  const auto old_only = [&] {
    zone_ = std::make_unique<net::ZoneResolver>();
    publish(key(now));
  };
  publish_all();
  EXPECT_EQ(step(), Steps{"note_seen"});
  clock_.advance(minutes(50));
  old_only();
  EXPECT_EQ(step(), Steps{"forget_seen"});
  clock_.advance(hours(5));
  publish_all();
  EXPECT_EQ(step(), Steps{"note_seen"});
  clock_.advance(minutes(50));
  EXPECT_EQ(step(), Steps{});
  // Another key in its place counts as gone: one of a provider who "helps", or a typing error.
  old_only();
  zone_->add_txt(owner(next), folder_.txt_record(key(now))->value);
  EXPECT_EQ(step(), Steps{"forget_seen"});
  EXPECT_EQ(states(), "1 1 0 0");
}

TEST_F(DkimRotation, WhatDnsShowsIsReadAsVerifiersReadIt) {
  only_ed25519();
  const DkimKeyInfo ours = keys()[0];
  const DkimTxtRecord record = *folder_.txt_record(ours);
  const auto seen = [&](const std::vector<std::string>& values) {
    net::ZoneResolver zone;
    for (const std::string& value : values) zone.add_txt(record.owner, value);
    const net::DnsQuestion question(record.owner, net::DnsType::kTxt);
    return to_string(observe(ours, record, zone.answer(question)).sighting);
  };
  const std::string p = record.value.substr(record.value.find("p="));
  EXPECT_EQ(seen({record.value}), "seen");
  EXPECT_EQ(seen({"k=ed25519; " + p + " ; t=s"}), "seen");
  EXPECT_EQ(seen({"v=DKIM1;k=ed25519;" + p.substr(0, 12) + " " + p.substr(12)}), "seen");
  EXPECT_EQ(seen({}), "absent");
  EXPECT_EQ(seen({"v=DKIM1; k=ed25519; p="}), "different");            // revoked
  EXPECT_EQ(seen({"v=DKIM1; " + p}), "different");                     // an RSA key that is none
  EXPECT_EQ(seen({"v=DKIM1; k=ed25519; h=sha1; " + p}), "different");  // not for our hash
  EXPECT_EQ(seen({"v=DKIM1; k=ed25519; s=tlsrpt; " + p}), "different");
  EXPECT_EQ(seen({record.value, "v=spf1 -all"}), "different");  // verifiers that take the first would take either
  EXPECT_EQ(seen({record.value.substr(0, record.value.size() - 2)}), "different");
  net::DnsAnswer bogus;
  bogus.status = net::DnsStatus::kBogus;
  EXPECT_EQ(observe(ours, record, bogus).sighting, DkimSighting::kUnknown);
}

TEST_F(DkimRotation, ALostRecordStopsNothingAndTheNextKeyNeedNotSettle) {
  reach_waiting();
  expects_verifiable_ = false;
  zone_ = std::make_unique<net::ZoneResolver>();
  EXPECT_EQ(step(), Steps{"forget_seen"});
  EXPECT_EQ(states(), "1 1 0 0");
  const auto outlooks = look_ahead(keys(), observations(), clock_.wall_now(), options_);
  EXPECT_EQ(outlooks[0].next, DkimNext::kPublish);
  EXPECT_EQ(outlooks[1].next, DkimNext::kRepublish);
  publish(key(selector(DkimKeyState::kWaiting)));
  expects_verifiable_ = true;
  const DkimAction noted = plan()[0];
  EXPECT_EQ(noted.step, DkimStep::kNoteSeen);
  apply(noted);
  EXPECT_EQ(step(), Steps{"activate"});
  EXPECT_EQ(states(), "0 2 0 0");  // the old one stops when the new one has settled
  clock_.advance(hours(1));
  EXPECT_EQ(step(), Steps{"stop"});
}

TEST_F(DkimRotation, WithoutAnyActiveKeyTheFirstSeenSignsAtOnce) {
  only_ed25519();
  DkimKeyInfo waiting = keys()[0];
  waiting.state = DkimKeyState::kWaiting;
  waiting.activated.reset();
  ASSERT_TRUE(folder_.update(keys()[0], waiting));
  EXPECT_EQ(step(), Steps{});
  publish_all();
  expects_verifiable_ = false;
  EXPECT_EQ(step(), (Steps{"note_seen", "activate"}));
}

TEST_F(DkimRotation, ACrashAfterAnyStepIsMadeGoodByTheNextCheck) {
  publish_all();
  step(1);
  EXPECT_EQ(step(), Steps{"note_seen"});
  clock_.advance(days(180));
  EXPECT_EQ(step(), Steps{"make"});
  publish_all();
  step(1);
  EXPECT_EQ(step(), Steps{"note_seen"});
  clock_.advance(hours(1));
  const std::filesystem::path settled = fresh_dir();
  std::filesystem::copy(dir_, settled, std::filesystem::copy_options::recursive);
  for (std::size_t crash_after = 1; crash_after <= 3; ++crash_after) {
    std::filesystem::remove_all(dir_);
    std::filesystem::copy(settled, dir_, std::filesystem::copy_options::recursive);
    EXPECT_EQ(step(crash_after).size(), crash_after);
    EXPECT_EQ(step().size(), 4 - crash_after);
    EXPECT_EQ(states(), "0 2 2 0") << crash_after;
  }
  std::filesystem::remove_all(settled);
  clock_.advance(days(7));
  EXPECT_EQ(step(1), Steps{"retire"});
  EXPECT_EQ(step(), Steps{"retire"});
  EXPECT_EQ(states(), "0 2 0 2");
}

TEST_F(DkimRotation, ACrashWhileKeysAreMadeLeavesNoHalfKeyAndNoSelectorTwice) {
  reach_waiting();
  const std::string half = selector(DkimKeyState::kWaiting);
  std::filesystem::remove(dir_ / "example.org" / (half + ".state"));  // the private key was written, its state not yet
  EXPECT_EQ(states(), "0 1 0 0");
  EXPECT_EQ(step(), Steps{"make"});
  EXPECT_EQ(selector(DkimKeyState::kWaiting), half + "2");
}

TEST_F(DkimRotation, RetirementWaitsForTheQueue) {
  reach_waiting();
  publish_all();
  step();
  clock_.advance(hours(1));
  EXPECT_EQ(step(), (Steps{"activate", "stop"}));
  const core::WallTime stopped = *key(selector(DkimKeyState::kRetiring)).stopped;
  clock_.advance(days(8));
  queue_ = {false, std::nullopt};
  EXPECT_EQ(step(), Steps{});  // the store did not say
  queue_ = {true, stopped - hours(1)};
  EXPECT_EQ(step(), Steps{});
  queue_.oldest_tried = stopped + hours(1);
  EXPECT_EQ(step(), Steps{"retire"});
}

TEST_F(DkimRotation, AClockSetBackDelaysByNoMoreThanTheWait) {
  reach_waiting();
  publish_all();
  step();
  clock_.advance(hours(1));
  EXPECT_EQ(step(), (Steps{"activate", "stop"}));
  // Ten years back from here: every noted time lies in the future.
  const core::WallTime past = clock_.wall_now() - days(3650);
  const auto corrections = plan_rotation(keys(), observations(), queue_, past, options_);
  ASSERT_EQ(corrections.size(), 2U);
  for (const DkimAction& action : corrections) {
    EXPECT_EQ(action.step, DkimStep::kCorrectTime);
    apply(action);
  }
  EXPECT_TRUE(plan_rotation(keys(), observations(), queue_, past + days(7) - minutes(1), options_).empty());
  const auto later = plan_rotation(keys(), observations(), queue_, past + days(7), options_);
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later[0].step, DkimStep::kRetire);
}

TEST_F(DkimRotation, IntervalZeroMakesNoKeyByItself) {
  options_.interval = days(0);
  publish_all();
  step();
  clock_.advance(days(4000));
  EXPECT_EQ(step(), Steps{});
  EXPECT_EQ(look_ahead(keys(), {}, clock_.wall_now(), options_)[0].next, DkimNext::kSign);
}

TEST_F(DkimRotation, KeysOfBeforeAreReadAndOldProgramsDoNotSignWithAWaitingOne) {
  only_ed25519();
  const std::string name = keys()[0].selector;
  const auto file = dir_ / "example.org" / (name + ".state");
  std::ofstream(file) << "algorithm=ed25519-sha256\nstate=retiring\ncreated=2026-01-02T03:04:05Z\n";
  EXPECT_EQ(keys()[0].state, DkimKeyState::kRetiring);
  EXPECT_EQ(core::to_rfc3339(made_at(keys()[0])), "2026-01-02T03:04:05Z");
  expects_verifiable_ = false;
  EXPECT_EQ(step(), Steps{"correct_time"});  // when it stopped is not known: its grace begins now
  clock_.advance(days(7));
  EXPECT_EQ(step(), Steps{"retire"});
  DkimKeyInfo waiting = keys()[0];
  waiting.state = DkimKeyState::kWaiting;
  ASSERT_TRUE(folder_.update(keys()[0], waiting));
  EXPECT_EQ(keys()[0].state, DkimKeyState::kWaiting);
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(text.find("\nstate=retiring\n"), std::string::npos) << text;
}

TEST_F(DkimRotation, AChangeOfWhatAnotherChangedMeanwhileIsRefused) {
  only_ed25519();
  const DkimKeyInfo before = keys()[0];
  ASSERT_TRUE(folder_.retire(kDomain, before.selector, clock_));
  DkimKeyInfo after = before;
  after.seen_since = clock_.wall_now();
  EXPECT_EQ(folder_.update(before, after).error(), SenderErrc::kKeyChanged);
  EXPECT_EQ(keys()[0].state, DkimKeyState::kRetiring);
  after.selector = "../x";
  EXPECT_EQ(folder_.update(before, after).error(), SenderErrc::kInvalidDomain);
}

TEST_F(DkimRotation, AnOvertakenWaitingKeyIsGivenUp) {
  reach_waiting();
  const std::string overtaken = selector(DkimKeyState::kWaiting);
  clock_.advance(days(1));
  ASSERT_TRUE(folder_.create(kDomain, clock_, DkimKeyState::kActive, {DkimAlgorithm::kEd25519Sha256}));
  EXPECT_EQ(step(), Steps{"retire"});
  EXPECT_EQ(key(overtaken).state, DkimKeyState::kRetired);
  EXPECT_TRUE(is_last_active({key(selector(DkimKeyState::kActive))}, selector(DkimKeyState::kActive)));
  EXPECT_FALSE(is_last_active(keys(), selector(DkimKeyState::kActive)));
}

TEST_F(DkimRotation, SaysWhatIsToDoInWords) {
  reach_waiting();
  const auto say = [&](std::size_t i) { return describe(look_ahead(keys(), observations(), clock_.wall_now(), options_)[i]); };
  EXPECT_EQ(say(0), "waits: publish its record; it signs after that has been seen");
  EXPECT_EQ(say(1), "signs until the newer key's record is published");
  publish_all();
  step();
  const std::string at = core::to_rfc3339(clock_.wall_now() + hours(1));
  EXPECT_EQ(say(0), "its record is seen; signs from " + at + " on");
  EXPECT_EQ(say(1), "signs until the newer key has settled, at " + at);
  clock_.advance(hours(1));
  step();
  const std::string until = core::to_rfc3339(clock_.wall_now() + days(7));
  EXPECT_EQ(say(0), "signs; the next key is made at " + core::to_rfc3339(clock_.wall_now() + days(180)));
  EXPECT_EQ(say(1), "signs no more; its record must stay until " + until + ", unless the key was stolen: then retire it with --force and delete the record now");
  const DkimKeyInfo current = keys()[0];
  zone_ = std::make_unique<net::ZoneResolver>();
  publish(current);
  EXPECT_EQ(say(1), "its record is missing too early: mail on its way is verified with it; publish it until " + until);
  clock_.advance(days(7));
  step();
  EXPECT_EQ(say(1), "retired, and its record is gone");
  zone_ = std::make_unique<net::ZoneResolver>();
  EXPECT_EQ(say(0), "signs, but its record is not published: receivers cannot verify what it signs");
}

}  // namespace
}  // namespace postern::pipeline
