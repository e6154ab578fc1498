#pragma once
// tests/web/web_app.h: the whole API over the memory store and the real services, driven through HTTP over in-memory
// streams. One workspace "main" with an owner, an admin, an agent and a contact; a second one, "other", with an agent.
// Every call of send() is a connection of its own, run to its end on the calling thread.
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "core/manual_clock.h"
#include "core/task_group.h"
#include "net/zone_resolver.h"
#include "pipeline/advice/advisor.h"
#include "pipeline/redaction/phrase_hider.h"
#include "pipeline/redaction/redactor.h"
#include "storage/memory_store.h"
#include "storage/vault.h"
#include "tests/support/run_task.h"
#include "tests/support/sim_stream.h"
#include "tests/ticketing/fake_rule_book.h"
#include "tests/web/http_client.h"
#include "pipeline/api/received_reports.h"
#include "auth/audit_trail/contact.h"
#include "auth/audit_trail/trail.h"
#include "auth/block_book.h"
#include "auth/support/support_access.h"
#include "auth/second_factors/ways_in.h"
#include "ticketing/helpdesk.h"
#include "ticketing/intake.h"
#include "ticketing/mail_reports.h"
#include "ticketing/outbox.h"
#include "ticketing/rule_bench.h"
#include "ticketing/suspended.h"
#include "ticketing/tickets.h"
#include "ticketing/workspace_wipe.h"
#include "web/server/server.h"

namespace postern::test {

struct Call {
  std::string verb = "GET";
  std::string path;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  Call& with(std::string name, std::string value) {
    fields.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

// A signed-in browser.
struct Browser {
  std::string cookie;  // "__Host-postern=…"
  std::string csrf;
};

// What few tests have; borrowed.
struct WebAppPorts {
  web::MailKeys* mail_keys = nullptr;
  const core::Registry* metrics = nullptr;
  web::RemotePictures* pictures = nullptr;
  pipeline::MessageIntake* web_forms = nullptr;
  web::ArchiveImports* archive_imports = nullptr;
};

class WebApp {
 public:
  // Documents of redaction rules are those of FakeRuleBook, unless the real book is asked for; the redactor follows that one.
  enum class Rules { kFake, kReal };
  explicit WebApp(web::WebOptions options = web::WebOptions(), Rules rules = Rules::kFake, WebAppPorts ports = WebAppPorts());
  ~WebApp();

  Reply send(const Call& call);
  Reply get(const std::string& path, const std::string& token);
  Reply put(const std::string& path, const std::string& token, const std::string& json);
  Reply post(const std::string& path, const std::string& token, const std::string& json);
  Browser sign_in(const std::string& email);
  // What the page does: the session's cookie and its CSRF token. `json` may be empty.
  Reply act(const Browser& browser, const std::string& verb, const std::string& path, const std::string& json = "");
  // A connection that stays open, for event streams.
  std::unique_ptr<HttpClient> connect(const char* from = "192.0.2.1:40000");
  // A mail to support@example.com becomes a ticket; its number.
  core::TicketId receive(const std::string& from, const std::string& subject, const std::string& body,
                         const std::string& to = "support@example.com");
  // A mail to support@example.com, or to another inbox, is held back as spam.
  void hold(const std::string& from, const std::string& subject, const std::string& body, const std::string& to = "support@example.com");
  // A mail with reports to reports@example.com, which takes them.
  void receive_reports(const std::string& from, pipeline::ReceivedReports reports, bool is_proven = true);
  template <class T>
  T run(core::Task<T> task) {
    return run_task(io, std::move(task));
  }
  // The token of somebody with a custom role of these permissions.
  std::string token_of_role(const std::string& name, auth::PermissionSet permissions);
  core::WorkspaceId workspace() const { return directory->workspace_named("main"); }
  static constexpr const char* kPassword = "correct horse battery staple";

  boost::asio::io_context io;
  // Between two calls of run() a pool thread may drop the last work of `io`, which would stop it for the next one.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  core::ManualClock clock;
  core::IdSource ids{clock, 1};
  core::WorkPool cpu{"cpu", 1, 64};
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<storage::Vault> vault;
  std::unique_ptr<ticketing::Directory> directory;
  std::unique_ptr<auth::Accounts> accounts;
  std::unique_ptr<auth::Sessions> sessions;
  std::vector<auth::SecurityNotice> notices;  // what people were told
  std::unique_ptr<auth::SignIn> sign_in_steps;
  std::unique_ptr<auth::TextCodes> texts;
  std::vector<auth::TextMessage> text_messages;  // that left, unless the gateway fails
  bool text_gateway_fails = false;
  std::unique_ptr<auth::SecondFactors> factors;
  std::unique_ptr<auth::Devices> devices;
  std::unique_ptr<auth::SecurityPolicies> policies;
  std::unique_ptr<auth::WaysIn> ways_in;
  std::unique_ptr<ticketing::WorkspaceWiper> wiper;
  std::unique_ptr<auth::Roles> roles;
  std::unique_ptr<auth::Networks> networks;
  net::BlockList blocks{clock};
  std::vector<net::BlockFeedState> block_feeds;
  std::unique_ptr<auth::BlockBook> block_book;
  std::vector<std::string> asked_resets;  // addresses for which a password link was asked
  std::unique_ptr<auth::AuditTrail> audit;
  std::vector<auth::SecurityLetter> letters;  // to the security contact
  std::unique_ptr<auth::SecurityContacts> contacts;
  std::unique_ptr<auth::SupportAccess> support;
  std::shared_ptr<pipeline::PublishedRules> real_book;
  FakeRuleBook fake_book;
  std::unique_ptr<pipeline::Redactor> redactor;
  std::unique_ptr<ticketing::Tickets> tickets;
  pipeline::PhraseHider hider;
  std::unique_ptr<ticketing::CommentRedactor> redactions;
  std::unique_ptr<ticketing::Outbox> outbox;
  std::unique_ptr<ticketing::SuspendedQueue> suspended;
  std::unique_ptr<ticketing::MailReports> mail_reports;
  std::unique_ptr<ticketing::Intake> intake;
  ticketing::Options desk_options;
  std::unique_ptr<ticketing::Helpdesk> desk;
  std::unique_ptr<ticketing::RuleSets> rule_sets;
  std::unique_ptr<ticketing::FindingLedger> findings;
  std::unique_ptr<ticketing::FindingFeedback> feedback;
  std::unique_ptr<ticketing::RuleReplays> replays;
  std::unique_ptr<ticketing::RuleBench> bench;
  net::ZoneResolver zone;  // what DNS says of mail domains; empty
  std::unique_ptr<pipeline::DnsDomainAdvisor> advisor;
  std::unique_ptr<web::Server> server;
  std::unique_ptr<core::TaskGroup> group;

  auth::Principal operator_of(const char* workspace) const;  // the command line's
  auth::User owner, admin, agent, contact, foreign_agent;
  std::string owner_token, admin_token, agent_token, contact_token, foreign_token;

 private:
  // Whatever a request changed is in the audit log: looked at after every request of every test.
  std::uint64_t newest_audit_ids();
  void make_services(Rules rules);
  void make_ways_in();
  core::Task<core::Result<void>> take_text(auth::TextMessage message);
  void make_bench(Rules rules, const ticketing::Options& options);
  pipeline::Receipt take(const std::string& from, const std::string& subject, const std::string& body,
                             const std::string& to, pipeline::SpamVerdict spam);
  auth::User make_user(const char* workspace, const char* email, auth::Role role);
  std::string make_token(const auth::User& user);
};

}  // namespace postern::test
