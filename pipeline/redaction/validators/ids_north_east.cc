// Numbers that states give to people: northern and eastern Europe.
#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/validators/check_digits.h"
#include "pipeline/redaction/validators/compact.h"
#include "pipeline/redaction/validators/kinds.h"

namespace postern::pipeline::validators {
namespace {

bool are_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

}  // namespace

// Bulgaria, ESGRAON: weights 2 4 8 5 10 9 7 3 6, modulo 11 modulo 10; months plus 20 (1800s) or 40 (2000s).
bool bg_egn(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(10)) return false;
  const int month = number.number(2, 2);
  const int century = month > 40 ? 2000 : month > 20 ? 1800 : 1900;
  if (!is_date(century + number.number(0, 2), month % 20, number.number(4, 2))) return false;
  return weighted_sum(number.text(), {2, 4, 8, 5, 10, 9, 7, 3, 6}) % 11 % 10 == number.digit(9);
}

// Czechia and Slovakia, Act 133/2000: months plus 50 for women, plus 20 when the day's numbers are used up (since
// 2004); divisible by 11, or the rest of the first nine is 10 and the tenth digit 0. Nine digits until 1953, without a
// check.
bool cz_rc(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(9) && !number.is_number(10)) return false;
  const int year = number.number(0, 2);
  const int written = number.number(2, 2);
  const int month = written % 50 % 20;
  if (written % 50 > 32) return false;
  if (number.size() == 9)
    return year < 54 && is_date(1900 + year, month, number.number(4, 2)) && number.number(6, 3) != 0;
  return is_date((year < 54 ? 2000 : 1900) + year, month, number.number(4, 2)) &&
         remainder_of(number.text().substr(0, 9), 11) % 10 == number.digit(9);
}

// Denmark, CPR: a day of birth and four digits. Weak: the check digit was given up in 2007, so only the date is looked
// at.
bool dk_cpr(std::string_view value) {
  const Compact number(value);
  return number.is_number(10) && is_short_date(number.number(4, 2), number.number(2, 2), number.number(0, 2));
}

// Estonia (EVS 585) and Lithuania: century and sex, date; weights 1 to 9 and 1, where that gives 10 weights 3 to 9 and
// 1 2 3.
bool ee_lt_code(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(11) || number[0] < '1' || number[0] > '8') return false;
  const int century = 1800 + (number.digit(0) - 1) / 2 * 100;
  if (!is_date(century + number.number(1, 2), number.number(3, 2), number.number(5, 2))) return false;
  int check = weighted_sum(number.text(), {1, 2, 3, 4, 5, 6, 7, 8, 9, 1}) % 11;
  if (check == 10) check = weighted_sum(number.text(), {3, 4, 5, 6, 7, 8, 9, 1, 2, 3}) % 11;
  return check % 10 == number.digit(10);
}

// Finland, decree 128/2010 as changed in 2023: the sign of the century is part of the code; modulo 31. Numbers from 900
// are for a time, in hospitals.
bool fi_hetu(std::string_view value) {
  if (value.size() != 11) return false;
  const char sign = value[6] >= 'a' && value[6] <= 'z' ? static_cast<char>(value[6] - 'a' + 'A') : value[6];
  const bool is_1900 = sign == '-' || (sign >= 'U' && sign <= 'Y');
  const bool is_2000 = sign >= 'A' && sign <= 'F';
  if (sign != '+' && !is_1900 && !is_2000) return false;
  const Compact date(value.substr(0, 6), "");
  const Compact rest(value.substr(7), "");
  if (date.size() != 6 || rest.size() != 4 || !are_digits(date.text()) || !are_digits(rest.text().substr(0, 3)))
    return false;
  const int year = (is_2000 ? 2000 : is_1900 ? 1900 : 1800) + date.number(4, 2);
  const int serial = rest.number(0, 3);
  if (!is_date(year, date.number(2, 2), date.number(0, 2)) || serial < 2) return false;
  const int remainder = static_cast<int>((date.number(0, 6) * 1000LL + serial) % 31);
  return rest[3] == std::string_view("0123456789ABCDEFHJKLMNPRSTUVWXY")[static_cast<std::size_t>(remainder)];
}

