#include "smtp/server/received.h"

#include <fmt/format.h>

#include "core/ids.h"
#include "pipeline/api/card_digits.h"

namespace postern::smtp {

std::string protocol_word(bool is_esmtp, bool is_tls, bool is_smtputf8) {
  if (!is_esmtp) return "SMTP";
  return std::string(is_smtputf8 ? "UTF8SMTP" : "ESMTP") + (is_tls ? "S" : "");
}

std::string received_field(const pipeline::Envelope& envelope, const net::IpAddress& client, const std::string& hostname) {
  std::string field = fmt::format("Received: from {} (", pipeline::mask_card_digits(envelope.helo));
  if (!envelope.client_name.empty()) field += envelope.client_name + ' ';
  fmt::format_to(std::back_inserter(field), "{})\r\n\tby {} (Postern) with {}", client.to_literal(), hostname,
                 envelope.protocol);
  fmt::format_to(std::back_inserter(field), "\r\n\tid {}", core::to_base32(envelope.trace.value));
  if (envelope.rcpts.size() == 1) {
    fmt::format_to(std::back_inserter(field), "\r\n\tfor <{}>", pipeline::mask_card_digits(envelope.rcpts.front().address.to_string()));
  }
  if (!envelope.tls_cipher.empty()) {  // RFC 8314 section 4.3
    fmt::format_to(std::back_inserter(field), "\r\n\ttls {} ({})", envelope.tls_cipher, envelope.tls_version);
  }
  return field + ";\r\n\t" + core::to_rfc5322(envelope.received_at) + "\r\n";
}

}  // namespace postern::smtp
