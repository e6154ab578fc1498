#include "ticketing/helpdesk.h"

#include "ticketing/bulk/bulk.h"
#include "ticketing/automation/automations.h"
#include "ticketing/automation/macros.h"
#include "ticketing/automation/triggers.h"
#include "ticketing/comment_redaction.h"
#include "ticketing/customers/customer_desk.h"
#include "ticketing/drafts/drafts.h"
#include "ticketing/drafts/presence.h"
#include "ticketing/detail/inbox_counts.h"
#include "ticketing/erasure/person_erasure.h"
#include "ticketing/fields/person_fields.h"
#include "ticketing/fields/ticket_fields.h"
#include "ticketing/imports/mail_import.h"
#include "ticketing/imports/ticket_import.h"
#include "ticketing/intake.h"
#include "ticketing/joining/join_requests.h"
#include "ticketing/outbox.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/leavings.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"
#include "ticketing/people/person_merge.h"
#include "ticketing/people/ticket_people.h"
#include "ticketing/satisfaction/ratings.h"
#include "ticketing/search/facts.h"
#include "ticketing/search/ticket_search.h"
#include "ticketing/senders/sender_lists.h"
#include "ticketing/service_levels/service_levels.h"
#include "ticketing/signatures/signatures.h"
#include "ticketing/suspended.h"
#include "ticketing/suspended_upkeep.h"
#include "ticketing/ticket_links.h"
#include "ticketing/tickets.h"
#include "ticketing/views/views.h"
#include "ticketing/webhooks/dispatcher.h"
#include "ticketing/webhooks/log.h"
#include "ticketing/webhooks/recorder.h"

