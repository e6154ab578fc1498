#include "pipeline/sender/domain_name.h"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kNameBytesMax = 253;  // RFC 1035 section 2.3.4, without the root label
constexpr std::size_t kLabelBytesMax = 63;

struct UidnaClose {
  void operator()(UIDNA* idna) const { uidna_close(idna); }
};

const UIDNA* idna() {
  static const std::unique_ptr<UIDNA, UidnaClose> instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<UIDNA, UidnaClose>(
        uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ, &status));
  }();
  return instance.get();
}

bool is_ldh(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace

std::optional<std::string> to_a_labels(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > 4 * kNameBytesMax) return std::nullopt;
  std::string name;
  if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    name = core::to_lower_ascii(text);
  } else {
    if (idna() == nullptr) return std::nullopt;
    std::array<char, 1024> buffer{};
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode status = U_ZERO_ERROR;
    const int32_t size = uidna_nameToASCII_UTF8(idna(), text.data(), static_cast<int32_t>(text.size()), buffer.data(),
                                                static_cast<int32_t>(buffer.size()), &info, &status);
    if (U_FAILURE(status) || info.errors != 0 || size <= 0) return std::nullopt;
    name = core::to_lower_ascii({buffer.data(), static_cast<std::size_t>(size)});
  }
  if (!is_dns_name(name) || !is_ldh(name)) return std::nullopt;
  return name;
}

bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  std::size_t at = 0;
  while (true) {
    const std::size_t dot = name.find('.', at);
    const std::size_t size = (dot == std::string_view::npos ? name.size() : dot) - at;
    if (size == 0 || size > kLabelBytesMax) return false;
    if (dot == std::string_view::npos) return true;
    at = dot + 1;
  }
}

bool is_same_or_subdomain(std::string_view name, std::string_view ancestor) {
  if (ancestor.empty() || !name.ends_with(ancestor)) return false;
  return name.size() == ancestor.size() || name[name.size() - ancestor.size() - 1] == '.';
}

std::size_t count_labels(std::string_view name) {
  return name.empty() ? 0 : static_cast<std::size_t>(std::count(name.begin(), name.end(), '.')) + 1;
}

std::string last_labels(std::string_view name, std::size_t count) {
  std::size_t begin = name.size();
  while (count > 0 && begin > 0) {
    const std::size_t dot = name.rfind('.', begin - 1);
    if (dot == std::string_view::npos) return std::string(name);
    if (--count == 0) return std::string(name.substr(dot + 1));
    begin = dot;
  }
  return std::string(name.substr(begin));
}

}  // namespace postern::pipeline
