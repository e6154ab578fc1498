#pragma once
// web/server/security_headers.h: what every response carries, whoever made it. A handler may have set a stricter
// Content-Security-Policy or a Cache-Control of its own; nothing else can be overridden.
#include "web/options.h"
#include "web/server/message.h"

namespace postern::web {

void add_security_headers(const Request& request, Response& response, const WebOptions& options);

// Of the page: its own scripts, by a nonce that each answer makes anew (what they import inherits it), so that nothing else
// that this origin serves, such as an attachment, ever runs (ASVS 3.4.3).
// With a content host, what stands there may be shown and read by the page, and no script of it is taken.
std::string page_policy(std::string_view nonce, const WebOptions& options);
// Of documents made from mail: no script, no network, an opaque origin (the sandbox directive) even when the document
// is opened by itself. Inline styles are the sender's formatting.
inline constexpr std::string_view kMailDocumentPolicy =
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
// Of attachments: nothing at all runs or loads, even when a browser shows them in place.
inline constexpr std::string_view kAttachmentPolicy =
    "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace postern::web
