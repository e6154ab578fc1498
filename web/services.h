#pragma once
// web/services.h: what the API works on. Everything is borrowed from app and outlives the server.
#include <functional>
#include <memory>

#include "auth/accounts.h"
#include "auth/networks.h"
#include "auth/roles/roles.h"
#include "auth/second_factors/ways_in.h"
#include "auth/sessions.h"
#include "core/ids.h"
#include "net/block_feed.h"
#include "pipeline/api/domain_advice.h"
#include "pipeline/api/ports.h"
#include "pipeline/api/redacted_message.h"
#include "storage/store.h"
#include "storage/vault.h"
#include "ticketing/comment_redaction.h"
#include "ticketing/directory.h"
#include "ticketing/mail_reports.h"
#include "ticketing/outbox.h"
#include "ticketing/suspended.h"
#include "ticketing/tickets.h"
#include "web/mail_keys.h"
#include "web/remote_pictures.h"
#include "web/security_checklist.h"

namespace postern::core {
class Registry;
}

namespace postern::auth {
class AuditTrail;
class BlockBook;
class SupportAccess;
class SecurityContacts;
}

namespace postern::ticketing {
class Helpdesk;
struct RuleBench;
class WorkspaceWiper;
}

namespace postern::web {

class ArchiveImports;  // web/archive_imports.h

struct Services {
  auth::Accounts& accounts;
  auth::Sessions& sessions;
  ticketing::Tickets& tickets;
  ticketing::Outbox& outbox;
  ticketing::SuspendedQueue& suspended;
  ticketing::MailReports& mail_reports;
  const pipeline::TextRedactor& redactor;  // whatever people type passes it before it is stored
  std::function<std::shared_ptr<const ticketing::Directory>()> directory;  // the current one
  storage::Store& store;
  const storage::Vault& vault;
  core::Clock& clock;
  core::IdSource& ids;
  // What own domains should publish; also the MTA-STS policy that is served for them. Null: neither is offered.
  pipeline::DomainAdvisor* domain_advisor = nullptr;
  // Removal of phrases and files by hand. Null: it is not offered.
  ticketing::CommentRedactor* redactions = nullptr;
  // Redaction rules: their sets, counts, marks and replays. Null: none of it is offered.
  const ticketing::RuleBench* rules = nullptr;
  // The chain of the audit log. Null: it is not offered; entries are searched in any case.
  auth::AuditTrail* audit = nullptr;
  // Who from outside is let in for a while. Null: it is not offered.
  auth::SupportAccess* support = nullptr;
  // How well a workspace is guarded. Empty: it is not offered.
  ChecklistPort security_checklist = {};
  // Who receives security notices and is named in security.txt. Null: neither is offered.
  auth::SecurityContacts* security_contacts = nullptr;
  // Custom roles, and from which networks people come in. Null: neither is offered.
  auth::Roles* roles = nullptr;
  auth::Networks* networks = nullptr;
  // Mails a link with which a forgotten password is set anew, if there is such an account; returns at once in any case.
  // Empty: it is not offered.
  std::function<void(std::string email, std::string client_ip)> mail_password_reset = {};
  // The end of a whole workspace. Null: it is not offered.
  ticketing::WorkspaceWiper* wiper = nullptr;
  // Signing in, second factors, devices. Null: nobody signs in.
  const auth::WaysIn* ways_in = nullptr;
  // Groups, fields, search, views, rules, bulk changes, webhooks. Null: none of it is offered.
  ticketing::Helpdesk* desk = nullptr;
  // Signing keys of own domains, certificates of the listeners. Null: neither is offered.
  MailKeys* mail_keys = nullptr;
  // Pictures that mails name, fetched on consent. Null: they are not offered.
  RemotePictures* pictures = nullptr;
  // What the process counts. It is for all workspaces: null, and not shown, where there are several.
  const core::Registry* metrics = nullptr;
  // Networks that get no answer (C-09). Null: none.
  const net::BlockList* blocks = nullptr;
  // The deny lists that are fetched. Empty: none are.
  std::function<std::vector<net::BlockFeedState>()> block_feeds = {};
  // Those that people add. They hold for every workspace: null, and not offered, where there are several.
  auth::BlockBook* block_book = nullptr;
  // Takes what people write into forms, as it takes mail, but asks no DNS who they are. Null: there are no forms.
  pipeline::MessageIntake* web_forms = nullptr;
  // Imports of archives that were uploaded. Null: they are not offered.
  ArchiveImports* archive_imports = nullptr;
};

}  // namespace postern::web
