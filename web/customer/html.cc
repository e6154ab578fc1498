#include "web/customer/html.h"

#include "core/encoding.h"
#include "core/random.h"
#include "ticketing/quoting/fold.h"

namespace postern::web::customer {
namespace {

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--back:#f6f6f4;--card:#fff;--ink:#1d1f21;--soft:#565b60;--line:#d9d9d4;--mark:#0b5cad;--own:#eaf2fb;--good:#12653a;--bad:#a3281c}
@media (prefers-color-scheme:dark){:root{--back:#161719;--card:#202225;--ink:#ececea;--soft:#b0b5ba;--line:#3a3d41;--mark:#8bbcf4;--own:#1d2b3b;--good:#7fd6a6;--bad:#ffab9f}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
main,header,footer{max-width:46rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
header p,footer,.soft{color:var(--soft);font-size:.9rem}
header p,p.soft{margin:.25rem 0}
main>p.soft{margin-bottom:.9rem}
h1{font-size:1.45rem;line-height:1.25;margin:.2rem 0 .6rem}
h2{font-size:1.1rem;margin:0 0 .6rem}
footer{padding:1rem 1rem 2rem}
a{color:var(--mark)}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem;margin:0 0 1rem}
.own{background:var(--own)}
.who{font-weight:600}
.text{white-space:pre-wrap;margin:.5rem 0 0}
.state{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:.05rem .6rem;font-size:.85rem}
.note{border-left:.3rem solid var(--good);padding-left:.8rem;margin:0 0 1rem}
.error{border-left-color:var(--bad)}
ul.plain{list-style:none;margin:0;padding:0}
ul.plain li{margin:.3rem 0}
label{display:block;font-weight:600;margin:.8rem 0 .3rem}
label.box{display:flex;gap:.6rem;align-items:flex-start;font-weight:400}
label.box input{margin-top:.35rem}
textarea,input[type=text],input[type=email],select{width:100%;font:inherit;color:inherit;background:var(--back);border:1px solid var(--soft);border-radius:.4rem;padding:.6rem}
textarea{min-height:8rem;resize:vertical}
input[type=file]{width:100%;font:inherit}
button{font:inherit;font-weight:600;color:#fff;background:#0b5cad;border:1px solid #0b5cad;border-radius:.4rem;padding:.6rem 1.1rem;margin:.8rem .5rem 0 0;cursor:pointer;min-height:2.75rem}
button.plain{color:var(--mark);background:transparent;border-color:var(--mark)}
:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
summary{cursor:pointer;color:var(--soft)}
fieldset{border:0;margin:0;padding:0}
legend{font-weight:600;padding:0;margin:0 0 .4rem}
.trap{position:absolute;left:-200vw;width:1px;height:1px;overflow:hidden}
)";

// The bytes of the character at the front; 0: it is none (RFC 3629).
std::size_t character_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t bytes = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0;
  if (bytes == 0 || bytes > text.size()) return 0;
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) return 0;
  }
  return bytes;
}

// Marks of direction, of which a sender could make a name or a link look like another one: U+202A to U+202E, U+2066 to U+2069.
bool is_direction_mark(std::string_view character) {
  if (character.size() != 3 || character[0] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(character[1]);
  const auto third = static_cast<unsigned char>(character[2]);
  return (second == 0x80 && third >= 0xAA && third <= 0xAE) || (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

bool begins_link(std::string_view text) { return text.starts_with("https://") || text.starts_with("http://"); }

std::string linked_html(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t begin = 0;
    while (begin < text.size() && !begins_link(text.substr(begin))) ++begin;
    out += text_html(text.substr(0, begin));
    text.remove_prefix(begin);
    if (text.empty()) break;
    std::string_view url = text.substr(0, text.find_first_of(" \t\r\n<>\"'`{}|\\^"));
    while (url.ends_with('.') || url.ends_with(',') || url.ends_with(')') || url.ends_with(';') || url.ends_with(':')) url.remove_suffix(1);
    out += "<a rel=\"noopener noreferrer nofollow\" href=\"" + text_html(url) + "\">" + text_html(url) + "</a>";
    text.remove_prefix(url.size());
  }
  return out;
}

}  // namespace

std::string text_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(bytes, 1));
    text.remove_prefix(character.size());
    if (bytes == 0) out += "\xEF\xBF\xBD";
    else if (character == "&") out += "&amp;";
    else if (character == "<") out += "&lt;";
    else if (character == ">") out += "&gt;";
    else if (character == "\"") out += "&quot;";
    else if (character == "'") out += "&#39;";
    else if (bytes == 1 && static_cast<unsigned char>(character[0]) < 0x20 && character != "\n" && character != "\t") out += "";
    else if (!is_direction_mark(character)) out += character;
  }
  return out;
}

std::string message_html(std::string_view text, bool has_links, const Words& words) {
  std::string out;
  for (const ticketing::FoldedPart& part : ticketing::parts_of(text, ticketing::fold_quotes(text))) {
    const std::string html = "<div class=\"text\">" + (has_links ? linked_html(part.text) : text_html(part.text)) + "</div>";
    if (part.is_folded) out += "<details><summary>" + text_html(words.earlier_text) + "</summary>" + html + "</details>";
    else if (!core::trim_ascii(part.text).empty()) out += html;
  }
  return out;
}

Response page_response(int status, const Words& words, const PageText& page) {
  const std::string nonce = core::random_token(16);
  std::string html = "<!doctype html><html lang=\"" + std::string(words.code) +
                     "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                     // The address is a secret: it goes to nobody else, and forms tell us where they come from.
                     "<meta name=\"referrer\" content=\"same-origin\"><meta name=\"robots\" content=\"noindex,nofollow\"><title>" +
                     text_html(page.title) + "</title><style nonce=\"" + nonce + "\">" + std::string(kStyle) + "</style></head><body><header>";
  if (!page.company.empty()) html += "<p>" + text_html(page.company) + "</p>";
  html += "<h1>" + text_html(page.title) + "</h1></header><main>" + page.main + "</main><footer>" + text_html(page.footer) + "</footer></body></html>";
  Response response;
  response.status = status;
  response.set("Content-Type", "text/html; charset=utf-8");
  response.set("Content-Language", std::string(words.code));
  response.set("Vary", "Accept-Language");
  response.set("X-Robots-Tag", "noindex, nofollow");
  response.set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-" + nonce +
                                              "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  response.body = std::move(html);
  return response;
}

Response notice_response(int status, const Words& words, std::string_view title, std::string_view text, std::string_view back) {
  PageText page;
  page.title = std::string(title);
  page.main = "<p class=\"card\">" + text_html(text) + "</p>";
  if (!back.empty()) page.main += "<p><a href=\"" + text_html(back) + "\">" + text_html(words.back) + "</a></p>";
  return page_response(status, words, page);
}

Response see_other(std::string path) {
  Response response;
  response.status = 303;
  response.set("Location", std::move(path));
  return response;
}

}  // namespace postern::web::customer
