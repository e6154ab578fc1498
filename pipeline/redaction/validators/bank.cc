// Numbers of banks and cards.
#include "pipeline/redaction/issuers.h"
#include "pipeline/redaction/validators/check_digits.h"
#include "pipeline/redaction/validators/compact.h"
#include "pipeline/redaction/validators/kinds.h"

namespace postern::pipeline::validators {
namespace {

// SWIFT IBAN registry, release 99: country, then the structure of what follows the two check digits
// (n digits, a letters, c both).
constexpr std::string_view kIbans[] = {
    "AD8n12c", "AE19n", "AL8n16c", "AT16n", "AZ4a20c", "BA16n", "BE12n", "BG4a6n8c", "BH4a14c", "BI23n", "BR23n1a1c",
    "BY4c4n16c", "CH5n12c", "CR18n", "CY8n16c", "CZ20n", "DE18n", "DJ23n", "DK14n", "DO4c20n", "EE16n", "EG25n",
    "ES20n", "FI14n", "FK2a12n", "FO14n", "FR10n11c2n", "GB4a14n", "GE2a16n", "GI4a15c", "GL14n", "GR7n16c", "GT24c",
    "HN4a20n", "HR17n", "HU24n", "IE4a14n", "IL19n", "IQ4a15n", "IS22n", "IT1a10n12c", "JO4a4n18c", "KW4a22c",
    "KZ3n13c", "LB4n20c", "LC4a24c", "LI5n12c", "LT16n", "LU3n13c", "LV4a13c", "LY21n", "MC10n11c2n", "MD20c", "ME18n",
    "MK3n10c2n", "MN16n", "MR23n", "MT4a5n18c", "MU4a19n3a", "NI4a20n", "NL4a10n", "NO11n", "OM3n16c", "PK4a16c",
    "PL24n", "PS4a21c", "PT21n", "QA4a21c", "RO4a16c", "RS18n", "RU14n15c", "SA2n18c", "SC4a20n3a", "SD14n", "SE20n",
    "SI15n", "SK20n", "SM1a10n12c", "SO19n", "ST21n", "SV4a20n", "TL19n", "TN20n", "TR6n16c", "UA6n19c", "VA18n",
    "VG4a16n", "XK16n", "YE4a4n18c",
    // Not in the registry; banks there write their numbers in this form.
    "AO21n", "BF2c22n", "BJ2c22n", "CF23n", "CG23n", "CI2a22n", "CM23n", "CV21n", "DZ22n", "GA23n", "GQ23n", "GW2c19n",
    "IR22n", "KM23n", "MA24n", "MG23n", "ML2c22n", "MZ21n", "NE2a22n", "SN2a22n", "TD23n", "TG2a22n"};

bool is_of_kind(char c, char kind) {
  return kind == 'n' ? is_digit(c) : kind == 'a' ? is_upper(c) : is_digit(c) || is_upper(c);
}

bool has_structure(std::string_view account, std::string_view structure) {
  std::size_t at = 0;
  std::size_t count = 0;
  for (char c : structure) {
    if (is_digit(c)) {
      count = count * 10 + static_cast<std::size_t>(c - '0');
      continue;
    }
    for (; count > 0; --count, ++at) {
      if (at == account.size() || !is_of_kind(account[at], c)) return false;
    }
  }
  return at == account.size();
}

}  // namespace

// ISO/IEC 7812-1 annex B.
bool luhn(std::string_view value) {
  const Compact number(value);
  return number.size() >= 2 && number.is_number(number.size()) && passes_luhn(number.text());
}

// ISO 13616-1: the country's structure, and check digits by ISO/IEC 7064 MOD 97-10 (02 to 98) over the account with
// country and check digits moved behind it.
bool iban(std::string_view value) {
  const Compact text(value);
  if (text.size() < 8 || !is_digit(text[2]) || !is_digit(text[3])) return false;
  const int check = text.number(2, 2);
  if (check < 2 || check > 98) return false;
  const std::string_view country = text.text().substr(0, 2);
  const std::string_view account = text.text().substr(4);
  for (std::string_view row : kIbans) {
    if (row.substr(0, 2) != country) continue;
    return has_structure(account, row.substr(2)) && remainder_97(text.text().substr(0, 4), remainder_97(account)) == 1;
  }
  return false;
}

// American Bankers Association routing number: Federal Reserve district prefixes, weights 3 7 1.
bool us_aba(std::string_view value) {
  const Compact number(value);
  if (!number.is_number(9)) return false;
  const int prefix = number.number(0, 2);
  if (!(prefix <= 12 || (prefix >= 21 && prefix <= 32) || (prefix >= 61 && prefix <= 72) || prefix == 80)) return false;
  return weighted_sum(number.text(), {3, 7, 1, 3, 7, 1, 3, 7, 1}) % 10 == 0;
}

}  // namespace postern::pipeline::validators
