// Numbers that states outside Europe give to people.
#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/validators/check_digits.h"
#include "pipeline/redaction/validators/compact.h"
#include "pipeline/redaction/validators/kinds.h"

namespace postern::pipeline::validators {
namespace {

bool are_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

}  // namespace

// Australian Taxation Office: weights 1 4 3 7 5 8 6 9 10, modulo 11. The weights of the older numbers of eight digits
// are told in two ways; either will do.
bool au_tfn(std::string_view value) {
  const Compact number(value);
  if (number.is_number(8)) {
    return weighted_sum(number.text(), {10, 7, 8, 4, 6, 3, 5, 1}) % 11 == 0 ||
           weighted_sum(number.text(), {1, 4, 3, 7, 5, 8, 6, 9}) % 11 == 0;
  }
  return number.is_number(9) && weighted_sum(number.text(), {1, 4, 3, 7, 5, 8, 6, 9, 10}) % 11 == 0;
}

// Brazil, Receita Federal: two check digits, weights 10 to 2 and 11 to 2, modulo 11.
bool br_cpf(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(11)) return false;
  const int first = weighted_sum(number.text(), {10, 9, 8, 7, 6, 5, 4, 3, 2}) * 10 % 11 % 10;
  const int second = weighted_sum(number.text(), {11, 10, 9, 8, 7, 6, 5, 4, 3, 2}) * 10 % 11 % 10;
  return first == number.digit(9) && second == number.digit(10);
}

// Canada, Employment Insurance Act section 138: check digit of ISO/IEC 7812-1; none begins with 0 or 8.
bool ca_sin(std::string_view value) {
  const Compact number(value);
  return number.is_number(9) && number[0] != '0' && number[0] != '8' && passes_luhn(number.text());
}

// Chile, Registro Civil: weights 2 to 7 from the right, modulo 11; K stands for 10.
bool cl_rut(std::string_view value) {
  const Compact code(value);
  if ((code.size() != 8 && code.size() != 9) || !are_digits(code.text().substr(0, code.size() - 1))) return false;
  int sum = 0;
  int weight = 2;
  for (std::size_t at = code.size() - 1; at-- > 0; weight = weight == 7 ? 2 : weight + 1)
    sum += weight * code.digit(at);
  const int check = (11 - sum % 11) % 11;
  return sum > 0 && code[code.size() - 1] == (check == 10 ? 'K' : static_cast<char>('0' + check));
}

// China, GB 11643-1999: region, date, ISO/IEC 7064 MOD 11-2; X stands for 10.
bool cn_ric(std::string_view value) {
  const Compact code(value);
  if (code.size() != 18 || !are_digits(code.text().substr(0, 17)) || code[0] == '0' || code[0] > '8') return false;
  if (code.number(6, 4) < 1800 || code.number(6, 4) > 2100 ||
      !is_date(code.number(6, 4), code.number(10, 2), code.number(12, 2)))
    return false;
  const int sum = weighted_sum(code.text(), {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2});
  return code[17] == std::string_view("10X98765432")[static_cast<std::size_t>(sum % 11)];
}

// India, UIDAI: twelve digits, the first 2 to 9, Verhoeff's check digit; palindromes are not given out.
bool in_aadhaar(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(12) || number[0] < '2') return false;
  if (std::equal(number.text().begin(), number.text().begin() + 6, number.text().rbegin())) return false;
  return passes_verhoeff(number.text());
}

// South Korea, Resident Registration Act: date, sex and century, weights 2 to 9 and 2 to 5. Numbers given out since
// October 2020 have no check digit: only those whose holder was born before can be checked, later ones count by date.
bool kr_rrn(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(13)) return false;
  const int sex = number.digit(6);
  const int century = sex == 9 || sex == 0 ? 1800 : (sex <= 2 || sex == 5 || sex == 6) ? 1900 : 2000;
  const int year = century + number.number(0, 2);
  if (!is_date(year, number.number(2, 2), number.number(4, 2))) return false;
  if (year * 100 + number.number(2, 2) >= 202010) return true;
  const int check = (11 - weighted_sum(number.text(), {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5}) % 11) % 10;
  return check == number.digit(12);
}

// Mexico, RENAPO instructivo of 2008: letters of the name, date, sex, state, letters, a digit or letter, check digit.
bool mx_curp(std::string_view value) {
  const Compact code(value);
  if (code.size() != 18) return false;
  constexpr std::string_view kShape = "aaaannnnnnaaaaaacn";
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMN OPQRSTUVWXYZ";  // the gap is the letter Ñ
  int sum = 0;
  for (std::size_t i = 0; i < 18; ++i) {
    if (kShape[i] == 'a' ? !is_upper(code[i]) : kShape[i] == 'n' && !is_digit(code[i])) return false;
    if (i < 17) sum += static_cast<int>(kAlphabet.find(code[i])) * (18 - static_cast<int>(i));
  }
  if (!is_short_date(code.number(4, 2), code.number(6, 2), code.number(8, 2))) return false;
  if (code[10] != 'H' && code[10] != 'M' && code[10] != 'X') return false;
  return (10 - sum % 10) % 10 == code.digit(17);
}

// IRS, Internal Revenue Manual 3.21.263: area 900 to 999, fourth and fifth digit 50 to 65, 70 to 88, 90 to 92, 94
// to 99.
bool us_itin(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(9) || number[0] != '9') return false;
  const int group = number.number(3, 2);
  return group >= 50 && !(group > 65 && group < 70) && group != 89 && group != 93;
}

// Social Security Administration, POMS RM 10201.035: what was never given out, and three numbers known from
// advertisements.
bool us_ssn(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(9)) return false;
  const int area = number.number(0, 3);
  if (area == 0 || area == 666 || area >= 900 || number.number(3, 2) == 0 || number.number(5, 4) == 0) return false;
  const int whole = number.number(0, 9);
  return whole != 78051120 && whole != 219099999 && whole != 457555462;
}

// South Africa, Identification Act 68 of 1997: date, number, 0 or 1 for citizenship (2 for refugees), check digit of
// ISO/IEC 7812-1.
bool za_id(std::string_view value) {
  const Compact number(value);
  return number.is_number(13) && is_short_date(number.number(0, 2), number.number(2, 2), number.number(4, 2)) &&
         number[10] <= '2' && passes_luhn(number.text());
}

}  // namespace postern::pipeline::validators
