#include "auth/detail/one_time_link.h"

#include <fmt/format.h>

#include "auth/detail/keys.h"
#include "core/encoding.h"

namespace postern::auth {

namespace {

core::Result<std::string> mac_of_link(const storage::Vault& vault, std::string_view hash, const schema::Enrolment& link) {
  POSTERN_TRY(const std::string key, vault.derive_key(core::WorkspaceId{link.workspace()}, "one-time-link"));
  // Numbers without padding between separators, the hash of known length last: no two links have one text.
  const std::string text = fmt::format("{}.{}.{}.{}.{}.", link.workspace(), link.user(), link.expires_unix_ms(), link.kind(), link.methods());
  return core::hmac_sha256(key, text + std::string(hash));
}

}  // namespace

core::Result<void> put_link(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace, schema::User& user,
                            std::string_view secret, std::int64_t expires_ms, LinkKind kind, std::uint32_t methods) {
  if (!user.enrolment_hash().empty()) transaction.erase(keys::enrolment(user.enrolment_hash()));
  user.set_enrolment_hash(core::sha256(secret));
  schema::Enrolment record;
  record.set_workspace(workspace.value);
  record.set_user(user.id());
  record.set_expires_unix_ms(expires_ms);
  record.set_kind(static_cast<std::uint32_t>(kind));
  record.set_methods(methods);
  POSTERN_TRY(*record.mutable_mac(), mac_of_link(vault, user.enrolment_hash(), record));
  return storage::put_plain(transaction, keys::enrolment(user.enrolment_hash()), record);
}

core::Result<schema::Enrolment> parse_live_link(const storage::Vault& vault, std::string_view hash, const std::optional<std::string>& value,
                                                std::int64_t now_ms) {
  if (!value) return core::fail(Errc::kExpired);
  schema::Enrolment enrolment;
  POSTERN_CHECK(storage::parse_record(*value, enrolment));
  const core::Result<std::string> mac = mac_of_link(vault, hash, enrolment);
  if (!mac || !core::equals_in_constant_time(*mac, enrolment.mac())) return core::fail(Errc::kExpired);
  if (enrolment.expires_unix_ms() <= now_ms) return core::fail(Errc::kExpired);
  return enrolment;
}

void keep_in_history(schema::User& user) {
  if (user.password_hash().empty()) return;
  auto& history = *user.mutable_password_history();
  history.Add(std::string(user.password_hash()));
  for (int i = history.size() - 1; i > 0; --i) history.SwapElements(i, i - 1);  // newest first
  while (history.size() > static_cast<int>(kPasswordHistoryMax)) history.RemoveLast();
}

}  // namespace postern::auth
