#include "web/server/static_files.h"

#include <algorithm>

#include "core/encoding.h"
#include "web/errc.h"
#include "web/server/gunzip.h"
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

constexpr std::string_view kPacked = ".gz";

bool is_packed(const EmbeddedFile& file) { return file.name.ends_with(kPacked); }

// As the browser knows it.
std::string_view public_name(const EmbeddedFile& file) {
  return is_packed(file) ? file.name.substr(0, file.name.size() - kPacked.size()) : file.name;
}

const EmbeddedFile* find(const Request& request) {
  std::string_view name;
  if (request.path == "/" || request.path == "/enrol") {
    name = "index.html";
  } else if (request.segments.size() == 2 && request.segments[0] == "ui" && request.segments[1] != "index.html") {
    name = request.segments[1];
  } else if (request.path == "/favicon.ico") {
    name = "icon.svg";
  }
  std::span<const EmbeddedFile> files = embedded_files();
  auto found = std::ranges::find(files, name, public_name);
  return found == files.end() ? nullptr : &*found;
}

// "main-1a2b3c4d.js": the build's own form, eight digits before the last dot.
bool is_named_by_content(std::string_view name) {
  constexpr std::size_t kDigits = 8;
  const std::size_t dot = name.rfind('.');
  return dot != std::string_view::npos && dot > kDigits && name[dot - kDigits - 1] == '-';
}

// RFC 9110 12.5.3, as far as a choice between gzip and nothing goes: "gzip;q=0" and no field mean nothing.
bool takes_gzip(const Request& request) {
  std::string_view wishes = request.field("accept-encoding");
  const std::size_t at = wishes.find("gzip");
  if (at == std::string_view::npos) return false;
  std::string_view rest = wishes.substr(at + 4);
  rest = rest.substr(0, rest.find(','));
  const std::size_t quality = rest.find("q=");
  return quality == std::string_view::npos || rest.substr(quality + 2).find_first_of("123456789") != std::string_view::npos;
}

// Never kept: its nonce is good for this answer only.
Response page_response(const EmbeddedFile& file, const WebOptions& options) {
  static constexpr std::string_view kPlace = "{{nonce}}";
  const std::string nonce = core::random_token(16);
  std::string page(file.bytes, file.bytes + file.size);
  for (std::size_t at = page.find(kPlace); at != std::string::npos; at = page.find(kPlace, at + nonce.size())) {
    page.replace(at, kPlace.size(), nonce);
  }
  Response response;
  response.set("Content-Type", std::string(media_type(file.name)));
  response.set("Content-Security-Policy", page_policy(nonce, options));
  response.set("Cache-Control", "no-store");
  response.body = std::move(page);
  return response;
}

void fill(Response& response, const EmbeddedFile& file, bool as_packed) {
  std::span<const unsigned char> bytes(file.bytes, file.size);
  if (!is_packed(file) || as_packed) {
    response.body.assign(bytes.begin(), bytes.end());
    if (is_packed(file)) response.set("Content-Encoding", "gzip");
    return;
  }
  response.body = gunzip(bytes);
}

}  // namespace

std::optional<Response> static_response(const Request& request, const WebOptions& options) {
  const EmbeddedFile* file = find(request);
  if (file == nullptr) return std::nullopt;
  if (!is_safe(request.verb)) {
    Response refused = problem_response(core::fail(Errc::kNotAllowed), request);
    refused.set("Allow", "GET, HEAD");
    return refused;
  }
  if (file->name.ends_with(".html")) return page_response(*file, options);
  Response response;
  const bool as_packed = takes_gzip(request);
  // The packed and the plain form are two representations: two tags (RFC 9110 8.8.3.3).
  const std::string tag = "\"" + std::string(file->hash.substr(0, 32)) + (as_packed ? "" : "-plain") + "\"";
  response.set("ETag", tag);
  response.set("Vary", "Accept-Encoding");
  response.set("Cache-Control", is_named_by_content(public_name(*file)) ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.field("if-none-match").find(tag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.set("Content-Type", std::string(media_type(public_name(*file))));
  fill(response, *file, as_packed);
  return response;
}

}  // namespace postern::web
