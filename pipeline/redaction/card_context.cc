#include "pipeline/redaction/card_context.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/secret.h"
#include "pipeline/redaction/issuers.h"

namespace postern::pipeline {
namespace {

// Parts of words, in the languages of most mail: card, number, pay, valid until, security code.
constexpr std::string_view kCardWords[] = {
    "card",   "kart", "carte", "tarj", "cart",    "visa",   "master", "amex",  "maestro", "credit", "kredit",  "cr\x03" "dit",
    "debit",  "ccn",  "ccv",   "cvv",  "cvc",     "numb",   "num",    "nummer",  "valid", "pay",
    "charge", "bank", "konto", "acct", "account", "diners", "jcb",    "rupay", "maestro", "uatp",   "billing", "carta"};

// "company" and "constexpr" are no such words.
constexpr std::string_view kWordBegins[] = {"pan", "exp"};

// Labels of numbers that share length and check digit with cards.
constexpr std::string_view kOtherLabels[] = {"imei", "tracking", "track", "awb", "waybill", "iccid", "meid",  "iban",
                                             "gtin", "ean",      "isbn",  "upc", "sscc",    "vin",   "parcel"};

// How a label may go on: "trackingnumber", "parcels"; "Vincent" and "tracker" are no labels.
constexpr std::string_view kLabelEnds[] = {"",       "s",     "no",     "nr",      "num",  "number",
                                           "numbers", "code", "codes", "barcode", "id", "ids"};

// Words that mean a card, or that somebody pays.
constexpr std::string_view kCardNames[] = {"card",  "visa", "master", "maestro", "amex",  "credit", "kredit", "cr\x03" "dit", "debit",    "tarj",
                                           "carte", "cvv",  "cvc",    "diners",  "karte", "kaart",  "carta d", "unionpay", "jcb"};
constexpr std::string_view kPayWords[] = {"pay", "paid", "charge"};

// Words before a phone number, which may look like a short card number.
constexpr std::string_view kPhoneWords[] = {"phone", "telefon", "mobil", "handy", "whatsapp", "fax"};

// What lists of numbers are called: in the plural, so that "room 4111 1111 1111 1111" is still a card.
constexpr std::string_view kListNames[] = {"rooms",  "years",    "extensions", "exts",   "ports",  "pages",   "zimmer",       "chambres", "salles",
                                           "stores", "branches", "flights",    "lines",  "models", "parts",   "builds",       "lockers",  "suites",
                                           "tables", "units",    "seats",      "groups", "codes",  "tickets", "habitaciones", "kamers",   "jahre"};

constexpr std::size_t kNearBefore = 48;
constexpr std::size_t kNearBehind = 24;
constexpr std::size_t kIdentifierLettersMin = 5;  // "prefix4111…" is an identifier, "cc4111…" and "a4111…" are not

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

template <std::size_t N>
bool has_any(std::string_view text, const std::string_view (&words)[N]) {
  return std::any_of(std::begin(words), std::end(words),
                     [text](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool has_word(std::string_view text) {
  if (has_any(text, kCardWords)) return true;
  return std::any_of(std::begin(kWordBegins), std::end(kWordBegins), [text](std::string_view word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
      if (at == 0 || !is_letter(text[at - 1])) return true;
    }
    return false;
  });
}

// The numbers of SIM cards (ITU-T E.118) are not those of payment cards.
bool is_sim(std::string_view before) {
  while (!before.empty() && !is_letter(before.back()) && !is_digit(before.back())) before.remove_suffix(1);
  return before.ends_with("sim") && (before.size() == 3 || !is_letter(before[before.size() - 4]));
}

bool names_card(std::string_view text) {
  return std::any_of(std::begin(kCardNames), std::end(kCardNames), [text](std::string_view word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
      if (!is_sim(text.substr(0, at))) return true;
    }
    return false;
  });
}

std::string_view near_before(std::string_view text, NumberPlace place) {
  const std::size_t from = place.begin > kNearBefore ? place.begin - kNearBefore : 0;
  return text.substr(from, place.begin - from);
}

std::string_view letters_before(std::string_view text, std::size_t begin) {
  std::size_t from = begin;
  while (from > 0 && begin - from < kContextBytes && is_letter(text[from - 1])) --from;
  return text.substr(from, begin - from);
}

std::string_view letters_behind(std::string_view text, std::size_t end) {
  std::size_t to = end;
  while (to < text.size() && to - end < kContextBytes && is_letter(text[to])) ++to;
  return text.substr(end, to - end);
}

// A bare number glued to letters and further digits (hash, UUID, serial number) or to a long word.
bool is_in_identifier(std::string_view text, NumberPlace place) {
  const std::string_view left = letters_before(text, place.begin);
  const std::string_view right = letters_behind(text, place.end);
  if (has_word(left) || has_word(right)) return false;
  if (left.size() >= kIdentifierLettersMin || right.size() >= kIdentifierLettersMin) return true;
  const std::size_t before = place.begin - left.size();
  const std::size_t behind = place.end + right.size();
  return (!left.empty() && before > 0 && is_digit(text[before - 1])) ||
         (!right.empty() && behind < text.size() && is_digit(text[behind]));
}

// "2509764603229488.5": what programs print of a large number has one or two digits behind its point.
bool is_whole_part(std::string_view text, NumberPlace place) {
  const std::string_view before = near_before(text, place);
  if (has_any(before.substr(before.find_last_of('\n') + 1), kCardNames)) return false;
  if (place.end + 1 >= text.size() || text[place.end] != '.' || !is_digit(text[place.end + 1])) return false;
  std::size_t end = place.end + 1;
  while (end < text.size() && is_digit(text[end])) ++end;
  constexpr std::size_t kFractionMax = 2;
  // A table program writes any long number as "4111111111111111.0".
  if (text.substr(place.end + 1, end - place.end - 1).find_first_not_of('0') == std::string_view::npos) return false;
  return end - place.end - 1 <= kFractionMax && (end == text.size() || std::string_view("./-@_").find(text[end]) == std::string_view::npos);
}

// The start of the word of non-blanks that ends at `at`.
std::size_t word_begin(std::string_view text, std::size_t at) {
  constexpr std::string_view kEnds = " \x02\n\"'<>()[]{},|";
  // A ';' before a name begins a parameter of the URL, before the number itself it ends a field of a list.
  if (at > 0 && text[at - 1] == ';') return at;
  std::size_t from = at;
  while (from > 0 && at - from < kContextBytes && kEnds.find(text[from - 1]) == std::string_view::npos) --from;
  return from;
}

// "https://shop.example/pay/4111…": the step of the path before the number says what it is.
bool is_behind_card_step(std::string_view url) {
  constexpr std::string_view kSteps[] = {"card", "cards", "creditcard", "credit-card", "cc", "pan", "pay", "payment", "payments", "checkout", "charge"};
  if (!url.ends_with('/')) return false;
  url.remove_suffix(1);
  return std::find(std::begin(kSteps), std::end(kSteps), url.substr(url.find_last_of('/') + 1)) != std::end(kSteps);
}

// URLs and paths keep their ids, but a query parameter that is called like a card does not, nor does a step behind such a word.
bool is_in_url(std::string_view text, NumberPlace place) {
  const std::string_view word = text.substr(word_begin(text, place.begin), place.begin - word_begin(text, place.begin));
  const bool is_url = word.find("://") != std::string_view::npos || word.starts_with("www.") ||
                      (word.size() > 1 && word[0] == '/' && is_letter(word[1]));
  if (!is_url) return false;
  const std::size_t query = word.find_last_of("?&;#");
  return query == std::string_view::npos ? !is_behind_card_step(word) : !has_word(word.substr(query));
}

// ISO 13616: country, two check digits, then digits (letters end our look); modulo 97 of the rearranged text is 1.
bool is_iban(std::string_view text, NumberPlace place) {
  if (place.begin < 2 || letters_before(text, place.begin).size() != 2) return false;
  if (place.begin > 2 && is_digit(text[place.begin - 3])) return false;
  if (place.end < text.size() && is_letter(text[place.end])) return false;
  std::string digits;
  for (char c : text.substr(place.begin, place.end - place.begin)) {
    if (is_digit(c)) digits.push_back(c);
  }
  std::string rearranged = digits.substr(2);
  for (char letter : {text[place.begin - 2], text[place.begin - 1]}) rearranged += std::to_string(letter - 'a' + 10);
  rearranged += digits.substr(0, 2);
  int rest = 0;
  for (char digit : rearranged) rest = (rest * 10 + (digit - '0')) % 97;
  return rest == 1;
}

// `before` ends where the number begins.
bool is_labelled(std::string_view before, std::string_view label) {
  for (std::size_t at = before.find(label); at != std::string_view::npos; at = before.find(label, at + 1)) {
    if (at > 0 && is_letter(before[at - 1])) continue;
    const std::string_view between = before.substr(at + label.size());
    const std::size_t letters = std::min(
        between.size(), static_cast<std::size_t>(std::find_if_not(between.begin(), between.end(), is_letter) - between.begin()));
    const std::string_view rest_of_word = between.substr(0, letters);
    if (std::find(std::begin(kLabelEnds), std::end(kLabelEnds), rest_of_word) == std::end(kLabelEnds)) continue;
    const bool is_plain = std::all_of(between.begin(), between.end(), [](char c) {
      return is_letter(c) || c == ' ' || c == ':' || c == '#' || c == '.' || c == '-' || c == '\x02';
    });
    // "track my order visa 4111…": the number belongs to the nearer word.
    if (is_plain && !has_any(between, kCardNames) && !has_any(between, kPayWords)) return true;
  }
  return false;
}

// "Tracking number: 4002…", "IMEI 35…": the label stands directly before, on the same line.
bool has_other_label(std::string_view text, NumberPlace place) {
  constexpr std::size_t kLabelBytes = 28;
  const std::size_t from = place.begin > kLabelBytes ? place.begin - kLabelBytes : 0;
  std::string_view before = text.substr(from, place.begin - from);
  before = before.substr(std::min(before.size(), before.find_last_of('\n') + 1));
  if (before.find("card") != std::string_view::npos) return false;
  return std::any_of(std::begin(kOtherLabels), std::end(kOtherLabels),
                     [before](std::string_view label) { return is_labelled(before, label); });
}

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

std::size_t hex_begin(std::string_view text, std::size_t at, bool takes_hyphens) {
  const std::size_t floor = at > kContextBytes ? at - kContextBytes : 0;
  while (at > floor && (is_hex(text[at - 1]) || (takes_hyphens && text[at - 1] == '-'))) --at;
  return at;
}

std::size_t hex_end(std::string_view text, std::size_t at, bool takes_hyphens) {
  const std::size_t limit = std::min(text.size(), at + kContextBytes);
  while (at < limit && (is_hex(text[at]) || (takes_hyphens && text[at] == '-'))) ++at;
  return at;
}

bool has_letter(std::string_view text) { return std::any_of(text.begin(), text.end(), is_letter); }

// RFC 9562: 8-4-4-4-12 hexadecimal digits, one of them a letter: one of digits only is not told from a number in groups.
bool is_uuid(std::string_view word) {
  constexpr std::size_t kHyphens[] = {8, 13, 18, 23};
  constexpr std::size_t kSize = 36;
  if (word.size() != kSize || !has_letter(word)) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool is_hyphen = std::find(std::begin(kHyphens), std::end(kHyphens), i) != std::end(kHyphens);
    if ((word[i] == '-') != is_hyphen) return false;
  }
  return true;
}

// The lines of a dump begin with a multiple of sixteen: "00000010: 3431 3131 …", "0000020 34 31 …".
bool begins_like_dump(std::string_view line) {
  constexpr std::size_t kOffsetMin = 7;
  constexpr std::size_t kOffsetMax = 16;
  const std::size_t size = hex_end(line, 0, false);
  if (size < kOffsetMin || size > kOffsetMax || size == line.size() || line[0] != '0' || line[size - 1] != '0') return false;
  return line[size] == ':' || line[size] == ' ' || line[size] == '\x02';
}

// Bytes or words in hexadecimal digits: the first or last group, or one beside the groups that is as long, holds a letter.
bool is_in_dump(std::string_view text, NumberPlace place) {
  const auto is_part_of_word = [text](std::size_t at) {
    const std::size_t begin = hex_begin(text, at, false);
    const std::size_t size = hex_end(text, at, false) - begin;
    return (size == 2 || size == 4 || size == 8) && has_letter(text.substr(begin, size));
  };
  if (is_part_of_word(place.begin) || is_part_of_word(place.end - 1)) return true;
  const std::size_t size = hex_end(text, place.begin, false) - place.begin;
  if (place.end + 1 < text.size() && text[place.end] == ' ' && is_part_of_word(place.end + 1) &&
      hex_end(text, place.end + 1, false) == place.end + 1 + size)
    return true;
  if (place.begin < size + 1 || text[place.begin - 1] != ' ') return false;
  return is_part_of_word(place.begin - 2) && hex_begin(text, place.begin - 2, false) == place.begin - 1 - size;
}

// A part of a UUID, of a digest, of a dump.
bool is_in_hex(std::string_view text, NumberPlace place) {
  constexpr std::size_t kDigestMin = 24;
  for (std::size_t at : {place.begin, place.end - 1}) {
    const std::size_t begin = hex_begin(text, at, true);
    if (is_uuid(text.substr(begin, hex_end(text, at, true) - begin))) return true;
    const std::size_t word = hex_begin(text, at, false);
    const std::string_view digest = text.substr(word, hex_end(text, at, false) - word);
    if (digest.size() >= kDigestMin && has_letter(digest)) return true;
  }
  if (place.is_bare) return false;
  const std::string_view number = text.substr(place.begin, place.end - place.begin);
  const bool is_glued = (place.begin > 0 && is_letter(text[place.begin - 1])) || (place.end < text.size() && is_letter(text[place.end]));
  if (is_glued && number.find('\n') != std::string_view::npos) return true;
  const std::size_t line = place.begin == 0 ? 0 : text.find_last_of('\n', place.begin - 1) + 1;
  return is_in_dump(text, place) || (line < place.begin && begins_like_dump(text.substr(line, place.begin - line)));
}

// "4503599627370496ull", "…n": a number of a program.
bool is_literal(std::string_view text, NumberPlace place) {
  constexpr std::string_view kSuffixes[] = {"l", "ll", "u", "ul", "lu", "ull", "llu", "n", "i64", "u64"};
  std::size_t end = place.end;
  while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]) || text[end] == '_')) ++end;
  const std::string_view suffix = text.substr(place.end, end - place.end);
  return std::find(std::begin(kSuffixes), std::end(kSuffixes), suffix) != std::end(kSuffixes);
}

