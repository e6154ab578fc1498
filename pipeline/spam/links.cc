#include "pipeline/spam/links.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/mime/html.h"

namespace postern::pipeline {
namespace {

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// The last two labels: enough to tell one owner from another for a hint that only adds to a score.
std::string_view owner_of(std::string_view host) {
  const std::size_t last = host.rfind('.');
  if (last == std::string_view::npos || last == 0) return host;
  const std::size_t before = host.rfind('.', last - 1);
  return before == std::string_view::npos ? host : host.substr(before + 1);
}

std::string attribute(std::string_view tag, std::string_view name) {
  const std::string opening = std::string(name) + "=\"";
  const std::size_t at = tag.find(opening);
  if (at == std::string_view::npos) return {};
  const std::size_t from = at + opening.size();
  return std::string(tag.substr(from, std::min(tag.find('"', from), tag.size()) - from));
}

}  // namespace

std::string host_of(std::string_view text) {
  const std::string lower = core::to_lower_ascii(core::trim_ascii(text));
  std::string_view rest = lower;
  const bool has_scheme = rest.starts_with("http://") || rest.starts_with("https://");
  if (has_scheme) rest.remove_prefix(rest.find("//") + 2);
  const std::size_t end = rest.find_first_of("/?#: ");
  std::string_view host = rest.substr(0, end);
  if (has_scheme) host = host.substr(host.rfind('@') == std::string_view::npos ? 0 : host.rfind('@') + 1);
  const bool is_host = !host.empty() && std::all_of(host.begin(), host.end(), is_host_char) &&
                       host.find('.') != std::string_view::npos && host.back() != '.' && host.front() != '.';
  if (!is_host) return {};
  if (has_scheme || host.starts_with("www.")) return std::string(host);
  // "Hello.world" is a sentence; "bank.com" and "bank.com/login" are shown hosts.
  constexpr std::string_view kShown[] = {".com", ".net", ".org", ".de", ".fr", ".uk", ".eu", ".test", ".io"};
  const bool is_shown =
      std::any_of(std::begin(kShown), std::end(kShown), [host](std::string_view end_) { return host.ends_with(end_); });
  return is_shown && text.find(' ') == std::string_view::npos ? std::string(host) : std::string();
}

bool has_misleading_link(std::string_view html, std::uint32_t links_max) {
  std::size_t at = 0;
  for (std::uint32_t seen = 0; seen < links_max; ++seen) {
    at = html.find("<a ", at);
    if (at == std::string_view::npos) return false;
    const std::size_t tag_end = html.find('>', at);
    const std::size_t close = html.find("</a>", at);
    if (tag_end == std::string_view::npos || close == std::string_view::npos || close < tag_end) return false;
    const std::string target = host_of(attribute(html.substr(at, tag_end - at), "href"));
    const std::string shown = host_of(html_to_text(html.substr(tag_end + 1, close - tag_end - 1)).text);
    if (!target.empty() && !shown.empty() && owner_of(target) != owner_of(shown)) return true;
    at = close;
  }
  return false;
}

}  // namespace postern::pipeline
