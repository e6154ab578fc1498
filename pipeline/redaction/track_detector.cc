#include "pipeline/redaction/track_detector.h"

#include <algorithm>
#include <optional>
#include <string>

#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/rules/folded_text.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kShownLast = 4;
constexpr std::size_t kNameMax = 26;      // ISO/IEC 7813: 2 to 26 characters
constexpr std::size_t kTrackMax = 80;     // of track 1 with its sentinels; track 2 has 40
constexpr std::size_t kExpiryDigits = 4;  // YYMM
constexpr std::size_t kServiceDigits = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_separator(char c) { return c == '^' || c == '=' || c == 'D' || c == 'd'; }

std::size_t digits_behind(std::string_view text, std::size_t at) {
  const std::size_t from = at;
  while (at < text.size() && at - from <= kTrackMax && is_digit(text[at])) ++at;
  return at - from;
}

bool is_expiry(std::string_view text, std::size_t at) {
  if (digits_behind(text, at) < kExpiryDigits) return false;
  const int month = (text[at + 2] - '0') * 10 + (text[at + 3] - '0');
  return month >= 1 && month <= 12;
}

// The card number that ends at `end`; track 1 may have a blank between its groups.
std::optional<ByteRange> number_before(std::string_view text, std::size_t end, bool takes_blanks) {
  std::string digits;
  const WipedAtExit wiped(digits);
  std::size_t begin = end;
  for (std::size_t at = end; at > 0 && digits.size() <= kCardDigitsMax; --at) {
    const char c = text[at - 1];
    if (is_digit(c)) {
      digits.push_back(c);
      begin = at - 1;
    } else if (!(takes_blanks && c == ' ' && at > 1 && is_digit(text[at - 2]) && at < end)) {
      break;
    }
  }
  std::reverse(digits.begin(), digits.end());
  if (digits.size() > kCardDigitsMax || !issuer_of(digits) || !passes_luhn(digits)) return std::nullopt;
  return ByteRange{begin, end};
}

// Behind the expiry: service code and discretionary data, up to the end sentinel.
std::size_t track_end(std::string_view text, std::size_t at) {
  const std::size_t from = at;
  while (at < text.size() && at - from < kTrackMax && (is_digit(text[at]) || is_letter(text[at]))) ++at;
  return at;
}

// The track whose first separator stands at `at`: its number and its end.
struct Track {
  std::string_view label;
  ByteRange number;
  std::size_t end = 0;
};

std::optional<Track> first_track(std::string_view text, std::size_t at) {
  const std::size_t name_end = text.substr(0, std::min(text.size(), at + kNameMax + 2)).find('^', at + 1);
  if (name_end == std::string_view::npos || name_end < at + 2) return std::nullopt;
  const std::string_view name = text.substr(at + 1, name_end - at - 1);
  if (name.find('\n') != std::string_view::npos || !is_expiry(text, name_end + 1)) return std::nullopt;
  const auto number = number_before(text, at, true);
  if (!number) return std::nullopt;
  return Track{"track 1", *number, track_end(text, name_end + 1)};
}

// EMV Book 3, tag 57: digits, filled up with one 'F'. A digest goes on with other letters.
bool ends_like_chip_data(std::string_view text, std::size_t at) {
  constexpr std::size_t kRestMax = 21;  // of 37 characters, behind a number of 15 digits
  const std::size_t digits = digits_behind(text, at);
  at += digits;
  if (at < text.size() && (text[at] == 'F' || text[at] == 'f')) ++at;
  return digits <= kRestMax && (at == text.size() || !(is_digit(text[at]) || is_letter(text[at])));
}

std::optional<Track> second_track(std::string_view text, std::size_t at) {
  const bool is_plain = digits_behind(text, at + 1) >= kExpiryDigits + kServiceDigits;
  if (!is_plain || !is_expiry(text, at + 1)) return std::nullopt;
  const auto number = number_before(text, at, false);
  if (!number || (number->begin > 0 && is_letter(text[number->begin - 1]))) return std::nullopt;
  if (is_letter(text[at]) && !ends_like_chip_data(text, at + 1)) return std::nullopt;
  return Track{"track 2", *number, track_end(text, at + 1)};
}

void find_in_window(std::string_view source, ByteRange window, std::vector<RawMatch>& out) {
  const FoldedText folded(source.substr(window.begin, window.size()));
  const std::string_view text = folded.text();
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (!is_separator(text[at]) || !is_digit(text[at - 1])) continue;
    const auto track = text[at] == '^' ? first_track(text, at) : second_track(text, at);
    if (!track) continue;
    const auto source_of = [&](std::size_t from, std::size_t to) {
      const ByteRange range = folded.source_of({from, to});
      return ByteRange{window.begin + range.begin, window.begin + range.end};
    };
    RawMatch match{track->label, source_of(track->number.begin, track->end), {}};
    std::size_t shown = kShownLast;  // digits at the number's end
    std::size_t shown_from = track->number.end;
    for (; shown > 0; shown -= is_digit(text[--shown_from])) {
    }
    for (std::size_t i = track->number.begin; i < track->end; ++i) {
      const bool is_shown = i >= shown_from && i < track->number.end;
      if (!is_shown && (is_digit(text[i]) || is_letter(text[i]) || static_cast<unsigned char>(text[i]) >= 0x80)) {
        std::size_t last = i + 1;
        while (last < track->end && (static_cast<unsigned char>(text[last]) & 0xC0U) == 0x80) ++last;
        match.characters.push_back(source_of(i, last));
        i = last - 1;
      }
    }
    out.push_back(std::move(match));
    at = track->end - 1;
  }
}

}  // namespace

void TrackDetector::find(TextLook& look, std::vector<RawMatch>& out) const {
  for (ByteRange window : look.card_windows()) find_in_window(look.text(), window, out);
}

}  // namespace postern::pipeline
