#include "core/encoding.h"

#include <gtest/gtest.h>

namespace postern::core {
namespace {

using std::string_literals::operator""s;

// RFC 4648 section 10.
TEST(Base64, AgreesWithRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(to_base64(plain), encoded);
    EXPECT_EQ(from_base64(encoded), plain);
  }
  EXPECT_EQ(from_base64("Zm8"), "fo") << "padding is optional";
  EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
  EXPECT_EQ(from_base64url("-_8"), "\xfb\xff");
}

TEST(Base64, IsStrict) {
  for (const char* text : {"Zg=", "Z", "Zg==\n", " Zg==", "Zm9v=", "Zm=v", "====", "-_8=", "Zm9vY",
                           "Z\xc3\xa4==", "Zg===", "Zh==", "Zm9="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
  EXPECT_FALSE(from_base64url("+/8"));
  EXPECT_FALSE(from_base64("Zg\0="s));
}

TEST(Base64, GoesBothWaysForAllBytes) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
    EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
  }
}

TEST(Hex, IsStrict) {
  EXPECT_EQ(to_hex("\x01\xab"), "01ab");
  EXPECT_EQ(from_hex("01AB"), "\x01\xab");
  for (const char* text : {"0", "0g", "0x01", "01 "}) EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Text, LowersComparesAndTrims) {
  EXPECT_EQ(to_lower_ascii("AbZ\xc3\x84[`"), "abz\xc3\x84[`");
  EXPECT_TRUE(equals_ignoring_case("StartTLS", "STARTTLS"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_FALSE(equals_ignoring_case("[", "{"));
  EXPECT_EQ(trim_ascii(" \t\r\nx y \n"), "x y");
  EXPECT_EQ(trim_ascii("  "), "");
  EXPECT_TRUE(equals_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equals_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equals_in_constant_time("abc", "ab"));
}

TEST(Digest, AgreesWithKnownVectors) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");  // RFC 4231 section 4.3
}

TEST(Digest, KeyedBlakeDependsOnKeyAndBytes) {
  const auto one = blake2b_keyed("key", "bytes");
  EXPECT_EQ(one.size(), 32U);
  EXPECT_EQ(one, blake2b_keyed("key", "bytes"));
  EXPECT_NE(one, blake2b_keyed("kez", "bytes"));
  EXPECT_NE(one, blake2b_keyed("key", "bytez"));
}

}  // namespace
}  // namespace postern::core