namespace postern::ticketing {
namespace {
constexpr std::chrono::seconds kPeopleInterval{2};
}

Helpdesk::Helpdesk(Parts parts)
    : parts_(std::move(parts)),
      with_({parts_.store, parts_.vault, parts_.directory, parts_.ids, parts_.clock, parts_.options, &hooks_}, parts_.accounts),
      chores_(parts_.clock, parts_.workspaces),
      person_merges_(std::make_unique<PersonMerges>(with_)),
      user_fields_(std::make_unique<PersonFields>(with_, parts_.redactor, FieldsOf::kUser)),
      organization_fields_(std::make_unique<PersonFields>(with_, parts_.redactor, FieldsOf::kOrganization)),
      groups_(std::make_unique<Groups>(with_, parts_.redactor)),
      organizations_(std::make_unique<Organizations>(with_, parts_.redactor, *groups_)),
      people_(std::make_unique<People>(with_, parts_.redactor)),
      ticket_people_(std::make_unique<TicketPeople>(with_, *groups_)),
      leavings_(std::make_unique<Leavings>(with_)),
      fields_(std::make_unique<TicketFields>(with_, parts_.redactor)),
      links_(std::make_unique<TicketLinks>(parts_.store, parts_.vault)) {
  ticket_parts_.fields = fields_.get();
  ticket_parts_.links = links_.get();
  hooks_.indexes.push_back(links_.get());
  hooks_.rules.push_back(fields_.get());  // first: the other rules see tags and fields in step
  add_bulk();
  add_census();
  add_held_mail();
  add_people();
  add_customers();
  add_views();
  add_search();
  add_webhooks();
  add_rules();
  hooks_.rules.push_back(fields_.get());  // and again: what they changed follows
  hooks_.rules.push_back(service_levels_.get());  // last: what is promised goes by what became of the ticket
}

Helpdesk::~Helpdesk() = default;

void Helpdesk::add_bulk() {
  bulk_ = std::make_unique<Bulk>(with_, parts_.redactor, parts_.cpu);
  erasures_ = std::make_unique<PersonErasures>(with_);
  chores_.add("people erased", std::chrono::seconds(1), [erasures = erasures_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return erasures->round(workspace, is_stopping);
  });
  mail_import_ = std::make_unique<MailImport>(with_);
  ticket_import_ = std::make_unique<TicketImport>(with_, parts_.redactor, parts_.cpu);
  drafts_ = std::make_unique<Drafts>(with_, parts_.redactor);
  presence_ = std::make_unique<Presence>(parts_.clock);
  hooks_.indexes.push_back(drafts_.get());
  chores_.add("jobs", std::chrono::milliseconds(500), [bulk = bulk_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return bulk->run(workspace, is_stopping);
  });
  chores_.add("deleted tickets", std::chrono::minutes(5), [bulk = bulk_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return bulk->clean_up(workspace, is_stopping);
  });
}

// Once for a store that was written before tickets were counted by inbox; afterwards a look at a mark.
void Helpdesk::add_census() {
  census_ = std::make_unique<InboxCensus>(parts_.store, parts_.vault, parts_.cpu);
  chores_.add("inbox counts", std::chrono::hours(1), [census = census_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return census->take(workspace, is_stopping);
  });
}

void Helpdesk::add_held_mail() {
  join_requests_ = std::make_unique<JoinRequests>(with_);
  senders_ = std::make_unique<SenderLists>(with_, parts_.redactor);
  suspended_upkeep_ = std::make_unique<SuspendedUpkeep>(with_);
  chores_.add("held mail", std::chrono::minutes(10), [upkeep = suspended_upkeep_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return upkeep->expire(workspace, is_stopping);
  });
  chores_.add("held mail digest", std::chrono::minutes(10), [upkeep = suspended_upkeep_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return upkeep->send_digests(workspace, is_stopping);
  });
}

void Helpdesk::add_people() {
  people_->use(*user_fields_);
  organizations_->use(*organization_fields_);
  ticket_parts_.settle = [groups = groups_.get()](storage::Transaction& transaction, core::WorkspaceId workspace, TicketParts::Assigned before,
                                                  std::optional<std::uint64_t> group,
                                                  std::optional<core::UserId> assignee) -> core::Result<TicketParts::Assigned> {
    POSTERN_TRY(const Assignment settled, groups->settle(transaction, workspace, {before.group, before.assignee}, group, assignee));
    return TicketParts::Assigned{settled.group, settled.assignee};
  };
  ticket_parts_.organization_of = [people = ticket_people_.get()](storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId requester) {
    return people->organization_of(transaction, workspace, requester);
  };
  ticket_parts_.may_belong = [people = ticket_people_.get()](storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t organization,
                                                             core::UserId requester) {
    return people->may_belong(transaction, workspace, organization, requester);
  };
  hooks_.rules.push_back(ticket_people_.get());
  hooks_.indexes.push_back(ticket_people_.get());
  chores_.add("people leave", kPeopleInterval, [leavings = leavings_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return leavings->round(workspace, is_stopping);
  });
  chores_.add("people merged", kPeopleInterval, [merges = person_merges_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return merges->round(workspace, is_stopping);
  });
  chores_.add("people index", kPeopleInterval, [people = people_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return people->index_round(workspace, is_stopping);
  });
}

void Helpdesk::add_customers() {
  customers_ = std::make_unique<CustomerDesk>(with_, parts_.redactor, parts_.cpu);
  ratings_ = std::make_unique<Ratings>(with_, parts_.redactor);
  hooks_.indexes.push_back(ratings_.get());
  chores_.add("customer forms", std::chrono::hours(1), [customers = customers_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return customers->clean_up(workspace, is_stopping);
  });
}

void Helpdesk::add_views() {
  auto groups_of = [groups = groups_.get()](core::WorkspaceId workspace, core::UserId user) { return groups->groups_of(workspace, user); };
  views_ = std::make_unique<Views>(with_, parts_.redactor, std::move(groups_of));
  hooks_.indexes.push_back(&views_->index());
  chores_.add("views", std::chrono::milliseconds(500), [views = views_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return views->fill(workspace, is_stopping);
  });
  chores_.add("views by time", std::chrono::milliseconds(500), [views = views_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return views->follow_clock(workspace, is_stopping);
  });
}

void Helpdesk::add_search() {
  constexpr std::size_t kNamesakesMax = 100;
  search_ = std::make_unique<search::TicketSearch>(with_, parts_.cpu);
  hooks_.indexes.push_back(&search_->index());
  search::Names names;
  names.people = [people = people_.get()](core::WorkspaceId workspace, const std::string& name) -> core::Result<std::vector<std::uint64_t>> {
    POSTERN_TRY(const std::vector<core::UserId> found, people->search(workspace, name, kNamesakesMax));
    std::vector<std::uint64_t> out;
    for (const core::UserId each : found) out.push_back(each.value);
    return out;
  };
  names.groups = [groups = groups_.get()](core::WorkspaceId workspace, const std::string& name) -> core::Result<std::vector<std::uint64_t>> {
    POSTERN_TRY(const std::vector<Group> all, groups->all(workspace));
    std::vector<std::uint64_t> out;
    for (const Group& each : all) if (search::fact_text(each.name) == search::fact_text(name)) out.push_back(each.id);
    return out;
  };
  names.organizations = [organizations = organizations_.get()](core::WorkspaceId workspace, const std::string& name) -> core::Result<std::vector<std::uint64_t>> {
    POSTERN_TRY(const std::vector<Organization> found, organizations->complete(workspace, name, kNamesakesMax));
    std::vector<std::uint64_t> out;
    for (const Organization& each : found) out.push_back(each.id);
    return out;
  };
  search_->use(std::move(names));
  chores_.add("search", std::chrono::seconds(5), [search = search_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return search->upkeep().run(workspace, is_stopping);
  });
}

void Helpdesk::add_webhooks() {
  webhooks_ = std::make_unique<Webhooks>(with_, parts_.redactor);
  webhooks_->recorder().use(fields_->fields());
  hooks_.indexes.push_back(&webhooks_->recorder());
  const TellPeopleChange tell = [recorder = &webhooks_->recorder()](storage::Transaction& transaction, const PeopleChange& change) {
    return recorder->follow(transaction, change);
  };
  people_->use(tell);
  organizations_->use(tell);
  person_merges_->use(tell);
  ticket_people_->use(tell);
  erasures_->use(tell);
  chores_.add("webhooks", webhooks_->options().look_interval, [webhooks = webhooks_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return webhooks->dispatcher().round(workspace, is_stopping);
  });
  chores_.add("webhook log", webhooks_->options().prune_interval, [webhooks = webhooks_.get()](core::WorkspaceId workspace, const std::atomic<bool>&) {
    return webhooks->prune(workspace);
  });
}

void Helpdesk::add_rules() {
  const RuleParts parts{with_, parts_.redactor, groups_.get(), fields_.get(), webhooks_.get()};
  macros_ = std::make_unique<Macros>(parts);
  triggers_ = std::make_unique<Triggers>(parts);
  automations_ = std::make_unique<Automations>(parts);
  signatures_ = std::make_unique<Signatures>(parts);
  ticket_parts_.signed_body = [signatures = signatures_.get()](TicketDraft& ticket, core::UserId author, const ReplyBody& body) {
    return signatures->signed_body(ticket, author, body);
  };
  hooks_.rules.push_back(triggers_.get());
  add_service_levels();
  hooks_.rules.push_back(automations_.get());  // behind what may end what they wait for
  hooks_.indexes.push_back(automations_.get());
  chores_.add("automations", std::chrono::seconds(1), [rules = automations_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return rules->fire_due(workspace, is_stopping);
  });
  chores_.add("automation index", std::chrono::seconds(1), [rules = automations_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return rules->rebuild(workspace, is_stopping);
  });
  chores_.add("rule upkeep", std::chrono::minutes(10), [rules = triggers_.get()](core::WorkspaceId workspace, const std::atomic<bool>&) {
    return rules->keep_up(workspace);
  });
}

void Helpdesk::add_service_levels() {
  service_levels_ = std::make_unique<ServiceLevels>(RuleParts{with_, parts_.redactor, groups_.get(), fields_.get(), webhooks_.get()});
  hooks_.indexes.push_back(service_levels_.get());
  triggers_->use([levels = service_levels_.get()](TicketDraft& ticket) { return levels->foresee(ticket); });
  chores_.add("service levels", std::chrono::milliseconds(500), [levels = service_levels_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return levels->tell_due(workspace, is_stopping);
  });
  chores_.add("service level rebuild", std::chrono::seconds(1), [levels = service_levels_.get()](core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
    return levels->rebuild(workspace, is_stopping);
  });
}

core::Task<void> Helpdesk::stop(core::Deadline by) {
  co_await chores_.stop(by);
  co_await webhooks_->stop(by);
}

void Helpdesk::attach(Tickets* tickets, Intake* intake, Outbox* outbox, SuspendedQueue* suspended, CommentRedactor* redactions) {
  if (tickets != nullptr) {
    tickets->use(hooks_);
    tickets->use(ticket_parts_);
    bulk_->use(*tickets);
    ticket_import_->use(*tickets, ticket_parts_);
  }
  if (intake != nullptr) intake->use(hooks_);
  if (outbox != nullptr) outbox->use(hooks_);
  if (suspended != nullptr) suspended->use(hooks_);
  if (redactions != nullptr) redactions->use(hooks_), erasures_->use(*redactions);
}

}  // namespace postern::ticketing
