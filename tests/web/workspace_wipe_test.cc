// The end of a workspace: who may end it, and that nothing of it can be read afterwards (design part 4; ASVS 5.0 14.2.4).
#include <fmt/format.h>

#include "auth/audit.h"
#include "storage/key.h"
#include "storage/records.h"
#include "storage/schema/purge.pb.h"
#include "tests/web/web_app.h"

namespace postern::test {
namespace {

constexpr const char* kPath = "/api/v2/workspace/wipe";
constexpr const char* kRight = R"({"workspace":{"name":"main"}})";

std::vector<storage::Entry> entries_of(const WebApp& app, std::string_view prefix) {
  std::vector<storage::Entry> out;
  std::string after;
  for (;;) {
    const auto some = app.store->snapshot()->scan(prefix, storage::Direction::kForward, 1000, after).value();
    out.insert(out.end(), some.begin(), some.end());
    if (some.size() < 1000) return out;
    after = some.back().key;
  }
}

std::string prefix_of(core::WorkspaceId workspace) { return storage::KeyBuilder(workspace, storage::Space::kMeta).take().substr(0, 8); }

TEST(WorkspaceWipe, IsForOwnersWithItsNameAndAFreshFactor) {
  WebApp app;
  const Browser admin = app.sign_in("admin@example.com");
  const Browser owner = app.sign_in("owner@example.com");
  EXPECT_EQ(app.act(admin, "POST", kPath, kRight).status, 403);
  EXPECT_EQ(app.post(kPath, app.owner_token, kRight).status, 403) << "a token";
  EXPECT_EQ(app.act(owner, "POST", kPath, R"({"workspace":{"name":"Main"}})").status, 422);
  EXPECT_EQ(app.act(owner, "POST", kPath, R"({"workspace":{"name":"other"}})").status, 422);
  EXPECT_EQ(app.act(owner, "POST", kPath, "{}").status, 422);
  app.clock.advance(std::chrono::minutes(16));
  EXPECT_EQ(app.act(owner, "POST", kPath, kRight).status, 403) << "the proof is too old";
  EXPECT_EQ(app.get("/api/v2/tickets", app.agent_token).status, 200) << "nothing has happened";
}

TEST(WorkspaceWipe, Asvs_14_2_4_NothingRemainsReadable) {
  WebApp app;
  const core::WorkspaceId main = app.workspace();
  const core::TicketId ticket = app.receive("carl@customer.example", "Refund", "\r\nHello\r\n");
  ASSERT_EQ(app.put(fmt::format("/api/v2/tickets/{}", ticket.value), app.agent_token, R"({"ticket":{"comment":{"body":"Soon","public":true}}})").status, 200);
  const std::vector<storage::Entry> before = entries_of(app, prefix_of(main));
  ASSERT_GT(before.size(), 20U);
  const std::string sealed = app.vault->seal(main, "record", "Zebra").value();
  const Browser owner = app.sign_in("owner@example.com");
  const Reply wiped = app.act(owner, "POST", kPath, kRight);
  ASSERT_EQ(wiped.status, 202) << wiped.body;
  // At once: no way in, and no key, neither here nor in a process that starts now.
  EXPECT_EQ(app.act(owner, "GET", "/api/v2/session").status, 401);
  EXPECT_EQ(app.get("/api/v2/tickets", app.agent_token).status, 401);
  EXPECT_FALSE(app.accounts->find_by_email("owner@example.com").value());
  EXPECT_EQ(app.vault->open(main, "record", sealed).error(), storage::Errc::kNotFound);
  const storage::Vault fresh(*app.store, core::to_secret(std::string(32, 'k')));
  EXPECT_EQ(fresh.open(main, "record", sealed).error(), storage::Errc::kNotFound);
  // A new key under the old number opens nothing either.
  ASSERT_TRUE(app.run(app.vault->ensure_workspace(main)));
  EXPECT_FALSE(app.vault->open(main, "record", sealed));
  for (const storage::Entry& entry : before) {
    if (app.vault->open(main, entry.key, entry.value)) ADD_FAILURE() << "a record opens after the wipe";
  }
  // What is left goes in the background, and the other workspace stays.
  std::size_t erased = 0;
  for (std::size_t some = 1; some != 0; erased += some) some = app.run(app.wiper->erase_some()).value();
  EXPECT_GE(erased, before.size());
  EXPECT_TRUE(entries_of(app, prefix_of(main)).empty());
  EXPECT_EQ(app.get("/api/v2/tickets", app.foreign_token).status, 200);
  for (const storage::Entry& entry : entries_of(app, prefix_of(core::WorkspaceId{0}))) {
    EXPECT_EQ(entry.key.find("customer.example"), std::string::npos);
    EXPECT_EQ(entry.key.find("owner@example.com"), std::string::npos);
    EXPECT_EQ(entry.value.find("owner@example.com"), std::string::npos);
  }
  // What was erased still has to leave the files: the logins at once, the rest, keys with addresses in them, at the end. What
  // is due names their spaces: no address is written again.
  std::vector<std::string> due;
  for (const storage::Entry& entry : entries_of(app, storage::KeyBuilder(core::WorkspaceId{0}, storage::Space::kPurgeDue).take())) {
    schema::PurgeDue record;
    ASSERT_TRUE(storage::parse_record(entry.value, record));
    due.insert(due.end(), record.keys().begin(), record.keys().end());
  }
  EXPECT_EQ(std::ranges::count(due, prefix_of(main)), 1);
  EXPECT_EQ(std::ranges::count(due, storage::KeyBuilder(core::WorkspaceId{0}, storage::Space::kUserByLogin).take()), 1);
  // The instance keeps who did it.
  const auto entries = auth::list_audit(*app.store, *app.vault, core::WorkspaceId{0}, {}, 10).value();
  const auto found = std::ranges::find(entries, "workspace.wiped", &auth::AuditEntry::action);
  ASSERT_NE(found, entries.end());
  EXPECT_EQ(found->object, fmt::format("workspace/{}", main.value));
}

TEST(WorkspaceWipe, GoesOnAfterACrashAndTheNameBeginsAnew) {
  WebApp app;
  const core::WorkspaceId main = app.workspace();
  app.receive("carl@customer.example", "Refund", "\r\nHello\r\n");
  ASSERT_TRUE(app.run(app.wiper->wipe(app.operator_of("main"), "main", "main")));
  EXPECT_EQ(app.run(app.wiper->wipe(app.operator_of("main"), "main", "main")).error(), storage::Errc::kNotFound) << "once is enough";
  ticketing::Options options;
  ticketing::InboxOptions inbox;
  inbox.workspace = "main";
  inbox.addresses = {"support@example.com"};
  options.inboxes = {inbox};
  // Another process starts before anything was erased: the name is a new workspace, and the old one is still to be erased.
  const auto directory = app.run(ticketing::Directory::load(*app.store, *app.vault, options)).value();
  EXPECT_NE(directory->workspace_named("main"), main);
  EXPECT_NE(directory->workspace_named("main"), core::WorkspaceId{});
  ticketing::WorkspaceWiper again(*app.store, *app.vault, app.ids, app.clock);
  while (app.run(again.erase_some()).value() != 0) {}
  EXPECT_TRUE(entries_of(app, prefix_of(main)).empty());
  EXPECT_FALSE(entries_of(app, prefix_of(directory->workspace_named("main"))).empty());
}

}  // namespace
}  // namespace postern::test
