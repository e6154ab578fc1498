#pragma once
// web/server/content_host.h: a second name of this server from which a browser gets what customers sent: HTML of mail and
// files (WebOptions::content_origin; ASVS 5.0 V3.5.4). There is no page, no cookie counts and nothing can be changed; each
// address is signed for one session and one resource and is over soon (Z-31), so that who finds one later has nothing.
//
//   GET <public_origin>/api/v2/attachments/12/content       302, for sessions; programs get the bytes there
//   GET <content_origin>/c/<mac>/<workspace>.<user>.<session>.<ends>/api/v2/attachments/12/content?…   the bytes
//
// mac: 128 bits of HMAC-SHA256 under a key of the workspace, over all that follows it. ends: seconds since 1970.
// Thread-safety: free functions.  Ownership: borrows the services.
#include "core/ids.h"
#include "web/options.h"
#include "web/server/message.h"
#include "web/services.h"

namespace postern::web {

// True when the request names that host, whatever its path.
bool is_content_host(const Request& request, const WebOptions& options);

// Where the session that sends `request` is sent for its answer. Errors: storage::Errc (a wiped workspace has no key).
core::Result<std::string> content_link(const Request& request, const WebOptions& options, const Services& services);

// Whose link it was. The request's path is what it was made for from here on.
struct ContentLink {
  core::WorkspaceId workspace;
  core::UserId user;
  core::SessionId session;
};
// Errors: kNotFound for whatever is no link of ours, or is over.
core::Result<ContentLink> follow_content_link(Request& request, const Services& services);

// 302, of no use to anybody else.
Response redirect_to_content(std::string link);
// What the page may do with an answer of that host: frame a document, show a picture, read a text.
void open_to_page(Response& response, const WebOptions& options);

}  // namespace postern::web
