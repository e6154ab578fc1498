#include "smtp/proto/path.h"

#include "core/encoding.h"
#include "net/ip.h"
#include "smtp/proto/limits.h"
#include "smtp/proto/text.h"

namespace postern::smtp {
namespace {

core::Error bad_path() { return core::fail(ProtoErrc::kPath); }

// "@one,@two:" in front of a mailbox; how many bytes, 0 when there is none.
core::Result<std::size_t> source_route_bytes(std::string_view text) {
  if (!text.starts_with('@')) return std::size_t{0};
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return bad_path();
  std::string_view hops = text.substr(0, colon);
  while (true) {
    if (!hops.starts_with('@')) return bad_path();
    const auto comma = hops.find(',');
    if (!is_domain(hops.substr(1, comma == std::string_view::npos ? comma : comma - 1))) return bad_path();
    if (comma == std::string_view::npos) return colon + 1;
    hops.remove_prefix(comma + 1);
  }
}

struct LocalPart {
  std::string text;
  std::size_t consumed = 0;
};

core::Result<LocalPart> parse_quoted(std::string_view text) {
  LocalPart local;
  for (std::size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      local.consumed = i + 1;
      return local;
    }
    if (c == '\\') {
      if (++i == text.size()) return bad_path();
      c = text[i];
    }
    const bool is_printable = (c >= 0x20 && c < 0x7f) || is_non_ascii(c);
    if (!is_printable || local.text.size() == kLocalPartBytesMax) return bad_path();
    local.text += c;
  }
  return bad_path();
}

core::Result<LocalPart> parse_local(std::string_view text) {
  if (text.starts_with('"')) return parse_quoted(text);
  LocalPart local;
  while (local.consumed < text.size()) {
    const char c = text[local.consumed];
    if (c == '.') {
      if (local.text.empty() || local.text.back() == '.') return bad_path();
    } else if (!is_atext(c)) {
      break;
    }
    local.text += c;
    ++local.consumed;
  }
  if (local.text.empty() || local.text.back() == '.' || local.text.size() > kLocalPartBytesMax) return bad_path();
  return local;
}

}  // namespace

bool is_domain(std::string_view text) {
  if (text.empty() || text.size() > kDomainBytesMax) return false;
  std::size_t label = 0;
  char before = '.';
  for (char c : text) {
    if (c == '.') {
      if (label == 0 || before == '-') return false;
      label = 0;
    } else {
      if (!is_alnum(c) && c != '-' && c != '_' && !is_non_ascii(c)) return false;
      if (c == '-' && label == 0) return false;
      if (++label > kLabelBytesMax) return false;
    }
    before = c;
  }
  return label > 0 && before != '-';
}

bool is_address_literal(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(']')) return false;
  std::string_view inner = text.substr(1, text.size() - 2);
  constexpr std::string_view kTag = "IPv6:";
  const bool is_v6 = core::equals_ignoring_case(inner.substr(0, kTag.size()), kTag);
  if (is_v6) inner.remove_prefix(kTag.size());
  // The parser folds mapped addresses into IPv4: what was written decides.
  if (is_v6 != (inner.find(':') != std::string_view::npos)) return false;
  return net::IpAddress::parse(inner).has_value();
}

core::Result<ParsedPath> parse_path(std::string_view text) {
  ParsedPath path;
  if (!text.starts_with('<')) return bad_path();
  std::size_t at = 1;
  if (text.substr(at).starts_with('>')) {
    path.consumed = 2;
    return path;
  }
  POSTERN_TRY(const std::size_t route, source_route_bytes(text.substr(at)));
  at += route;
  POSTERN_TRY(LocalPart local, parse_local(text.substr(at)));
  at += local.consumed;
  path.address.local = std::move(local.text);
  if (text.substr(at).starts_with('@')) {
    const auto end = text.find('>', ++at);
    if (end == std::string_view::npos) return bad_path();
    const std::string_view domain = text.substr(at, end - at);
    if (!is_domain(domain) && !is_address_literal(domain)) return bad_path();
    path.address.domain = domain;
    at = end;
  } else if (!core::equals_ignoring_case(path.address.local, "postmaster")) {
    return bad_path();
  }
  if (!text.substr(at).starts_with('>')) return bad_path();
  path.consumed = at + 1;
  path.has_utf8 = !is_ascii(text.substr(0, path.consumed));
  return path;
}

}  // namespace postern::smtp
