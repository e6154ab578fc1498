#include "ticketing/customers/customer_link.h"

#include "core/encoding.h"
#include "core/random.h"

namespace postern::ticketing {
namespace {

constexpr char kLinkVersion = 1;
constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kLinkBytes = 2 + 4 * 8 + 2 * 4;
constexpr std::int64_t kMsPerMinute = 60'000;
constexpr std::size_t kStampBytes = 8 + 12;  // time, then what makes it one of a kind

void append_number(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
}

std::uint64_t take_number(std::string_view& from, std::size_t bytes) {
  std::uint64_t out = 0;
  for (const char c : from.substr(0, bytes)) out = (out << 8U) | static_cast<unsigned char>(c);
  from.remove_prefix(bytes);
  return out;
}

core::Result<std::string> link_mac(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view purpose, std::string_view bytes) {
  POSTERN_TRY(const std::string key, vault.derive_key(workspace, purpose));
  return core::hmac_sha256(key, bytes).substr(0, kMacBytes);
}

bool is_link_use(std::uint64_t use) { return use >= static_cast<std::uint64_t>(LinkUse::kRequests) && use <= static_cast<std::uint64_t>(LinkUse::kFile); }

}  // namespace

core::Result<std::string> make_customer_link(const storage::Vault& vault, const CustomerLink& link) {
  std::string bytes(1, kLinkVersion);
  append_number(bytes, static_cast<std::uint64_t>(link.use), 1);
  append_number(bytes, link.workspace.value, 8);
  append_number(bytes, link.person.value, 8);
  append_number(bytes, link.ticket.value, 8);
  append_number(bytes, link.file.value, 8);
  append_number(bytes, static_cast<std::uint64_t>(link.issued_unix_ms / kMsPerMinute), 4);
  append_number(bytes, static_cast<std::uint64_t>((link.expires_unix_ms + kMsPerMinute - 1) / kMsPerMinute), 4);
  POSTERN_TRY(const std::string mac, link_mac(vault, link.workspace, "customer-link", bytes));
  return core::to_base64url(bytes + mac);
}

core::Result<std::optional<CustomerLink>> check_customer_link(const storage::Vault& vault, std::string_view text, std::int64_t now_unix_ms) {
  const std::optional<std::string> raw = core::from_base64url(text);
  if (!raw || raw->size() != kLinkBytes + kMacBytes || raw->front() != kLinkVersion) return std::optional<CustomerLink>();
  const std::string_view signed_part = std::string_view(*raw).substr(0, kLinkBytes);
  std::string_view rest = signed_part.substr(1);
  CustomerLink out;
  const std::uint64_t use = take_number(rest, 1);
  out.workspace.value = take_number(rest, 8);
  out.person.value = take_number(rest, 8);
  out.ticket.value = take_number(rest, 8);
  out.file.value = take_number(rest, 8);
  out.issued_unix_ms = static_cast<std::int64_t>(take_number(rest, 4)) * kMsPerMinute;
  out.expires_unix_ms = static_cast<std::int64_t>(take_number(rest, 4)) * kMsPerMinute;
  const auto mac = link_mac(vault, out.workspace, "customer-link", signed_part);
  if (!mac) {  // no such workspace, or one that was wiped
    if (mac.error() == storage::Errc::kNotFound) return std::optional<CustomerLink>();
    return mac.error();
  }
  const bool is_genuine = core::equals_in_constant_time(*mac, std::string_view(*raw).substr(kLinkBytes));
  if (!is_genuine || !is_link_use(use) || !out.person || out.expires_unix_ms <= now_unix_ms) return std::optional<CustomerLink>();
  out.use = static_cast<LinkUse>(use);
  return std::optional<CustomerLink>(out);
}

std::string customer_path(LinkUse use, std::string_view link) {
  const char* const below = use == LinkUse::kRating ? "rating/" : use == LinkUse::kFile ? "file/" : "";
  return std::string("/requests/") + below + std::string(link);
}

core::Result<std::string> make_form_stamp(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view bound_to, std::int64_t now_unix_ms) {
  std::string bytes;
  append_number(bytes, static_cast<std::uint64_t>(now_unix_ms), 8);
  bytes += core::random_bytes(kStampBytes - 8);
  POSTERN_TRY(const std::string mac, link_mac(vault, workspace, "form-stamp", bytes + std::string(bound_to)));
  return core::to_base64url(bytes + mac);
}

core::Result<std::optional<FormStamp>> check_form_stamp(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view bound_to,
                                                        std::string_view text) {
  const std::optional<std::string> raw = core::from_base64url(text);
  if (!raw || raw->size() != kStampBytes + kMacBytes) return std::optional<FormStamp>();
  const std::string bytes = raw->substr(0, kStampBytes);
  POSTERN_TRY(const std::string mac, link_mac(vault, workspace, "form-stamp", bytes + std::string(bound_to)));
  if (!core::equals_in_constant_time(mac, std::string_view(*raw).substr(kStampBytes))) return std::optional<FormStamp>();
  std::string_view rest = bytes;
  FormStamp out;
  out.made_unix_ms = static_cast<std::int64_t>(take_number(rest, 8));
  out.digest = core::sha256(bytes).substr(0, 16);
  return std::optional<FormStamp>(std::move(out));
}

}  // namespace postern::ticketing
