#pragma once
// tests/ticketing/desk.h: a small helpdesk over the memory store: two workspaces, three inboxes, an agent a workspace.
// The store that the services use can be a faulty twin of the one that they are set up on.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "auth/accounts.h"
#include "auth/audit.h"
#include "core/manual_clock.h"
#include "storage/memory_store.h"
#include "storage/vault.h"
#include "tests/support/run_task.h"
#include "tests/ticketing/redacted_fixture.h"
#include "ticketing/helpdesk.h"
#include "ticketing/intake.h"
#include "ticketing/outbox.h"
#include "ticketing/suspended.h"
#include "ticketing/tickets.h"
#include "ticketing/traces.h"

namespace postern::test {

class Desk {
 public:
  Desk() : Desk(nullptr) {}
  // Over another store than one in memory, whose records stay readable: for tests that search it.
  using OpenStore = std::function<std::unique_ptr<storage::Store>(const core::Clock&)>;
  explicit Desk(const OpenStore& open_store);

  template <class T>
  T run(core::Task<T> task) {
    return run_task(io_, std::move(task));
  }
  // Takes one mail as intake does, to "support@acme.example" unless told otherwise.
  core::Result<pipeline::Receipt> take(const Mail& mail, std::vector<std::string> rcpts = {"support@acme.example"});
  core::Result<pipeline::Receipt> take_with(ticketing::Intake& intake, const Mail& mail, std::vector<std::string> rcpts);
  pipeline::Envelope envelope(const Mail& mail, const std::vector<std::string>& rcpts);
  core::Result<ticketing::Tickets::Updated> update(core::TicketId id, ticketing::Tickets::Update update);
  core::Result<ticketing::Tickets::Updated> reply(core::TicketId id, std::string text);
  // All entries that are due, leased for a minute.
  std::vector<pipeline::OutboundMessage> claim();
  void report(const pipeline::OutboundMessage& message, pipeline::DeliveryOutcome outcome, std::string text = "250 ok");

  // The whole conversation and history, page by page.
  core::Result<std::vector<ticketing::Comment>> comments(core::WorkspaceId in, core::TicketId id);
  core::Result<std::vector<ticketing::Event>> events(core::WorkspaceId in, core::TicketId id);
  ticketing::Ticket ticket(core::TicketId id, core::WorkspaceId in = {});
  std::vector<std::string> event_kinds(core::TicketId id);
  std::vector<std::string> audit_actions(core::WorkspaceId in);

  static ticketing::Options options();

  core::ManualClock clock;
  core::IdSource ids{clock, 1};

 private:
  // Before the pool: its threads use the loop until they are joined.
  boost::asio::io_context io_;

 public:
  core::WorkPool cpu{"cpu", 1, 16};
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<storage::Vault> vault;
  std::unique_ptr<auth::Accounts> accounts;
  std::unique_ptr<ticketing::Directory> directory;
  MarkingRedactor redactor;
  std::unique_ptr<ticketing::Tickets> tickets;
  std::unique_ptr<ticketing::Intake> intake;
  std::unique_ptr<ticketing::Outbox> outbox;
  std::unique_ptr<ticketing::SuspendedQueue> suspended;
  ticketing::Options desk_options;
  std::unique_ptr<ticketing::Helpdesk> helpdesk;
  core::WorkspaceId acme, other;
  auth::Principal agent;  // of acme
};

// The ticket of a first mail by Ann, answered by the agent; returns what was sent.
pipeline::OutboundMessage answered(Desk& desk);
// Ann's answer to it, without anything that says to what.
Mail answer();
// The value of a field of one line.
std::string header_of(const std::string& message, const std::string& name);
std::string signed_message_id(const pipeline::OutboundMessage& sent);

}  // namespace postern::test
