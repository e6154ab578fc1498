// Labels as they occur in mail. Supersets as in the WHATWG Encoding Standard: a windows-1252 text labelled ISO-8859-1
// is the rule, not the exception.
#include "pipeline/mime/charset_label.h"

#include <array>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

struct Alias {
  std::string_view label;
  std::string_view converter;
};

constexpr std::array kAliases{
    Alias{"iso-8859-1", "windows-1252"},      Alias{"iso8859-1", "windows-1252"},
    Alias{"iso_8859-1", "windows-1252"},      Alias{"latin1", "windows-1252"},
    Alias{"latin-1", "windows-1252"},         Alias{"iso-8859-9", "windows-1254"},
    Alias{"iso-8859-11", "windows-874"},      Alias{"tis-620", "windows-874"},
    Alias{"iso-8859-8-i", "iso-8859-8"},      Alias{"iso-8859-8-e", "iso-8859-8"},
    Alias{"gb2312", "gb18030"},               Alias{"gb_2312-80", "gb18030"},
    Alias{"gbk", "gb18030"},                  Alias{"x-gbk", "gb18030"},
    Alias{"ks_c_5601-1987", "windows-949"},   Alias{"ks_c_5601", "windows-949"},
    Alias{"ksc5601", "windows-949"},          Alias{"euc-kr", "windows-949"},
    Alias{"shift_jis", "ibm-943_P15A-2003"},  Alias{"shift-jis", "ibm-943_P15A-2003"},
    Alias{"sjis", "ibm-943_P15A-2003"},       Alias{"x-sjis", "ibm-943_P15A-2003"},
    Alias{"unicode-1-1-utf-7", "utf-7"},      Alias{"unicode-1-1-utf-8", "utf-8"},
    Alias{"utf8", "utf-8"},                   Alias{"utf-8mb4", "utf-8"},
    Alias{"x-mac-roman", "macintosh"},        Alias{"x-macroman", "macintosh"},
    Alias{"x-mac-cyrillic", "x-mac-cyrillic"}, Alias{"big5", "big5-hkscs"},
    Alias{"cn-big5", "big5-hkscs"},           Alias{"iso-2022-jp", "iso-2022-jp-2"},
    Alias{"ansi_x3.4-1968", "us-ascii"},      Alias{"ascii", "us-ascii"},
    Alias{"iso646-us", "us-ascii"},           Alias{"us", "us-ascii"},
};

constexpr std::array<std::string_view, 9> kSaysNothing{"unknown-8bit", "unknown",  "x-unknown", "default", "_default",
                                                       "8bit",         "binary",   "7bit",      "none"};

}  // namespace

std::string normal_charset(std::string_view label) {
  label = core::trim_ascii(label);
  while (!label.empty() && (label.front() == '"' || label.front() == '\'')) label.remove_prefix(1);
  while (!label.empty() && (label.back() == '"' || label.back() == '\'' || label.back() == ';')) label.remove_suffix(1);
  label = label.substr(0, label.find('*'));
  auto name = core::to_lower_ascii(core::trim_ascii(label));
  if (name.size() > 40) return {};
  for (auto word : kSaysNothing) {
    if (name == word) return {};
  }
  if (name.starts_with("cp-")) name = "cp" + name.substr(3);
  if (name.starts_with("charset=")) name = name.substr(8);
  return name;
}

std::string converter_name(std::string_view normal) {
  for (const auto& alias : kAliases) {
    if (alias.label == normal) return std::string(alias.converter);
  }
  return std::string(normal);
}

}  // namespace postern::pipeline
