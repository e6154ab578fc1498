#include "auth/second_factors/devices.h"

#include <algorithm>

#include "auth/audit.h"
#include "auth/detail/keys.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

constexpr std::size_t kScanMax = 1000;  // far above the options' bound

std::string key_of(core::WorkspaceId workspace, core::UserId user, const schema::Device& device) {
  return keys::device(workspace, user, device.secret_hash());
}

core::Result<std::vector<schema::Device>> scan(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                               core::WorkspaceId workspace, core::UserId user) {
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              snapshot.scan(keys::devices_prefix(workspace, user), storage::Direction::kForward, kScanMax));
  std::vector<schema::Device> out(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    POSTERN_CHECK(storage::open_record(vault, workspace, entries[i].key, entries[i].value, out[i]));
  }
  return out;
}

// The record as it is in the transaction.
core::Result<schema::Device> find_by_id(storage::Transaction& transaction, const storage::Vault& vault, const Principal& by, std::uint64_t id) {
  POSTERN_TRY(const auto devices, scan(transaction.snapshot(), vault, by.workspace, by.user));
  const auto found = std::ranges::find(devices, id, &schema::Device::id);
  if (found == devices.end()) return core::fail(Errc::kNotFound, "device");
  const std::string key = key_of(by.workspace, by.user, *found);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return core::fail(Errc::kNotFound, "device");
  schema::Device record;
  POSTERN_CHECK(storage::open_record(vault, by.workspace, key, *value, record));
  return record;
}

std::string object_of(std::uint64_t id) { return "device/" + std::to_string(id); }

}  // namespace

std::string device_name(std::string_view agent) {
  // The order matters: each says that it is the ones behind it, too.
  static constexpr std::pair<std::string_view, std::string_view> kBrowsers[] = {
      {"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}};
  static constexpr std::pair<std::string_view, std::string_view> kSystems[] = {
      {"iPhone", "iPhone"}, {"iPad", "iPad"},         {"Android", "Android"}, {"CrOS", "ChromeOS"},
      {"Windows", "Windows"}, {"Macintosh", "macOS"}, {"Linux", "Linux"}};
  auto word_of = [agent](const auto& table) {
    for (const auto& [mark, word] : table) {
      if (agent.find(mark) != std::string_view::npos) return word;
    }
    return std::string_view();
  };
  const std::string_view browser = word_of(kBrowsers);
  const std::string_view system = word_of(kSystems);
  if (browser.empty() && system.empty()) return "Unknown device";
  if (system.empty()) return std::string(browser);
  return (browser.empty() ? std::string("A browser") : std::string(browser)) + " on " + std::string(system);
}

core::Result<std::optional<schema::Device>> find_device(storage::Transaction& transaction, const storage::Vault& vault,
                                                        const User& user, std::string_view secret) {
  if (secret.empty()) return std::optional<schema::Device>();
  const std::string key = keys::device(user.workspace, user.id, core::sha256(secret));
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return std::optional<schema::Device>();
  schema::Device record;
  POSTERN_CHECK(storage::open_record(vault, user.workspace, key, *value, record));
  return std::optional(std::move(record));
}

bool is_trusted(const schema::Device& device, const schema::User& owner, const SecondFactorPolicy& policy, std::int64_t now_unix_ms) {
  if (!policy.allows_trusted_devices) return false;
  if (policy.trust_ended_unix_ms != 0 && device.trusted_at_unix_ms() <= policy.trust_ended_unix_ms) return false;
  return device.trusted_until_unix_ms() > now_unix_ms && device.trusted_password_unix_ms() == owner.password_set_unix_ms();
}

core::Result<void> put_device(storage::Transaction& transaction, const storage::Vault& vault, const User& user, const schema::Device& device) {
  return storage::put_sealed(transaction, vault, user.workspace, key_of(user.workspace, user.id, device), device);
}

core::Result<bool> make_room_for_device(storage::Transaction& transaction, const storage::Vault& vault, const User& user, std::size_t most) {
  POSTERN_TRY(std::vector<schema::Device> devices, scan(transaction.snapshot(), vault, user.workspace, user.id));
  std::ranges::sort(devices, {}, &schema::Device::last_used_unix_ms);
  for (std::size_t i = 0; i + most <= devices.size(); ++i) transaction.erase(key_of(user.workspace, user.id, devices[i]));
  return !devices.empty();
}

core::Result<void> erase_devices(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId user) {
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              transaction.snapshot().scan(keys::devices_prefix(workspace, user), storage::Direction::kForward, kScanMax));
  for (const storage::Entry& entry : entries) transaction.erase(entry.key);
  return {};
}

Devices::Devices(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, Options options)
    : store_(store), vault_(vault), ids_(ids), clock_(clock), options_(std::move(options)) {}

core::Result<std::vector<Device>> Devices::list(core::WorkspaceId workspace, core::UserId user) const {
  const auto snapshot = store_.snapshot();
  POSTERN_TRY(std::vector<schema::Device> records, scan(*snapshot, vault_, workspace, user));
  POSTERN_TRY(const auto owner, read_user(*snapshot, vault_, workspace, user));
  POSTERN_TRY(const SecurityPolicy policy, read_security_policy(*snapshot, vault_, workspace));
  std::ranges::sort(records, std::ranges::greater(), &schema::Device::last_used_unix_ms);
  const std::int64_t now = core::to_unix_ms(clock_.wall_now());
  std::vector<Device> out;
  for (const schema::Device& each : records) {
    const bool trusted = owner && is_trusted(each, *owner, policy.second_factor, now);
    out.push_back({each.id(), each.name(), each.client_ip(), each.created_unix_ms(), each.last_used_unix_ms(), each.methods(),
                   trusted ? each.trusted_until_unix_ms() : 0, each.secret_hash()});
  }
  return out;
}

core::Task<core::Result<void>> Devices::rename(Principal by, std::uint64_t id, std::string name) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(schema::Device device, find_by_id(transaction, vault_, by, id));
    device.set_name(cut_text(name, options_.name_bytes_max));
    POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key_of(by.workspace, by.user, device), device));
    return audit(transaction, vault_, ids_, clock_, by, "device.renamed", object_of(id));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

core::Task<core::Result<void>> Devices::revoke(Principal by, std::uint64_t id) {
  auto change = [&](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const schema::Device device, find_by_id(transaction, vault_, by, id));
    transaction.erase(key_of(by.workspace, by.user, device));
    return audit(transaction, vault_, ids_, clock_, by, "device.revoked", object_of(id));
  };
  co_return co_await transact(store_, options_.commit_attempts_max, change);
}

}  // namespace postern::auth
