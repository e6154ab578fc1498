// POST /api/v2/uploads?filename=…[&token=…]: a file for a comment to come.
#include <algorithm>

#include "core/encoding.h"
#include "core/utf8.h"
#include "web/api/handlers.h"
#include "web/api/json.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kNameBytesMax = 255;

// The last path segment without control characters; a client's path is nobody's business.
std::string clean_name(std::string_view given) {
  std::string_view last = given.substr(given.find_last_of("/\\") == std::string_view::npos ? 0 : given.find_last_of("/\\") + 1);
  std::string out;
  for (char c : last) {
    if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') out += c;
  }
  out = core::well_formed_utf8(out);
  out.resize(cut_text(out, kNameBytesMax).size());
  return out == "." || out == ".." ? std::string() : out;
}

std::string clean_type(std::string_view given) {
  std::string type = core::to_lower_ascii(core::trim_ascii(given.substr(0, given.find(';'))));
  auto is_ok = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '+' || c == '-'; };
  bool is_type = type.size() <= 100 && std::ranges::count(type, '/') == 1 && std::ranges::all_of(type, is_ok);
  return is_type ? type : "application/octet-stream";
}

}  // namespace

Answer create_upload(Request& request, Context& context) {
  PendingUploads::File file;
  file.name = clean_name(request.query_value("filename").value_or(""));
  if (file.name.empty()) co_return invalid_field(request, "filename", "BlankValue", "cannot be blank");
  if (request.body.empty()) co_return invalid_field(request, "body", "BlankValue", "the file is empty");
  file.media_type = clean_type(request.field("content-type"));
  file.content = std::move(request.body);
  json::object shown;
  shown["file_name"] = file.name;
  shown["content_type"] = file.media_type;
  shown["size"] = file.content.size();
  std::string former(request.query_value("token").value_or(""));
  POSTERN_CO_TRY(std::string token, context.uploads.add(request.who(), former, std::move(file)));
  json::object upload;
  upload["token"] = token;
  upload["expires_at"] = core::to_rfc3339(context.services.clock.wall_now() + context.options.upload_life);
  upload["attachment"] = std::move(shown);
  json::object out;
  out["upload"] = std::move(upload);
  co_return json_response(201, out);
}

}  // namespace postern::web::api
