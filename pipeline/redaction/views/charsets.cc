#include <algorithm>

#include "core/encoding.h"
#include "pipeline/mime/charset_label.h"
#include "pipeline/mime/unicode.h"
#include "pipeline/redaction/views/views.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kDeclaredBytesMax = 1024;  // HTML 5 section 13.2.3.2
constexpr std::size_t kWideDigitsMin = 10;       // of a number in an East Asian charset

// The charset that the text says it is in: <meta charset=x>, content="text/html; charset=x", <?xml encoding="x"?>.
std::string declared_charset(std::string_view bytes) {
  const std::string start = core::to_lower_ascii(bytes.substr(0, kDeclaredBytesMax));
  for (std::string_view word : {"charset", "encoding"}) {
    const std::size_t at = start.find(word);
    if (at == std::string::npos) continue;
    std::string_view rest = std::string_view(start).substr(at + word.size());
    const std::size_t value = rest.find_first_not_of(" =\"'\t");
    if (value == std::string_view::npos || value == 0 || rest.substr(0, value).find('=') == std::string_view::npos) continue;
    rest.remove_prefix(value);
    const std::string_view name = rest.substr(0, std::min(rest.find_first_of(" \"'>;/?\r\n"), rest.size()));
    if (!name.empty() && name.size() <= 40) return normal_charset(name);
  }
  return {};
}

bool may_be_utf7(std::string_view bytes) {
  for (std::size_t at = bytes.find('+'); at != std::string_view::npos; at = bytes.find('+', at + 1)) {
    const char next = at + 1 < bytes.size() ? bytes[at + 1] : '\0';
    if (next == 'A' || next == '/') return true;  // U+00xx, U+FFxx
  }
  return false;
}

std::size_t count_pairs(std::string_view bytes, unsigned char lead, unsigned char first, unsigned char last) {
  std::size_t count = 0;
  const char wanted = static_cast<char>(lead);
  for (std::size_t at = bytes.find(wanted); at != std::string_view::npos && at + 1 < bytes.size(); at = bytes.find(wanted, at + 1)) {
    const auto trail = static_cast<unsigned char>(bytes[at + 1]);
    count += trail >= first && trail <= last;
  }
  return count;
}

// Full-width digits in the charsets that have them.
void add_east_asian(std::string_view bytes, std::vector<std::string>& out) {
  if (count_pairs(bytes, 0xA3, 0xB0, 0xB9) >= kWideDigitsMin) out.emplace_back("gb18030");  // EUC-KR and EUC-JP too
  if (count_pairs(bytes, 0x82, 0x4F, 0x58) >= kWideDigitsMin) out.emplace_back("shift_jis");
  if (count_pairs(bytes, 0xA2, 0xAF, 0xB8) >= kWideDigitsMin) out.emplace_back("big5");
}

}  // namespace

std::vector<std::string> other_charsets(std::string_view bytes, const Telltales& marks, std::string_view used) {
  std::vector<std::string> out;
  const std::string declared = marks.markup ? declared_charset(bytes) : std::string();
  if (!declared.empty()) out.push_back(declared);
  if (marks.zero || marks.wide_mark) out.insert(out.end(), {"utf-16le", "utf-16be"});
  if (marks.zero) out.insert(out.end(), {"utf-32le", "utf-32be"});
  if (marks.shift) out.insert(out.end(), {"iso-2022-jp", "iso-2022-kr", "iso-2022-cn"});
  if (marks.emphasis && bytes.find("~{") != std::string_view::npos) out.emplace_back("hz");
  if (marks.plus && may_be_utf7(bytes)) out.emplace_back("utf-7");
  if (marks.high) {
    const Utf8Shape shape = inspect_utf8(bytes);
    // Behind much that is no UTF-8 (text behind the end of base64 that is decoded as well) its characters are still read; by the
    // name of the converter, because text called "utf-8" that mostly is none is taken for something else.
    if (shape.invalid == 0 || shape.multibyte > 0) out.emplace_back(shape.multibyte >= shape.invalid ? "utf-8" : "cp1208");
    if (shape.invalid > 0) add_east_asian(bytes, out);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  const std::string main = converter_name(normal_charset(used));
  std::erase_if(out, [&main](const std::string& name) { return converter_name(name) == main; });
  return out;
}

}  // namespace postern::pipeline
