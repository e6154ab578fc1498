// Numbers that states give to people: western and southern Europe.
#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/validators/check_digits.h"
#include "pipeline/redaction/validators/compact.h"
#include "pipeline/redaction/validators/kinds.h"

namespace postern::pipeline::validators {
namespace {

bool is_among(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool are_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

// Italy: DM 23/12/1976 (Ministero delle Finanze), tables of the check character.
int odd_value(char c) {
  constexpr int kValues[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                             20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
  return kValues[is_digit(c) ? c - '0' : c - 'A'];
}
int even_value(char c) { return is_digit(c) ? c - '0' : c - 'A'; }

// Letters that stand for digits where two people would have one code.
char without_omocodia(char c) {
  constexpr std::string_view kLetters = "LMNPQRSTUV";
  const std::size_t at = kLetters.find(c);
  return at == std::string_view::npos ? c : static_cast<char>('0' + at);
}

}  // namespace

// Austria, ASVG section 31: digit 4 is the sum of the others with 3 7 9 5 8 4 2 1 6, modulo 11. A birthday whose month
// is 13 or more is a number that was given out when the day's numbers were used up.
bool at_svnr(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(10) || number[0] == '0') return false;
  const int month = number.number(6, 2);
  if (month < 1 || month > 15 || !is_short_date(number.number(8, 2), month > 12 ? 1 : month, number.number(4, 2)))
    return false;
  return weighted_sum(number.text(), {3, 7, 9, 0, 5, 8, 4, 2, 1, 6}) % 11 == number.digit(3);
}

// Belgium, royal decree of 3 April 1984: 97 minus the first nine digits modulo 97, a 2 before them for births from
// 2000. Months above 12 (by 20 or 40) are bis numbers; month and day 0 are unknown.
bool be_nn(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(11)) return false;
  const int month = number.number(2, 2) % 20;
  if (number.number(2, 2) > 52 || month > 12 || number.number(4, 2) > 31) return false;
  const int check = number.number(9, 2);
  const int before_2000 = number.number(0, 9) % 97;
  const int since_2000 = static_cast<int>((2'000'000'000LL + number.number(0, 9)) % 97);
  return check == 97 - before_2000 || check == 97 - since_2000;
}

// Switzerland, AHV number since 2008: 756 (ISO 3166 numeric) and the check digit of EAN-13.
bool ch_ahv(std::string_view value) {
  const Compact number(value);
  return number.is_number(13) && number.text().starts_with("756") && passes_ean13(number.text());
}

// Germany, AO section 139b and StIdV: ISO/IEC 7064 MOD 11,10; of the first ten digits one stands two or three times
// (three since 2016, never in a row), the others at most once; the first is not 0.
bool de_steuer_id(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(11) || number[0] == '0') return false;
  int repeated = 0;
  for (char digit = '0'; digit <= '9'; ++digit) {
    const auto count = std::count(number.text().begin(), number.text().begin() + 10, digit);
    if (count > 3) return false;
    repeated += count > 1;
    const std::string row(3, digit);
    if (count == 3 && number.text().substr(0, 10).find(row) != std::string_view::npos) return false;
  }
  return repeated == 1 && passes_mod_11_10(number.text());
}

// Spain, Real Decreto 1553/2005 (DNI) and Orden INT/2058/2008 (NIE): the number modulo 23 names the letter; X, Y, Z
// stand for 0, 1, 2.
bool es_dni_nie(std::string_view value) {
  const Compact code(value);
  if (code.size() != 9 || !are_digits(code.text().substr(1, 7))) return false;
  const std::size_t foreign = std::string_view("XYZ").find(code[0]);
  if (foreign == std::string_view::npos && !is_digit(code[0])) return false;
  const int first = foreign == std::string_view::npos ? code.digit(0) : static_cast<int>(foreign);
  const int number = first * 10'000'000 + code.number(1, 7);
  return number > 0 && code[8] == std::string_view("TRWAGMYFPDXBNJZSQVHLCKE")[static_cast<std::size_t>(number % 23)];
}

// France, INSEE (décret 82-103): sex, year, month (over 12 where it is unknown), place of birth (Corsica 2A and 2B
// counted as 19 and 18), order, key 97 minus the rest modulo 97.
bool fr_nir(std::string_view value) {
  const Compact code(value);
  if (code.size() != 15) return false;
  const bool is_corsica = code[5] == '2' && (code[6] == 'A' || code[6] == 'B');
  std::string digits(code.text());
  if (is_corsica) digits[6] = code[6] == 'A' ? '9' : '8';
  if (is_corsica) digits[5] = '1';
  const bool is_number = are_digits(digits);
  const int rest = is_number ? remainder_of(std::string_view(digits).substr(0, 13), 97) : 0;
  core::wipe(digits.data(), digits.size());
  if (!is_number || !is_among(code[0], "123478")) return false;
  const int month = code.number(3, 2);
  const bool has_month = (month >= 1 && month <= 12) || month == 20 || (month >= 30 && month <= 42) || month >= 50;
  if (!has_month || (!is_corsica && code.number(5, 2) == 0) || code.number(10, 3) == 0) return false;
  return code.number(13, 2) == 97 - rest;
}

// Ireland, Social Welfare Consolidation Act 2005: weights 8 to 2, a second letter A to I (since 2013) weighs 9,
// the older T, W, X nothing; modulo 23.
bool ie_pps(std::string_view value) {
  const Compact code(value);
  if ((code.size() != 8 && code.size() != 9) || !are_digits(code.text().substr(0, 7)) || code.number(0, 7) == 0)
    return false;
  int sum = weighted_sum(code.text(), {8, 7, 6, 5, 4, 3, 2});
  if (code.size() == 9) {
    if (!is_among(code[8], "ABCDEFGHITWX")) return false;
    if (code[8] < 'T') sum += 9 * (code[8] - 'A' + 1);
  }
  return code[7] == std::string_view("WABCDEFGHIJKLMNOPQRSTUV")[static_cast<std::size_t>(sum % 23)];
}

// Italy: six letters of the name, year, a letter for the month, day (plus 40 for women), place, check character.
bool it_codice_fiscale(std::string_view value) {
  const Compact code(value);
  if (code.size() != 16) return false;
  constexpr std::string_view kShape = "aaaaaannmnnannna";
  int sum = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    const char c = kShape[i] == 'n' ? without_omocodia(code[i]) : code[i];
    if (kShape[i] == 'n' ? !is_digit(c) : !is_upper(c)) return false;
    if (i < 15) sum += i % 2 == 0 ? odd_value(code[i]) : even_value(code[i]);
  }
  if (!is_among(code[8], "ABCDEHLMPRST")) return false;
  const int day = (without_omocodia(code[9]) - '0') * 10 + (without_omocodia(code[10]) - '0');
  return day % 40 >= 1 && day % 40 <= 31 && day <= 71 && code[15] == 'A' + sum % 26;
}

// Netherlands, Wet algemene bepalingen burgerservicenummer: the eleven test, the last digit weighs -1.
bool nl_bsn(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(9) || number.text().starts_with("000")) return false;
  return weighted_sum(number.text(), {9, 8, 7, 6, 5, 4, 3, 2, -1}) % 11 == 0;
}

