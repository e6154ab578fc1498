#include "auth/audit_trail/entry.h"

#include <algorithm>

#include "auth/audit_trail/keys.h"
#include "auth/detail/keys.h"
#include "core/encoding.h"
#include "storage/schema/audit.pb.h"

namespace postern::auth {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The length of the well-formed sequence at the front (Unicode table 3-7); 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto at = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto is_next = [&](std::size_t i, unsigned low = 0x80U, unsigned high = 0xBFU) { return at(i) >= low && at(i) <= high; };
  const unsigned first = at(0);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first <= 0xDFU) return is_next(1) ? 2 : 0;
  if (first >= 0xE0U && first <= 0xEFU) {
    const bool ok = is_next(1, first == 0xE0U ? 0xA0U : 0x80U, first == 0xEDU ? 0x9FU : 0xBFU) && is_next(2);
    return ok ? 3 : 0;
  }
  if (first >= 0xF0U && first <= 0xF4U) {
    const bool ok = is_next(1, first == 0xF0U ? 0x90U : 0x80U, first == 0xF4U ? 0x8FU : 0xBFU) && is_next(2) && is_next(3);
    return ok ? 4 : 0;
  }
  return 0;
}

void add_part(std::string& out, std::string_view part) {
  out += std::to_string(part.size());
  out += ':';
  out += part;
  out += ',';
}

void add_number(std::string& out, std::uint64_t number) { add_part(out, std::to_string(number)); }

schema::AuditItem to_item(const AuditEntry& entry) {
  schema::AuditItem out;
  out.set_id(entry.id.value);
  out.set_at_unix_ms(entry.at_unix_ms);
  out.set_actor(entry.actor.value);
  out.set_method(entry.method);
  out.set_client_ip(entry.client_ip);
  out.set_action(entry.action);
  out.set_object(entry.object);
  out.set_detail(entry.detail);
  out.set_credential(entry.credential);
  out.set_role(entry.role);
  out.set_device(entry.device);
  out.set_request(entry.request);
  out.set_outcome(static_cast<std::uint32_t>(entry.outcome));
  for (const AuditChange& change : entry.changes) {
    schema::AuditChange& made = *out.add_changes();
    made.set_field(change.field);
    made.set_before(change.before);
    made.set_after(change.after);
  }
  out.set_sequence(entry.sequence);
  out.set_previous_hash(entry.previous_hash);
  out.set_hash(entry.hash);
  return out;
}

std::vector<std::string> index_keys(core::WorkspaceId workspace, const AuditEntry& entry) {
  std::vector<std::string> out;
  out.reserve(4);
  out.push_back(trail::with_id(trail::by_actor(workspace, entry.actor), entry.id));
  out.push_back(trail::with_id(trail::by_text(workspace, trail::Kind::kByAction, entry.action), entry.id));
  out.push_back(trail::with_id(trail::by_text(workspace, trail::Kind::kByObject, entry.object), entry.id));
  if (!entry.client_ip.empty()) out.push_back(trail::with_id(trail::by_text(workspace, trail::Kind::kByIp, entry.client_ip), entry.id));
  return out;
}

}  // namespace

