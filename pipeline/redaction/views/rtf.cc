// Rich Text Format 1.9.1 as text. Tables, index entries and destinations that may be ignored are hidden text: a reader that
// does not know them shows them.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/secret.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/unicode.h"
#include "pipeline/redaction/views/views.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kGroupsMax = 200;  // deeper groups share the state of the last one

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_of(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string charset_of(long code_page) {
  switch (code_page) {
    case 437:
    case 850:
    case 852: return "ibm-" + std::to_string(code_page);
    case 932: return "shift_jis";
    case 936: return "gb18030";
    case 950: return "big5";
    case 10000: return "macintosh";
    case 65001: return "utf-8";
    default: return "windows-" + std::to_string(code_page);
  }
}

// Groups whose text stands elsewhere or nowhere, beside those that "\*" marks (section "Destinations").
constexpr std::array<std::string_view, 16> kApart{"fonttbl", "colortbl", "stylesheet", "info", "xe", "tc", "tcn", "rxe", "header", "headerl",
                                                  "headerr", "footer", "footerl", "footerr", "footnote", "fldinst"};

struct Group {
  std::size_t skip = 1;  // characters behind \uN for readers that do not know it (\ucN)
  bool is_hidden = false;
  bool is_hex = false;  // \pict, \objdata
  bool is_apart = false;
};

class RtfReader {
 public:
  RtfReader(std::string_view text, bool shows_hidden, Mapping mapping)
      : size_(text.size()), data_(text.data()), shows_hidden_(shows_hidden), mapping_(mapping) {
    if (mapping == Mapping::kSkip) out_.map.ignore_appends();
    out_.text.reserve(size_ / 2);
  }
  ~RtfReader() { core::wipe(run_.data(), run_.size()); }

  View run() {
    pos_ = std::min(text().find("{\\rtf"), size_);
    while (pos_ < size_) {
      const char c = data_[pos_];
      if (c == '{') {
        if (groups_.size() < kGroupsMax) groups_.push_back(groups_.back());
        ++pos_;
      } else if (c == '}') {
        if (groups_.size() > 1) groups_.pop_back();
        ++pos_;
      } else if (c == '\\') {
        take_control();
      } else if (c == '\r' || c == '\n') {
        ++pos_;
      } else {
        take_byte(c, 1);
      }
    }
    flush();
    return std::move(out_);
  }

 private:
  std::string_view text() const { return {data_, size_}; }

  bool is_left_out() const { return !shows_hidden_ && (groups_.back().is_hidden || groups_.back().is_apart); }

  // Bytes of one run are converted together: a character of the code page may be two \'hh.
  void take_byte(char byte, std::size_t length) {
    const std::size_t at = pos_;
    pos_ += length;
    if (skipped_ > 0) {
      --skipped_;
      return;
    }
    if (groups_.back().is_hex || is_left_out()) return;
    run_.push_back(byte);
    run_map_.append(at, length, 1);
  }

  void flush() {
    if (run_.empty()) return;
    const Converted converted = to_utf8(run_, code_page_, mapping_);
    for (std::size_t at = 0; mapping_ == Mapping::kKeep && at < converted.utf8.size();) {
      const std::size_t begin = at;
      next_code_point(converted.utf8, at);
      const ByteRange from = run_map_.covering(converted.map.covering({begin, at}));
      if (from.size() == at - begin) out_.map.append_identity(from.begin, from.size());
      else out_.map.append(from.begin, from.size(), at - begin);
    }
    out_.text += converted.utf8;
    core::wipe(run_.data(), run_.size());
    run_.clear();
    run_map_ = {};
  }

  void put(char32_t c, std::size_t at, std::size_t length) {
    if (is_left_out()) return;
    flush();
    const std::size_t before = out_.text.size();
    append_utf8(out_.text, c);
    out_.map.append(at, length, out_.text.size() - before);
  }

  // data_[pos_] == '\\'.
  void take_control() {
    const std::size_t begin = pos_;
    const char kind = pos_ + 1 < size_ ? data_[pos_ + 1] : '\0';
    if (is_letter(kind)) return take_word(begin);
    if (kind == '\'' && pos_ + 3 < size_ && hex_of(data_[pos_ + 2]) >= 0 && hex_of(data_[pos_ + 3]) >= 0) {
      return take_byte(static_cast<char>(hex_of(data_[pos_ + 2]) * 16 + hex_of(data_[pos_ + 3])), 4);
    }
    if (kind == '{' || kind == '}' || kind == '\\') return take_byte(kind, 2);
    pos_ += kind == '\0' ? 1 : 2;
    if (kind == '~') put(0xA0, begin, 2);
    if (kind == '_') put('-', begin, 2);
    if (kind == '\n' || kind == '\r') put('\n', begin, 2);
    if (kind == '*') groups_.back().is_apart = true;
    // "\-" is an optional hyphen: nothing is shown.
  }

  void take_word(std::size_t begin) {
    std::size_t end = begin + 1;
    while (end < size_ && end - begin < 33 && is_letter(data_[end])) ++end;
    const std::string_view word = text().substr(begin + 1, end - begin - 1);
    std::optional<long> number;
    const std::size_t digits = end + (end < size_ && data_[end] == '-' ? 1U : 0U);
    if (digits < size_ && is_digit(data_[digits])) {
      long value = 0;
      const auto got = std::from_chars(data_ + end, data_ + std::min(size_, end + 11), value);
      end = static_cast<std::size_t>(got.ptr - data_);
      number = value;
    }
    if (end < size_ && data_[end] == ' ') ++end;
    pos_ = end;
    obey(word, number, begin);
  }

  void obey(std::string_view word, std::optional<long> number, std::size_t begin) {
    Group& group = groups_.back();
    if (word == "u" && number) {
      skipped_ = 0;
      put(static_cast<char32_t>(*number < 0 ? *number + 0x10000 : *number), begin, pos_ - begin);
      skipped_ = group.skip;
    } else if (word == "uc" && number) {
      group.skip = static_cast<std::size_t>(std::clamp(*number, 0L, 16L));
    } else if (word == "ansicpg" && number) {
      flush();
      code_page_ = charset_of(*number);
    } else if (word == "v") {
      group.is_hidden = number.value_or(1) != 0;
    } else if (word == "plain") {
      group.is_hidden = false;
    } else if (std::find(kApart.begin(), kApart.end(), word) != kApart.end()) {
      group.is_apart = true;
    } else if (word == "shptxt" || word == "fldrslt" || word == "nonshppict" || word == "result") {
      group.is_apart = false;
    } else if (word == "pict" || word == "objdata") {
      group.is_hex = true;
    } else if (word == "bin" && number && *number > 0) {
      pos_ = std::min(size_, pos_ + static_cast<std::size_t>(*number));
    } else if (word == "par" || word == "line" || word == "row" || word == "page" || word == "sect") {
      put('\n', begin, pos_ - begin);
    } else if (word == "tab" || word == "cell" || word == "emspace" || word == "enspace" || word == "nestcell") {
      put(word == "tab" ? '\t' : ' ', begin, pos_ - begin);
    } else if (word == "endash" || word == "emdash") {
      put('-', begin, pos_ - begin);
    }
  }

  const std::size_t size_;
  const char* const data_;
  const bool shows_hidden_;
  const Mapping mapping_;
  std::size_t pos_ = 0;
  std::size_t skipped_ = 0;  // characters still to leave out
  std::string code_page_ = "windows-1252";
  std::vector<Group> groups_{Group{}};
  std::string run_;
  SourceMap run_map_;
  View out_;
};

}  // namespace

bool may_be_rtf(std::string_view text, const Telltales& marks) {
  return marks.backslash && text.find("{\\rtf") != std::string_view::npos;
}

View rtf_view(std::string_view text, Mapping mapping) { return RtfReader(text, true, mapping).run(); }
View rtf_visible_view(std::string_view text, Mapping mapping) { return RtfReader(text, false, mapping).run(); }

}  // namespace postern::pipeline
