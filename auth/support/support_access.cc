#include "auth/support/support_access.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/audit_trail/keys.h"
#include "auth/detail/keys.h"
#include "auth/detail/one_time_link.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "storage/schema/audit.pb.h"

namespace postern::auth {
namespace {

constexpr std::string_view kLightRole = "light-agent";
constexpr std::string_view kFullRole = "agent";
constexpr std::size_t kAtOnce = 200;
constexpr std::size_t kOpenMax = 1000;  // far above SupportLimits::active_max

std::string key_of(core::WorkspaceId workspace, std::uint64_t id) { return trail::numbered(workspace, trail::Kind::kSupport, id); }

std::string object_of(std::uint64_t id) { return "support_access/" + std::to_string(id); }

SupportGrant shown(const schema::SupportGrant& record) {
  SupportGrant out;
  out.id = record.id();
  out.user = core::UserId{record.user()};
  out.email = record.email();
  out.role = record.role();
  out.reason = record.reason();
  out.granted_by = core::UserId{record.granted_by()};
  out.granted_unix_ms = record.granted_unix_ms();
  out.until_unix_ms = record.until_unix_ms();
  out.ended_unix_ms = record.ended_unix_ms();
  out.ended_by = core::UserId{record.ended_by()};
  return out;
}

std::string open_key(core::WorkspaceId workspace, std::uint64_t id) { return trail::numbered(workspace, trail::Kind::kSupportOpen, id); }

core::Result<std::vector<SupportGrant>> read_grants(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                                    std::size_t limit, const std::string& after = {}) {
  POSTERN_TRY(const auto entries, snapshot.scan(trail::prefix(workspace, trail::Kind::kSupport), storage::Direction::kBackward, limit, after));
  std::vector<SupportGrant> out;
  for (const storage::Entry& entry : entries) {
    schema::SupportGrant record;
    POSTERN_CHECK(storage::open_record(vault, workspace, entry.key, entry.value, record));
    out.push_back(shown(record));
  }
  return out;
}

// Of a store from before there was an index.
core::Result<std::vector<SupportGrant>> find_open(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace) {
  std::vector<SupportGrant> out;
  std::string after;
  for (;;) {
    POSTERN_TRY(const auto some, read_grants(snapshot, vault, workspace, kAtOnce, after));
    std::ranges::copy_if(some, std::back_inserter(out), [](const SupportGrant& each) { return each.ended_unix_ms == 0; });
    if (some.size() < kAtOnce) return out;
    after = key_of(workspace, some.back().id);
  }
}

// Every grant that nobody has closed, newest first, however many were made since.
core::Result<std::vector<SupportGrant>> read_open(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace) {
  POSTERN_TRY(const std::optional<std::string> is_complete, snapshot.get(open_key(workspace, 0)));
  if (!is_complete) return find_open(snapshot, vault, workspace);
  // As many as may be let in at once, and those whose time is over and whom end_due() has not closed yet.
  POSTERN_TRY(const auto marks, snapshot.scan(trail::prefix(workspace, trail::Kind::kSupportOpen), storage::Direction::kBackward, kOpenMax));
  std::vector<SupportGrant> out;
  for (const storage::Entry& mark : marks) {
    const std::string key = key_of(workspace, trail::last_number(mark.key));
    POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
    if (!value) continue;  // of 0 there is none
    schema::SupportGrant record;
    POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
    out.push_back(shown(record));
  }
  return out;
}

// The index from now on. Two grants at once conflict, so that both are counted.
core::Result<std::vector<SupportGrant>> begin_grant(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace) {
  POSTERN_TRY(const std::optional<std::string> is_complete, transaction.get(open_key(workspace, 0)));
  POSTERN_TRY(std::vector<SupportGrant> open, read_open(transaction.snapshot(), vault, workspace));
  if (!is_complete) {
    for (const SupportGrant& each : open) transaction.put(open_key(workspace, each.id), {});
  }
  transaction.put(open_key(workspace, 0), {});
  return open;
}

}  // namespace

SupportAccess::SupportAccess(storage::Store& store, const storage::Vault& vault, Accounts& accounts, core::IdSource& ids, core::Clock& clock,
                             SupportLimits limits)
    : store_(store), vault_(vault), accounts_(accounts), ids_(ids), clock_(clock), limits_(limits) {}

// A new account, or one that was made for support before.
core::Result<schema::User> SupportAccess::take_account(storage::Transaction& transaction, const Principal& by, const SupportRequest& wanted) {
  const std::string login_key = keys::login(canonical_address(wanted.email));
  POSTERN_TRY(const std::optional<std::string> taken, transaction.get(login_key));
  core::UserId id;
  if (taken) {
    schema::CredentialIndex index;
    POSTERN_CHECK(storage::parse_record(*taken, index));
    if (index.workspace() != by.workspace.value) return core::fail(Errc::kExists);
    id = core::UserId{index.user()};
  } else {
    POSTERN_TRY(id, accounts_.ensure_contact(transaction, by.workspace, wanted.email, wanted.name));
  }
  POSTERN_TRY(schema::User user, read_user(transaction, vault_, by.workspace, id));
  if (taken && user.support() == 0) return core::fail(Errc::kExists, "has an account here already");
  const bool is_in = user.support() != 0 && !user.is_disabled() && core::to_unix_ms(clock_.wall_now()) < user.support_until_unix_ms();
  if (taken && is_in) return core::fail(Errc::kExists, "is let in already; end that first");
  // What an earlier grant left behind, should end_due() not have been there yet.
  POSTERN_CHECK(erase_sessions(transaction, vault_, by.workspace, id));
  POSTERN_CHECK(erase_tokens(transaction, vault_, by.workspace, id));
  schema::CredentialIndex index;
  index.set_workspace(by.workspace.value);
  index.set_user(id.value);
  POSTERN_CHECK(storage::put_plain(transaction, login_key, index));
  user.set_email(wanted.email);
  if (!wanted.name.empty()) user.set_name(cut_text(wanted.name, accounts_.options().name_bytes_max));
  user.set_has_login(true);
  user.set_is_disabled(false);
  if (taken) {  // whoever knew the password of an earlier case is not let in by this one; the date ends trust in browsers too
    keep_in_history(user);
    user.clear_password_hash();
    user.clear_password_set_unix_ms();
  }
  user.set_role(static_cast<std::uint32_t>(Role::kAgent));
  user.set_custom_role(wanted.is_light ? kLightAgent : 0);
  user.set_is_limited(by.inboxes.is_limited());
  user.clear_inboxes();
  for (const core::InboxId each : by.inboxes.inboxes()) user.add_inboxes(each.value);
  return user;
}

core::Task<core::Result<std::pair<SupportGrant, std::string>>> SupportAccess::grant(Principal by, SupportRequest wanted) {
  wanted.email = core::trim_ascii(wanted.email);
  wanted.reason = core::trim_ascii(wanted.reason);
  if (!may(by, Permission::kUsersManage) || by.support != 0) co_return core::fail(Errc::kForbidden);
  if (!is_plausible_address(wanted.email)) co_return core::fail(core::Errc::kInvalid, "email");
  if (wanted.hours == 0 || wanted.hours > limits_.hours_max) co_return core::fail(core::Errc::kInvalid, "hours");
  if (wanted.reason.size() < limits_.reason_bytes_min || wanted.reason.size() > limits_.reason_bytes_max) co_return core::fail(core::Errc::kInvalid, "reason");
  const std::string secret = core::random_token(32);
  const std::uint64_t id = ids_.next();
  auto change = [&](storage::Transaction& transaction) -> core::Result<std::pair<SupportGrant, std::string>> {
    const std::int64_t now = core::to_unix_ms(clock_.wall_now());
    POSTERN_TRY(const auto open, begin_grant(transaction, vault_, by.workspace));
    if (std::cmp_greater_equal(std::ranges::count_if(open, [now](const SupportGrant& each) { return each.is_active(now); }), limits_.active_max)) {
      return core::fail(core::Errc::kInvalid, "too many are let in already");
    }
    POSTERN_TRY(schema::User user, take_account(transaction, by, wanted));
    User whom = to_user(user, by.workspace);
    POSTERN_CHECK(check_may_act_on(by, whom));
    schema::SupportGrant record;
    record.set_id(id);
    record.set_user(user.id());
    record.set_email(wanted.email);
    record.set_role(std::string(wanted.is_light ? kLightRole : kFullRole));
    record.set_reason(wanted.reason);
    record.set_granted_by(by.user.value);
    record.set_granted_unix_ms(now);
    record.set_until_unix_ms(now + std::chrono::milliseconds(std::chrono::hours(wanted.hours)).count());
    user.set_support(id);
    user.set_support_until_unix_ms(record.until_unix_ms());
    const std::int64_t link_ends = std::min<std::int64_t>(record.until_unix_ms(), now + std::chrono::milliseconds(accounts_.options().enrolment_life).count());
    POSTERN_CHECK(put_link(transaction, vault_, by.workspace, user, secret, link_ends, LinkKind::kInvitation));
    POSTERN_CHECK(put_user(transaction, vault_, by.workspace, user));
    POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key_of(by.workspace, id), record));
    transaction.put(open_key(by.workspace, id), {});
    AuditEvent event{"support.granted", object_of(id), wanted.reason};
    event.changes = {{"user", {}, "user/" + std::to_string(user.id())}, {"role", {}, record.role()},
                     {"until", {}, core::to_rfc3339(core::from_unix_ms(record.until_unix_ms()))}};
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, event));
    return std::pair(shown(record), secret);
  };
  co_return co_await transact(store_, accounts_.options().commit_attempts_max, change);
}

