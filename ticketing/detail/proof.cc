#include "ticketing/detail/proof.h"

#include <array>
#include <charconv>

#include "core/encoding.h"

namespace postern::ticketing {
namespace {

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kTicketBytes = 5;
constexpr std::size_t kMacBytes = 10;  // 80 bits
constexpr std::size_t kTokenChars = 24;
static_assert((kTicketBytes + kMacBytes) * 8 == kTokenChars * 5);

void append_u64(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 0xFFU);
}

core::Result<std::string> mac(const storage::Vault& vault, core::WorkspaceId workspace, std::string_view purpose,
                              std::string_view bytes) {
  POSTERN_TRY(std::string key, vault.derive_key(workspace, purpose));
  std::string out = core::hmac_sha256(key, bytes).substr(0, kMacBytes);
  core::wipe(key.data(), key.size());
  return out;
}

core::Result<std::string> reply_mac(const storage::Vault& vault, core::WorkspaceId workspace, core::InboxId inbox,
                                    core::TicketId ticket, std::string_view recipient) {
  std::string bytes;
  append_u64(bytes, inbox.value);
  append_u64(bytes, ticket.value);
  bytes += core::to_lower_ascii(recipient);
  return mac(vault, workspace, "reply-token", bytes);
}

core::Result<std::string> id_mac(const storage::Vault& vault, core::WorkspaceId workspace, core::TicketId ticket,
                                 core::CommentId comment) {
  std::string bytes;
  append_u64(bytes, ticket.value);
  append_u64(bytes, comment.value);
  POSTERN_TRY(std::string raw, mac(vault, workspace, "message-id", bytes));
  return to_base32_lower(raw);
}

// Digits up to the next dot, which is consumed.
std::optional<std::uint64_t> take_number(std::string_view& rest) {
  const auto dot = rest.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + dot, value);
  if (error != std::errc() || end != rest.data() + dot) return std::nullopt;
  rest.remove_prefix(dot + 1);
  return value;
}

}  // namespace

std::string to_base32_lower(std::string_view bytes) {
  std::string out;
  std::uint32_t pending = 0;
  int bits = 0;
  for (char c : bytes) {
    pending = (pending << 8U) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) out += kAlphabet[(pending >> (bits - 5)) & 31U];
  }
  if (bits > 0) out += kAlphabet[(pending << (5 - bits)) & 31U];
  return out;
}

std::optional<std::string> from_base32_any_case(std::string_view text) {
  std::string out;
  std::uint32_t pending = 0;
  int bits = 0;
  for (char c : core::to_lower_ascii(text)) {
    const auto digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    pending = (pending << 5U) | static_cast<std::uint32_t>(digit);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>((pending >> bits) & 0xFFU);
  }
  return out;
}

core::Result<std::string> make_reply_token(const storage::Vault& vault, core::WorkspaceId workspace, core::InboxId inbox,
                                           core::TicketId ticket, std::string_view recipient) {
  POSTERN_TRY(std::string raw_mac, reply_mac(vault, workspace, inbox, ticket, recipient));
  std::string number;
  append_u64(number, ticket.value);
  return to_base32_lower(number.substr(8 - kTicketBytes) + raw_mac);
}

std::optional<core::TicketId> reply_token_ticket(std::string_view token) {
  if (token.size() != kTokenChars) return std::nullopt;
  const auto bytes = from_base32_any_case(token);
  if (!bytes) return std::nullopt;
  core::TicketId ticket;
  for (char c : bytes->substr(0, kTicketBytes)) ticket.value = (ticket.value << 8U) | static_cast<unsigned char>(c);
  if (!ticket) return std::nullopt;
  return ticket;
}

core::Result<bool> check_reply_token(const storage::Vault& vault, core::WorkspaceId workspace, core::InboxId inbox,
                                     std::string_view token, std::string_view recipient) {
  const auto ticket = reply_token_ticket(token);
  if (!ticket) return false;
  POSTERN_TRY(std::string expected, reply_mac(vault, workspace, inbox, *ticket, recipient));
  return core::equals_in_constant_time(from_base32_any_case(token)->substr(kTicketBytes), expected);
}

core::Result<std::string> make_message_id(const storage::Vault& vault, core::WorkspaceId workspace, core::TicketId ticket,
                                          core::CommentId comment, std::string_view hostname) {
  POSTERN_TRY(std::string signature, id_mac(vault, workspace, ticket, comment));
  return "pst." + std::to_string(ticket.value) + '.' + std::to_string(comment.value) + '.' + signature + '@' +
         std::string(hostname);
}

core::Result<std::optional<SignedMessageId>> check_message_id(const storage::Vault& vault, core::WorkspaceId workspace,
                                                              std::string_view message_id) {
  const std::optional<SignedMessageId> kNot;
  std::string_view rest = message_id.substr(0, message_id.find('@'));
  if (!rest.starts_with("pst.")) return kNot;
  rest.remove_prefix(4);
  const auto ticket = take_number(rest);
  if (!ticket) return kNot;
  const auto comment = take_number(rest);
  if (!comment) return kNot;
  const SignedMessageId claimed{core::TicketId{*ticket}, core::CommentId{*comment}};
  POSTERN_TRY(std::string expected, id_mac(vault, workspace, claimed.ticket, claimed.comment));
  if (!core::equals_in_constant_time(core::to_lower_ascii(rest), expected)) return kNot;
  return std::optional(claimed);
}

}  // namespace postern::ticketing
