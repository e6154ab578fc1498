#pragma once
// auth/second_factors/devices.h: the browsers from which somebody signed in, known by a cookie of their own (stored as
// SHA-256 and looked up under its user only: the cookie of one is nothing under another). A trusted one stands in for
// the second factor, for a bounded time and as long as the password is the one it was trusted under.
// Thread-safety: any executor.  Errors: auth::Errc::kNotFound; those of the store.
#include <string>
#include <vector>

#include "auth/accounts.h"
#include "auth/security_policy.h"
#include "storage/schema/account.pb.h"
#include "storage/schema/security.pb.h"

namespace postern::auth {

struct Device {
  std::uint64_t id = 0;
  std::string name;
  std::string client_ip;  // of the last sign-in
  std::int64_t created_unix_ms = 0;
  std::int64_t last_used_unix_ms = 0;
  std::uint32_t methods = 0;
  std::int64_t trusted_until_unix_ms = 0;  // 0: not trusted, or no longer
  std::string secret_hash;                 // tells which one the caller uses
};

// "Firefox on Linux": what a User-Agent says of itself, in words.
std::string device_name(std::string_view user_agent);

// For sign-ins, inside their transaction. `secret` may be empty or anything.
core::Result<std::optional<schema::Device>> find_device(storage::Transaction& transaction, const storage::Vault& vault,
                                                        const User& user, std::string_view secret);
bool is_trusted(const schema::Device& device, const schema::User& owner, const SecondFactorPolicy& policy, std::int64_t now_unix_ms);
core::Result<void> put_device(storage::Transaction& transaction, const storage::Vault& vault, const User& user, const schema::Device& device);
// Makes room for one more; the answer tells whether there is any.
core::Result<bool> make_room_for_device(storage::Transaction& transaction, const storage::Vault& vault, const User& user, std::size_t most);
core::Result<void> erase_devices(storage::Transaction& transaction, core::WorkspaceId workspace, core::UserId user);

class Devices {
 public:
  Devices(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock, Options options);

  // The one used last comes first.
  core::Result<std::vector<Device>> list(core::WorkspaceId workspace, core::UserId user) const;
  core::Task<core::Result<void>> rename(Principal by, std::uint64_t id, std::string name);
  // It has to prove a factor again, and is new when it does.
  core::Task<core::Result<void>> revoke(Principal by, std::uint64_t id);

 private:
  storage::Store& store_;
  const storage::Vault& vault_;
  core::IdSource& ids_;
  core::Clock& clock_;
  Options options_;
};

}  // namespace postern::auth
