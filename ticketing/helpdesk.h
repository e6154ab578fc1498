#pragma once
// ticketing/helpdesk.h: what works on tickets beside the ticket services themselves, built once and wired in one place: people
// in groups and organisations, fields, search, views, rules, bulk changes, webhooks. It tells the ticket services which hooks to
// call, and owns the background work.
// Thread-safety: construction, start() and stop() by the owner; the parts from any executor, as each says.
// Ownership: owns its parts; borrows everything in Parts, which outlives it.
#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "core/offload.h"
#include "core/task_group.h"
#include "pipeline/api/redacted_message.h"
#include "ticketing/chores.h"
#include "ticketing/detail/services.h"
#include "ticketing/ticket_hooks.h"
#include "ticketing/ticket_parts.h"

namespace postern::ticketing {

class Automations;
class Bulk;
class CommentRedactor;
class CustomerDesk;
class Drafts;
class Groups;
class Leavings;
class Macros;
class MailImport;
class Organizations;
class People;
class PersonFields;
class PersonMerges;
class TicketPeople;
class InboxCensus;
class Intake;
class JoinRequests;
class Outbox;
class PersonErasures;
class Presence;
class Ratings;
class Signatures;
class SenderLists;
class ServiceLevels;
class SuspendedQueue;
class SuspendedUpkeep;
class TicketFields;
class TicketImport;
class TicketLinks;
class Tickets;
class Triggers;
class Views;
class Webhooks;
namespace search {
class TicketSearch;
}

class Helpdesk {
 public:
  struct Parts {
    storage::Store& store;
    storage::Vault& vault;
    auth::Accounts& accounts;
    const Directory& directory;
    const pipeline::TextRedactor& redactor;
    core::IdSource& ids;
    core::Clock& clock;
    const Options& options;  // outlives the helpdesk
    core::WorkPool* cpu = nullptr;  // null: on the caller's thread
    Chores::Workspaces workspaces;  // that live now
  };
  explicit Helpdesk(Parts parts);
  ~Helpdesk();
  Helpdesk(const Helpdesk&) = delete;

  // Before the first call of any of them; null ones are passed over.
  void attach(Tickets* tickets, Intake* intake, Outbox* outbox, SuspendedQueue* suspended, CommentRedactor* redactions);
  const TicketHooks& hooks() const { return hooks_; }
  const Services& services() const { return with_; }
  Chores& chores() { return chores_; }
  TicketFields& fields() { return *fields_; }
  const TicketLinks& links() const { return *links_; }
  Groups& groups() { return *groups_; }
  Organizations& organizations() { return *organizations_; }
  People& people() { return *people_; }
  const PersonMerges& person_merges() const { return *person_merges_; }
  PersonFields& user_fields() { return *user_fields_; }
  PersonFields& organization_fields() { return *organization_fields_; }
  const TicketPeople& ticket_people() const { return *ticket_people_; }
  Webhooks& webhooks() { return *webhooks_; }
  Views& views() { return *views_; }
  search::TicketSearch& search() { return *search_; }
  Macros& macros() { return *macros_; }
  Triggers& triggers() { return *triggers_; }
  Automations& automations() { return *automations_; }
  ServiceLevels& service_levels() { return *service_levels_; }
  Bulk& bulk() { return *bulk_; }
  PersonErasures& erasures() { return *erasures_; }
  const MailImport& mail_import() const { return *mail_import_; }
  const TicketImport& ticket_import() const { return *ticket_import_; }
  Drafts& drafts() { return *drafts_; }
  Presence& presence() { return *presence_; }
  CustomerDesk& customers() { return *customers_; }
  Ratings& ratings() { return *ratings_; }
  Signatures& signatures() { return *signatures_; }
  JoinRequests& join_requests() { return *join_requests_; }
  SenderLists& senders() { return *senders_; }
  SuspendedUpkeep& suspended_upkeep() { return *suspended_upkeep_; }
  void start(boost::asio::any_io_executor executor) { chores_.start(std::move(executor)); }
  core::Task<void> stop(core::Deadline by);

 private:
  void add_bulk();
  void add_census();
  void add_held_mail();
  void add_people();
  void add_customers();
  void add_views();
  void add_search();
  void add_webhooks();
  void add_rules();
  void add_service_levels();

  Parts parts_;
  TicketHooks hooks_;
  Services with_;  // hands the hooks on: what the parts change is followed like everything else
  Chores chores_;
  std::unique_ptr<InboxCensus> census_;
  std::unique_ptr<JoinRequests> join_requests_;
  std::unique_ptr<SenderLists> senders_;
  std::unique_ptr<SuspendedUpkeep> suspended_upkeep_;
  std::unique_ptr<Bulk> bulk_;
  std::unique_ptr<PersonErasures> erasures_;
  std::unique_ptr<MailImport> mail_import_;
  std::unique_ptr<TicketImport> ticket_import_;
  std::unique_ptr<Drafts> drafts_;
  std::unique_ptr<Presence> presence_;
  std::unique_ptr<CustomerDesk> customers_;
  std::unique_ptr<Ratings> ratings_;
  std::unique_ptr<Signatures> signatures_;
  std::unique_ptr<PersonMerges> person_merges_;
  std::unique_ptr<PersonFields> user_fields_;
  std::unique_ptr<PersonFields> organization_fields_;
  std::unique_ptr<Groups> groups_;
  std::unique_ptr<Organizations> organizations_;
  std::unique_ptr<People> people_;
  std::unique_ptr<TicketPeople> ticket_people_;
  std::unique_ptr<Leavings> leavings_;
  std::unique_ptr<TicketFields> fields_;
  std::unique_ptr<TicketLinks> links_;
  TicketParts ticket_parts_;
  std::unique_ptr<Views> views_;
  std::unique_ptr<search::TicketSearch> search_;
  std::unique_ptr<Webhooks> webhooks_;
  std::unique_ptr<Macros> macros_;
  std::unique_ptr<Triggers> triggers_;
  std::unique_ptr<Automations> automations_;
  std::unique_ptr<ServiceLevels> service_levels_;
};

}  // namespace postern::ticketing
