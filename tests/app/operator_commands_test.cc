// Operators' commands over a real store: whom they touch, whom they name in the audit log, and that nothing is cut off.
#include "app/operator_commands.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "auth/audit.h"
#include "conf/load.h"
#include "core/file.h"
#include "core/manual_clock.h"
#include "pipeline/redaction/redactor.h"
#include "tests/support/run_task.h"

namespace postern::app {
namespace {

class OperatorCommandsTest : public testing::Test {
 protected:
  OperatorCommandsTest() {
    char name[] = "/tmp/postern-commands-XXXXXX";
    folder = ::mkdtemp(name);
    std::filesystem::create_directories(folder / "keys");
    EXPECT_TRUE(core::write_file(folder / "keys/master.key", std::string(32, 'k'), 0600));
    const std::string text =
        "[server]\ndata = \"" + folder.string() + "\"\n[smtp]\nlisten = [\"127.0.0.1:2525\"]\n[[inbox]]\nworkspace = \"main\"\n"
        "addresses = [\"support@example.com\"]\n[[inbox]]\nworkspace = \"main\"\naddresses = [\"sales@example.com\"]\n";
    conf::Loaded loaded = conf::load_text(folder / "postern.toml", text, false);
    EXPECT_TRUE(loaded.ok());
    options = std::move(loaded.options);
    auto opened = test::run_task(io, Services::open(options, clock));
    EXPECT_TRUE(opened) << opened.error().describe();
    services = std::move(*opened);
    workspace = services->directory()->workspaces().front();
  }
  ~OperatorCommandsTest() override {
    services.reset();
    std::filesystem::remove_all(folder);
  }

  core::Result<Json> command(JsonObject request) { return test::run_task(io, run_operator_command(Json(std::move(request)), *services)); }
  JsonObject done(JsonObject request) {
    auto answer = command(std::move(request));
    EXPECT_TRUE(answer) << answer.error().describe();
    return answer ? answer->as_object() : JsonObject();
  }
  std::uint64_t token_of(const std::string& email) {
    return done({{"command", "token.create"}, {"email", email}}).at("token").at("id").to_number<std::uint64_t>();
  }
  std::size_t token_count(const std::string& email) { return done({{"command", "token.list"}, {"email", email}}).at("tokens").as_array().size(); }
  void hold(const std::string& subject, const std::vector<std::string>& rcpts);