// Sizes of the groups of digits of a line; empty when there are more than kCellsMax.
constexpr std::size_t kCellsMax = 16;
using Cells = std::vector<std::string_view>;
Cells cells_of(std::string_view line) {
  Cells cells;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t begin = at;
    while (at < line.size() && is_digit(line[at])) ++at;
    if (at > begin) cells.push_back(line.substr(begin, at - begin));
    if (at == begin) ++at;
    if (cells.size() > kCellsMax) return {};
  }
  return cells;
}

// "rooms: ", "the ports are ": a name of a list, then no more than two short words.
bool ends_with_list_name(std::string_view before) {
  constexpr std::size_t kBetweenMax = 10;
  for (std::string_view name : kListNames) {
    // Not further away than it may stand.
    const std::size_t from = before.size() - std::min(before.size(), name.size() + kBetweenMax);
    std::size_t at = before.substr(from).rfind(name);
    if (at == std::string_view::npos) continue;
    at += from;
    if (at > 0 && is_letter(before[at - 1])) continue;
    const std::string_view between = before.substr(at + name.size());
    const bool is_plain = std::all_of(between.begin(), between.end(), [](char c) {
      return is_letter(c) || c == ' ' || c == ':' || c == '#' || c == '\n' || c == '\x02';
    });
    if (between.size() <= kBetweenMax && is_plain && (between.empty() || !is_letter(between.front()))) return true;
  }
  return false;
}

}  // namespace

