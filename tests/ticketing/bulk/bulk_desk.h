#pragma once
// tests/ticketing/bulk/bulk_desk.h: the small helpdesk with a few tickets, and what is looked at after changes of many.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>

#include "storage/schema/bulk.pb.h"
#include "storage/schema/ticket.pb.h"
#include "tests/ticketing/desk.h"
#include "ticketing/bulk/bulk.h"
#include "ticketing/detail/keys.h"

namespace postern::test {

class BulkDesk : public Desk {
 public:
  explicit BulkDesk(int tickets = 3, const OpenStore& open_store = nullptr) : Desk(open_store) {
    for (int i = 1; i <= tickets; ++i) EXPECT_TRUE(take(numbered(i)));
  }
  static Mail numbered(int i) {
    Mail mail;
    mail.from = "user" + std::to_string(i) + "@customer.example";
    mail.from_name = "User " + std::to_string(i);
    mail.subject = "Help " + std::to_string(i);
    mail.message_id = "n" + std::to_string(i) + "@customer.example";
    mail.text = "Text of " + std::to_string(i);
    return mail;
  }
  ticketing::Bulk& bulk() { return helpdesk->bulk(); }
  std::size_t run_jobs() { return run(helpdesk->chores().run_once("jobs")).value(); }
  std::size_t clean_up() { return run(helpdesk->chores().run_once("deleted tickets")).value(); }
  static std::vector<core::TicketId> numbers(std::initializer_list<std::uint64_t> all) {
    std::vector<core::TicketId> out;
    for (const std::uint64_t each : all) out.push_back(core::TicketId{each});
    return out;
  }
  std::optional<schema::Ticket> record(core::TicketId id) {
    const std::string key = ticketing::keys::ticket(acme, id);
    const auto value = store->snapshot()->get(key).value();
    if (!value) return std::nullopt;
    schema::Ticket out;
    EXPECT_TRUE(storage::open_record(*vault, acme, key, *value, out));
    return out;
  }
  // Without what counts changes.
  std::string settled(core::TicketId id) {
    std::optional<schema::Ticket> out = record(id);
    if (!out) return "none";
    out->clear_version();
    out->clear_updated_unix_ms();
    return out->SerializeAsString();
  }
  std::map<std::uint64_t, std::string> settled_all(std::uint64_t up_to) {
    std::map<std::uint64_t, std::string> out;
    for (std::uint64_t id = 1; id <= up_to; ++id) out[id] = settled(core::TicketId{id});
    return out;
  }
  std::vector<std::string> texts(core::TicketId id) {
    std::vector<std::string> out;
    for (const auto& each : comments(acme, id).value()) out.push_back(each.text);
    return out;
  }
  std::vector<std::uint64_t> listed() {
    std::vector<std::uint64_t> out;
    ticketing::TicketQuery query;
    query.size = 100;
    for (const auto& each : tickets->list(agent, query).value().tickets) out.push_back(each.id.value);
    std::ranges::sort(out);
    return out;
  }
  std::uint64_t counted() {
    std::uint64_t out = 0;
    for (int status = 1; status <= 6; ++status) out += tickets->count(agent, static_cast<ticketing::Status>(status)).value();
    return out;
  }
  auth::Principal agent_limited_to(const std::string& name, std::vector<core::InboxId> inboxes) {
    auth::Principal op = agent;
    op.user = {};
    op.role = auth::Role::kOwner;
    op.method = auth::Method::kOperator;
    const auto invited = run(accounts->invite(op, name + "@staff.example", name, auth::Role::kAgent)).value();
    const auth::User limited = run(accounts->set_inboxes(op, invited.first.id, auth::InboxScope::only(std::move(inboxes)))).value();
    return auth::principal_for(limited, auth::Method::kSession, 1, "192.0.2.10");
  }
  core::InboxId inbox_of(const std::string& address) { return directory->resolve(pipeline::split_address(address)).value().inbox; }
};

}  // namespace postern::test
