// RFC 2047 in header values, tolerant of what senders do: words inside quoted strings, blanks in words, characters
// split over words, no blank between words.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/encoding.h"
#include "pipeline/mime/charset_label.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/unicode.h"

namespace postern::pipeline {
namespace {

struct EncodedWord {
  ByteRange whole;  // in the raw value
  ByteRange text;
  std::string charset;
  bool is_base64 = false;
};

bool is_header_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// What stands before the text of a word whose "=?" is at `pos`; `text.end` and `whole.end` are still open.
std::optional<EncodedWord> word_start(std::string_view raw, std::size_t pos) {
  constexpr std::size_t kCharsetMax = 64;
  const auto mark = raw.substr(pos + 2, kCharsetMax).find('?');
  if (mark == std::string_view::npos || mark == 0) return std::nullopt;
  const std::size_t encoding = pos + 2 + mark + 1;
  if (encoding + 2 > raw.size() || raw[encoding + 1] != '?') return std::nullopt;
  const char kind = raw[encoding];
  const bool is_base64 = kind == 'b' || kind == 'B';
  if (!is_base64 && kind != 'q' && kind != 'Q') return std::nullopt;
  EncodedWord word;
  word.charset = normal_charset(raw.substr(pos + 2, mark));
  word.is_base64 = is_base64;
  const std::size_t begin = encoding + 2;
  word.text = {begin, begin};
  word.whole = {pos, begin};
  return word;
}

// RFC 2047 section 4.2: as quoted-printable, and '_' is a blank.
void decode_q(std::string_view raw, ByteRange text, Decoded& out) {
  for (std::size_t pos = text.begin; pos < text.end;) {
    const char c = raw[pos];
    if (c == '=' && pos + 2 < text.end) {
      const auto byte = core::from_hex(raw.substr(pos + 1, 2));
      if (byte) {
        out.bytes += *byte;
        out.map.append(pos, 3, 1);
        pos += 3;
        continue;
      }
    }
    if (c != '\r' && c != '\n') {
      out.bytes += c == '_' ? ' ' : c;
      out.map.append_identity(pos, 1);
    }
    ++pos;
  }
}

void decode_b(std::string_view raw, ByteRange text, Decoded& out) {
  const auto decoded = decode_base64(raw.substr(text.begin, text.size()), text.begin);
  for (std::size_t i = 0; i < decoded.bytes.size(); ++i) {
    const auto from = decoded.map.at(i);
    // Groups of three share their four characters; one unit a group keeps the map exact.
    std::size_t same = 1;
    while (i + same < decoded.bytes.size() && decoded.map.at(i + same) == from) ++same;
    out.map.append(from.begin, from.size(), same);
    out.bytes.append(decoded.bytes, i, same);
    i += same - 1;
  }
}

class HeaderDecoder {
 public:
  HeaderDecoder(std::string_view raw, std::size_t origin) : origin_(origin), raw_(raw.begin(), raw.end()) {}

  Decoded run() {
    const std::string_view raw = raw_;
    std::size_t pos = 0;
    std::size_t plain = 0;  // where undecoded text begins
    while (pos < raw.size()) {
      const auto at = raw.find("=?", pos);
      if (at == std::string_view::npos) break;
      auto word = word_start(raw, at);
      const auto close = find_close(word ? word->text.begin : at + 2);
      if (close == std::string_view::npos) break;
      if (!word) {
        pos = at + 2;
        continue;
      }
      word->text.end = close;
      word->whole.end = close + 2;
      take_plain({plain, at});
      take_word(*word);
      pos = plain = word->whole.end;
    }
    take_plain({plain, raw.size()});
    flush_words();
    trim();
    return std::move(out_);
  }

 private:
  // The next "?=" at or behind `from`, which only grows: found once for all the starts before it.
  std::size_t find_close(std::size_t from) {
    if (close_ != std::string::npos && (close_ < from || !has_close_)) {
      close_ = raw_.find("?=", from);
      has_close_ = true;
    }
    return close_;
  }

  // Blanks between two encoded words are no text (RFC 2047 section 6.2).
  void take_plain(ByteRange range) {
    if (range.empty()) return;
    const auto text = std::string_view(raw_).substr(range.begin, range.size());
    bool blank = true;
    for (char c : text) blank = blank && is_header_blank(c);
    if (blank && !words_.bytes.empty() && range.end < raw_.size()) return;
    flush_words();
    Decoded bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\r' || text[i] == '\n') continue;
      bytes.bytes += text[i];
      bytes.map.append_identity(range.begin + i, 1);
    }
    add_converted(bytes, "");
  }

  // Words of one charset are joined before conversion: senders split them inside characters.
  void take_word(const EncodedWord& word) {
    if (word.charset != charset_) flush_words();
    charset_ = word.charset;
    if (word.is_base64) decode_b(raw_, word.text, words_);
    else decode_q(raw_, word.text, words_);
  }

  void flush_words() {
    if (!words_.bytes.empty()) add_converted(words_, charset_);
    words_ = {};
  }

  void add_converted(const Decoded& bytes, const std::string& charset) {
    const auto converted = to_utf8(bytes.bytes, charset);
    out_.clean = out_.clean && converted.clean;
    for (std::size_t pos = 0; pos < converted.utf8.size();) {
      const std::size_t begin = pos;
      const char32_t c = next_code_point(converted.utf8, pos);
      const auto from = bytes.map.covering(converted.map.covering({begin, pos}));
      const bool is_control = c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0);
      if (is_control) {
        out_.bytes += ' ';
        out_.map.append(origin_ + from.begin, from.size(), 1);
        continue;
      }
      out_.bytes.append(converted.utf8, begin, pos - begin);
      if (from.size() == pos - begin) out_.map.append_identity(origin_ + from.begin, from.size());
      else out_.map.append(origin_ + from.begin, from.size(), pos - begin);
    }
  }

  void trim() {
    const auto first = out_.bytes.find_first_not_of(' ');
    if (first == std::string::npos) {
      out_.bytes.clear();
      out_.map = {};
      return;
    }
    const auto end = out_.bytes.find_last_not_of(' ') + 1;
    if (first == 0 && end == out_.bytes.size()) return;
    out_.map = out_.map.slice({first, end});
    out_.bytes = out_.bytes.substr(first, end - first);
  }

  std::size_t origin_;
  std::string raw_;
  Decoded out_;
  Decoded words_;
  std::string charset_;
  std::size_t close_ = 0;
  bool has_close_ = false;
};

}  // namespace

Decoded decode_header_text(std::string_view raw, std::size_t origin) { return HeaderDecoder(raw, origin).run(); }
std::string decode_words(std::string_view raw) {
  const bool is_plain = std::ranges::all_of(raw, [](char c) { return c >= 0x20 && c < 0x7f; });
  if (!is_plain || raw.find("=?") != std::string_view::npos) return decode_header_text(raw).bytes;
  const auto first = raw.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(raw.substr(first, raw.find_last_not_of(' ') + 1 - first));
}

}  // namespace postern::pipeline
