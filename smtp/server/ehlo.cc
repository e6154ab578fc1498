// EHLO and HELO (RFC 5321 section 4.1.1.1): the name of the client and what we offer now.
#include <fmt/format.h>

#include "core/encoding.h"
#include "smtp/server/session.h"

namespace postern::smtp {

bool Session::offers_starttls() const { return context_.tls != nullptr && !stream_.is_tls(); }

// Both begin anew: a transaction in progress ends as with RSET.
Answer Session::greet(std::string_view name, bool is_esmtp) {
  name = core::trim_ascii(name);
  if (!is_helo_name(name)) return refuse(501, "5.5.4", "Needs a domain or an address literal", Refusal::kSyntax);
  end_transaction();
  named_ = {};
  helo_ = claimed_helo_.empty() ? std::string(name) : claimed_helo_;
  is_esmtp_ = is_esmtp;
  return ok({}, options_.hostname);
}

Answer Session::helo(std::string_view argument) { return greet(argument, false); }

Answer Session::ehlo(std::string_view argument) {
  Answer answer = greet(argument, true);
  if (answer.code != 250) return answer;
  fmt::format_to(std::back_inserter(answer.text), "\nPIPELINING\nSIZE {}\n8BITMIME\nSMTPUTF8\nCHUNKING",
                 options_.message_bytes_max);
  if (options_.offers_dsn) answer.text += "\nDSN";
  if (offers_starttls()) answer.text += "\nSTARTTLS";
  if (stream_.is_tls()) answer.text += "\nREQUIRETLS";  // RFC 8689: never in plain
  // RFC 9422; RCPTMAX is a promise only while the client's allowance is larger.
  fmt::format_to(std::back_inserter(answer.text), "\nLIMITS MAILMAX={} RCPTMAX={}", options_.transactions_max, options_.rcpts_max);
  if (context_.trusts(peer_ip_)) answer.text += "\nXCLIENT ADDR NAME HELO";
  answer.text += "\nENHANCEDSTATUSCODES";
  return answer;
}

}  // namespace postern::smtp
