#include "app/services.h"

#include <sys/stat.h>

#include <algorithm>
#include <thread>

#include "app/living_workspaces.h"
#include "app/security_mail.h"
#include "app/security_letters.h"
#include "app/sender_settings.h"
#include "auth/audit.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/file.h"
#include "pipeline/extraction/process_extractor.h"
#include "pipeline/redaction/redactor.h"
#include "storage/rocks_store.h"
#include "ticketing/traces.h"

namespace postern::app {
namespace {

constexpr std::size_t kMasterKeyBytes = 32;
constexpr std::size_t kCpuJobsMax = 1024;  // jobs that wait for a core; more are refused with 451 or 503

std::size_t threads_or_cores(std::uint32_t wanted) {
  return wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

core::Result<core::SecretBuffer> read_master_key(const conf::GatewayOptions& options) {
  const auto path = options.resolve(options.process.master_key_file);
  struct stat facts{};
  if (::stat(path.c_str(), &facts) == 0 && (facts.st_mode & 0077U) != 0) {
    return core::fail(core::Errc::kInvalid, path.string() + ": readable by others; chmod 600 it");
  }
  POSTERN_TRY(std::string bytes, core::read_file(path, 4096));
  core::SecretBuffer key = core::to_secret(bytes);
  core::wipe(bytes.data(), bytes.size());
  if (key.size() != kMasterKeyBytes) return core::fail(core::Errc::kInvalid, path.string() + ": not 32 bytes");
  return key;
}

Services::Services(conf::GatewayOptions options, core::Clock& clock)
    : options_(std::move(options)), clock_(clock), ids_(clock, options_.process.node),
      cpu_("cpu", threads_or_cores(options_.process.scan_threads), kCpuJobsMax) {}

Services::~Services() = default;

// Ids are times; a clock that was set back while we were away must not make one twice. Whatever makes ids leaves a trace
// or an audit record with one, made within a second of the others.
core::Result<void> Services::go_on_with_ids() {
  constexpr std::uint64_t kOneSecond = 1000U << 12U;
  for (const core::WorkspaceId workspace : directory_->workspaces()) {
    POSTERN_TRY(const core::TraceId trace, ticketing::newest_trace(*store_, workspace));
    POSTERN_TRY(const auto deeds, auth::list_audit(*store_, *vault_, workspace, {}, 1));
    const std::uint64_t newest = std::max(trace.value, deeds.empty() ? 0 : deeds.front().id.value);
    if (newest > 0) ids_.start_after(newest + kOneSecond);
  }
  return {};
}

core::Task<core::Result<std::unique_ptr<Services>>> Services::open(conf::GatewayOptions options, core::Clock& clock) {
  std::unique_ptr<Services> made(new Services(std::move(options), clock));
  Services& s = *made;
  if (const auto complaints = sender_setting_complaints(s.options_); !complaints.empty()) {
    co_return core::fail(core::Errc::kInvalid, complaints.front());
  }
  POSTERN_CO_TRY(core::SecretBuffer master_key, read_master_key(s.options_));
  storage::RocksOptions rocks;
  rocks.folder = s.options_.resolve("store");
  rocks.master_key = master_key;
  rocks.encrypt_files = s.options_.process.encrypt_files;
  POSTERN_CO_TRY(s.store_, storage::open_rocks_store(std::move(rocks), clock));
  const auto sealing = s.options_.process.encrypt_files ? storage::Vault::Sealing::kSealed : storage::Vault::Sealing::kReadable;
  s.vault_ = std::make_unique<storage::Vault>(*s.store_, std::move(master_key), sealing);
  POSTERN_CO_TRY(auto directory, co_await ticketing::Directory::load(*s.store_, *s.vault_, s.options_.ticketing));
  s.directory_ = std::move(directory);
  POSTERN_CO_CHECK(s.go_on_with_ids());
  s.extractor_ = std::make_unique<pipeline::ProcessExtractor>(s.options_.pipeline.redaction_options.extractor,
                                                             s.options_.pipeline.redaction_options.files, clock);
  pipeline::TrialMeans means{s.options_.pipeline.redaction, s.options_.pipeline.mime, s.options_.pipeline.redaction_options, s.extractor_.get()};
  s.rules_ = std::make_shared<pipeline::PublishedRules>(std::move(means));
  s.redactor_ = std::make_unique<pipeline::Redactor>(s.rules_, s.options_.pipeline.redaction, s.options_.pipeline.mime,
                                                     s.options_.pipeline.redaction_options, s.extractor_.get());
  s.accounts_ = std::make_unique<auth::Accounts>(*s.store_, *s.vault_, s.ids_, clock, s.cpu_, s.options_.auth);
  if (!s.options_.auth.breached_passwords.empty()) {
    POSTERN_CO_TRY(auto leaked, auth::BreachedList::open(s.options_.resolve(s.options_.auth.breached_passwords).string()));
    s.accounts_->use_breached_list(std::move(leaked));
  }
  s.accounts_->use_workspace_names([directory = s.directory_](core::WorkspaceId id) { return directory->name_of(id); });
  s.roles_ = std::make_unique<auth::Roles>(*s.store_, *s.vault_, *s.accounts_, s.ids_, clock, s.options_.auth);
  s.networks_ = std::make_unique<auth::Networks>(*s.store_, *s.vault_, s.ids_, clock, s.options_.auth);
  s.blocks_ = std::make_unique<BlockDesk>(*s.store_, *s.vault_, s.ids_, clock, s.options_.auth);
  POSTERN_CO_CHECK(s.blocks_->load_added());
  s.blocks_->load_listed_if_possible(s.options_);
  s.sessions_ = std::make_unique<auth::Sessions>(*s.store_, *s.vault_, *s.accounts_, s.ids_, clock, s.options_.auth);
  s.tickets_ = std::make_unique<ticketing::Tickets>(*s.store_, *s.vault_, *s.accounts_, *s.directory_, *s.redactor_, s.ids_,
                                                    clock, s.options_.ticketing, &s.cpu_);
  s.intake_ = std::make_unique<ticketing::Intake>(*s.store_, *s.vault_, *s.accounts_, *s.directory_, s.ids_, clock,
                                                  s.options_.ticketing);
  s.outbox_ = std::make_unique<ticketing::Outbox>(*s.store_, *s.vault_, *s.directory_, s.ids_, clock, s.options_.ticketing);
  s.build_ways_in();
  s.build_audit();
  s.suspended_ = std::make_unique<ticketing::SuspendedQueue>(*s.store_, *s.vault_, *s.accounts_, *s.directory_, s.ids_, clock,
                                                             s.options_.ticketing);
  s.mail_reports_ = std::make_unique<ticketing::MailReports>(*s.store_, *s.vault_, s.options_.ticketing.mail_reports);
  s.ledger_ = std::make_unique<ticketing::DmarcLedger>(*s.store_, *s.vault_, *s.directory_, s.ids_, clock, s.options_.ticketing,
                                                       s.options_.ledger);
  s.tls_ledger_ = std::make_unique<ticketing::TlsLedger>(*s.store_, *s.vault_, *s.directory_, s.ids_, clock, s.options_.ticketing);
  s.wiper_ = std::make_unique<ticketing::WorkspaceWiper>(*s.store_, *s.vault_, s.ids_, clock);
  s.build_desk();
  s.names_ = std::make_unique<AccountNames>(s.directory_, *s.accounts_, clock);
  s.redaction_ = std::make_unique<RedactionDesk>(RedactionDesk::Parts{s.options_, *s.store_, *s.vault_, *s.directory_, *s.tickets_, *s.redactor_,
                                                                      *s.rules_, s.extractor_.get(), s.ids_, clock, s.cpu_});
  s.desk_->attach(nullptr, nullptr, nullptr, nullptr, &s.redaction_->comments());
  POSTERN_CO_CHECK(s.redaction_->load_rules());
  co_return std::move(made);
}

// After all that it attaches itself to.
void Services::build_desk() {
  auto workspaces = [directory = directory_, vault = vault_.get()] { return living_workspaces(*directory, *vault); };
  desk_ = std::make_unique<ticketing::Helpdesk>(ticketing::Helpdesk::Parts{*store_, *vault_, *accounts_, *directory_, *redactor_, ids_, clock_,
                                                                           options_.ticketing, &cpu_, std::move(workspaces)});
  desk_->attach(tickets_.get(), intake_.get(), outbox_.get(), suspended_.get(), nullptr);
  imports_ = std::make_unique<ImportDesk>(*this);
  exports_ = std::make_unique<ExportDesk>(*this);
}

// After the outbox: people are told by mail what happens to their accounts.
void Services::build_ways_in() {
  const auth::NoticePort notices = security_mail(*outbox_, directory_, options_.origin());
  accounts_->use_notices(notices);
  sign_in_ = std::make_unique<auth::SignIn>(*store_, *vault_, *accounts_, *sessions_, ids_, clock_, options_.auth, notices);
  factors_ = std::make_unique<auth::SecondFactors>(*store_, *vault_, *accounts_, ids_, clock_, options_.auth, notices);
  devices_ = std::make_unique<auth::Devices>(*store_, *vault_, ids_, clock_, options_.auth);
  policies_ = std::make_unique<auth::SecurityPolicies>(*store_, *vault_, ids_, clock_, options_.auth);
  texts_ = std::make_unique<auth::TextCodes>(*store_, *vault_, *accounts_, ids_, clock_, options_.auth, notices);
  sign_in_->use(*texts_);
  ways_in_ = std::make_unique<auth::WaysIn>(auth::WaysIn{*sign_in_, *factors_, *devices_, *policies_, texts_.get()});
}

// The chain of the audit log, and who is told of what is in it.
void Services::build_audit() {
  constexpr std::string_view kScheme = "https://";
  std::string host = options_.origin();
  if (host.starts_with(kScheme)) host.erase(0, kScheme.size());
  const auth::LetterPort letters = security_letters(*outbox_, directory_);
  security_contacts_ = std::make_unique<auth::SecurityContacts>(*store_, *vault_, ids_, clock_, letters, host);
  alerts_ = std::make_unique<auth::AuditAlerts>(*store_, *vault_, clock_, letters, host);
  auto workspaces = [directory = directory_, vault = vault_.get()] { return living_workspaces(*directory, *vault); };
  audit_ = std::make_unique<auth::AuditTrail>(*store_, *vault_, clock_, cpu_, std::move(workspaces));
  audit_->watch_with(*alerts_);
  pruner_ = std::make_unique<auth::AuditPruner>(*store_, *vault_, ids_, clock_, std::chrono::hours(24) * options_.audit.retention_days,
                                                options_.audit.shipping.receivers);
  support_ = std::make_unique<auth::SupportAccess>(*store_, *vault_, *accounts_, ids_, clock_);
  audit_->also_do("retention", std::chrono::hours(1), [pruner = pruner_.get()](core::WorkspaceId workspace) { return pruner->prune(workspace); });
  audit_->also_do("support access", std::chrono::seconds(30), [support = support_.get()](core::WorkspaceId workspace) { return support->end_due(workspace); });
}

auth::Principal Services::operator_principal(core::WorkspaceId workspace) const {
  auth::Principal out;
  out.workspace = workspace;
  out.role = auth::Role::kOwner;
  out.method = auth::Method::kOperator;
  return out;
}

}  // namespace postern::app
