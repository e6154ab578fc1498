#include "pipeline/reports/tlsrpt_record.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/reports/rua.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kVersion = "v=TLSRPTv1;";
constexpr std::size_t kNameMax = 32;  // of an extension

bool is_word_sign(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_field_name(std::string_view name) {
  if (name.empty() || name.size() > kNameMax || !is_word_sign(name.front())) return false;
  return std::ranges::all_of(name, [](char c) { return is_word_sign(c) || c == '_' || c == '-' || c == '.'; });
}

// What a URI may be made of here: "!", "," and ";" are written encoded.
bool is_uri_text(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F && c != '!' && c != '"' && c != '<' && c != '>' && c != '\\'; });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view out = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return out;
}

// False: not of the grammar.
bool read_uris(std::string_view list, std::size_t most, TlsRptRecord& out) {
  if (list.empty() || list.ends_with(',')) return false;
  while (!list.empty()) {
    const std::string_view uri = trimmed(take_until(list, ','));
    if (!is_uri_text(uri)) return false;
    if (out.mail.size() + out.https.size() >= most) continue;
    const std::size_t colon = uri.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string_view scheme = uri.substr(0, colon);
    if (core::equals_ignoring_case(scheme, "mailto")) {
      for (const ReportUri& each : parse_report_uris(uri, 1)) {
        const auto is_same = [&](const EmailAddress& other) { return other.canonical() == each.address.canonical(); };
        if (std::ranges::none_of(out.mail, is_same)) out.mail.push_back(each.address);
      }
    } else if (core::equals_ignoring_case(scheme, "https") && uri.size() <= kTlsRptUrlMax && std::ranges::find(out.https, uri) == out.https.end()) {
      out.https.emplace_back(uri);
    }
  }
  return true;
}

std::optional<TlsRptRecord> read_record(std::string_view rest, std::size_t most) {
  rest.remove_prefix(kVersion.size());
  TlsRptRecord out;
  bool has_uris = false;
  while (!rest.empty()) {
    const std::string_view field = trimmed(take_until(rest, ';'));
    if (field.empty() && trimmed(rest).empty()) break;  // a final ";"
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos || !is_field_name(field.substr(0, equals))) return std::nullopt;
    const std::string_view value = field.substr(equals + 1);
    if (field.substr(0, equals) != "rua") {
      if (value.empty() || value.find_first_of("= \t") != std::string_view::npos) return std::nullopt;
      continue;
    }
    if (has_uris || !read_uris(value, most, out)) return std::nullopt;
    has_uris = true;
  }
  return has_uris ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

std::optional<TlsRptRecord> find_tlsrpt(const std::vector<std::string>& txt, std::size_t most) {
  const std::string* only = nullptr;
  for (const std::string& text : txt) {
    if (!text.starts_with(kVersion)) continue;
    if (only != nullptr) return std::nullopt;
    only = &text;
  }
  return only == nullptr || only->size() > kTlsRptRecordMax ? std::nullopt : read_record(*only, most);
}

}  // namespace postern::pipeline
