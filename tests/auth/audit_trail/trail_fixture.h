#pragma once
// tests/auth/audit_trail/trail_fixture.h: an audit trail over the memory store.
#include <boost/asio/io_context.hpp>
#include <thread>

#include "auth/audit_trail/search.h"
#include "auth/audit_trail/trail.h"
#include "auth/detail/keys.h"
#include "core/manual_clock.h"
#include "storage/memory_store.h"
#include "storage/schema/account.pb.h"
#include "storage/vault.h"
#include "tests/support/run_task.h"

namespace postern::test {

class TrailDesk {
 public:
  explicit TrailDesk(std::size_t batch = 500) : trail(make(batch)) {}

  template <class T>
  T run(core::Task<T> task) {
    return run_task(io_, std::move(task));
  }
  boost::asio::any_io_executor executor() { return io_.get_executor(); }
  void turn() {
    io_.restart();
    io_.run_for(std::chrono::milliseconds(2));
  }
  auth::Principal owner_of(core::WorkspaceId workspace) const {
    auth::Principal out;
    out.workspace = workspace;
    out.user = core::UserId{5};
    out.role = auth::Role::kOwner;
    out.client_ip = "192.0.2.1";
    return out;
  }
  void write(const auth::Principal& by, const auth::AuditEvent& event) {
    clock.advance(std::chrono::milliseconds(3));
    ASSERT_TRUE(run(auth::audit_alone(*store, *vault, ids, clock, by, event)));
  }
  void write(const std::string& action, const std::string& object, const std::string& detail = {}) {
    write(owner_of(home), auth::AuditEvent{action, object, detail});
  }
  // As entries were written before there was a chain.
  void write_old(const std::string& action, const std::string& object) {
    clock.advance(std::chrono::milliseconds(3));
    schema::AuditRecord record;
    record.set_id(ids.next());
    record.set_at_unix_ms(core::to_unix_ms(clock.wall_now()));
    record.set_action(action);
    record.set_object(object);
    record.set_detail("not \xff UTF-8");
    storage::Transaction transaction = store->begin();
    ASSERT_TRUE(storage::put_sealed(transaction, *vault, home, auth::keys::audit(home, core::AuditId{record.id()}), record));
    ASSERT_TRUE(run(store->commit(std::move(transaction))));
  }
  std::vector<auth::AuditEntry> chain() { return auth::read_chain(*store->snapshot(), *vault, home, 0, 10'000).value(); }
  auth::ChainReport verify() { return run(trail.verify(home)).value(); }
  std::vector<auth::AuditEntry> search(const auth::AuditFilter& filter) {
    return auth::search_audit(*store->snapshot(), *vault, home, filter, auth::AuditOrder())->entries;
  }

  const core::WorkspaceId home{1};
  const core::WorkspaceId other{2};
  core::ManualClock clock;
  core::IdSource ids{clock, 1};

 private:
  boost::asio::io_context io_;
  auth::AuditTrail make(std::size_t batch) {
    store = storage::make_memory_store(clock);
    vault = std::make_unique<storage::Vault>(*store, core::SecretBuffer(32, 'k'));
    for (const auto workspace : {core::WorkspaceId{0}, home, other}) EXPECT_TRUE(run(vault->ensure_workspace(workspace)));
    auth::TrailOptions options;
    options.link.link_batch_max = batch;
    auto workspaces = [this] { return std::vector{home, other}; };
    return {*store, *vault, clock, cpu, workspaces, options};
  }

 public:
  core::WorkPool cpu{"cpu", 1, 64};
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<storage::Vault> vault;
  auth::AuditTrail trail;
};

}  // namespace postern::test
