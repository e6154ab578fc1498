// RSET, NOOP, VRFY, EXPN, HELP and QUIT (RFC 5321 sections 4.1.1.5 to 4.1.1.10).
#include "smtp/server/session.h"

namespace postern::smtp {

Answer Session::rset(std::string_view) {
  end_transaction();
  named_ = {};
  return ok("2.0.0", "Ok");
}

Answer Session::noop(std::string_view) { return ok("2.0.0", "Ok"); }

// Never confirms an address (RFC 5321 section 7.3).
Answer Session::vrfy(std::string_view) { return {252, "2.5.0", "Cannot verify; send mail and see"}; }

Answer Session::expn(std::string_view) {
  return refuse(502, "5.5.1", "EXPN is not offered", Refusal::kUnknownCommand);
}

Answer Session::help(std::string_view) {
  return {214, "2.0.0", "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY STARTTLS HELP QUIT"};
}

Answer Session::quit(std::string_view) {
  Answer bye{221, "2.0.0", options_.hostname + " closing"};
  bye.closes = true;
  return bye;
}

}  // namespace postern::smtp