bool is_called_list(std::string_view text, NumberPlace place) {
  return ends_with_list_name(near_before(text, place)) && !is_called_card(text, place);
}

bool stands_alone(std::string_view text, NumberPlace place) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\x02'; };
  std::size_t begin = place.begin;
  while (begin > 0 && is_blank(text[begin - 1])) --begin;
  std::size_t end = place.end;
  while (end < text.size() && is_blank(text[end])) ++end;
  return (begin == 0 || text[begin - 1] == '\n') && (end == text.size() || text[end] == '\n');
}

bool is_in_table(std::string_view text, NumberPlace place) {
  constexpr std::size_t kRowsAround = 3;
  const std::size_t rows_min = place.is_bare ? 1 : 2;
  const auto line_begin = [text](std::size_t at) { return at == 0 ? 0 : text.find_last_of('\n', at - 1) + 1; };
  const auto line_end = [text](std::size_t at) { return std::min(text.find('\n', at), text.size()); };
  const std::size_t begin = line_begin(place.begin);
  const std::size_t end = line_end(place.begin);
  if (place.end > end) return false;
  const Cells own = cells_of(text.substr(begin, end - begin));
  const std::size_t first = cells_of(text.substr(begin, place.begin - begin)).size();
  const std::size_t count = cells_of(text.substr(place.begin, place.end - place.begin)).size();
  if (own.empty()) return false;
  std::size_t others = 0;
  const auto is_like_own = [&](std::string_view line) {
    const Cells cells = cells_of(line);
    const auto is_as_long = [](std::string_view a, std::string_view b) {
      return a.size() == b.size() || std::min(a.size(), b.size()) >= kCardDigitsMin;
    };
    if (!std::equal(own.begin(), own.end(), cells.begin(), cells.end(), is_as_long)) return false;
    std::string digits;
    for (std::size_t i = first; i < first + count; ++i) digits += cells[i];
    others += !issuer_of(digits) || !passes_luhn(digits);
    core::wipe(digits.data(), digits.size());
    return true;
  };
  for (std::size_t at = begin, rows = 0; at > 0 && rows < kRowsAround; ++rows) {
    const std::size_t from = line_begin(at - 1);
    if (!is_like_own(text.substr(from, at - 1 - from))) break;
    at = from;
  }
  for (std::size_t at = end, rows = 0; at < text.size() && rows < kRowsAround; ++rows) {
    const std::size_t to = line_end(at + 1);
    if (!is_like_own(text.substr(at + 1, to - at - 1))) break;
    at = to;
  }
  return others >= rows_min && !is_called_card(text, place);
}

