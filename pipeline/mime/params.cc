// Content-Type and Content-Disposition values, RFC 2231 pieces joined and decoded.
#include "pipeline/mime/params.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/encoding.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/header.h"

namespace postern::pipeline {
namespace {

struct RawParam {
  std::string name;  // lower case, RFC 2231 marks removed
  std::string value;
  std::optional<unsigned> piece;  // *0, *1 …
  bool is_extended = false;       // trailing '*': percent-encoded
};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

void skip_blank_and_comments(std::string_view text, std::size_t& pos) {
  while (pos < text.size()) {
    if (is_blank(text[pos])) {
      ++pos;
      continue;
    }
    if (text[pos] != '(') return;
    std::size_t depth = 0;
    do {
      if (text[pos] == '\\' && pos + 1 < text.size()) ++pos;
      else if (text[pos] == '(') ++depth;
      else if (text[pos] == ')') --depth;
      ++pos;
    } while (pos < text.size() && depth > 0);
  }
}

// Only \" and \\ are unescaped: senders write Windows paths without escaping them.
std::string read_quoted(std::string_view text, std::size_t& pos) {
  std::string out;
  for (++pos; pos < text.size() && text[pos] != '"'; ++pos) {
    if (text[pos] == '\\' && pos + 1 < text.size() && (text[pos + 1] == '"' || text[pos + 1] == '\\')) ++pos;
    out += text[pos];
  }
  if (pos < text.size()) ++pos;
  return out;
}

// Where a value without quotes ends: at ';', or at a blank with "name=" behind it, for senders that forget the ';'.
std::size_t bare_value_end(std::string_view text, std::size_t pos) {
  const auto end = std::min(text.find(';', pos), text.size());
  const auto equals = text.substr(0, end).find('=', pos);
  if (equals == std::string_view::npos) return end;
  const auto blank = text.substr(0, equals).find_last_of(" \t");
  if (blank == std::string_view::npos || blank <= pos || blank + 1 == equals) return end;
  return blank;
}

std::string read_value(std::string_view text, std::size_t& pos) {
  skip_blank_and_comments(text, pos);
  if (pos < text.size() && text[pos] == '"') return read_quoted(text, pos);
  const auto end = bare_value_end(text, pos);
  auto value = core::trim_ascii(text.substr(pos, end - pos));
  if (value.ends_with(')')) {
    const auto comment = value.find(" (");
    if (comment != std::string_view::npos) value = core::trim_ascii(value.substr(0, comment));
  }
  pos = end;
  return std::string(value);
}

std::string read_word(std::string_view text, std::size_t& pos) {
  const auto end = std::min(text.find_first_of(" \t(;/", pos), text.size());
  const auto word = text.substr(pos, end - pos);
  pos = end;
  return core::to_lower_ascii(word);
}

// "type/subtype" with blanks and comments anywhere between its words.
std::string read_type(std::string_view text, std::size_t& pos) {
  auto type = read_word(text, pos);
  skip_blank_and_comments(text, pos);
  if (pos >= text.size() || text[pos] != '/') return type;
  skip_blank_and_comments(text, ++pos);
  return type + '/' + read_word(text, pos);
}

void read_name(RawParam& param, std::string_view name) {
  if (name.ends_with('*')) {
    param.is_extended = true;
    name.remove_suffix(1);
  }
  const auto star = name.rfind('*');
  if (star != std::string_view::npos && name.size() - star <= 5) {
    unsigned piece = 0;
    const auto digits = name.substr(star + 1);
    const auto got = std::from_chars(digits.data(), digits.data() + digits.size(), piece);
    if (!digits.empty() && got.ptr == digits.data() + digits.size()) {
      param.piece = piece;
      name = name.substr(0, star);
    }
  }
  param.name = core::to_lower_ascii(name);
}

std::vector<RawParam> read_params(std::string_view text, std::size_t pos, const MimeLimits& limits) {
  std::vector<RawParam> params;
  while (pos < text.size() && params.size() < limits.params_max) {
    if (text[pos] == ';') ++pos;
    skip_blank_and_comments(text, pos);
    const std::size_t begin = pos;
    while (pos < text.size() && text[pos] != '=' && text[pos] != ';') ++pos;
    if (pos >= text.size() || text[pos] == ';') continue;
    RawParam param;
    read_name(param, core::trim_ascii(text.substr(begin, pos - begin)));
    ++pos;
    param.value = read_value(text, pos);
    if (!param.name.empty()) params.push_back(std::move(param));
  }
  return params;
}

int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_of(text[i + 1]) >= 0 && hex_of(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_of(text[i + 1]) * 16 + hex_of(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// RFC 2231 section 4: charset'language'value; the charset stands in the first piece only.
std::string decode_extended(const std::vector<const RawParam*>& pieces) {
  std::string bytes;
  std::string charset;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::string_view value = pieces[i]->value;
    if (i == 0 && pieces[i]->is_extended) {
      const auto first = value.find('\'');
      const auto second = first == std::string_view::npos ? first : value.find('\'', first + 1);
      if (second != std::string_view::npos) {
        charset = value.substr(0, first);
        value.remove_prefix(second + 1);
      }
    }
    bytes += pieces[i]->is_extended ? decode_percent(value) : std::string(value);
  }
  return to_utf8(bytes, charset).utf8;
}

std::string decode_plain(const std::string& value) {
  return value.find("=?") == std::string::npos ? to_utf8(value, "").utf8 : decode_words(value);
}

std::string decode_joined(const std::vector<const RawParam*>& pieces) {
  auto joined = decode_extended(pieces);
  return joined.find("=?") == std::string::npos ? std::move(joined) : decode_words(joined);
}

// One parameter in all its forms, in the order in which they stand.
struct ParamForms {
  std::vector<const RawParam*> pieces;
  std::vector<const RawParam*> extended;
  std::vector<const RawParam*> plain;
};

ParamForms forms_of(const std::vector<RawParam>& raw, const std::string& name) {
  ParamForms forms;
  for (const auto& param : raw) {
    if (param.name != name) continue;
    (param.piece ? forms.pieces : param.is_extended ? forms.extended : forms.plain).push_back(&param);
  }
  return forms;
}

// By number, the first of each; what a strict reader joins.
std::vector<const RawParam*> in_order(std::vector<const RawParam*> pieces) {
  // They point into one vector: of equal numbers the one that stands first comes first.
  std::sort(pieces.begin(), pieces.end(), [](const RawParam* a, const RawParam* b) {
    return *a->piece != *b->piece ? *a->piece < *b->piece : a < b;
  });
  const auto same = [](const RawParam* a, const RawParam* b) { return *a->piece == *b->piece; };
  pieces.erase(std::unique(pieces.begin(), pieces.end(), same), pieces.end());
  return pieces;
}

bool differ(const std::vector<const RawParam*>& forms) {
  return std::any_of(forms.begin(), forms.end(), [&](const RawParam* one) { return one->value != forms.front()->value; });
}

MimeParam decode_param(const ParamForms& forms, const std::string& name) {
  if (!forms.extended.empty()) return {name, decode_extended({forms.extended.front()})};
  if (!forms.pieces.empty()) return {name, decode_joined(in_order(forms.pieces))};
  return {name, decode_plain(forms.plain.front()->value)};
}

void add_other_readings(const ParamForms& forms, const MimeParam& taken, std::vector<MimeParam>& into) {
  const auto add = [&](std::string value) {
    if (value != taken.value) into.push_back({taken.name, std::move(value)});
  };
  const bool has_rivals = forms.extended.size() + forms.plain.size() + (forms.pieces.empty() ? 0 : 1) > 1;
  if (has_rivals) {
    for (const RawParam* one : forms.extended) add(decode_extended({one}));
    for (const RawParam* one : forms.plain) add(decode_plain(one->value));
  }
  if (!forms.pieces.empty() && (has_rivals || forms.pieces.size() > 1)) {
    add(decode_joined(in_order(forms.pieces)));
    add(decode_joined(forms.pieces));
  }
  if (taken.value.find('%') != std::string::npos) add(to_utf8(decode_percent(taken.value), "").utf8);
}

}  // namespace

std::string MimeValue::param(std::string_view name_lower) const {
  const auto at = std::find_if(params.begin(), params.end(), [&](const MimeParam& p) { return p.name == name_lower; });
  return at == params.end() ? std::string() : at->value;
}

MimeValue parse_mime_value(std::string_view raw, const MimeLimits& limits) {
  const std::string text = unfold(raw.substr(0, limits.header_line_bytes_max));
  MimeValue out;
  std::size_t pos = 0;
  skip_blank_and_comments(text, pos);
  if (pos < text.size() && text[pos] == '"') {
    out.value = core::to_lower_ascii(core::trim_ascii(read_quoted(text, pos)));
    pos = std::min(text.find(';', pos), text.size());
  } else {
    out.value = read_type(text, pos);
  }
  const auto params = read_params(text, pos, limits);
  for (const auto& param : params) {
    const auto same = [&](const MimeParam& known) { return known.name == param.name; };
    if (std::any_of(out.params.begin(), out.params.end(), same)) continue;
    const ParamForms forms = forms_of(params, param.name);
    out.has_conflict = out.has_conflict || differ(forms.extended) || differ(forms.plain) ||
                       in_order(forms.pieces).size() != forms.pieces.size();
    out.params.push_back(decode_param(forms, param.name));
    add_other_readings(forms, out.params.back(), out.other_readings);
  }
  return out;
}

}  // namespace postern::pipeline
