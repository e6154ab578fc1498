#pragma once
// smtp/proto/arguments.h: the arguments of MAIL and RCPT with their extension parameters (RFC 5321 section 4.1.2,
// RFC 1870, 3030, 3461, 6152, 6531, 8689). Pure. Errors: ProtoErrc.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "pipeline/api/address.h"
#include "smtp/proto/errc.h"

namespace postern::smtp {

// Which extensions EHLO offered and a parameter may therefore use.
struct Offered {
  bool dsn = true;
  bool smtputf8 = true;
  bool requiretls = false;  // over TLS only
};

struct MailArguments {
  pipeline::EmailAddress sender;  // empty for <>
  std::optional<std::uint64_t> size;
  bool is_8bit = false;
  bool is_smtputf8 = false;
  bool requires_tls = false;
  std::string envid;  // xtext, as received
  std::string ret;    // "FULL" or "HDRS"
};
// `argument`: what follows "MAIL ".
core::Result<MailArguments> parse_mail(std::string_view argument, Offered offered);

struct RcptArguments {
  pipeline::EmailAddress rcpt;  // domain empty for <postmaster>
  std::string notify;           // upper case, as received otherwise
  std::string orcpt;            // addr-type;xtext, as received
};
// `is_smtputf8`: the transaction was begun with SMTPUTF8.
core::Result<RcptArguments> parse_rcpt(std::string_view argument, Offered offered, bool is_smtputf8);

}  // namespace postern::smtp