// Greece, law 3655/2008: a date, a number, the check digit of ISO/IEC 7812-1.
bool gr_amka(std::string_view value) {
  const Compact number(value);
  return number.is_number(11) && is_short_date(number.number(4, 2), number.number(2, 2), number.number(0, 2)) &&
         passes_luhn(number.text());
}

// Croatia, Zakon o osobnom identifikacijskom broju: ISO/IEC 7064 MOD 11,10.
bool hr_oib(std::string_view value) {
  const Compact number(value);
  return number.is_number(11) && passes_mod_11_10(number.text());
}

// Norway, Skatteetaten: two check digits modulo 11; days plus 40 are D numbers, months plus 40 hospital numbers (plus
// 65 and 80 are tests). Numbers of the new series (2032) may have another first check digit and are not looked for yet.
bool no_fodselsnummer(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(11)) return false;
  const int day = number.number(0, 2) % 40;
  const int written = number.number(2, 2);
  const int month = written > 80 ? written - 80 : written > 65 ? written - 65 : written % 40;
  if (number.number(0, 2) > 71 || !is_short_date(number.number(4, 2), month, day)) return false;
  return weighted_sum(number.text(), {3, 7, 6, 1, 8, 9, 4, 5, 2, 1}) % 11 == 0 &&
         weighted_sum(number.text(), {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0;
}

// Poland, PESEL act of 2010: weights 1 3 7 9, modulo 10; months plus 20 for each century from 2000, plus 80 for the
// 1800s.
bool pl_pesel(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(11)) return false;
  const int written = number.number(2, 2);
  const int century = written > 80 ? 1800 : 1900 + written / 20 * 100;
  if (!is_date(century + number.number(0, 2), written % 20, number.number(4, 2))) return false;
  return weighted_sum(number.text(), {1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1}) % 10 == 0;
}

// Romania, CNP: sex and century, date, county, weights 279146358279, modulo 11 (10 counts as 1).
bool ro_cnp(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(13) || number[0] == '0') return false;
  const int month = number.number(3, 2);
  const int day = number.number(5, 2);
  const int year = number.number(1, 2);
  const int sex = number.digit(0);
  const bool has_date = sex <= 2   ? is_date(1900 + year, month, day)
                        : sex <= 4 ? is_date(1800 + year, month, day)
                        : sex <= 6 ? is_date(2000 + year, month, day)
                                   : is_short_date(year, month, day);
  const int county = number.number(7, 2);
  const bool has_county =
      (county >= 1 && county <= 48) || county == 51 || county == 52 || county == 70 || (county >= 80 && county <= 83);
  if (!has_date || !has_county) return false;
  const int check = weighted_sum(number.text(), {2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9}) % 11;
  return (check == 10 ? 1 : check) == number.digit(12);
}

// Sweden, Folkbokföringslagen 1991:481: ten digits, or twelve with the century; '+' stands for '-' from the age of 100;
// days plus 60 are coordination numbers; check digit of ISO/IEC 7812-1 over the ten.
bool se_personnummer(std::string_view value) {
  const Compact number(value, " -+");
  if (!number.is_number(10) && !number.is_number(12)) return false;
  const std::size_t at = number.size() - 10;
  const int day = number.number(at + 4, 2) > 60 ? number.number(at + 4, 2) - 60 : number.number(at + 4, 2);
  const int year = number.number(at, 2);
  const int month = number.number(at + 2, 2);
  if (at == 2) {
    const int century = number.number(0, 2);
    if (century < 18 || century > 20 || !is_date(century * 100 + year, month, day)) return false;
  } else if (!is_short_date(year, month, day)) {
    return false;
  }
  return passes_luhn(number.text().substr(at));
}

// Türkiye, NVI: two check digits.
bool tr_tckn(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(11) || number[0] == '0') return false;
  const int first = weighted_sum(number.text(), {7, -1, 7, -1, 7, -1, 7, -1, 7}) % 10;
  if ((first + 10) % 10 != number.digit(9)) return false;
  return weighted_sum(number.text(), {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}) % 10 == number.digit(10);
}

}  // namespace postern::pipeline::validators