bool is_other_number(std::string_view text, NumberPlace place) {
  if (place.begin > 0 && text[place.begin - 1] == '+' && !is_called_card(text, place)) return true;  // a telephone number (Z-35)
  if (is_iban(text, place)) return true;
  if (is_in_hex(text, place) && !is_called_card(text, place)) return true;
  if (!place.is_bare) return false;
  if (is_literal(text, place) && !is_called_card(text, place)) return true;
  // A fraction: "0.4111…". A list mark is longer than one digit or has a blank behind it.
  if (place.begin >= 2 && text[place.begin - 1] == '.' && is_digit(text[place.begin - 2])) return true;
  if (is_whole_part(text, place)) return true;
  return is_in_identifier(text, place) || is_in_url(text, place) || has_other_label(text, place);
}

bool has_card_context(std::string_view text, NumberPlace place) {
  if (stands_alone(text, place)) return true;
  if (is_called_card(text, place)) return true;
  const std::string_view before = near_before(text, place);
  if (has_any(before, kPhoneWords)) return false;
  return has_word(before) || has_word(text.substr(place.end, kNearBehind));
}

bool may_be_called_card(std::string_view source, NumberPlace place) {
  // Scan text is shorter where blanks repeat or invisible characters stand.
  constexpr std::size_t kShrinking = 4;
  const std::size_t before = std::min(place.begin, kShrinking * kNearBefore);
  const auto has_letter_in = [](std::string_view part) {
    return std::any_of(part.begin(), part.end(), [](char c) { return is_letter(static_cast<char>(c | 0x20)); });
  };
  return has_letter_in(source.substr(place.begin - before, before)) || has_letter_in(source.substr(place.end, kShrinking * kNearBehind));
}

bool is_called_card(std::string_view text, NumberPlace place) {
  return names_card(near_before(text, place)) || names_card(text.substr(place.end, kNearBehind));
}

}  // namespace postern::pipeline
