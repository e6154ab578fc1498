#pragma once
// smtp/server/received.h: our trace field (RFC 5321 section 4.4). It is put on top before the pipeline sees the message,
// so that verification runs over what will be stored.
#include <string>

#include "net/ip.h"
#include "pipeline/api/envelope.h"

namespace postern::smtp {

// RFC 3848 and RFC 6531 section 4.3: "SMTP", "ESMTP", "ESMTPS", "UTF8SMTP", "UTF8SMTPS".
std::string protocol_word(bool is_esmtp, bool is_tls, bool is_smtputf8);
// "Received: … CRLF". The recipient is named only when there is one, so that no recipient learns of another.
std::string received_field(const pipeline::Envelope& envelope, const net::IpAddress& client, const std::string& hostname);

}  // namespace postern::smtp
