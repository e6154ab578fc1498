#include "auth/second_factors/recovery_codes.h"

#include "core/encoding.h"
#include "core/random.h"

namespace postern::auth {
namespace {

constexpr std::string_view kAlphabet = "abcdefghjkmnpqrstuvwxyz023456789";  // 32 of them; not i, l, o, 1
static_assert(kAlphabet.size() == 32);
constexpr std::size_t kCharacters = 13;

}  // namespace

std::string make_recovery_code() {
  std::string code;
  for (const char c : core::random_bytes(kCharacters)) {
    if (code.size() == 4 || code.size() == 10) code += '-';
    code += kAlphabet[static_cast<unsigned char>(c) & 31U];
  }
  return code;
}

std::string recovery_hash(std::string_view typed) {
  std::string canonical;
  for (const char c : core::to_lower_ascii(typed)) {
    if (c == 'o') canonical += '0';  // the alphabet has no o: it was meant as a zero
    else if (c != '-' && c != ' ') canonical += c;
  }
  return core::sha256(canonical);
}

}  // namespace postern::auth
