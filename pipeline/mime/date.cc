// RFC 5322 dates by their words: a number with colons is the time, a month name the month, and so on, so that the order
// in which senders put them does not matter.
#include "pipeline/mime/date.h"

#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <vector>

#include "core/encoding.h"
#include "pipeline/mime/header.h"

namespace postern::pipeline {
namespace {

struct Fields {
  std::optional<int> year, month, day, hour, minute, second, zone_minutes;
};

std::optional<int> to_number(std::string_view text) {
  int value = 0;
  const auto got = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.size() > 4 || got.ec != std::errc() || got.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> words;
  for (std::size_t pos = 0; pos < text.size() && words.size() < 16;) {
    const auto begin = text.find_first_not_of(separators, pos);
    if (begin == std::string_view::npos) break;
    pos = std::min(text.find_first_of(separators, begin), text.size());
    words.emplace_back(text.substr(begin, pos - begin));
  }
  return words;
}

std::optional<int> month_of(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (word.size() >= 3 && word.substr(0, 3) == kMonths[i]) return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

// "+0130", "-08:00", and the zones of RFC 5322 section 4.3; other letters mean an unknown zone, -0000.
std::optional<int> zone_of(std::string_view word) {
  struct Named {
    std::string_view name;
    int hours;
  };
  constexpr std::array kNamed{Named{"gmt", 0},  Named{"ut", 0},   Named{"utc", 0},  Named{"z", 0},    Named{"est", -5},
                              Named{"edt", -4}, Named{"cst", -6}, Named{"cdt", -5}, Named{"mst", -7}, Named{"mdt", -6},
                              Named{"pst", -8}, Named{"pdt", -7}, Named{"cet", 1},  Named{"cest", 2}, Named{"bst", 1},
                              Named{"jst", 9}};
  for (const auto& named : kNamed) {
    if (named.name == word) return named.hours * 60;
  }
  if (word.size() >= 2 && (word[0] == '+' || word[0] == '-')) {
    std::string digits;
    for (char c : word.substr(1)) {
      if (c != ':') digits += c;
    }
    if (digits.size() <= 2) digits += "00";
    if (digits.size() == 3) digits.insert(0, 1, '0');
    const auto value = to_number(digits);
    if (!value || *value > 9959) return std::nullopt;
    const int minutes = *value / 100 * 60 + *value % 100;
    return minutes > 24 * 60 ? 0 : (word[0] == '-' ? -minutes : minutes);
  }
  return std::nullopt;
}

bool take_time(std::string_view word, Fields& fields) {
  if (fields.hour || word.find(':') == std::string_view::npos || word[0] == '+' || word[0] == '-') return false;
  const auto parts = split(word.substr(0, word.find('.')), ":");
  if (parts.size() < 2) return false;
  fields.hour = to_number(parts[0]);
  fields.minute = to_number(parts[1]);
  fields.second = parts.size() > 2 ? to_number(parts[2]) : 0;
  return true;
}

void take_number(int value, std::size_t digits, Fields& fields) {
  if (digits <= 2 && !fields.day && value >= 1 && value <= 31) {
    fields.day = value;
  } else if (!fields.year) {  // RFC 5322 section 4.3 for years of two or three digits
    fields.year = digits >= 4 ? value : (digits == 2 && value < 50 ? value + 2000 : value + 1900);
  }
}

void take_word(const std::string& word, Fields& fields) {
  if (take_time(word, fields)) return;
  if (const auto month = month_of(word); month && !fields.month) {
    fields.month = month;
  } else if (const auto value = to_number(word)) {
    take_number(*value, word.size(), fields);
  } else if (const auto zone = zone_of(word); zone && fields.hour && !fields.zone_minutes) {
    fields.zone_minutes = zone;
  }
}

// "2026-11-22T09:30:00Z" and "22-Nov-2026" become words that the rest understands.
std::string to_words(std::string text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() >= 10 && is_digit(text[0]) && is_digit(text[3]) && text[4] == '-' && text[7] == '-') {
    constexpr std::array<std::string_view, 13> kNames{"",    "jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
    const auto month = to_number(text.substr(5, 2));
    if (!month || *month < 1 || *month > 12) return {};
    auto rest = text.substr(10);
    if (!rest.empty() && rest[0] == 't') rest[0] = ' ';
    if (const auto zone = rest.find_first_of("+-z"); zone != std::string::npos) rest.insert(zone, 1, ' ');
    return text.substr(8, 2) + ' ' + std::string(kNames[static_cast<std::size_t>(*month)]) + ' ' + text.substr(0, 4) + rest;
  }
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const bool joins = text[i] == '-' && text[i - 1] != ' ' && text[i + 1] != ' ' && text.find(':') > i;
    if (joins) text[i] = ' ';
  }
  return text;
}

// RFC 5322 section 4.3 allows blanks around the colons of a time.
std::string without_blanks_at_colons(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':') {
      while (out.ends_with(' ') || out.ends_with('\t')) out.pop_back();
    } else if ((text[i] == ' ' || text[i] == '\t') && out.ends_with(':')) {
      continue;
    }
    out += text[i];
  }
  return out;
}

}  // namespace

std::optional<core::WallTime> parse_mail_date(std::string_view raw) {
  if (raw.size() > 512) return std::nullopt;
  const auto text = core::to_lower_ascii(core::trim_ascii(without_comments(unfold(raw))));
  Fields fields;
  for (const auto& word : split(to_words(without_blanks_at_colons(text)), " \t,")) take_word(word, fields);
  if (!fields.year || !fields.month || !fields.day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*fields.year), std::chrono::month(static_cast<unsigned>(*fields.month)),
                                         std::chrono::day(static_cast<unsigned>(*fields.day))};
  if (!date.ok() || *fields.year < 1970 || *fields.year > 2261) return std::nullopt;
  const int hour = fields.hour.value_or(0);
  const int minute = fields.minute.value_or(0);
  const int second = fields.second.value_or(0);
  if (hour > 23 || minute > 59 || second > 60 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  const core::WallTime day{std::chrono::sys_days(date).time_since_epoch()};
  return day + std::chrono::hours(hour) + std::chrono::minutes(minute - fields.zone_minutes.value_or(0)) +
         std::chrono::seconds(second);
}

}  // namespace postern::pipeline
