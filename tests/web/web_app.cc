#include "tests/web/web_app.h"

#include <fmt/format.h>

#include <algorithm>

#include <algorithm>

#include "auth/audit.h"

namespace postern::test {
namespace {

ticketing::Options ticketing_options() {
  ticketing::Options options;
  options.hostname = "mx.example.com";
  options.commit_patience = {};  // nobody moves the clock while something waits
  ticketing::InboxOptions main;
  main.workspace = "main";
  main.addresses = {"support@example.com"};
  main.display_name = "Example Support";
  main.web_form = true;
  ticketing::InboxOptions other;
  other.workspace = "other";
  other.addresses = {"help@other.example"};
  ticketing::InboxOptions reports;
  reports.workspace = "main";
  reports.addresses = {"reports@example.com"};
  reports.senders.takes_reports = true;
  options.inboxes = {main, other, reports};
  return options;
}

auth::Options auth_options() {
  auth::Options options;
  options.argon2_memory_kib = 64;  // these tests are not about the cost of hashing
  options.argon2_passes = 1;
  return options;
}

// These give out a riddle or look something up, and change nothing that lasts: what they lead to is audited.
constexpr std::string_view kChangeNothing[] = {"/api/v2/enrolment/preview",          "/api/v2/session/challenge",
                                               "/api/v2/session/proof/challenge",    "/api/v2/two_factor/totp",
                                               "/api/v2/two_factor/passkeys/challenge", "/api/v2/password_resets"};

// What an agent has typed and not sent: private, and saved every few seconds. What becomes of it is audited where it is sent.
bool is_draft(std::string_view path) { return path.starts_with("/api/v2/tickets/") && path.ends_with("/draft"); }

bool is_change(const Call& call) {
  if (call.verb != "POST" && call.verb != "PUT" && call.verb != "DELETE") return false;
  if (!call.path.starts_with("/api/")) return false;
  const std::string_view path = std::string_view(call.path).substr(0, call.path.find_first_of("?."));
  if (is_draft(path)) return false;
  return call.verb != "POST" || std::ranges::find(kChangeNothing, path) == std::end(kChangeNothing);
}

core::Task<Reply> exchange(HttpClient& client, std::string bytes, bool is_head) {
  co_await client.send(std::move(bytes));
  co_return co_await client.read_reply(is_head);
}

// App makes the real one; here it is a value to be shown.
core::Task<core::Result<web::SecurityChecklist>> fixed_checklist(core::WorkspaceId) {
  web::SecurityChecklist out;
  out.checks.push_back({"good_one", "Good", "why", web::CheckState::kGood, "found", "", "#/audit", 3});
  out.checks.push_back({"warned_one", "Warned", "why", web::CheckState::kWarning, "found", "fix", "", 2});
  out.checks.push_back({"unknown_one", "Unknown", "why", web::CheckState::kUnknown, "", "", "", 9});
  co_return out;
}

}  // namespace

WebApp::WebApp(web::WebOptions options, Rules rules, WebAppPorts ports) {
  make_services(rules);
  owner = make_user("main", "owner@example.com", auth::Role::kOwner);
  admin = make_user("main", "admin@example.com", auth::Role::kAdmin);
  agent = make_user("main", "agent@example.com", auth::Role::kAgent);
  contact = make_user("main", "contact@example.com", auth::Role::kContact);
  foreign_agent = make_user("other", "agent@other.example", auth::Role::kAgent);
  owner_token = make_token(owner);
  admin_token = make_token(admin);
  agent_token = make_token(agent);
  contact_token = make_token(contact);
  foreign_token = make_token(foreign_agent);
  auto current = [this] { return std::shared_ptr<const ticketing::Directory>(directory.get(), [](const auto*) {}); };
  web::Services services{*accounts, *sessions, *tickets, *outbox, *suspended, *mail_reports, *redactor, current, *store, *vault, clock, ids};
  pipeline::AdvisorOptions advisor_options;
  advisor_options.hostname = "mx.example.com";
  advisor_options.mta_sts = options.mta_sts;
  advisor = std::make_unique<pipeline::DnsDomainAdvisor>(zone, clock, cpu, std::move(advisor_options));
  services.domain_advisor = advisor.get();
  services.rules = bench.get();
  services.redactions = redactions.get();
  services.ways_in = ways_in.get();
  services.roles = roles.get();
  services.wiper = wiper.get();
  services.desk = desk.get();
  services.networks = networks.get();
  services.blocks = &blocks;
  services.block_feeds = [this] { return block_feeds; };
  services.block_book = block_book.get();
  services.mail_password_reset = [this](std::string email, std::string) { asked_resets.push_back(std::move(email)); };
  services.audit = audit.get();
  services.security_contacts = contacts.get();
  services.support = support.get();
  services.security_checklist = fixed_checklist;
  services.mail_keys = ports.mail_keys;
  services.metrics = ports.metrics;
  services.pictures = ports.pictures;
  services.web_forms = ports.web_forms;
  services.archive_imports = ports.archive_imports;
  server = std::make_unique<web::Server>(std::move(options), std::move(services), nullptr);
  group = std::make_unique<core::TaskGroup>("web", clock);
}

WebApp::~WebApp() {
  server->begin_drain();
  group->cancel();
  run_task(io, group->drain(core::Deadline::never()));
  run_task(io, replays->stop(core::Deadline::never()));
}

void WebApp::make_services(Rules rules) {
  ticketing::Options options = ticketing_options();
  store = storage::make_memory_store(clock);
  vault = std::make_unique<storage::Vault>(*store, core::to_secret(std::string(32, 'k')));
  auto loaded = run(ticketing::Directory::load(*store, *vault, options));
  directory = std::move(loaded).value();
  accounts = std::make_unique<auth::Accounts>(*store, *vault, ids, clock, cpu, auth_options());
  sessions = std::make_unique<auth::Sessions>(*store, *vault, *accounts, ids, clock, auth_options());
  if (rules == Rules::kReal) real_book = std::make_shared<pipeline::PublishedRules>();
  redactor = real_book ? std::make_unique<pipeline::Redactor>(real_book)
                       : std::make_unique<pipeline::Redactor>();
  tickets = std::make_unique<ticketing::Tickets>(*store, *vault, *accounts, *directory, *redactor, ids, clock, options);
  redactions = std::make_unique<ticketing::CommentRedactor>(*store, *vault, *directory, hider, ids, clock, options, &cpu);
  outbox = std::make_unique<ticketing::Outbox>(*store, *vault, *directory, ids, clock, options);
  suspended = std::make_unique<ticketing::SuspendedQueue>(*store, *vault, *accounts, *directory, ids, clock, options);
  mail_reports = std::make_unique<ticketing::MailReports>(*store, *vault, options.mail_reports);
  intake = std::make_unique<ticketing::Intake>(*store, *vault, *accounts, *directory, ids, clock, options);
  desk_options = options;
  auto living = [this] { return directory->workspaces(); };
  desk = std::make_unique<ticketing::Helpdesk>(
      ticketing::Helpdesk::Parts{*store, *vault, *accounts, *directory, *redactor, ids, clock, desk_options, nullptr, living});
  desk->attach(tickets.get(), intake.get(), outbox.get(), suspended.get(), redactions.get());
  make_bench(rules, options);
  make_ways_in();
  auto workspaces = [this] { return directory->workspaces(); };
  audit = std::make_unique<auth::AuditTrail>(*store, *vault, clock, cpu, workspaces);
  auto keep_letter = [this](storage::Transaction&, const auth::SecurityLetter& letter) -> core::Result<void> {
    letters.push_back(letter);
    return {};
  };
  contacts = std::make_unique<auth::SecurityContacts>(*store, *vault, ids, clock, keep_letter, "help.example.com");
  support = std::make_unique<auth::SupportAccess>(*store, *vault, *accounts, ids, clock);
}

void WebApp::make_ways_in() {
  wiper = std::make_unique<ticketing::WorkspaceWiper>(*store, *vault, ids, clock);
  roles = std::make_unique<auth::Roles>(*store, *vault, *accounts, ids, clock, auth_options());
  networks = std::make_unique<auth::Networks>(*store, *vault, ids, clock, auth_options());
  block_book = std::make_unique<auth::BlockBook>(*store, *vault, ids, clock, blocks, auth_options());
  auto keep = [this](storage::Transaction&, const auth::SecurityNotice& notice) -> core::Result<void> {
    notices.push_back(notice);
    return {};
  };
  sign_in_steps = std::make_unique<auth::SignIn>(*store, *vault, *accounts, *sessions, ids, clock, auth_options(), keep);
  factors = std::make_unique<auth::SecondFactors>(*store, *vault, *accounts, ids, clock, auth_options(), keep);
  devices = std::make_unique<auth::Devices>(*store, *vault, ids, clock, auth_options());
  policies = std::make_unique<auth::SecurityPolicies>(*store, *vault, ids, clock, auth_options());
  texts = std::make_unique<auth::TextCodes>(*store, *vault, *accounts, ids, clock, auth_options(), keep);
  texts->use([this](auth::TextMessage message) { return take_text(std::move(message)); }, "help.example.com");
  sign_in_steps->use(*texts);
  ways_in = std::make_unique<auth::WaysIn>(auth::WaysIn{*sign_in_steps, *factors, *devices, *policies, texts.get()});
}

core::Task<core::Result<void>> WebApp::take_text(auth::TextMessage message) {
  if (text_gateway_fails) co_return core::fail_transient(core::Errc::kIo, "the gateway answered 503");
  text_messages.push_back(std::move(message));
  co_return core::Result<void>();
}

void WebApp::make_bench(Rules rules, const ticketing::Options& options) {
  pipeline::RuleBook& book = rules == Rules::kReal ? static_cast<pipeline::RuleBook&>(*real_book) : fake_book;
  rule_sets = std::make_unique<ticketing::RuleSets>(*store, *vault, *directory, ids, clock, book, *redactor, options, &cpu);
  EXPECT_TRUE(rule_sets->load_all());
  findings = std::make_unique<ticketing::FindingLedger>(*store, *directory, clock, options.findings);
  feedback = std::make_unique<ticketing::FindingFeedback>(*store, *vault, *tickets, ids, clock, options);
  replays = std::make_unique<ticketing::RuleReplays>(*store, *vault, *rule_sets, ids, clock, options.replays, &cpu);
  bench = std::make_unique<ticketing::RuleBench>(ticketing::RuleBench{*rule_sets, *findings, *feedback, *replays});
}

auth::Principal WebApp::operator_of(const char* workspace_name) const {
  auth::Principal by;
  by.workspace = directory->workspace_named(workspace_name);
  by.role = auth::Role::kOwner;
  by.method = auth::Method::kOperator;
  return by;
}

auth::User WebApp::make_user(const char* workspace_name, const char* email, auth::Role role) {
  const auth::Principal by = operator_of(workspace_name);
  auto invited = run(accounts->invite(by, email, std::string(email, std::string_view(email).find('@')), role)).value();
  return run(accounts->enrol(invited.second, kPassword, "192.0.2.1")).value();
}

std::string WebApp::token_of_role(const std::string& name, auth::PermissionSet permissions) {
  const auth::Principal by = operator_of("main");
  auth::CustomRole draft;
  draft.name = name;
  draft.permissions = permissions;
  const auth::CustomRole role = run(roles->create(by, draft)).value();
  std::string address = name + "@example.com";
  std::ranges::replace(address, ':', '-');
  std::ranges::replace(address, ' ', '-');
  auth::User user = make_user("main", address.c_str(), auth::Role::kAgent);
  user = run(accounts->set_role(by, user.id, auth::Role::kAgent, role.id)).value();
  return make_token(user);
}

std::string WebApp::make_token(const auth::User& user) {
  auth::Principal by;
  by.workspace = user.workspace;
  by.user = user.id;
  by.role = auth::Role::kOwner;  // a contact could not make one
  const std::string secret = run(sessions->create_token(by, user.id, "test", 0)).value().first;
  (void)run(sessions->resolve_token(secret, "192.0.2.1"));  // its first use is noted now, not by the request that a test looks at
  return secret;
}

std::unique_ptr<HttpClient> WebApp::connect(const char* from) {
  SimOptions sim;
  sim.remote = net::Endpoint::parse(from).value();
  SimPair pair = make_sim_pair(io.get_executor(), clock, sim);
  group->spawn(io.get_executor(), server->run_session(std::move(pair.second)));
  return std::make_unique<HttpClient>(std::move(pair.first));
}

Reply WebApp::send(const Call& call) {
  std::string bytes = fmt::format("{} {} HTTP/1.1\r\nConnection: close\r\n", call.verb, call.path);
  const bool names_host = std::ranges::any_of(call.fields, [](const auto& field) { return field.first == "Host"; });
  if (!names_host) bytes += "Host: help.example.com\r\n";
  bool has_length = false;
  for (const auto& [name, value] : call.fields) {
    bytes += fmt::format("{}: {}\r\n", name, value);
    has_length = has_length || name == "Content-Length" || name == "Transfer-Encoding";
  }
  if (!call.body.empty() && !has_length) bytes += fmt::format("Content-Length: {}\r\n", call.body.size());
  bytes += "\r\n" + call.body;
  std::unique_ptr<HttpClient> client = connect();
  const std::uint64_t audited = newest_audit_ids();
  const std::uint64_t version = store->snapshot()->version();
  Reply reply = run_task(io, exchange(*client, std::move(bytes), call.verb == "HEAD"));
  // I0-11, ASVS 16.2.1: a request that changed something left an entry.
  const bool has_changed = store->snapshot()->version() != version;  // not so when what was asked for was so already
  if (is_change(call) && has_changed && reply.status >= 200 && reply.status < 300 && reply.field("x-idempotency-lookup") != "hit") {
    EXPECT_NE(newest_audit_ids(), audited) << call.verb << " " << call.path << " left no audit entry";
  }
  return reply;
}

std::uint64_t WebApp::newest_audit_ids() {
  std::uint64_t sum = 0;
  for (const core::WorkspaceId each : {core::WorkspaceId{0}, directory->workspace_named("main"), directory->workspace_named("other")}) {
    const auto newest = auth::list_audit(*store, *vault, each, {}, 1);
    if (!newest) continue;  // of a workspace that was wiped
    for (const auth::AuditEntry& entry : *newest) sum += entry.id.value;
  }
  return sum;
}

Reply WebApp::get(const std::string& path, const std::string& token) {
  Call call{"GET", path, {}, ""};
  if (!token.empty()) call.with("Authorization", "Bearer " + token);
  return send(call);
}

Reply WebApp::put(const std::string& path, const std::string& token, const std::string& json) {
  Call call{"PUT", path, {}, json};
  return send(call.with("Authorization", "Bearer " + token).with("Content-Type", "application/json"));
}

Reply WebApp::post(const std::string& path, const std::string& token, const std::string& json) {
  Call call{"POST", path, {}, json};
  if (!token.empty()) call.with("Authorization", "Bearer " + token);
  return send(call.with("Content-Type", "application/json"));
}

Browser WebApp::sign_in(const std::string& email) {
  Reply reply = post("/api/v2/session", "", fmt::format(R"({{"email":"{}","password":"{}"}})", email, kPassword));
  EXPECT_EQ(reply.status, 201) << reply.body;
  Browser browser;
  std::string cookie = reply.field("set-cookie");
  browser.cookie = cookie.substr(0, cookie.find(';'));
  browser.csrf = reply.status == 201 ? std::string(reply.at("session", "csrf_token").as_string()) : std::string();
  return browser;
}

Reply WebApp::act(const Browser& browser, const std::string& verb, const std::string& path, const std::string& json) {
  Call call{verb, path, {}, json};
  call.with("Cookie", browser.cookie).with("X-CSRF-Token", browser.csrf);
  if (!json.empty()) call.with("Content-Type", "application/json");
  return send(call);
}

core::TicketId WebApp::receive(const std::string& from, const std::string& subject, const std::string& body,
                               const std::string& to) {
  return take(from, subject, body, to, pipeline::SpamVerdict()).tickets.at(0);
}

void WebApp::hold(const std::string& from, const std::string& subject, const std::string& body, const std::string& to) {
  pipeline::SpamVerdict spam;
  spam.score = 7.5;
  spam.action = pipeline::SpamAction::kSuspend;
  spam.symbols.push_back({"TEST_RULE", 7.5});
  (void)take(from, subject, body, to, std::move(spam));
}

void WebApp::receive_reports(const std::string& from, pipeline::ReceivedReports reports, bool is_proven) {
  clock.advance(std::chrono::milliseconds(5));
  pipeline::Envelope envelope;
  envelope.trace = ids.next_as<core::TraceId>();
  envelope.mail_from = pipeline::split_address(from);
  envelope.received_at = clock.wall_now();
  envelope.rcpts.push_back(directory->resolve(pipeline::split_address("reports@example.com")).value());
  pipeline::AuthVerdicts verdicts;
  verdicts.dmarc.result = is_proven ? pipeline::AuthResult::kPass : pipeline::AuthResult::kFail;
  const std::string message = fmt::format("From: <{}>\r\nSubject: Report\r\nMessage-ID: <{}@reporter.example>\r\n\r\nSee the file.\r\n", from, ids.next());
  auto redacted = redactor->redact(pipeline::Message::copy_of(message), envelope, verdicts).value();
  redacted.set_reports(std::make_shared<const pipeline::ReceivedReports>(std::move(reports)));
  EXPECT_TRUE(run(intake->accept(envelope, std::move(redacted)))->tickets.empty());
}

pipeline::Receipt WebApp::take(const std::string& from, const std::string& subject, const std::string& body,
                                   const std::string& to, pipeline::SpamVerdict spam) {
  clock.advance(std::chrono::milliseconds(5));
  pipeline::Envelope envelope;
  envelope.trace = ids.next_as<core::TraceId>();
  envelope.client_ip = "198.51.100.7";
  envelope.mail_from = pipeline::split_address(from);
  envelope.received_at = clock.wall_now();
  envelope.rcpts.push_back(directory->resolve(pipeline::split_address(to)).value());
  pipeline::AuthVerdicts verdicts;
  verdicts.spf.result = pipeline::AuthResult::kPass;
  verdicts.dmarc.result = pipeline::AuthResult::kPass;
  verdicts.dns.push_back({"spf", "customer.example", "TXT", "ok", true, {"v=spf1 ip4:198.51.100.7 -all"}});
  std::string message =
      fmt::format("From: Customer <{}>\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}@customer.example>\r\nDate: Sun, 22 Nov 2026 09:30:00 +0000\r\n"
                  "MIME-Version: 1.0\r\n{}",
                  from, to, subject, ids.next(), body);
  auto redacted = redactor->redact(pipeline::Message::copy_of(message), envelope, verdicts);
  pipeline::RedactedMessage message_to_take = std::move(redacted).value();
  message_to_take.set_spam(std::move(spam));
  return run(intake->accept(envelope, std::move(message_to_take))).value();
}

}  // namespace postern::test