// Portugal, Decreto-Lei 14/2013: weights 9 to 2, modulo 11; people's numbers begin with 1, 2, 3 or 45.
bool pt_nif(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(9) || !(is_among(number[0], "123") || number.text().starts_with("45"))) return false;
  const int rest = weighted_sum(number.text(), {9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return number.digit(8) == (rest < 2 ? 0 : 11 - rest);
}

// NHS Data Dictionary: weights 10 to 2, modulo 11; 10 is never given out.
bool uk_nhs(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(10)) return false;
  const int check = 11 - weighted_sum(number.text(), {10, 9, 8, 7, 6, 5, 4, 3, 2}) % 11;
  return check != 10 && number.digit(9) == check % 11;
}

// HMRC, National Insurance Manual NIM39110: prefix letters, six digits, suffix A to D (may be left out).
bool uk_nino(std::string_view value) {
  const Compact code(value);
  if (code.size() != 9 && code.size() != 8) return false;
  const std::string_view prefix = code.text().substr(0, 2);
  if (!is_upper(prefix[0]) || is_among(prefix[0], "DFIQUV")) return false;
  if (!is_upper(prefix[1]) || is_among(prefix[1], "DFIOQUV")) return false;
  for (std::string_view unused : {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}) {
    if (prefix == unused) return false;
  }
  return are_digits(code.text().substr(2, 6)) && (code.size() == 8 || is_among(code[8], "ABCD"));
}

}  // namespace postern::pipeline::validators
