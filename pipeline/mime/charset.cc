// Charsets to UTF-8 through ICU, which stays inside this file.
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "pipeline/mime/charset_label.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/unicode.h"

namespace postern::pipeline {
namespace {

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

struct CloseDetector {
  void operator()(UCharsetDetector* detector) const { ucsdet_close(detector); }
};

constexpr std::string_view kFallback = "windows-1252";
constexpr std::size_t kDetectBytesMin = 40;  // below, detection guesses
constexpr std::size_t kDetectBytesMax = 64 * 1024;
constexpr int kDetectConfidenceMin = 30;

Converter open_converter(const std::string& name) {
  UErrorCode status = U_ZERO_ERROR;
  Converter converter(ucnv_open(name.c_str(), &status));
  if (U_FAILURE(status)) return nullptr;
  return converter;
}

bool is_shift_byte(char c) { return c == 0x1b || c == 0x0e || c == 0x0f; }

// Whether these ASCII bytes mean themselves in the charset: no EBCDIC, no UTF-16, nothing that shifts.
bool is_plain_ascii_in(UConverter* converter, std::string_view bytes, const std::string& name) {
  if (bytes.find_first_of("\x1b\x0e\x0f") != std::string_view::npos) return false;
  if (name == "utf-7" && bytes.find('+') != std::string_view::npos) return false;
  if (name.starts_with("hz") && bytes.find('~') != std::string_view::npos) return false;
  if (name.find("imap") != std::string::npos && bytes.find('&') != std::string_view::npos) return false;
  constexpr std::string_view kProbe = "0123456789 <Az>@#";
  std::array<UChar, 32> wide{};
  UErrorCode status = U_ZERO_ERROR;
  const auto length = ucnv_toUChars(converter, wide.data(), static_cast<int32_t>(wide.size()), kProbe.data(),
                                    static_cast<int32_t>(kProbe.size()), &status);
  ucnv_reset(converter);
  if (U_FAILURE(status) || length != static_cast<int32_t>(kProbe.size())) return false;
  for (std::size_t i = 0; i < kProbe.size(); ++i) {
    if (wide[i] != static_cast<UChar>(kProbe[i])) return false;
  }
  return true;
}

// Turns ICU's UTF-16 units and their source offsets into UTF-8 and runs of the map. A character is emitted when the
// offset of the next one is known.
class Utf8Writer {
 public:
  Utf8Writer(std::string_view bytes, Converted& out) : size_(bytes.size()), data_(bytes.data()), out_(out) {}

  void take(UChar unit, std::size_t offset) {
    if (offset < begin_) offset = begin_;
    if (high_ != 0 && unit >= 0xdc00 && unit < 0xe000) {
      const char32_t c = 0x10000 + ((static_cast<char32_t>(high_) - 0xd800) << 10U) + (unit - 0xdc00U);
      high_ = 0;
      hold(c, begin_of_high_);
      return;
    }
    if (high_ != 0) hold(0xfffd, begin_of_high_);
    high_ = 0;
    if (unit >= 0xd800 && unit < 0xdc00) {
      high_ = unit;
      begin_of_high_ = offset;
      return;
    }
    hold(unit, offset);
  }

  void finish() {
    if (high_ != 0) hold(0xfffd, begin_of_high_);
    emit(size_);
  }

 private:
  void hold(char32_t c, std::size_t offset) {
    emit(offset);
    held_ = c;
    begin_ = offset;
    has_held_ = true;
  }
  // The bytes of a held character end where the next begins, or before a shift sequence, or at once for plain ASCII:
  // rewriting a digit must not remove the escape behind it.
  void emit(std::size_t next) {
    if (!has_held_) return;
    std::size_t end = next > begin_ ? next : begin_;
    if (end > begin_ && held_ < 0x80 && static_cast<unsigned char>(data_[begin_]) == held_) end = begin_ + 1;
    for (std::size_t i = begin_ + 1; i < end; ++i) {
      if (is_shift_byte(data_[i])) end = i;
    }
    const std::size_t before = out_.utf8.size();
    if (held_ == 0xfffd) out_.clean = false;
    append_utf8(out_.utf8, held_);
    out_.map.append(begin_, end - begin_, out_.utf8.size() - before);
    has_held_ = false;
  }

