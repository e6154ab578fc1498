// compiled alone: its fixture takes the redactor's name
#include "tests/ticketing/desk.h"

namespace postern::test {

ticketing::Options Desk::options() {
  ticketing::Options out;
  out.hostname = "mx.acme.example";
  out.origin = "https://help.acme.example:8443";
  out.commit_patience = {};  // nobody moves the clock while something waits
  out.inboxes = {{"acme", {"support@acme.example", "help@acme.example"}, "Acme Support", {}},
                 {"acme", {"sales@acme.example"}, "Acme Sales", {}},
                 {"other", {"desk@other.example", "@catch.example"}, "Other", {}}};
  return out;
}

Desk::Desk(const OpenStore& open_store) {
  using Sealing = storage::Vault::Sealing;
  store = open_store ? open_store(clock) : storage::make_memory_store(clock);
  vault = std::make_unique<storage::Vault>(*store, core::SecretBuffer(32, 'k'), open_store ? Sealing::kReadable : Sealing::kSealed);
  auth::Options auth_options;
  auth_options.argon2_memory_kib = 64;
  auth_options.argon2_passes = 1;
  accounts = std::make_unique<auth::Accounts>(*store, *vault, ids, clock, cpu, auth_options);
  directory = run(ticketing::Directory::load(*store, *vault, options())).value();
  acme = directory->workspace_named("acme");
  other = directory->workspace_named("other");
  tickets = std::make_unique<ticketing::Tickets>(*store, *vault, *accounts, *directory, redactor, ids, clock, options());
  intake = std::make_unique<ticketing::Intake>(*store, *vault, *accounts, *directory, ids, clock, options());
  outbox = std::make_unique<ticketing::Outbox>(*store, *vault, *directory, ids, clock, options());
  suspended = std::make_unique<ticketing::SuspendedQueue>(*store, *vault, *accounts, *directory, ids, clock, options());
  desk_options = options();
  auto living = [this] { return directory->workspaces(); };
  helpdesk = std::make_unique<ticketing::Helpdesk>(
      ticketing::Helpdesk::Parts{*store, *vault, *accounts, *directory, redactor, ids, clock, desk_options, nullptr, living});
  helpdesk->attach(tickets.get(), intake.get(), outbox.get(), suspended.get(), nullptr);
  auth::Principal op;
  op.workspace = acme;
  op.role = auth::Role::kOwner;
  op.method = auth::Method::kOperator;
  const auto invited = run(accounts->invite(op, "bob@staff.example", "Bob", auth::Role::kAdmin)).value();
  agent = op;
  agent.user = invited.first.id;
  agent.role = auth::Role::kAdmin;
  agent.method = auth::Method::kSession;
  agent.client_ip = "192.0.2.9";
}

pipeline::Envelope Desk::envelope(const Mail& mail, const std::vector<std::string>& rcpts) {
  pipeline::Envelope out;
  out.trace = ids.next_as<core::TraceId>();
  out.client_ip = "198.51.100.7";
  out.helo = "mail.customer.example";
  out.mail_from = mail.machine.is_bounce ? pipeline::EmailAddress{} : pipeline::split_address(mail.from);
  out.protocol = "ESMTP";
  out.received_at = clock.wall_now();
  for (const auto& rcpt : rcpts) out.rcpts.push_back(directory->resolve(pipeline::split_address(rcpt)).value());
  return out;
}

core::Result<pipeline::Receipt> Desk::take(const Mail& mail, std::vector<std::string> rcpts) {
  return take_with(*intake, mail, std::move(rcpts));
}

core::Result<pipeline::Receipt> Desk::take_with(ticketing::Intake& into, const Mail& mail, std::vector<std::string> rcpts) {
  clock.advance(std::chrono::seconds(1));
  return run(into.accept(envelope(mail, rcpts), mail.build()));
}

core::Result<ticketing::Tickets::Updated> Desk::update(core::TicketId id, ticketing::Tickets::Update update) {
  clock.advance(std::chrono::seconds(1));
  return run(tickets->update(agent, id, std::move(update)));
}

core::Result<ticketing::Tickets::Updated> Desk::reply(core::TicketId id, std::string text) {
  ticketing::Tickets::Update change;
  change.text = std::move(text);
  return update(id, std::move(change));
}

std::vector<pipeline::OutboundMessage> Desk::claim() {
  return run(outbox->claim_due(100, std::chrono::minutes(1))).value();
}

void Desk::report(const pipeline::OutboundMessage& message, pipeline::DeliveryOutcome outcome, std::string text) {
  pipeline::DeliveryReport report;
  report.outcome = outcome;
  report.remote = "mx.customer.example[192.0.2.1]";
  report.reply = std::move(text);
  EXPECT_TRUE(run(outbox->report(message.workspace, message.id, report)));
}

core::Result<std::vector<ticketing::Comment>> Desk::comments(core::WorkspaceId in, core::TicketId id) {
  std::vector<ticketing::Comment> out;
  for (;;) {
    POSTERN_TRY(auto page, tickets->comment_page(in, id, out.empty() ? core::CommentId{} : out.back().id, 3, 1U << 20U));
    out.insert(out.end(), page.comments.begin(), page.comments.end());
    if (!page.has_more) return out;
  }
}

core::Result<std::vector<ticketing::Event>> Desk::events(core::WorkspaceId in, core::TicketId id) {
  std::vector<ticketing::Event> out;
  for (;;) {
    POSTERN_TRY(auto page, tickets->event_page(in, id, out.empty() ? 0 : out.back().number, 3));
    out.insert(out.end(), page.events.begin(), page.events.end());
    if (!page.has_more) return out;
  }
}

ticketing::Ticket Desk::ticket(core::TicketId id, core::WorkspaceId in) { return tickets->get(in ? in : acme, id).value(); }

std::vector<std::string> Desk::event_kinds(core::TicketId id) {
  std::vector<std::string> out;
  for (const auto& event : events(acme, id).value()) out.push_back(event.kind);
  return out;
}

std::vector<std::string> Desk::audit_actions(core::WorkspaceId in) {
  std::vector<std::string> out;
  for (const auto& entry : auth::list_audit(*store, *vault, in, {}, 100).value()) out.push_back(entry.action);
  return out;
}

pipeline::OutboundMessage answered(Desk& desk) {
  EXPECT_TRUE(desk.take({}));
  EXPECT_TRUE(desk.reply(core::TicketId{1}, "Try again."));
  auto sent = desk.claim();
  EXPECT_EQ(sent.size(), 1U);
  return sent.at(0);
}

Mail answer() {
  Mail mail;
  mail.subject = "Re: Help";
  mail.text = "Still not.";
  mail.message_id = "m2@customer.example";
  return mail;
}

std::string header_of(const std::string& message, const std::string& name) {
  const std::string text = "\r\n" + message;
  const auto at = text.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 4;
  return text.substr(begin, text.find("\r\n", begin) - begin);
}

std::string signed_message_id(const pipeline::OutboundMessage& sent) {
  const std::string id = header_of(sent.message, "Message-ID");
  return id.substr(1, id.size() - 2);
}

}  // namespace postern::test