std::string clean_audit_text(std::string_view text, std::size_t bytes_max) {
  // Nearly all texts are short ASCII, and every entry that is read passes here.
  const bool is_plain = std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
  if (is_plain) return std::string(text.substr(0, bytes_max));
  std::string out;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    std::string_view piece = length == 0 ? kReplacement : text.substr(0, length);
    const auto first = static_cast<unsigned char>(piece.front());
    if (first < 0x20U || first == 0x7FU) piece = " ";
    if (out.size() + piece.size() > bytes_max) break;
    out += piece;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

AuditEntry make_entry(const Principal& by, const AuditEvent& event, const AuditLimits& limits) {
  AuditEntry out;
  out.actor = by.user;
  out.method = std::string(to_string(by.method));
  out.client_ip = clean_audit_text(by.client_ip, limits.object_bytes_max);
  out.action = clean_audit_text(event.action, limits.action_bytes_max);
  out.object = clean_audit_text(event.object, limits.object_bytes_max);
  out.detail = clean_audit_text(event.detail, limits.detail_bytes_max);
  out.role = (by.support == 0 ? "" : "support:") + std::string(to_string(by.role));
  out.credential = by.credential;
  out.device = clean_audit_text(by.device, limits.device_bytes_max);
  out.request = by.request;
  out.outcome = event.outcome;
  for (const AuditChange& change : event.changes) {
    if (out.changes.size() == limits.changes_max) break;
    out.changes.push_back({clean_audit_text(change.field, limits.change_bytes_max),
                           clean_audit_text(change.before, limits.change_bytes_max),
                           clean_audit_text(change.after, limits.change_bytes_max)});
  }
  return out;
}

core::Result<void> put_entry(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                             const AuditEntry& entry) {
  return storage::put_sealed(transaction, vault, workspace, keys::audit(workspace, entry.id), to_item(entry));
}

void put_index(storage::Transaction& transaction, core::WorkspaceId workspace, const AuditEntry& entry) {
  for (std::string& key : index_keys(workspace, entry)) transaction.put(std::move(key), {});
}

void erase_index(storage::Transaction& transaction, core::WorkspaceId workspace, const AuditEntry& entry) {
  for (std::string& key : index_keys(workspace, entry)) transaction.erase(std::move(key));
}

core::Result<void> add_entry(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                             const AuditEntry& entry) {
  // Two keys, as somebody waits for them; the index is the linker's.
  transaction.put(trail::numbered(workspace, trail::Kind::kWaiting, entry.id.value), {});
  return put_entry(transaction, vault, workspace, entry);
}

core::Result<AuditEntry> open_entry(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view key,
                                    std::string_view value) {
  schema::AuditItem item;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, value, item));
  // Records from before the chain may hold anything; what was written since is clean already.
  const AuditLimits limits;
  const auto clean = [&limits](const std::string& text) { return clean_audit_text(text, limits.detail_bytes_max); };
  AuditEntry out;
  out.id = core::AuditId{item.id()};
  out.at_unix_ms = item.at_unix_ms();
  out.actor = core::UserId{item.actor()};
  out.method = clean(item.method());
  out.client_ip = clean(item.client_ip());
  out.action = clean(item.action());
  out.object = clean(item.object());
  out.detail = clean(item.detail());
  out.role = clean(item.role());
  out.credential = item.credential();
  out.device = clean(item.device());
  out.request = item.request();
  out.outcome = static_cast<Outcome>(item.outcome());
  for (const schema::AuditChange& change : item.changes()) {
    out.changes.push_back({clean(change.field()), clean(change.before()), clean(change.after())});
  }
  out.sequence = item.sequence();
  out.previous_hash = item.previous_hash();
  out.hash = item.hash();
  return out;
}

std::string canonical_bytes(core::WorkspaceId workspace, const AuditEntry& entry) {
  std::string out = "postern-audit-1,";
  add_number(out, workspace.value);
  add_number(out, entry.sequence);
  add_part(out, core::to_hex(entry.previous_hash));
  add_number(out, entry.id.value);
  add_part(out, std::to_string(entry.at_unix_ms));
  add_number(out, entry.actor.value);
  add_part(out, entry.role);
  add_part(out, entry.method);
  add_number(out, entry.credential);
  add_part(out, entry.client_ip);
  add_part(out, entry.device);
  add_number(out, entry.request);
  add_part(out, entry.action);
  add_part(out, entry.object);
  add_part(out, entry.detail);
  add_part(out, to_string(entry.outcome));
  add_number(out, entry.changes.size());
  for (const AuditChange& change : entry.changes) {
    add_part(out, change.field);
    add_part(out, change.before);
    add_part(out, change.after);
  }
  return out;
}

std::string hash_of(core::WorkspaceId workspace, const AuditEntry& entry) {
  return core::sha256(canonical_bytes(workspace, entry));
}

}  // namespace postern::auth
