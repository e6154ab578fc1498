#pragma once
// app/text_gateway.h: sends text messages through the HTTP gateway of [text_messages]: one request each
// (app/http_caller.h), where any 2xx means that the gateway took it. Thread-safety: any executor.  Ownership: the port
// borrows resolver and clock. Errors: of the port, a reason without number, text or secret. No request is repeated: a
// message that came twice would cost twice.
#include "auth/second_factors/text_codes.h"
#include "conf/options.h"
#include "net/dns.h"

namespace postern::app {

// The number of E.164, text and code, put into a URL or a body and escaped for where they stand.
std::string text_gateway_url(const auth::TextGatewayOptions& gateway, const auth::TextMessage& message);
std::string text_gateway_body(const auth::TextGatewayOptions& gateway, const auth::TextMessage& message);

// An empty port without a URL. Errors: core::Errc::kInvalid or kIo with what is wrong with the settings.
core::Result<auth::TextMessagePort> text_message_port(const conf::GatewayOptions& options, net::DnsResolver& resolver,
                                                      core::Clock& clock);
// Reads the files that the settings name; empty when there is nothing to say.
std::vector<std::string> text_setting_complaints(const conf::GatewayOptions& options);

}  // namespace postern::app