  std::size_t size_;
  const char* data_;
  Converted& out_;
  char32_t held_ = 0;
  std::size_t begin_ = 0;
  std::size_t begin_of_high_ = 0;
  UChar high_ = 0;
  bool has_held_ = false;
};

Converted empty_result(Mapping mapping) {
  Converted out;
  if (mapping == Mapping::kSkip) out.map.ignore_appends();
  return out;
}

Converted convert(UConverter* converter, std::string_view bytes, std::string name, Mapping mapping) {
  Converted out = empty_result(mapping);
  out.charset = std::move(name);
  out.utf8.reserve(bytes.size());
  if (is_plain_ascii_in(converter, bytes, out.charset) && inspect_utf8(bytes).is_ascii()) {
    out.utf8 = bytes;
    out.map.append_identity(0, bytes.size());
    return out;
  }
  Utf8Writer writer(bytes, out);
  constexpr std::size_t kUnitsMax = 8192;
  std::vector<UChar> wide(std::min(kUnitsMax, bytes.size() + 16));
  std::vector<int32_t> offsets(wide.size());
  const char* source = bytes.data();
  const char* const source_end = source + bytes.size();
  for (;;) {
    const auto base = static_cast<std::size_t>(source - bytes.data());
    UChar* target = wide.data();
    UErrorCode status = U_ZERO_ERROR;
    ucnv_toUnicode(converter, &target, wide.data() + wide.size(), &source, source_end, offsets.data(), 1, &status);
    const auto made = static_cast<std::size_t>(target - wide.data());
    for (std::size_t i = 0; i < made; ++i) {
      writer.take(wide[i], offsets[i] < 0 ? base : base + static_cast<std::size_t>(offsets[i]));
    }
    if (status != U_BUFFER_OVERFLOW_ERROR) break;
  }
  writer.finish();
  return out;
}

Converted take_utf8(std::string_view bytes, const Utf8Shape& shape, Mapping mapping) {
  Converted out = empty_result(mapping);
  out.charset = "utf-8";
  if (shape.invalid == 0) {
    out.utf8 = bytes;
    out.map.append_identity(0, bytes.size());
    return out;
  }
  out.clean = false;
  for (std::size_t pos = 0; pos < bytes.size();) {
    const std::size_t begin = pos;
    const char32_t c = next_code_point(bytes, pos);
    const std::size_t before = out.utf8.size();
    append_utf8(out.utf8, c);
    if (out.utf8.size() - before == pos - begin) out.map.append_identity(begin, pos - begin);
    else out.map.append(begin, pos - begin, out.utf8.size() - before);
  }
  return out;
}

std::string detect(std::string_view bytes) {
  if (bytes.size() < kDetectBytesMin) return std::string(kFallback);
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, CloseDetector> detector(ucsdet_open(&status));
  if (U_FAILURE(status)) return std::string(kFallback);
  const auto sample = bytes.substr(0, kDetectBytesMax);
  ucsdet_setText(detector.get(), sample.data(), static_cast<int32_t>(sample.size()), &status);
  const UCharsetMatch* match = U_SUCCESS(status) ? ucsdet_detect(detector.get(), &status) : nullptr;
  if (match == nullptr || U_FAILURE(status)) return std::string(kFallback);
  if (ucsdet_getConfidence(match, &status) < kDetectConfidenceMin) return std::string(kFallback);
  const char* name = ucsdet_getName(match, &status);
  if (name == nullptr || U_FAILURE(status)) return std::string(kFallback);
  return converter_name(normal_charset(name));
}

// No usable label: UTF-8 when most of it is, else what detection says.
Converted guess(std::string_view bytes, const Utf8Shape& shape, Mapping mapping) {
  const bool has_escape = bytes.find('\x1b') != std::string_view::npos;
  if (shape.is_ascii() && has_escape) {
    if (auto converter = open_converter("iso-2022-jp-2")) return convert(converter.get(), bytes, "iso-2022-jp", mapping);
  }
  if (shape.invalid == 0 || shape.multibyte >= shape.invalid) return take_utf8(bytes, shape, mapping);
  auto name = detect(bytes);
  auto converter = open_converter(name);
  if (!converter) {
    name = kFallback;
    converter = open_converter(name);
  }
  if (!converter) return take_utf8(bytes, shape, mapping);
  auto out = convert(converter.get(), bytes, name, mapping);
  out.clean = false;
  return out;
}

}  // namespace

Converted to_utf8(std::string_view bytes, std::string_view charset, Mapping mapping) {
  const auto normal = normal_charset(charset);
  const auto name = converter_name(normal);
  const bool is_unicode_or_ascii = name.empty() || name == "utf-8" || name == "us-ascii";
  if (is_unicode_or_ascii) {
    const auto shape = inspect_utf8(bytes);
    auto out = guess(bytes, shape, mapping);
    const bool fits = shape.is_ascii() || (name == "utf-8" && shape.invalid == 0);
    out.clean = out.clean && fits;
    return out;
  }
  auto converter = open_converter(name);
  if (!converter) {
    auto out = guess(bytes, inspect_utf8(bytes), mapping);
    out.clean = false;
    return out;
  }
  return convert(converter.get(), bytes, name, mapping);
}

}  // namespace postern::pipeline
