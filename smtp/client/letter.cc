#include "smtp/client/letter.h"

#include "core/errc.h"

namespace postern::smtp {
namespace {

bool is_safe(const pipeline::EmailAddress& address) {
  for (char c : address.local) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return false;
  }
  for (char c : address.domain) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f || c == '<' || c == '>' || c == '"' || c == '\\' || c == '@') return false;
  }
  return !address.local.empty() && !address.domain.empty();
}

bool has_high_bytes(std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return true;
  }
  return false;
}

}  // namespace

std::string with_crlf_lines(std::string_view message) {
  std::string out;
  out.reserve(message.size() + message.size() / 32 + 2);
  for (std::size_t i = 0; i < message.size(); ++i) {
    const char c = message[i];
    if (c == '\r' || c == '\n') {
      out += "\r\n";
      if (c == '\r' && i + 1 < message.size() && message[i + 1] == '\n') ++i;
    } else {
      out += c;
    }
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

std::string to_data(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 64 + 8);
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const std::string_view line = bytes.substr(0, end == std::string_view::npos ? bytes.size() : end + 1);
    if (line.front() == '.') out += '.';
    out += line;
    bytes.remove_prefix(line.size());
  }
  return out + ".\r\n";
}

core::Result<Letter> make_letter(const pipeline::OutboundMessage& message, std::string signatures, std::string bytes) {
  if (!is_safe(message.rcpt)) return core::fail(core::Errc::kInvalid, "recipient address");
  if (!message.mail_from.empty() && !is_safe(message.mail_from))
    return core::fail(core::Errc::kInvalid, "sender address");
  Letter letter;
  letter.mail_from = message.mail_from.to_string();
  letter.rcpt = message.rcpt.to_string();
  letter.bytes = std::move(signatures) + std::move(bytes);
  letter.requires_tls = message.requires_tls;
  letter.is_8bit = has_high_bytes(letter.bytes);
  letter.needs_smtputf8 = message.needs_smtputf8 || has_high_bytes(letter.mail_from) || has_high_bytes(letter.rcpt);
  return letter;
}

}  // namespace postern::smtp