  std::filesystem::path folder;
  conf::GatewayOptions options;
  boost::asio::io_context io;
  core::ManualClock clock;
  std::unique_ptr<Services> services;
  core::WorkspaceId workspace;
};

void OperatorCommandsTest::hold(const std::string& subject, const std::vector<std::string>& rcpts) {
  clock.advance(std::chrono::seconds(1));
  pipeline::Envelope envelope;
  envelope.trace = services->ids().next_as<core::TraceId>();
  envelope.client_ip = "198.51.100.7";
  envelope.mail_from = pipeline::split_address("eve@customer.example");
  envelope.received_at = clock.wall_now();
  for (const std::string& rcpt : rcpts) envelope.rcpts.push_back(services->directory()->resolve(pipeline::split_address(rcpt)).value());
  const std::string message = "From: Eve <eve@customer.example>\r\nTo: " + rcpts.front() + "\r\nSubject: " + subject +
                              "\r\nMessage-ID: <" + subject + "@customer.example>\r\n\r\nBuy now.\r\n";
  auto redacted = services->redactor().redact(pipeline::Message::copy_of(message), envelope, {});
  ASSERT_TRUE(redacted);
  pipeline::RedactedMessage taken = std::move(*redacted);
  pipeline::SpamVerdict spam;
  spam.score = 7.5;
  spam.action = pipeline::SpamAction::kSuspend;
  spam.symbols.push_back({"TEST_RULE", 7.5});
  taken.set_spam(std::move(spam));
  ASSERT_TRUE(test::run_task(io, services->intake().accept(envelope, std::move(taken))));
}

TEST_F(OperatorCommandsTest, IdsGoOnWhenTheClockWasSetBackOverARestart) {
  clock.advance(std::chrono::hours(24));
  hold("one", {"support@example.com"});
  const std::uint64_t newest = services->ids().next();
  services.reset();
  core::ManualClock earlier;
  ASSERT_LT(earlier.wall_now(), clock.wall_now());
  auto opened = test::run_task(io, Services::open(options, earlier));
  ASSERT_TRUE(opened) << opened.error().describe();
  EXPECT_GT((*opened)->ids().next(), newest);
}

TEST_F(OperatorCommandsTest, ATokenIsRevokedForItsOwnUserOnlyAndTheOperatorIsTheActor) {
  done({{"command", "user.invite"}, {"email", "ann@example.com"}});
  done({{"command", "user.invite"}, {"email", "bob@example.com"}});
  const std::uint64_t id = token_of("ann@example.com");
  const auto wrong = command({{"command", "token.revoke"}, {"email", "bob@example.com"}, {"id", id}});
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().context().find("bob@example.com has no token"), std::string::npos) << wrong.error().describe();
  EXPECT_EQ(token_count("ann@example.com"), 1U);
  EXPECT_FALSE(command({{"command", "token.revoke"}, {"email", "ann@example.com"}, {"id", -1}}));
  EXPECT_FALSE(command({{"command", "token.revoke"}, {"email", "ann@example.com"}, {"id", 1e300}}));
  EXPECT_FALSE(command({{"command", "token.revoke"}, {"email", "ann@example.com"}, {"id", "x"}}));
  done({{"command", "token.revoke"}, {"email", "ann@example.com"}, {"id", id}});
  EXPECT_EQ(token_count("ann@example.com"), 0U);
  const auto audit = auth::list_audit(services->store(), services->vault(), workspace, {}, 10).value();
  const auto revoked = std::ranges::find(audit, "token.revoked", &auth::AuditEntry::action);
  ASSERT_NE(revoked, audit.end());
  EXPECT_FALSE(revoked->actor) << "the operator did it, not the token's owner";
}

// Contacts and accounts share the id space, and contacts are many.
TEST_F(OperatorCommandsTest, AccountsBehindAThousandContactsAreSeen) {
  done({{"command", "user.invite"}, {"email", "first@example.com"}, {"role", "owner"}});
  storage::Transaction transaction = services->store().begin();
  for (int i = 0; i < 1100; ++i) {
    ASSERT_TRUE(services->accounts().ensure_contact(transaction, workspace, "c" + std::to_string(i) + "@customer.example", ""));
  }
  ASSERT_TRUE(test::run_task(io, services->store().commit(std::move(transaction))));
  clock.advance(std::chrono::seconds(10));
  done({{"command", "user.invite"}, {"email", "late@example.com"}, {"role", "owner"}});
  const JsonObject listed = done({{"command", "user.list"}});
  EXPECT_EQ(listed.at("users").as_array().size(), 2U);
  done({{"command", "user.disable"}, {"email", "first@example.com"}});
  EXPECT_FALSE(command({{"command", "user.disable"}, {"email", "late@example.com"}})) << "now the last owner";
}

TEST_F(OperatorCommandsTest, Z28_AnAgentIsLimitedToInboxesAndFreedAgain) {
  done({{"command", "user.invite"}, {"email", "ann@example.com"}, {"role", "agent"}});
  const auto inboxes_of_ann = [this] { return services->accounts().find_by_email("ann@example.com").value()->inboxes; };
  const JsonObject one = done({{"command", "user.inboxes"}, {"email", "ann@example.com"}, {"inboxes", JsonArray{"sales@example.com"}}});
  EXPECT_EQ(one.at("inboxes").as_array(), JsonArray{"sales@example.com"});
  ASSERT_TRUE(inboxes_of_ann().is_limited());
  EXPECT_EQ(inboxes_of_ann().inboxes().size(), 1U);
  EXPECT_FALSE(command({{"command", "user.inboxes"}, {"email", "ann@example.com"}, {"inboxes", JsonArray{"nobody@example.org"}}}));
  EXPECT_FALSE(command({{"command", "user.inboxes"}, {"email", "ann@example.com"}}));
  EXPECT_EQ(inboxes_of_ann().inboxes().size(), 1U) << "a slip of the finger changes nothing";
  done({{"command", "user.inboxes"}, {"email", "ann@example.com"}, {"inboxes", JsonArray{"none"}}});
  EXPECT_TRUE(inboxes_of_ann().is_limited());
  EXPECT_TRUE(inboxes_of_ann().inboxes().empty());
  EXPECT_EQ(done({{"command", "user.inboxes"}, {"email", "ann@example.com"}, {"inboxes", JsonArray{"all"}}}).at("inboxes"), "all");
  EXPECT_FALSE(inboxes_of_ann().is_limited());
}

TEST_F(OperatorCommandsTest, AWorkspaceIsWipedByItsNameTypedTwiceAndOnTheRealStoreNothingOpens) {
  EXPECT_EQ(done({{"command", "workspace.list"}}).at("workspaces").as_array().size(), 1U);
  done({{"command", "user.invite"}, {"email", "ann@example.com"}, {"role", "owner"}});
  const std::string sealed = services->vault().seal(workspace, "record", "Zebra").value();
  EXPECT_FALSE(command({{"command", "workspace.wipe"}, {"name", "main"}, {"confirm", "Main"}}));
  EXPECT_FALSE(command({{"command", "workspace.wipe"}, {"name", "other"}, {"confirm", "other"}}));
  EXPECT_TRUE(services->vault().open(workspace, "record", sealed));
  const JsonObject wiped = done({{"command", "workspace.wipe"}, {"name", "main"}, {"confirm", "main"}, {"is_alone", true}});
  EXPECT_GT(wiped.at("erased").to_number<std::size_t>(), 3U);
  EXPECT_FALSE(services->vault().open(workspace, "record", sealed));
  EXPECT_FALSE(command({{"command", "workspace.wipe"}, {"name", "main"}, {"confirm", "main"}})) << "once is enough";
  for (const char* workspace_name : {"", "main"}) {
    const auto refused = command({{"command", "user.list"}, {"workspace", workspace_name}});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().context().find("was wiped"), std::string::npos) << refused.error().describe();
  }
  EXPECT_TRUE(command({{"command", "queue.list"}}));
  // After a restart the name is another workspace, and nobody of before is known there.
  services.reset();
  services = test::run_task(io, Services::open(options, clock)).value();
  EXPECT_NE(services->directory()->workspaces().front(), workspace);
  EXPECT_FALSE(services->vault().open(workspace, "record", sealed));
  EXPECT_FALSE(services->accounts().find_by_email("ann@example.com").value());
}