core::Result<SupportGrant> SupportAccess::close(storage::Transaction& transaction, const Principal& by, std::uint64_t id, bool is_due) {
  const std::string key = key_of(by.workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return core::fail(Errc::kNotFound, "support access");
  schema::SupportGrant record;
  POSTERN_CHECK(storage::open_record(vault_, by.workspace, key, *value, record));
  if (record.ended_unix_ms() != 0) return shown(record);
  const core::UserId whom{record.user()};
  POSTERN_TRY(schema::User user, read_user(transaction, vault_, by.workspace, whom));
  record.set_ended_unix_ms(core::to_unix_ms(clock_.wall_now()));
  record.set_ended_by(by.user.value);
  if (user.support() == id) {  // it may have been let in anew since
    user.set_is_disabled(true);
    user.set_support_until_unix_ms(record.ended_unix_ms());  // reinstating brings nobody back
    if (!user.enrolment_hash().empty()) transaction.erase(keys::enrolment(user.enrolment_hash()));
    user.clear_enrolment_hash();
    POSTERN_CHECK(put_user(transaction, vault_, by.workspace, user));
    POSTERN_CHECK(erase_sessions(transaction, vault_, by.workspace, whom));
    POSTERN_CHECK(erase_tokens(transaction, vault_, by.workspace, whom));
  }
  POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key, record));
  transaction.erase(open_key(by.workspace, id));
  AuditEvent event{"support.ended", object_of(id), is_due ? "its time was over" : ""};
  event.changes = {{"user", "user/" + std::to_string(whom.value), {}}};
  POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, event));
  return shown(record);
}

