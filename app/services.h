#pragma once
// app/services.h: what acts on the store: the same set under a running server and under a command-line verb that runs
// without one. Built in start order, torn down in reverse.
// Thread-safety: open() by one owner; the services themselves from any executor.
#include <memory>

#include "app/block_desk.h"
#include "app/exports/export_desk.h"
#include "app/imports/import_desk.h"
#include "app/known_names.h"
#include "app/redaction_desk.h"
#include "auth/audit_trail/contact.h"
#include "auth/audit_trail/prune.h"
#include "auth/audit_trail/trail.h"
#include "auth/support/support_access.h"
#include "auth/second_factors/ways_in.h"
#include "auth/networks.h"
#include "auth/roles/roles.h"
#include "auth/sessions.h"
#include "conf/options.h"
#include "core/offload.h"
#include "core/secret.h"
#include "ticketing/directory.h"
#include "ticketing/dmarc_ledger.h"
#include "ticketing/helpdesk.h"
#include "ticketing/intake.h"
#include "ticketing/mail_reports.h"
#include "ticketing/outbox.h"
#include "ticketing/suspended.h"
#include "ticketing/tickets.h"
#include "ticketing/tls_ledger.h"
#include "ticketing/workspace_wipe.h"

namespace postern::pipeline {
class PublishedRules;
class Redactor;
class TextExtractor;
class DomainAdvisor;
}

namespace postern::auth {
class AuditShipper;
}

namespace postern::smtp {
class RefusalLog;
}

namespace postern::app {

// The 32 bytes of the master key file. Errors: core::Errc::kIo, kInvalid when it is not 32 bytes or readable by others.
core::Result<core::SecretBuffer> read_master_key(const conf::GatewayOptions& options);

class Services {
 public:
  // Opens the store (and makes workspaces and inboxes that the configuration names for the first time). Errors: those
  // of the store: kIo when another process holds it.
  static core::Task<core::Result<std::unique_ptr<Services>>> open(conf::GatewayOptions options, core::Clock& clock);
  ~Services();
  Services(const Services&) = delete;

  const conf::GatewayOptions& options() const { return options_; }
  core::Clock& clock() { return clock_; }
  core::IdSource& ids() { return ids_; }
  core::WorkPool& cpu() { return cpu_; }
  storage::Store& store() { return *store_; }
  storage::Vault& vault() { return *vault_; }
  const pipeline::Redactor& redactor() const { return *redactor_; }
  RedactionDesk& redaction() { return *redaction_; }
  auth::Accounts& accounts() { return *accounts_; }
  auth::Sessions& sessions() { return *sessions_; }
  auth::Roles& roles() { return *roles_; }
  auth::Networks& networks() { return *networks_; }
  BlockDesk& blocks() { return *blocks_; }
  ImportDesk& imports() { return *imports_; }
  ExportDesk& exports() { return *exports_; }
  const auth::WaysIn& ways_in() const { return *ways_in_; }
  auth::TextCodes& texts() { return *texts_; }
  auth::AuditTrail& audit() { return *audit_; }
  auth::SupportAccess& support() { return *support_; }
  auth::SecurityContacts& security_contacts() { return *security_contacts_; }
  ticketing::Tickets& tickets() { return *tickets_; }
  ticketing::Intake& intake() { return *intake_; }
  ticketing::Outbox& outbox() { return *outbox_; }
  ticketing::SuspendedQueue& suspended() { return *suspended_; }
  ticketing::MailReports& mail_reports() { return *mail_reports_; }
  ticketing::DmarcLedger& ledger() { return *ledger_; }
  ticketing::TlsLedger& tls_ledger() { return *tls_ledger_; }
  ticketing::WorkspaceWiper& wiper() { return *wiper_; }
  ticketing::Helpdesk& desk() { return *desk_; }
  // Our domains and the agents' names, for signs of spoofing.
  const pipeline::KnownNames& names() const { return *names_; }
  // Inboxes and workspaces. Changes of [[inbox]] take effect at a restart.
  const std::shared_ptr<const ticketing::Directory>& directory() const { return directory_; }
  // What only a running server has; null under a verb that runs without one. Set before the first request, by the server.
  struct LiveParts {
    const auth::AuditShipper* shipper = nullptr;
    pipeline::DomainAdvisor* advisor = nullptr;
    const smtp::RefusalLog* refusals = nullptr;
  };
  void use(LiveParts parts) { live_ = parts; }
  const LiveParts& live() const { return live_; }
  // Who the command line acts as in a workspace.
  auth::Principal operator_principal(core::WorkspaceId workspace) const;

 private:
  Services(conf::GatewayOptions options, core::Clock& clock);
  core::Result<void> go_on_with_ids();
  void build_ways_in();
  void build_audit();
  void build_desk();

  conf::GatewayOptions options_;
  core::Clock& clock_;
  core::IdSource ids_;
  core::WorkPool cpu_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<storage::Vault> vault_;
  std::shared_ptr<const ticketing::Directory> directory_;
  std::unique_ptr<pipeline::TextExtractor> extractor_;
  std::shared_ptr<pipeline::PublishedRules> rules_;
  std::unique_ptr<pipeline::Redactor> redactor_;
  std::unique_ptr<auth::Accounts> accounts_;
  std::unique_ptr<auth::Sessions> sessions_;
  std::unique_ptr<auth::Roles> roles_;
  std::unique_ptr<auth::Networks> networks_;
  std::unique_ptr<BlockDesk> blocks_;
  std::unique_ptr<auth::SecurityContacts> security_contacts_;
  std::unique_ptr<auth::AuditAlerts> alerts_;
  std::unique_ptr<auth::AuditPruner> pruner_;
  std::unique_ptr<auth::SupportAccess> support_;
  std::unique_ptr<auth::AuditTrail> audit_;
  std::unique_ptr<ticketing::Tickets> tickets_;
  std::unique_ptr<ticketing::Intake> intake_;
  std::unique_ptr<ticketing::Outbox> outbox_;
  std::unique_ptr<auth::TextCodes> texts_;
  std::unique_ptr<auth::SignIn> sign_in_;
  std::unique_ptr<auth::SecondFactors> factors_;
  std::unique_ptr<auth::Devices> devices_;
  std::unique_ptr<auth::SecurityPolicies> policies_;
  std::unique_ptr<auth::WaysIn> ways_in_;
  std::unique_ptr<ticketing::SuspendedQueue> suspended_;
  std::unique_ptr<ticketing::MailReports> mail_reports_;
  std::unique_ptr<ticketing::DmarcLedger> ledger_;
  std::unique_ptr<ticketing::TlsLedger> tls_ledger_;
  std::unique_ptr<ticketing::WorkspaceWiper> wiper_;
  std::unique_ptr<ticketing::Helpdesk> desk_;
  std::unique_ptr<AccountNames> names_;
  std::unique_ptr<RedactionDesk> redaction_;
  std::unique_ptr<ImportDesk> imports_;
  std::unique_ptr<ExportDesk> exports_;
  LiveParts live_;
};

}  // namespace postern::app
