#include "auth/audit_trail/keys.h"

#include "auth/detail/keys.h"
#include "storage/key.h"

namespace postern::auth::trail {

using storage::KeyBuilder;
using storage::Space;

namespace {

KeyBuilder start(core::WorkspaceId workspace, Kind kind) {
  KeyBuilder out(workspace, Space::kAuditTrail);
  out.u64(static_cast<std::uint64_t>(kind));
  return out;
}

}  // namespace

std::string prefix(core::WorkspaceId workspace, Kind kind) { return start(workspace, kind).bytes(); }
std::string numbered(core::WorkspaceId workspace, Kind kind, std::uint64_t number) {
  return start(workspace, kind).u64(number).bytes();
}
std::string by_actor(core::WorkspaceId workspace, core::UserId actor) {
  return start(workspace, Kind::kByActor).u64(actor.value).bytes();
}
std::string by_text(core::WorkspaceId workspace, Kind kind, std::string_view text) {
  return start(workspace, kind).text(text).bytes();
}

std::string with_id(std::string prefix, core::AuditId id) {
  for (int shift = 56; shift >= 0; shift -= 8) prefix.push_back(static_cast<char>((id.value >> shift) & 0xffU));
  return prefix;
}

std::uint64_t last_number(std::string_view key) {
  if (key.size() < 8) return 0;
  std::uint64_t out = 0;
  for (const char byte : key.substr(key.size() - 8)) out = out << 8U | static_cast<unsigned char>(byte);
  return out;
}

std::string text_of(std::string_view key) {
  storage::KeyReader reader(key);
  (void)reader.u64();
  return reader.text();
}

std::string contact_link(std::string_view secret_hash) {
  return start(keys::kGlobal, Kind::kContactLink).text(secret_hash).bytes();
}

}  // namespace postern::auth::trail
