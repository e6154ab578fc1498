#include "auth/audit_trail/search.h"

#include <gtest/gtest.h>

#include "auth/audit_trail/entry.h"
#include "auth/audit_trail/filter_text.h"
#include "tests/auth/audit_trail/trail_fixture.h"

namespace postern::test {
namespace {

std::vector<std::string> objects(const std::vector<auth::AuditEntry>& entries) {
  std::vector<std::string> out;
  for (const auth::AuditEntry& entry : entries) out.push_back(entry.object);
  return out;
}

// How far the linker, which writes the index, has come: nowhere, half way, to the end; or the index was written with the
// entries, as it was before.
enum class Linked { kNone, kHalf, kAll, kBefore };

class AuditSearch : public ::testing::TestWithParam<Linked> {
 protected:
  AuditSearch() {
    auth::Principal ann = desk.owner_of(desk.home);
    auth::Principal bob = ann;
    bob.user = core::UserId{6};
    bob.client_ip = "198.51.100.9";
    desk.write(ann, {"ticket.status", "ticket/1", "open -> solved"});
    desk.write(bob, {"ticket.assignee", "ticket/1"});
    desk.write(bob, {"ticket.status", "ticket/2"});
    if (GetParam() == Linked::kHalf) link();
    desk.write(bob, {"sign_in_failed", "user/6", {}, auth::Outcome::kFailed});
    desk.write(ann, {"settings.changed", "setting/smtp", {}, auth::Outcome::kOk, {{"banner", "Hello", "Good day"}}});
    desk.write(ann, {"ticketing", "ticket/12"});  // no "ticket." action, no ticket/1
    if (GetParam() == Linked::kAll) link();
    if (GetParam() == Linked::kBefore) index_what_waits();
  }
  void link() { ASSERT_GT(desk.run(desk.trail.link_all(desk.home)).value(), 0U); }
  void index_what_waits() {
    storage::Transaction transaction = desk.store->begin();
    for (const auth::AuditEntry& each : desk.search({})) auth::put_index(transaction, desk.home, each);
    ASSERT_TRUE(desk.run(desk.store->commit(std::move(transaction))));
  }
  std::vector<std::string> find(const auth::AuditFilter& filter) { return objects(desk.search(filter)); }
  using Names = std::vector<std::string>;
  TrailDesk desk;
};

TEST_P(AuditSearch, I1_10_ByEachFieldAndNewestFirst) {
  auth::AuditFilter filter;
  EXPECT_EQ(find(filter), (Names{"ticket/12", "setting/smtp", "user/6", "ticket/2", "ticket/1", "ticket/1"}));
  filter.object = "ticket/1";
  EXPECT_EQ(find(filter), (Names{"ticket/1", "ticket/1"}));
  filter = {};
  filter.actor = core::UserId{6};
  EXPECT_EQ(find(filter), (Names{"user/6", "ticket/2", "ticket/1"}));
  filter = {};
  filter.client_ip = "198.51.100.9";
  filter.action = "ticket.status";
  EXPECT_EQ(find(filter), Names{"ticket/2"});
  filter = {};
  filter.outcome = auth::Outcome::kFailed;
  EXPECT_EQ(find(filter), Names{"user/6"});
}

TEST_P(AuditSearch, AnActionsBeginningCoversAllThatBeginSo) {
  auth::AuditFilter filter;
  filter.action = "ticket.";
  EXPECT_EQ(find(filter), (Names{"ticket/2", "ticket/1", "ticket/1"}));
  filter.action = "ticket*";
  EXPECT_EQ(find(filter), (Names{"ticket/12", "ticket/2", "ticket/1", "ticket/1"}));
  filter.action = "ticket";
  EXPECT_TRUE(find(filter).empty());
  const Names indexed = auth::audit_actions(*desk.store->snapshot(), desk.home, "ticket.", 10).value();
  EXPECT_EQ(indexed, GetParam() == Linked::kNone ? Names() : (Names{"ticket.assignee", "ticket.status"}));
}

TEST_P(AuditSearch, TextIsFoundInChangesWithoutCase) {
  auth::AuditFilter filter;
  filter.text = "good DAY";
  EXPECT_EQ(find(filter), Names{"setting/smtp"});
  filter.text = "solved";
  EXPECT_EQ(find(filter), Names{"ticket/1"});
}

TEST_P(AuditSearch, TimesBoundTheWalk) {
  const std::vector<auth::AuditEntry> all = desk.search({});
  auth::AuditFilter filter;
  filter.from_unix_ms = all[2].at_unix_ms;
  filter.to_unix_ms = all[0].at_unix_ms;
  EXPECT_EQ(find(filter), (Names{"setting/smtp", "user/6"}));
}

TEST_P(AuditSearch, PagesHoldEverythingOnceInBothOrders) {
  for (const bool is_oldest_first : {false, true}) {
    for (const char* action : {"", "ticket*"}) {
      auth::AuditFilter filter;
      filter.action = action;
      auth::AuditOrder order;
      order.is_oldest_first = is_oldest_first;
      Names whole = objects(auth::search_audit(*desk.store->snapshot(), *desk.vault, desk.home, filter, order)->entries);
      Names paged;
      order.limit = 2;
      for (bool has_more = true; has_more;) {
        const auth::AuditPage page = auth::search_audit(*desk.store->snapshot(), *desk.vault, desk.home, filter, order).value();
        EXPECT_LE(page.entries.size(), 2U);
        for (const std::string& each : objects(page.entries)) paged.push_back(each);
        order.after = page.cursor;
        has_more = page.has_more;
      }
      EXPECT_EQ(paged, whole);
      EXPECT_EQ(whole.front(), is_oldest_first ? "ticket/1" : "ticket/12");
    }
  }
}

TEST_P(AuditSearch, APageThatLooksThroughTooMuchSaysSoAndGoesOn) {
  auth::AuditFilter filter;
  filter.text = "solved";  // of the oldest
  auth::AuditOrder order;
  order.scan_max = 4;
  auth::AuditPage page = auth::search_audit(*desk.store->snapshot(), *desk.vault, desk.home, filter, order).value();
  EXPECT_TRUE(page.is_cut);
  EXPECT_TRUE(page.has_more);
  EXPECT_TRUE(page.entries.empty());
  order.after = page.cursor;
  page = auth::search_audit(*desk.store->snapshot(), *desk.vault, desk.home, filter, order).value();
  EXPECT_EQ(objects(page.entries), Names{"ticket/1"});
  EXPECT_FALSE(page.has_more);
}

TEST_P(AuditSearch, InvariantFiveOtherWorkspacesSeeNothing) {
  auth::AuditFilter filter;
  filter.object = "ticket/1";
  EXPECT_TRUE(auth::search_audit(*desk.store->snapshot(), *desk.vault, desk.other, filter, auth::AuditOrder())->entries.empty());
}

INSTANTIATE_TEST_SUITE_P(WhateverIsIndexed, AuditSearch, ::testing::Values(Linked::kNone, Linked::kHalf, Linked::kAll, Linked::kBefore));

TEST(AuditFilterText, ReadsTimesAndRefusesOthers) {
  EXPECT_EQ(auth::parse_moment("2026-11-22").value(), 1795305600000);
  EXPECT_EQ(auth::parse_moment("2026-11-22T09:30:15Z").value(), 1795305600000 + 34215000);
  EXPECT_EQ(auth::parse_moment("2026-11-22T09:30:15.250+00:00").value(), 1795305600000 + 34215000);
  for (const char* bad : {"", "2026", "2026-13-01", "2026-02-30", "2026-11-22T", "2026-11-22T25:00", "2026-11-22T09:30:15+01:00", "2026-11-22x", "-026-11-22"}) {
    EXPECT_FALSE(auth::parse_moment(bad)) << bad;
  }
  auth::AuditFilterText text;
  text.actor = "12x";
  EXPECT_FALSE(auth::parse_filter(text));
  text.actor = "12";
  text.outcome = "good";
  EXPECT_FALSE(auth::parse_filter(text));
  text.outcome = "denied";
  EXPECT_TRUE(auth::parse_filter(text));
  text.text = std::string(auth::kFilterTextMax + 1, 'x');
  EXPECT_FALSE(auth::parse_filter(text));
}

TEST(AuditFilterText, AnchorsAreWhatVerifyPrints) {
  const std::string hash(32, '\x7f');
  const auto parsed = auth::parse_anchor(auth::anchor_text(7, hash));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->sequence, 7U);
  EXPECT_EQ(parsed->hash, hash);
  for (const char* bad : {"", "7", "7:", "7:abcd", "0:7f"}) EXPECT_FALSE(auth::parse_anchor(bad)) << bad;
}

}  // namespace
}  // namespace postern::test
