#pragma once
// tests/ticketing/view_desk.h: a workspace with two inboxes whose tickets are written directly, without mail and without the
// other parts of a helpdesk, and its views.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "core/manual_clock.h"
#include "storage/memory_store.h"
#include "tests/support/run_task.h"
#include "tests/ticketing/redacted_fixture.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/views/views.h"

namespace postern::test {

class ViewDesk {
 public:
  explicit ViewDesk(ticketing::ViewLimits limits = {}, std::unique_ptr<storage::Store> over = nullptr)
      : limits_(limits), store(over ? std::move(over) : storage::make_memory_store(clock)),
        vault(*store, core::SecretBuffer(32, 'k')), accounts(*store, vault, ids, clock, cpu, auth::Options()) {
    options.hostname = "mx.acme.example";
    options.inboxes = {{"acme", {"support@acme.example"}, "Acme Support", {}}, {"acme", {"sales@acme.example"}, "Acme Sales", {}}};
    directory = run(ticketing::Directory::load(*store, vault, options)).value();
    acme = directory->workspace_named("acme");
    for (const ticketing::Inbox& inbox : directory->inboxes_of(acme)) inboxes.push_back(inbox.id);
    admin.workspace = acme;
    admin.user = core::UserId{11};
    admin.role = auth::Role::kOwner;
    restart();
  }

  template <class T>
  T run(core::Task<T> task) {
    return run_task(io_, std::move(task));
  }
  // As after a restart of the process: everything that was in memory is gone.
  void restart() {
    views = std::make_unique<ticketing::Views>(services(), redactor, &ViewDesk::groups_of, limits_);
    hooks.indexes = {&views->index()};
  }
  ticketing::Services services() { return {{*store, vault, *directory, ids, clock, options, &hooks}, accounts}; }

  // 11 is in 21 and 22, 12 in 22.
  static core::Result<std::vector<std::uint64_t>> groups_of(core::WorkspaceId, core::UserId user) {
    if (user.value == 11) return std::vector<std::uint64_t>{21, 22};
    if (user.value == 12) return std::vector<std::uint64_t>{22};
    return std::vector<std::uint64_t>{};
  }

  using Alter = std::function<void(schema::Ticket&)>;
  core::TicketId add(std::size_t inbox, const Alter& alter) {
    const ticketing::Services with = services();
    storage::Transaction transaction = store->begin();
    const core::TicketId number{store->next_number(ticketing::keys::ticket_counter(acme)).value()};
    auto draft = ticketing::TicketDraft::create(with, transaction, acme, number, inboxes[inbox]).value();
    alter(draft.record());
    EXPECT_TRUE(draft.save(true));
    EXPECT_TRUE(run(store->commit(std::move(transaction))));
    return number;
  }
  core::Result<void> prepare(storage::Transaction& transaction, const ticketing::Services& with, core::TicketId ticket, const Alter& alter,
                             bool touch = true) {
    POSTERN_TRY(ticketing::TicketDraft draft, ticketing::TicketDraft::open(with, transaction, acme, ticket));
    alter(draft.record());
    return draft.save(touch);
  }
  void change(core::TicketId ticket, const Alter& alter) {
    const ticketing::Services with = services();
    storage::Transaction transaction = store->begin();
    ASSERT_TRUE(prepare(transaction, with, ticket, alter));
    ASSERT_TRUE(run(store->commit(std::move(transaction))));
  }

  static schema::Condition condition(const std::string& field, const std::string& op, const std::vector<std::string>& values) {
    schema::Condition out;
    out.set_field(field);
    out.set_op(op);
    for (const std::string& value : values) out.add_values(value);
    return out;
  }
  static schema::ViewShape shape(const std::vector<schema::Condition>& all, const std::vector<schema::Condition>& any = {}) {
    schema::ViewShape out;
    for (const schema::Condition& each : all) *out.mutable_conditions()->add_all() = each;
    for (const schema::Condition& each : any) *out.mutable_conditions()->add_any() = each;
    return out;
  }
  core::Result<schema::View> save(std::uint64_t id, const schema::ViewShape& of, const std::string& title = "Some") {
    const auto edit = [&](schema::View& view) -> core::Result<void> {
      view.set_title(title);
      *view.mutable_shape() = of;
      return {};
    };
    return run(views->save(admin, id, edit));
  }
  // Until the background work is done.
  void settle() {
    for (int i = 0; i < 1000 && run(views->fill(acme, never)).value() != 0; ++i) {}
    while (run(views->follow_clock(acme, never)).value() != 0) {}
  }
  std::uint64_t count(const auth::Principal& by, std::uint64_t view) { return views->count(by, view).value().value.value_or(999'999); }

  core::ManualClock clock;
  core::IdSource ids{clock, 1};

 private:
  boost::asio::io_context io_;  // before the pool: its threads use the loop until they are joined
  ticketing::ViewLimits limits_;

 public:
  core::WorkPool cpu{"cpu", 1, 16};
  std::unique_ptr<storage::Store> store;
  storage::Vault vault;
  auth::Accounts accounts;
  ticketing::Options options;
  std::unique_ptr<ticketing::Directory> directory;
  MarkingRedactor redactor;
  ticketing::TicketHooks hooks;
  std::unique_ptr<ticketing::Views> views;
  core::WorkspaceId acme;
  std::vector<core::InboxId> inboxes;
  auth::Principal admin;
  const std::atomic<bool> never{false};
};

}  // namespace postern::test
