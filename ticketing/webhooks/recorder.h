#pragma once
// ticketing/webhooks/recorder.h: writes down what a save did to a ticket, for webhooks that want to know it, in the transaction of the
// save: so that no event is lost, and none is told of what did not happen.
// What people typed is not written down, only that it changed: it is read from the ticket when a request is made. What a custom
// field was is written down where it was chosen or counted (a box, a date, a number, an option).
// Thread-safety: any executor.  Ownership: borrows the definitions, the vault and the ids.
// Cost: one read a save while no active webhook wants tickets; one small sealed record more otherwise.
#include "storage/schema/fields.pb.h"
#include "storage/vault.h"
#include "ticketing/people/people_changes.h"
#include "ticketing/ticket_hooks.h"
#include "ticketing/webhooks/webhooks.h"

namespace postern::ticketing {

class WebhookRecorder final : public TicketIndex {
 public:
  WebhookRecorder(const Definitions<schema::Webhook>& definitions, const Basics& with) : definitions_(definitions), with_(with) {}
  // Before the first save. Without them no former value of a custom field is told.
  void use(const Definitions<schema::TicketField>& fields) { fields_ = &fields; }
  core::Result<void> follow(storage::Transaction& transaction, const TicketChange& change) override;
  // Of people and organisations; fields by name alone.
  core::Result<void> follow(storage::Transaction& transaction, const PeopleChange& change);
  core::Result<void> put(storage::Transaction& transaction, core::WorkspaceId workspace, schema::WebhookEvent event);

 private:
  core::Result<void> add_former_values(storage::Transaction& transaction, const TicketChange& change, schema::WebhookEvent& event) const;
  const Definitions<schema::Webhook>& definitions_;
  const Definitions<schema::TicketField>* fields_ = nullptr;
  const Basics& with_;
};

// Kinds and differences; without a kind nothing happened that webhooks could want.
schema::WebhookEvent event_of_change(const TicketChange& change);
schema::WebhookEvent event_of_change(const PeopleChange& change);
// What an event happened to: the number of a ticket, or the id of a person or organisation, which no ticket has. Events of one are
// told in their order.
std::uint64_t webhook_place(const schema::WebhookEvent& event);
// Whether the webhook is active and wants one of the kinds.
bool wants(const schema::Webhook& webhook, const schema::WebhookEvent& event);

}  // namespace postern::ticketing
