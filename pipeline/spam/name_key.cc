#include "pipeline/spam/name_key.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

struct SpoofClose {
  void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
};

// Never set up anew, so threads may share it (uspoof.h).
const USpoofChecker* checker() {
  static const std::unique_ptr<USpoofChecker, SpoofClose> instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<USpoofChecker, SpoofClose>(uspoof_open(&status));
  }();
  return instance.get();
}

icu::UnicodeString from_utf8(std::string_view utf8) {
  utf8 = utf8.substr(0, kNameBytesMax);
  return icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

bool is_mark_or_format(UChar32 c) { return (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK)) != 0; }

icu::UnicodeString without_marks(const icu::UnicodeString& text) {
  icu::UnicodeString out;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (!is_mark_or_format(c)) out.append(c);
  }
  return out;
}

icu::UnicodeString folded(const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* caseless = icu::Normalizer2::getNFKCCasefoldInstance(status);
  const icu::Normalizer2* apart = icu::Normalizer2::getNFKDInstance(status);
  if (U_FAILURE(status) != 0) return text;
  const icu::UnicodeString lower = caseless->normalize(text, status);
  const icu::UnicodeString split = apart->normalize(lower, status);
  return U_FAILURE(status) != 0 ? text : without_marks(split);
}

icu::UnicodeString look(const icu::UnicodeString& text) {
  icu::UnicodeString out;
  UErrorCode status = U_ZERO_ERROR;
  uspoof_getSkeletonUnicodeString(checker(), 0, text, out, &status);
  return U_FAILURE(status) != 0 ? text : without_marks(out);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// A skeleton is made character by character; those of ASCII, where most names stay, are kept.
std::string look_of_ascii(std::string_view lower) {
  static const std::array<std::string, 128> looks = [] {
    std::array<std::string, 128> out;
    for (std::size_t c = 0; c < out.size(); ++c) out[c] = to_utf8(look(icu::UnicodeString(static_cast<UChar32>(c))));
    return out;
  }();
  std::string out;
  for (const char c : lower) out += looks[static_cast<unsigned char>(c)];
  return out;
}

std::string look_of_word(const icu::UnicodeString& word) {
  const std::string text = to_utf8(word);
  return is_ascii(text) ? look_of_ascii(text) : to_utf8(look(word));
}

bool is_whole_word_script(UChar32 c) {
  return u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC) != 0 || (c >= 0xAC00 && c <= 0xD7A3);
}

// A hyphen parts words, an apostrophe does not: "O'Brien" is written without it too.
bool joins_word(UChar32 c) { return c == '\'' || c == 0x2019 || c == 0x02BC; }

}  // namespace

std::string fold_text(std::string_view utf8) {
  if (is_ascii(utf8)) return core::to_lower_ascii(utf8.substr(0, kNameBytesMax));
  return to_utf8(folded(from_utf8(utf8)));
}

std::string look_of(std::string_view utf8) {
  const std::string text = fold_text(utf8);
  return is_ascii(text) ? look_of_ascii(text) : to_utf8(look(from_utf8(text)));
}

std::string name_key(std::string_view utf8) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* together = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status) != 0) return {};
  // Hangul falls apart when compatibility forms are removed; together again, a syllable is one character.
  const icu::UnicodeString text = together->normalize(from_utf8(fold_text(utf8)), status);
  std::vector<std::string> words;
  icu::UnicodeString word;
  int whole = 0;
  const auto finish = [&words, &word] {
    if (!word.isEmpty()) words.push_back(look_of_word(word));
    word.remove();
  };
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (u_isalnum(c) != 0) {
      word.append(c);
      whole += is_whole_word_script(c);
    } else if (!joins_word(c)) {
      finish();
    }
  }
  finish();
  if (words.size() < 2 && whole < 2) return {};
  std::sort(words.begin(), words.end());
  std::string key;
  for (const std::string& one : words) key += (key.empty() ? "" : " ") + one;
  return key;
}

}  // namespace postern::pipeline
