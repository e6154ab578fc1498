#include "app/gateway.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <thread>

#include "app/audit_settings.h"
#include "app/domain_report.h"
#include "app/living_workspaces.h"
#include "app/log_setup.h"
#include "app/offline.h"
#include "app/operator_commands.h"
#include "app/privileges.h"
#include "app/security_checklist.h"
#include "app/sts_fetch.h"
#include "app/systemd_notify.h"
#include "app/text_gateway.h"
#include "conf/load.h"
#include "core/errc.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/secret.h"
#include "pipeline/redaction/redactor.h"
#include "ticketing/webhooks/webhooks.h"
#include "web/api/comment_pictures.h"
#include "web/api/desk/webhook_body.h"

namespace postern::app {
namespace {

namespace log = core::log;

constexpr rlim_t kOpenFilesWanted = 65536;

void raise_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min(limit.rlim_max, kOpenFilesWanted);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

net::TlsServerOptions tls_files(const conf::GatewayOptions& options, const std::filesystem::path& chain,
                                const std::filesystem::path& key, std::vector<std::string> alpn) {
  net::TlsServerOptions out;
  out.certificate_file = options.resolve(chain);
  out.key_file = options.resolve(key);
  out.alpn = std::move(alpn);
  return out;
}

smtp::LeaseCalls lease_calls(ticketing::Outbox& outbox) {
  return {[&outbox](std::size_t most, core::Duration lease, std::size_t per_destination_max) {
            return outbox.claim_due(most, lease, per_destination_max);
          },
          [&outbox](core::WorkspaceId workspace, core::OutboxId id) { return outbox.release(workspace, id); }};
}

constexpr std::size_t kQueueLookMax = 10'000;

// Whether mail that a former key signed may still be waiting; blocking.
core::Result<pipeline::DkimQueueView> look_at_queue(Services& services) {
  pipeline::DkimQueueView view{true, std::nullopt};
  for (const core::WorkspaceId workspace : services.directory()->workspaces()) {
    POSTERN_TRY(const auto entries, services.outbox().list(workspace, kQueueLookMax));
    if (entries.size() == kQueueLookMax) view.is_known = false;  // retirement waits
    for (const auto& entry : entries) {
      if (entry.attempts == 0 || entry.is_held) continue;  // signed anew when it leaves
      const auto at = core::from_unix_ms(entry.created_unix_ms);
      if (!view.oldest_tried || at < *view.oldest_tried) view.oldest_tried = at;
    }
  }
  return view;
}

net::TlsServerOptions smtp_tls_files(const conf::GatewayOptions& options) {
  return tls_files(options, options.smtp_listen.certificate_file, options.smtp_listen.key_file, {});
}

net::TlsServerOptions web_tls_files(const conf::GatewayOptions& options) {
  return tls_files(options, options.web_listen.certificate_file, options.web_listen.key_file, {"http/1.1"});
}

// Of mail: with one, whoever has a place behind a long step waits for it although a core is free.
constexpr std::size_t kLoopsPerThread = 2;

std::size_t thread_count(const conf::ProcessOptions& options) {
  return options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
}

template <class Listeners, class Server>
void start_all(Listeners& listeners, Server& server, const net::Listener::Home& home = nullptr) {
  for (auto& listener : listeners) {
    listener->start([&server](std::unique_ptr<net::Stream> stream) { return server.run_session(std::move(stream)); }, home);
  }
}

}  // namespace

Gateway::Gateway(conf::GatewayOptions options, core::Clock& clock)
    : options_(std::move(options)), clock_(clock), smtp_loops_(kLoopsPerThread * thread_count(options_.process)), tasks_("gateway", clock) {}

Gateway::~Gateway() = default;

core::Result<std::unique_ptr<Gateway>> Gateway::start(conf::GatewayOptions options) {
  core::forbid_core_dumps();
  raise_open_files();
  std::unique_ptr<Gateway> made(new Gateway(std::move(options), core::system_clock()));
  set_up_log(made->options_);
  POSTERN_CHECK(made->bind());
  POSTERN_CHECK(become_user(made->options_.process.user));
  core::forbid_core_dumps();  // a change of user resets it
  POSTERN_CHECK(made->build());
  return made;
}

core::Result<void> Gateway::bind() {
  auto add = [this](auto& into, const char* name, const net::Endpoint& at, std::size_t most) -> core::Result<void> {
    POSTERN_TRY(auto listener, net::Listener::bind(io_, name, at, most, clock_));
    into.push_back(std::move(listener));
    return {};
  };
  for (const auto& at : options_.smtp_listen.listen) POSTERN_CHECK(add(smtp_listeners_, "smtp", at, options_.smtp_listen.connections_max));
  for (const auto& at : options_.smtp_listen.listen_tls) POSTERN_CHECK(add(smtps_listeners_, "smtps", at, options_.smtp_listen.connections_max));
  for (const auto& at : options_.web_listen.listen) POSTERN_CHECK(add(web_listeners_, "web", at, options_.web.connections_max));
  if (options_.operator_listen.port != 0) {
    POSTERN_TRY(operator_listener_, net::Listener::bind(io_, "operator", options_.operator_listen, 64, clock_));
  }
  return {};
}

core::Result<void> Gateway::build() {
  POSTERN_TRY(smtp_tls_, net::ReloadableTls::load(smtp_tls_files(options_)));
  POSTERN_TRY(web_tls_, net::ReloadableTls::load(web_tls_files(options_)));
  POSTERN_TRY(services_, run_to_end(io_, Services::open(options_, clock_)));
  POSTERN_TRY(control_, ControlServer::bind(io_, options_.resolve("control.sock"), clock_));
  POSTERN_TRY(pipeline_, PipelineStack::build(io_, *services_));
  signer_ = std::make_unique<pipeline::DkimSigner>(clock_);
  POSTERN_CHECK(signer_->reload(pipeline::DkimKeyFolder(options_.resolve("dkim"))));
  POSTERN_CHECK(build_audit_shipping());
  POSTERN_CHECK(build_webhooks());
  POSTERN_CHECK(build_text_messages());
  POSTERN_CHECK(build_block_feeds());
  POSTERN_CHECK(build_pictures());
  build_deliverability();
  build_servers();
  build_sts_book();
  return {};
}

core::Result<void> Gateway::build_audit_shipping() {
  if (const auto complaints = audit_setting_complaints(options_); !complaints.empty()) return core::fail(core::Errc::kInvalid, complaints.front());
  auto workspaces = [directory = services_->directory(), vault = &services_->vault()] { return living_workspaces(*directory, *vault); };
  auth::AuditShipper::Parts parts{services_->store(), services_->vault(), pipeline_->resolver(), clock_, std::move(workspaces)};
  POSTERN_TRY(shipper_, auth::AuditShipper::make(std::move(parts), ship_options(options_)));
  return {};
}

core::Result<void> Gateway::build_webhooks() {
  const std::string& ca_file = options_.webhooks.ca_file;
  POSTERN_TRY(auto tls, net::TlsContext::client(true, ca_file.empty() ? std::filesystem::path() : options_.resolve(ca_file)));
  webhook_sender_ = std::make_unique<HttpWebhookSender>(pipeline_->resolver(), clock_, options_.webhooks, std::move(tls));
  auto directory = [services = services_.get()] { return services->directory(); };
  services_->desk().webhooks().use({webhook_sender_.get(), web::make_webhook_body(services_->tickets(), directory, options_.web,
                                                                                             &services_->desk().fields(),
                                                                                             {&services_->accounts(), &services_->desk().people(),
                                                                                              &services_->desk().organizations()})});
  return {};
}

core::Result<void> Gateway::build_text_messages() {
  POSTERN_TRY(auth::TextMessagePort port, text_message_port(options_, pipeline_->resolver(), clock_));
  const auto party = auth::relying_party(options_.origin());
  services_->texts().use(std::move(port), party ? party->id : options_.process.hostname);
  return {};
}

core::Result<void> Gateway::build_block_feeds() {
  if (const auto complaints = block_feed_complaints(options_); !complaints.empty()) return core::fail(core::Errc::kInvalid, complaints.front());
  const std::string& ca_file = options_.feeds.ca_file;
  POSTERN_TRY(auto tls, net::TlsContext::client(true, ca_file.empty() ? std::filesystem::path() : options_.resolve(ca_file)));
  net::EgressOptions egress = options_.feeds;
  egress.answer_max = std::chrono::minutes(2);
  BlockFeedOptions feeds;
  feeds.interval = options_.feed_interval;
  block_feeds_ = std::make_unique<BlockFeedTask>(services_->blocks(), HttpCaller(pipeline_->resolver(), clock_, std::move(egress), std::move(tls)), clock_, feeds);
  return {};
}

// From public addresses only, whatever webhooks and feeds may reach.
core::Result<void> Gateway::build_pictures() {
  POSTERN_TRY(auto tls, net::TlsContext::client(true, {}));
  net::EgressOptions egress;
  egress.connect_max = std::chrono::seconds(5);
  egress.answer_max = std::chrono::seconds(10);
  pictures_ = std::make_unique<PictureFetcher>(HttpCaller(pipeline_->resolver(), clock_, std::move(egress), std::move(tls)), web::kPictureBytesMax);
  return {};
}

// Of what delivery asks other domains' web servers.
net::EgressOptions Gateway::mail_egress() const {
  net::EgressOptions allowed;
  allowed.networks = options_.feeds.networks;
  allowed.ca_file = options_.delivery.ca_file;
  return allowed;
}

// Without a trust store nothing can be read that has to be verified: then there are no policies, as on a host without HTTPS.
smtp::StsPolicies::Fetch Gateway::sts_fetch() {
  auto made = make_sts_fetch(pipeline_->resolver(), clock_, mail_egress());
  if (!made) core::log::error("delivery.no_mta_sts", {{"what", made.error().describe()}});
  return made ? std::move(*made) : smtp::StsPolicies::Fetch();
}

// What keeps our mail welcome elsewhere: keys, advice on DNS, reports.
void Gateway::build_deliverability() {
  DkimTaskOptions rotation;
  rotation.rotation = options_.dkim;
  dkim_rotation_ = std::make_unique<DkimRotationTask>(
      DkimRotationTask::Parts{pipeline::DkimKeyFolder(options_.resolve("dkim")), *signer_, pipeline_->resolver(), services_->cpu(), clock_,
                              [services = services_.get()] { return look_at_queue(*services); }},
      rotation);
  mail_keys_ = std::make_unique<MailKeyDesk>(mail_key_parts());
  advisor_ = std::make_unique<pipeline::DnsDomainAdvisor>(pipeline_->resolver(), clock_, services_->cpu(), advisor_options(options_));
  reporter_ = std::make_unique<DmarcReporter>(
      io_.get_executor(), DmarcReporter::Parts{services_->ledger(), *services_->directory(), pipeline_->resolver(), services_->cpu(), clock_},
      options_.reports, options_.pipeline.auth.dmarc, options_.ledger);
  build_tls_reporter();
}

void Gateway::build_tls_reporter() {
  auto post = make_tls_report_post(pipeline_->resolver(), clock_, mail_egress());
  if (!post) core::log::error("tls_reporter.no_https", {{"what", post.error().describe()}});
  TlsReporter::Parts parts{services_->tls_ledger(), *services_->directory(), pipeline_->resolver(), services_->cpu(), clock_,
                           post ? std::move(*post) : TlsReportPost()};
  tls_reporter_ = std::make_unique<TlsReporter>(io_.get_executor(), std::move(parts), options_.reports);
}

MailKeyDesk::Parts Gateway::mail_key_parts() {
  std::vector<std::pair<std::string, std::filesystem::path>> certificates{{"smtp", smtp_tls_files(options_).certificate_file},
                                                                          {"web", web_tls_files(options_).certificate_file}};
  MailKeyDesk::Parts out{pipeline::DkimKeyFolder(options_.resolve("dkim")), *signer_, pipeline_->resolver(), services_->cpu(), clock_,
                         options_.dkim, std::move(certificates), {}};
  // It is for all workspaces: not for the admins of one of several.
  if (services_->directory()->workspaces().size() == 1) out.reload = [this] { return reload(); };
  return out;
}

void Gateway::build_servers() {
  auto directory = [services = services_.get()]() -> std::shared_ptr<const pipeline::RecipientDirectory> { return services->directory(); };
  auto healthy = [this] { return services_->store().is_healthy(); };
  smtp::ServerOptions with_tls = options_.smtp;
  with_tls.implicit_tls = true;
  smtp_ = std::make_unique<smtp::Server>(options_.smtp, pipeline_->intake(), directory, smtp_tls_, services_->ids(), clock_);
  smtps_ = std::make_unique<smtp::Server>(with_tls, pipeline_->intake(), directory, smtp_tls_, services_->ids(), clock_);
  smtps_->share_memory(smtp_->memory());
  const auto& blocks = services_->blocks().list();
  const auto budget = std::make_shared<smtp::PeerBudget>(options_.smtp.peers, *blocks, clock_);
  smtp_->share_defences(blocks, budget);
  smtps_->share_defences(blocks, budget);
  smtps_->share_refusals(smtp_->refusals());
  smtps_->share_grey_list(smtp_->grey_list());
  grey_list_ = std::make_unique<GreyListTask>(smtp_->grey_list(), options_.resolve("greylist"), services_->cpu(), clock_);
  smtp_->set_healthy(healthy);
  smtps_->set_healthy(healthy);
  deliverer_ = std::make_unique<smtp::Deliverer>(io_, services_->outbox(), *signer_, pipeline_->resolver(), clock_, options_.delivery,
                                                 smtp::Connect(), lease_calls(services_->outbox()), sts_fetch(),
                                                 options_.reports.sends_tls() ? &services_->tls_ledger() : nullptr);
  web::Services web{services_->accounts(), services_->sessions(), services_->tickets(), services_->outbox(),
                    services_->suspended(), services_->mail_reports(), services_->redactor(),
                    [services = services_.get()] { return services->directory(); }, services_->store(), services_->vault(), clock_,
                    services_->ids(), advisor_.get(), &services_->redaction().comments(), &services_->redaction().bench()};
  web.web_forms = &pipeline_->web_forms();
  web.ways_in = &services_->ways_in();
  web.audit = &services_->audit();
  web.security_contacts = &services_->security_contacts();
  web.roles = &services_->roles();
  web.networks = &services_->networks();
  web.support = &services_->support();
  services_->use({shipper_.get(), advisor_.get(), smtp_->refusals().get()});
  web.security_checklist = [services = services_.get()](core::WorkspaceId workspace) { return make_security_checklist(*services, workspace); };
  web.wiper = &services_->wiper();
  web.desk = &services_->desk();
  web.mail_keys = mail_keys_.get();
  web.pictures = pictures_.get();
  uploaded_imports_ = std::make_unique<UploadedImports>(io_.get_executor(), *services_);
  web.archive_imports = uploaded_imports_.get();
  web.blocks = services_->blocks().list().get();
  web.block_feeds = [desk = &services_->blocks()] { return desk->feed_states(); };
  if (services_->directory()->workspaces().size() == 1) web.metrics = &core::metrics();
  if (services_->directory()->workspaces().size() == 1) web.block_book = &services_->blocks().book();
  password_mail_ = std::make_unique<PasswordMail>(io_.get_executor(), services_->accounts(), services_->outbox(), services_->directory(),
                                                  options_.origin(), clock_);
  web.mail_password_reset = [mail = password_mail_.get()](std::string email, std::string client_ip) {
    mail->ask(std::move(email), std::move(client_ip));
  };
  web_ = std::make_unique<web::Server>(options_.web, std::move(web), web_tls_);
  std::vector<web::ReadyCheck> checks{{"store", healthy}, {"draining", [this] { return !is_draining_.load(); }}};
  operator_ = std::make_unique<web::OperatorServer>(options_.web, std::move(checks), clock_, services_->ids());
}

// Policies that cannot be read are found anew: no reason to stay away.
void Gateway::build_sts_book() {
  sts_book_ = std::make_unique<StsBook>(services_->store(), services_->vault(), deliverer_->sts_policies(), clock_);
  if (const auto known = sts_book_->read(); !known) log::warn("mta_sts.not_read", {{"what", known.error().describe()}});
}

void Gateway::start_listening() {
  const auto loop = [this] { return smtp_loops_.place(); };
  start_all(smtp_listeners_, *smtp_, loop);
  start_all(smtps_listeners_, *smtps_, loop);
  start_all(web_listeners_, *web_);
  if (operator_listener_) {
    operator_listener_->start([server = operator_.get()](std::unique_ptr<net::Stream> stream) { return server->run_session(std::move(stream)); });
  }
  control_->start([this](Json request) { return answer_control(std::move(request)); });
  deliverer_->start();
  sts_book_->start(io_.get_executor());
  grey_list_->start(io_.get_executor());
  dkim_rotation_->start(io_.get_executor());
  reporter_->start();
  tls_reporter_->start();
  services_->audit().start(io_.get_executor());
  shipper_->start(io_.get_executor());
  block_feeds_->start(io_.get_executor());
  services_->redaction().start(io_.get_executor());
  services_->desk().start(io_.get_executor());
}

void Gateway::run() {
  signals_.add(SIGTERM);
  signals_.add(SIGINT);
  signals_.add(SIGHUP);
  start_listening();
  tasks_.spawn(io_.get_executor(), watch_signals());
  log::info("gateway.started", {{"hostname", options_.process.hostname}, {"user", static_cast<std::uint64_t>(::geteuid())}});
  notify_systemd("READY=1");
  smtp_loops_.start();
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < thread_count(options_.process); ++i) threads.emplace_back([this] { io_.run(); });
  io_.run();
  for (auto& thread : threads) thread.join();
  smtp_loops_.stop();
  log::info("gateway.stopped");
}

