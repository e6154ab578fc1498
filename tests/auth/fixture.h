#pragma once
// tests/auth/fixture.h: accounts and sessions over the memory store, with cheap password hashing.
#include <boost/asio/io_context.hpp>
#include <memory>

#include "auth/audit.h"
#include "auth/sessions.h"
#include "core/manual_clock.h"
#include "storage/memory_store.h"
#include "storage/vault.h"
#include "tests/support/run_task.h"

namespace postern::test {

inline constexpr const char* kPassword = "correct horse battery";

class People {
 public:
  People() {
    options.argon2_memory_kib = 64;
    options.argon2_passes = 1;
    store = storage::make_memory_store(clock);
    vault = std::make_unique<storage::Vault>(*store, core::SecretBuffer(32, 'k'));
    for (const auto workspace : {core::WorkspaceId{0}, home, other}) run(vault->ensure_workspace(workspace)).value();
    accounts = std::make_unique<auth::Accounts>(*store, *vault, ids, clock, cpu, options);
    sessions = std::make_unique<auth::Sessions>(*store, *vault, *accounts, ids, clock, options);
  }

  template <class T>
  T run(core::Task<T> task) {
    return run_task(io_, std::move(task));
  }
  auth::Principal owner_of(core::WorkspaceId workspace) {
    auth::Principal out;
    out.workspace = workspace;
    out.role = auth::Role::kOwner;
    out.method = auth::Method::kOperator;
    return out;
  }
  // An account that has set kPassword.
  auth::User make(const std::string& email, auth::Role role = auth::Role::kAgent) {
    const auto invited = run(accounts->invite(owner_of(home), email, "Name", role)).value();
    return run(accounts->enrol(invited.second, kPassword, "192.0.2.1")).value();
  }
  core::Result<auth::User> verify(const std::string& email, const std::string& password, const std::string& ip = "192.0.2.1") {
    return run(accounts->verify_password(email, password, ip));
  }
  auth::Principal principal(const auth::User& user) {
    return {user.workspace, user.id, user.role, auth::Method::kSession, 1, "192.0.2.1"};
  }
  std::vector<std::string> audit_actions(core::WorkspaceId workspace) {
    std::vector<std::string> out;
    for (const auto& entry : auth::list_audit(*store, *vault, workspace, {}, 100).value()) out.push_back(entry.action);
    return out;
  }

  const core::WorkspaceId home{1};
  const core::WorkspaceId other{2};
  core::ManualClock clock;
  core::IdSource ids{clock, 1};

 private:
  // Before the pool: its threads use the loop until they are joined.
  boost::asio::io_context io_;

 public:
  core::WorkPool cpu{"cpu", 2, 64};
  auth::Options options;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<storage::Vault> vault;
  std::unique_ptr<auth::Accounts> accounts;
  std::unique_ptr<auth::Sessions> sessions;
};

}  // namespace postern::test
