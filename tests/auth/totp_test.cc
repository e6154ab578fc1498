// Codes of authenticator apps, their QR code, recovery codes (requirements I0-02, Z-26; ASVS 6.5).
#include "auth/second_factors/totp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "auth/second_factors/qr_svg.h"
#include "auth/second_factors/recovery_codes.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

const std::string kRfcSecret = "12345678901234567890";

// RFC 6238 appendix B, SHA-1; of eight digits, ours are the last six.
TEST(Totp, GivesTheCodesOfRfc6238) {
  const std::pair<std::int64_t, const char*> vectors[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                                                          {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [seconds, code] : vectors) EXPECT_EQ(totp_code(kRfcSecret, seconds / kTotpStepSeconds), code) << seconds;
}

// ASVS 6.5.5: a clock may be one step off, not more.
TEST(Totp, AsvsV6_5_5_TakesOneStepOfDriftAndNoMore) {
  const std::int64_t now = 1000;
  for (std::int64_t step = now - 3; step <= now + 3; ++step) {
    const auto match = match_totp(kRfcSecret, totp_code(kRfcSecret, step), now, 0);
    EXPECT_EQ(match.has_value(), step >= now - 1 && step <= now + 1) << step;
    if (match) EXPECT_EQ(*match, step);
  }
}

TEST(Totp, AsvsV6_5_1_ACodeAndEarlierOnesDoNotWorkAgain) {
  const std::int64_t now = 1000;
  EXPECT_FALSE(match_totp(kRfcSecret, totp_code(kRfcSecret, now), now, now));
  EXPECT_FALSE(match_totp(kRfcSecret, totp_code(kRfcSecret, now - 1), now, now));
  EXPECT_TRUE(match_totp(kRfcSecret, totp_code(kRfcSecret, now + 1), now, now));
}

TEST(Totp, ReadsWhatPeopleTypeAndNothingElse) {
  const std::string code = totp_code(kRfcSecret, 1000);
  EXPECT_TRUE(match_totp(kRfcSecret, code.substr(0, 3) + " " + code.substr(3), 1000, 0));
  for (const std::string& wrong : {std::string(), code.substr(1), code + "0", std::string("abcdef"), std::string(5000, '1'), code.substr(0, 5) + "\0"}) {
    EXPECT_FALSE(match_totp(kRfcSecret, wrong, 1000, 0)) << wrong.size();
  }
}

TEST(Totp, ShowsTheSecretAsAppsReadIt) {
  EXPECT_EQ(totp_secret_text("12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(totp_secret_text("f"), "MY");  // RFC 4648 section 10, without padding
  EXPECT_EQ(totp_secret_text("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(totp_uri("Postern help.example.com", "ann+1@example.com", "foobar"),
            "otpauth://totp/Postern%20help.example.com:ann%2B1%40example.com?secret=MZXW6YTBOI&issuer=Postern%20help.example.com"
            "&algorithm=SHA1&digits=6&period=30");
}

TEST(QrSvg, DrawsACodeWithoutAnythingThatRuns) {
  const std::string svg = qr_svg("otpauth://totp/x?secret=MZXW6YTBOI").value();
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "));
  EXPECT_TRUE(svg.ends_with("</svg>"));
  EXPECT_GT(std::ranges::count(svg, 'h'), 100);
  for (const char* bad : {"<script", "style", "href", "on"}) EXPECT_EQ(svg.find(std::string("<svg") + bad), std::string::npos);
  EXPECT_EQ(svg.find("MZXW6YTBOI"), std::string::npos);
  EXPECT_FALSE(qr_svg(std::string(5000, 'x')));
}

TEST(RecoveryCodes, AreLongDistinctAndForgivingToType) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string code = make_recovery_code();
    EXPECT_EQ(code.size(), 15U);
    std::string letters;
    for (const char c : code) {
      if (c != '-') letters += c;
    }
    EXPECT_EQ(letters.size() * 5, 65U);  // bits
    EXPECT_TRUE(seen.insert(code).second);
    std::string typed = " " + letters;
    std::ranges::transform(typed, typed.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    EXPECT_EQ(recovery_hash(typed), recovery_hash(code));
  }
  EXPECT_EQ(recovery_hash("Oaaa"), recovery_hash("0aaa"));
  EXPECT_NE(recovery_hash("aaaa"), recovery_hash("aaab"));
}

}  // namespace
}  // namespace postern::auth
