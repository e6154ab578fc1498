#pragma once
// web/api/absolute_urls.h: addresses in answers. Handlers write them from the root ("/api/v2/tickets/1"); programs get them whole, as
// Zendesk's clients expect, with the host that they asked. The page asks with its cookie and gets them as they are: it stays
// where it is, also behind another name.
// Thread-safety: pure.
#include "web/server/message.h"

namespace postern::web {

// Of an answer in JSON, what stands under a name that means an address: "url", "next_page", "content_url" …
void make_urls_absolute(Response& response, const Request& request);

}  // namespace postern::web