core::Task<void> Gateway::watch_signals() {
  for (;;) {
    auto [ec, number] = co_await signals_.async_wait(core::kTuple);
    if (ec) co_return;
    if (number == SIGHUP) {
      if (auto done = reload(); !done) {
        log::error("gateway.reload_failed", {{"why", done.error().describe()}});
      } else {
        log::info("gateway.reloaded");
      }
      continue;
    }
    log::info("gateway.stopping", {{"signal", number}});
    notify_systemd("STOPPING=1");
    co_await shut_down();
    co_return;
  }
}

// Whatever can fail comes before the first change.
core::Result<std::vector<std::string>> Gateway::reload() {
  const conf::Loaded loaded = conf::load_file(options_.file);
  if (!loaded.ok()) return core::fail(core::Errc::kInvalid, loaded.problems.front().to_string());
  POSTERN_CHECK(net::TlsContext::server(smtp_tls_files(options_)));
  POSTERN_CHECK(net::TlsContext::server(web_tls_files(options_)));
  POSTERN_CHECK(signer_->reload(pipeline::DkimKeyFolder(options_.resolve("dkim"))));
  if (const auto complaints = block_feed_complaints(loaded.options); !complaints.empty()) return core::fail(core::Errc::kInvalid, complaints.front());
  POSTERN_CHECK(services_->blocks().load_listed(loaded.options));
  POSTERN_CHECK(smtp_tls_->reload());
  POSTERN_CHECK(web_tls_->reload());
  set_up_log(loaded.options);
  // What is in force is compared with what the file says now, so that nobody believes a change that did not happen.
  std::vector<std::string> waiting = conf::changed_settings(options_, loaded.options);
  for (const char* taken : {"server.log_level", "smtp.blocked_networks", "smtp.block_feeds", "web.blocked_networks", "web.block_feeds"}) std::erase(waiting, taken);
  for (const std::string& setting : waiting) log::warn("gateway.restart_needed", {{"setting", setting}});
  return waiting;
}

