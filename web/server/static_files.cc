#include "web/server/static_files.h"

#include <algorithm>

#include "core/encoding.h"
#include "web/errc.h"
#include "web/server/problem.h"
#include "web/server/security_headers.h"

namespace postern::web {
namespace {

std::string_view media_type(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "application/octet-stream";
}

const EmbeddedFile* find(const Request& request) {
  std::string_view name;
  if (request.path == "/" || request.path == "/enrol") {
    name = "index.html";
  } else if (request.segments.size() == 2 && request.segments[0] == "ui") {
    name = request.segments[1];
  } else if (request.path == "/favicon.ico") {
    name = "icon.svg";
  }
  std::span<const EmbeddedFile> files = embedded_files();
  auto found = std::ranges::find(files, name, &EmbeddedFile::name);
  return found == files.end() ? nullptr : &*found;
}

// Never kept: its nonce is good for this answer only.
Response page_response(const EmbeddedFile& file) {
  static constexpr std::string_view kScript = "<script ";
  const std::string nonce = core::random_token(16);
  std::string page(file.bytes, file.bytes + file.size);
  const std::string with_nonce = std::string(kScript) + "nonce=\"" + nonce + "\" ";
  for (std::size_t at = page.find(kScript); at != std::string::npos; at = page.find(kScript, at + with_nonce.size())) {
    page.replace(at, kScript.size(), with_nonce);
  }
  Response response;
  response.set("Content-Type", std::string(media_type(file.name)));
  response.set("Content-Security-Policy", page_policy(nonce));
  response.set("Cache-Control", "no-store");
  response.body = std::move(page);
  return response;
}

}  // namespace

std::optional<Response> static_response(const Request& request) {
  const EmbeddedFile* file = find(request);
  if (file == nullptr) return std::nullopt;
  if (!is_safe(request.verb)) {
    Response refused = problem_response(core::fail(Errc::kNotAllowed), request);
    refused.set("Allow", "GET, HEAD");
    return refused;
  }
  if (file->name.ends_with(".html")) return page_response(*file);
  Response response;
  std::string tag = "\"" + std::string(file->hash.substr(0, 32)) + "\"";
  response.set("ETag", tag);
  std::string_view version = request.query_value("v").value_or("");
  bool is_versioned = version.size() >= 8 && file->hash.starts_with(version);
  response.set("Cache-Control", is_versioned ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.field("if-none-match").find(tag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.set("Content-Type", std::string(media_type(file->name)));
  response.body.assign(file->bytes, file->bytes + file->size);
  return response;
}

}  // namespace postern::web
