#pragma once
// pipeline/redaction/issuers.h: which issuer a card number belongs to (ISO/IEC 7812-1: issuer identification number,
// length, check digit). The table is data; a number that is in no row is no card.
// Thread-safety: pure functions.
#include <optional>
#include <string_view>

namespace postern::pipeline {

// How sure a hit is. A weak one (short national numbers and 13-digit ones that look like phone and article numbers,
// airline ones that look like epoch time) counts only with a word about cards near it, or alone on its line.
enum class IssuerStrength { kStrong, kWeak };

struct Issuer {
  std::string_view brand;  // points to static storage: "visa"
  IssuerStrength strength = IssuerStrength::kStrong;
};

constexpr std::size_t kCardDigitsMin = 12;
constexpr std::size_t kCardDigitsMax = 19;  // ISO/IEC 7812-1 section 4

// `digits`: ASCII digits only.
bool passes_luhn(std::string_view digits);
// GS1 check digit of a 13-digit article number (EAN-13, ISBN-13).
bool passes_ean13(std::string_view digits);
// The issuer whose range and length fit; the check digit is not looked at.
std::optional<Issuer> issuer_of(std::string_view digits);

}  // namespace postern::pipeline
