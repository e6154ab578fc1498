// HTTP requests: whatever the bytes and however they are cut, the parser neither crashes nor depends on the cut, and
// what it accepts has one meaning.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "web/server/request_parser.h"

namespace {

constexpr std::size_t kBodyMax = 65536;

struct Outcome {
  bool is_complete = false;
  std::string body;
  std::string path;
  std::size_t fields = 0;
  std::string rest;
  bool operator==(const Outcome&) const = default;
};

Outcome parse(std::string_view bytes, std::size_t step) {
  static const postern::web::WebOptions options;
  postern::web::RequestParser parser(options);
  Outcome out;
  std::string buffer;
  bool has_head = false;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string_view piece = bytes.substr(at, step);
    buffer += piece;
    if (!has_head) {
      auto head = parser.parse_head(buffer);
      if (!head) return Outcome();
      has_head = *head;
    }
    if (!has_head) continue;
    auto body = parser.parse_body(buffer, kBodyMax);
    if (!body) return Outcome();
    if (!*body) continue;
    out.is_complete = true;
    out.body = parser.request().body;
    out.path = parser.request().path;
    out.fields = parser.request().fields.size();
    out.rest = buffer + std::string(bytes.substr(at + piece.size()));
    (void)parser.request().cookie("__Host-postern");
    break;
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);  // NOLINT
  Outcome whole = parse(bytes, bytes.size() + 1);
  Outcome pieces = parse(bytes, 1);
  // A peer that was refused early in one cut may be refused later in another; what was accepted is the same.
  if (whole.is_complete && pieces.is_complete && !(whole == pieces)) std::abort();
  if (whole.is_complete != pieces.is_complete) std::abort();
  if (whole.body.size() > kBodyMax) std::abort();
  return 0;
}