core::Task<core::Result<Json>> Gateway::answer_control(Json request) {
  const Json* command = request.is_object() ? request.as_object().if_contains("command") : nullptr;
  if (command != nullptr && command->is_string() && command->as_string() == "reload") {
    POSTERN_CO_TRY(const auto waiting, reload());
    const Json* reason = request.as_object().if_contains("reason");
    auth::AuditEvent event{"console.reload", "configuration", reason != nullptr && reason->is_string() ? std::string(reason->as_string()) : ""};
    POSTERN_CO_CHECK(co_await auth::audit_alone(services_->store(), services_->vault(), services_->ids(), clock_,
                                                services_->operator_principal(core::WorkspaceId{}), std::move(event)));
    co_return Json(JsonObject{{"reloaded", true}, {"restart_needed", JsonArray(waiting.begin(), waiting.end())}});
  }
  co_return co_await run_operator_command(std::move(request), *services_);
}

core::Task<void> Gateway::shut_down() {
  const auto by = core::Deadline::after(options_.process.drain_max, clock_);
  is_draining_ = true;
  for (auto* group : {&smtp_listeners_, &smtps_listeners_, &web_listeners_}) {
    for (auto& listener : *group) listener->stop_accepting();
  }
  smtp_->begin_drain();
  smtps_->begin_drain();
  web_->begin_drain();
  co_await deliverer_->stop(by);
  co_await smtp_->drain(by);
  co_await smtps_->drain(by);
  for (auto* group : {&smtp_listeners_, &smtps_listeners_, &web_listeners_}) {
    for (auto& listener : *group) co_await listener->drain(by);
  }
  co_await control_->stop(by);
  co_await sts_book_->stop(by);  // after the last delivery
  co_await grey_list_->stop(by);
  co_await dkim_rotation_->stop(by);
  co_await reporter_->stop(by);  // after the last message has been counted
  co_await tls_reporter_->stop(by);  // after the last delivery
  co_await uploaded_imports_->stop_all(by);
  co_await services_->desk().stop(by);
  co_await services_->redaction().stop(by);
  co_await password_mail_->stop(by);
  co_await services_->audit().stop(by);
  co_await shipper_->stop(by);
  co_await block_feeds_->stop(by);
  operator_->begin_drain();
  if (operator_listener_) {
    operator_listener_->stop_accepting();
    co_await operator_listener_->drain(core::Deadline::after(std::chrono::seconds(1), clock_));
  }
  pipeline_->stop();
  services_->store().close();
  co_await services_->redaction().stop_purge(by);
  io_.stop();
}

}  // namespace postern::app