TEST_F(OperatorCommandsTest, SuspendedMailIsListedShownRecoveredAndDeleted) {
  hold("one", {"support@example.com"});
  hold("two", {"support@example.com", "sales@example.com"});
  hold("three", {"support@example.com"});
  const auto subjects = [this](JsonObject request) {
    std::vector<std::string> out;
    const JsonObject answer = done(std::move(request));
    for (const Json& row : answer.at("suspended").as_array()) out.emplace_back(row.at("subject").as_string());
    out.emplace_back(answer.at("has_more").as_bool() ? "more" : "end");
    return out;
  };
  using Words = std::vector<std::string>;
  EXPECT_EQ(subjects({{"command", "suspended.list"}}), (Words{"three", "two", "two", "one", "end"}));
  EXPECT_EQ(subjects({{"command", "suspended.list"}, {"limit", 2}}), (Words{"three", "two", "two", "more"}));
  const JsonObject page = done({{"command", "suspended.list"}, {"limit", 2}});
  const std::string last(page.at("suspended").as_array().back().at("id").as_string());
  EXPECT_EQ(subjects({{"command", "suspended.list"}, {"before", last}}), (Words{"one", "end"}));

  const std::string two = last.substr(0, last.find('-'));
  const auto unclear = command({{"command", "suspended.recover"}, {"id", two}});
  ASSERT_FALSE(unclear);
  EXPECT_NE(unclear.error().context().find(last), std::string::npos) << "names the choices: " << unclear.error().context();
  const JsonObject shown = done({{"command", "suspended.show"}, {"id", last}});
  EXPECT_EQ(shown.at("from").as_string(), "eve@customer.example");
  EXPECT_EQ(shown.at("inbox").as_string(), "sales@example.com");
  EXPECT_NE(std::string(shown.at("text").as_string()).find("Buy now."), std::string::npos);
  EXPECT_EQ(shown.at("symbols").as_array().front().at("name").as_string(), "TEST_RULE");

  const JsonObject recovered = done({{"command", "suspended.recover"}, {"id", last}});
  const core::TicketId ticket{recovered.at("ticket").to_number<std::uint64_t>()};
  EXPECT_EQ(services->tickets().get(workspace, ticket).value().subject, "two");
  done({{"command", "suspended.delete"}, {"id", two}});  // one inbox is left, so the trace says which
  EXPECT_EQ(subjects({{"command", "suspended.list"}}), (Words{"three", "one", "end"}));
}

TEST_F(OperatorCommandsTest, WrongSuspendedIdsAreSaid) {
  hold("one", {"support@example.com"});
  for (const char* id : {"", "x", "0000000000000", "0000000000001", "0000000000001-1", "0000000000001-", "0000000000001-x"}) {
    for (const char* verb : {"suspended.show", "suspended.recover", "suspended.delete"}) {
      const auto answer = command({{"command", verb}, {"id", id}});
      ASSERT_FALSE(answer) << verb << ' ' << id;
      EXPECT_FALSE(answer.error().context().empty());
    }
  }
  EXPECT_FALSE(command({{"command", "suspended.list"}, {"limit", 0}}));
  EXPECT_FALSE(command({{"command", "suspended.list"}, {"limit", 100000}}));
  EXPECT_FALSE(command({{"command", "suspended.list"}, {"before", "x"}}));
  EXPECT_EQ(done({{"command", "suspended.list"}}).at("suspended").as_array().size(), 1U);
}

}  // namespace
}  // namespace postern::app
