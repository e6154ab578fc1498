#pragma once
// web/customer/html.h: the frame of customers' pages: one document without scripts, its style inside, readable at 400 px, light
// and dark. Everything that comes from anywhere else passes text_html().
// Thread-safety: pure.
#include <string>
#include <string_view>

#include "web/customer/words.h"
#include "web/server/message.h"

namespace postern::web::customer {

// Text as HTML: "&", "<", ">", quotes; characters that reorder or hide what follows are left out (Unicode TR 36).
std::string text_html(std::string_view text);
// The same of a message: links of http and https are links, when `has_links`; what quotes an earlier message is folded.
std::string message_html(std::string_view text, bool has_links, const Words& words);

struct PageText {
  std::string title;    // text
  std::string company;  // text; above the title
  std::string main;     // HTML
  std::string footer;   // text
};
// The whole answer with its policy: nothing loads but the page's own style, which a nonce of this answer names.
Response page_response(int status, const Words& words, const PageText& page);
// A title and a sentence.
Response notice_response(int status, const Words& words, std::string_view title, std::string_view text, std::string_view back = {});
// 303 to a page of ours.
Response see_other(std::string path);

}  // namespace postern::web::customer