core::Task<core::Result<SupportGrant>> SupportAccess::end(Principal by, std::uint64_t id) {
  if (!may(by, Permission::kUsersManage)) co_return core::fail(Errc::kForbidden);
  auto change = [&](storage::Transaction& transaction) { return close(transaction, by, id, false); };
  co_return co_await transact(store_, accounts_.options().commit_attempts_max, change);
}

core::Task<core::Result<std::size_t>> SupportAccess::end_due(core::WorkspaceId workspace) {
  const std::int64_t now = core::to_unix_ms(clock_.wall_now());
  POSTERN_CO_TRY(const std::vector<SupportGrant> grants, read_open(*store_.snapshot(), vault_, workspace));
  Principal system;
  system.workspace = workspace;
  system.method = Method::kOperator;
  std::size_t ended = 0;
  for (const SupportGrant& each : grants) {
    if (each.ended_unix_ms != 0 || now < each.until_unix_ms) continue;
    auto change = [&](storage::Transaction& transaction) { return close(transaction, system, each.id, true); };
    POSTERN_CO_CHECK(co_await transact(store_, accounts_.options().commit_attempts_max, change));
    ++ended;
  }
  co_return ended;
}

core::Result<std::vector<SupportGrant>> SupportAccess::list(core::WorkspaceId workspace) const {
  const auto snapshot = store_.snapshot();
  POSTERN_TRY(std::vector<SupportGrant> out, read_grants(*snapshot, vault_, workspace, limits_.listed_max));
  POSTERN_TRY(const std::vector<SupportGrant> open, read_open(*snapshot, vault_, workspace));
  for (const SupportGrant& each : open) {
    if (std::ranges::find(out, each.id, &SupportGrant::id) == out.end()) out.push_back(each);
  }
  return out;
}

}  // namespace postern::auth
