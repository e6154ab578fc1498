#include "auth/audit_trail/contact.h"

#include <charconv>

#include "auth/audit_trail/keys.h"
#include "auth/detail/records.h"
#include "auth/detail/transact.h"
#include "auth/options.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/random.h"
#include "storage/schema/audit.pb.h"

namespace postern::auth {
namespace {

constexpr std::string_view kObject = "security_contact";
constexpr std::chrono::hours kSecurityTxtLife{24 * 180};

std::string record_key(core::WorkspaceId workspace) { return trail::prefix(workspace, trail::Kind::kContact); }

core::Result<schema::SecurityContact> parse_contact(const storage::Vault& vault, core::WorkspaceId workspace, const std::optional<std::string>& value) {
  schema::SecurityContact record;
  if (value) POSTERN_CHECK(storage::open_record(vault, workspace, record_key(workspace), *value, record));
  return record;
}

SecurityContact shown(const schema::SecurityContact& record) { return {record.email(), record.pending()}; }

}  // namespace

SecurityContacts::SecurityContacts(storage::Store& store, const storage::Vault& vault, core::IdSource& ids, core::Clock& clock,
                                   LetterPort letters, std::string host, ContactLimits limits)
    : store_(store), vault_(vault), ids_(ids), clock_(clock), letters_(std::move(letters)), host_(std::move(host)), limits_(limits) {}

core::Result<SecurityContact> SecurityContacts::get(core::WorkspaceId workspace) const {
  POSTERN_TRY(const std::optional<std::string> value, store_.snapshot()->get(record_key(workspace)));
  POSTERN_TRY(const schema::SecurityContact record, parse_contact(vault_, workspace, value));
  return shown(record);
}

core::Result<SecurityContact> SecurityContacts::propose(storage::Transaction& transaction, const Principal& by, const std::string& email,
                                                        const std::string& secret) {
  const std::string key = record_key(by.workspace);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  POSTERN_TRY(schema::SecurityContact record, parse_contact(vault_, by.workspace, value));
  const std::int64_t now = core::to_unix_ms(clock_.wall_now());
  if (!record.token_hash().empty()) transaction.erase(trail::contact_link(record.token_hash()));
  AuditEvent event{"security_contact.changed", std::string(kObject)};
  event.changes.push_back({"email", record.email(), email.empty() ? std::string() : email + " (not verified yet)"});
  const std::string former = record.email();
  record.clear_pending();
  record.clear_token_hash();
  record.set_changed_unix_ms(now);
  if (email.empty()) {
    record.clear_email();
  } else {
    record.set_pending(email);
    record.set_token_hash(core::sha256(secret));
    record.set_token_expires_unix_ms(now + std::chrono::milliseconds(limits_.contact_link_life).count());
    transaction.put(trail::contact_link(record.token_hash()), std::to_string(by.workspace.value));
    POSTERN_CHECK(letters_(transaction, {by.workspace, email, "Please confirm: security contact",
                                         "This address was named as the security contact of the help desk at " + host_ +
                                             ". Security notices will come here, and it will be public in security.txt.\n\nTo confirm, "
                                             "open this link within 48 hours:\nhttps://" + host_ + "/#/security-contact/" + secret +
                                             "\n\nIf you do not know of this, do nothing.\n", now}));
  }
  if (!former.empty() && former != email) {
    POSTERN_CHECK(letters_(transaction, {by.workspace, former, "The security contact is being changed",
                                         "Somebody is replacing you as the security contact of the help desk at " + host_ +
                                             ". If that is not right, look into the audit log.\n", now}));
  }
  POSTERN_CHECK(storage::put_sealed(transaction, vault_, by.workspace, key, record));
  POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, event));
  return shown(record);
}

core::Task<core::Result<SecurityContact>> SecurityContacts::set(Principal by, std::string email) {
  if (!email.empty() && (email.size() > limits_.address_bytes_max || !is_plausible_address(email))) {
    co_return core::fail(core::Errc::kInvalid, "email: no address");
  }
  const std::string secret = core::random_token(32);
  auto change = [&](storage::Transaction& transaction) { return propose(transaction, by, email, secret); };
  co_return co_await transact(store_, Options().commit_attempts_max, change);
}

core::Task<core::Result<SecurityContact>> SecurityContacts::verify(std::string secret, std::string client_ip) {
  const std::string hash = core::sha256(secret);
  auto change = [&](storage::Transaction& transaction) -> core::Result<SecurityContact> {
    POSTERN_TRY(const std::optional<std::string> link, transaction.get(trail::contact_link(hash)));
    if (!link) return core::fail(Errc::kExpired);
    core::WorkspaceId workspace;
    std::from_chars(link->data(), link->data() + link->size(), workspace.value);
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(record_key(workspace)));
    POSTERN_TRY(schema::SecurityContact record, parse_contact(vault_, workspace, value));
    if (record.token_hash() != hash || record.token_expires_unix_ms() <= core::to_unix_ms(clock_.wall_now())) return core::fail(Errc::kExpired);
    transaction.erase(trail::contact_link(hash));
    Principal by;  // whoever reads that mailbox
    by.workspace = workspace;
    by.method = Method::kMail;
    by.client_ip = client_ip;
    AuditEvent event{"security_contact.verified", std::string(kObject)};
    event.changes.push_back({"email", record.email(), record.pending()});
    record.set_email(record.pending());
    record.clear_pending();
    record.clear_token_hash();
    POSTERN_CHECK(storage::put_sealed(transaction, vault_, workspace, record_key(workspace), record));
    POSTERN_CHECK(audit(transaction, vault_, ids_, clock_, by, event));
    return shown(record);
  };
  co_return co_await transact(store_, Options().commit_attempts_max, change);
}

core::Result<std::string> verified_contact(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace) {
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(record_key(workspace)));
  POSTERN_TRY(const schema::SecurityContact record, parse_contact(vault, workspace, value));
  return std::string(record.email());
}

std::string security_txt(const std::vector<std::string>& contacts, const std::string& origin, core::WallTime now) {
  std::string out;
  for (const std::string& each : contacts) out += "Contact: mailto:" + each + "\r\n";
  // Rounded to the day, so that the file does not differ from request to request.
  const auto day = std::chrono::floor<std::chrono::days>(now + kSecurityTxtLife);
  out += "Expires: " + core::to_rfc3339(core::WallTime(day)) + "\r\n";
  out += "Preferred-Languages: en\r\n";
  if (!origin.empty()) out += "Canonical: " + origin + "/.well-known/security.txt\r\n";
  return out;
}

}  // namespace postern::auth
