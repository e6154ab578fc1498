#include "web/api/file_answer.h"

#include "web/server/security_headers.h"

namespace postern::web {
namespace {

// Types that are safe to name; everything else (HTML, SVG, XML, scripts, PDF) is octet-stream, so that nothing renders
// in our origin even where a browser ignores Content-Disposition.
std::string served_type(const std::string& type) {
  for (std::string_view ok : {"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "audio/mpeg", "video/mp4"}) {
    if (type == ok) return type == "text/plain" ? "text/plain; charset=utf-8" : type;
  }
  return "application/octet-stream";
}

// RFC 6266: an ASCII fallback and the exact name in RFC 8187 form.
std::string disposition(const std::string& name) {
  std::string ascii;
  for (char c : name) {
    bool is_plain = c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '/' && c != '%';
    ascii += is_plain ? c : '_';
  }
  if (ascii.empty()) ascii = "attachment";
  return "attachment; filename=\"" + ascii.substr(0, 150) + "\"; filename*=UTF-8''" +
         percent_encode(name.empty() ? ascii : name.substr(0, 600));
}

}  // namespace

Response file_answer(const ticketing::Attachment& file, std::string content) {
  Response response;
  response.set("Content-Type", served_type(file.media_type));
  response.set("Content-Disposition", disposition(file.name));
  response.set("Content-Security-Policy", std::string(kAttachmentPolicy));
  response.body = std::move(content);
  return response;
}

}  // namespace postern::web
