#include "web/server/message.h"

#include <algorithm>

#include "core/assert.h"
#include "core/clock.h"
#include "core/encoding.h"

namespace postern::web {

std::string_view to_string(Verb verb) {
  switch (verb) {
    case Verb::kGet: return "GET";
    case Verb::kHead: return "HEAD";
    case Verb::kPost: return "POST";
    case Verb::kPut: return "PUT";
    case Verb::kPatch: return "PATCH";
    case Verb::kDelete: return "DELETE";
    case Verb::kOther: break;
  }
  return "OTHER";
}

Verb parse_verb(std::string_view word) {
  for (Verb verb : {Verb::kGet, Verb::kHead, Verb::kPost, Verb::kPut, Verb::kPatch, Verb::kDelete}) {
    if (word == to_string(verb)) return verb;
  }
  return Verb::kOther;
}

bool is_safe(Verb verb) { return verb == Verb::kGet || verb == Verb::kHead; }

std::string_view Request::field(std::string_view name) const {
  auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? std::string_view() : std::string_view(found->value);
}

bool Request::has_field(std::string_view name) const {
  return std::ranges::find(fields, name, &Field::name) != fields.end();
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string_view Request::param(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::string> Request::cookie(std::string_view name) const {
  std::optional<std::string> found;
  for (const Field& each : fields) {
    if (each.name != "cookie") continue;
    std::string_view rest = each.value;
    while (!rest.empty()) {
      std::string_view pair = core::trim_ascii(rest.substr(0, rest.find(';')));
      rest.remove_prefix(std::min(rest.size(), rest.find(';') == std::string_view::npos ? rest.size() : rest.find(';') + 1));
      std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
      std::string value(pair.substr(equals + 1));
      if (found && *found != value) return std::nullopt;
      found = std::move(value);
    }
  }
  return found;
}

const auth::Principal& Request::who() const {
  POSTERN_ASSERT(principal.has_value());
  return *principal;
}

Response& Response::set(std::string_view name, std::string value) {
  for (Field& each : fields) {
    if (core::equals_ignoring_case(each.name, name)) {
      each.value = std::move(value);
      return *this;
    }
  }
  fields.push_back(Field{std::string(name), std::move(value)});
  return *this;
}

std::string_view Response::field(std::string_view name) const {
  for (const Field& each : fields) {
    if (core::equals_ignoring_case(each.name, name)) return each.value;
  }
  return {};
}

Response plain_response(int status, std::string text) {
  Response response;
  response.status = status;
  response.body = std::move(text);
  response.set("Content-Type", "text/plain; charset=utf-8");
  return response;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      std::optional<std::string> byte = i + 2 < text.size() ? core::from_hex(text.substr(i + 1, 2)) : std::nullopt;
      if (!byte || (*byte)[0] == '\0') return std::nullopt;
      out += (*byte)[0];
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view kUnreserved =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      out += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

std::string to_http_date(core::WallTime time) {
  std::string out = core::to_rfc5322(time);
  // RFC 5322 allows one digit for the day, RFC 9110 wants two.
  if (out.size() > 6 && out[6] == ' ') out.insert(5, "0");
  std::size_t zone = out.rfind(" +0000");
  if (zone != std::string::npos) out.replace(zone, 6, " GMT");
  return out;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

}  // namespace postern::web
