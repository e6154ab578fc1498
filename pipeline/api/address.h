#pragma once
// pipeline/api/address.h: an address (RFC 5321 Mailbox) and a mailbox of a header (RFC 5322 name-addr). Both are
// obtained by parsing only: envelopes in smtp/proto, headers in pipeline/mime.
#include <string>
#include <string_view>
#include <vector>

namespace postern::pipeline {

// local-part@domain, as received. The domain is compared in lower case, the local part as our directory does.
struct EmailAddress {
  std::string local;   // unquoted
  std::string domain;  // as received; U-labels stay
  bool empty() const { return local.empty() && domain.empty(); }
  std::string to_string() const;  // local@domain, quoted where RFC 5321 asks for it; "" when empty
  // The form for comparison and keys: whole address in lower case (ASCII).
  std::string canonical() const;
  std::string domain_lower() const;
  friend bool operator==(const EmailAddress&, const EmailAddress&) = default;
};

// "local@domain" split at the last '@', for trusted text such as configuration; nothing is validated.
EmailAddress split_address(std::string_view text);

struct NamedAddress {
  std::string name;  // decoded UTF-8, may be empty
  EmailAddress address;
  friend bool operator==(const NamedAddress&, const NamedAddress&) = default;
};

}  // namespace postern::pipeline
