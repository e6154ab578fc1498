// Verdicts on signatures that our signer would never make, and on keys that cannot be had.
#include "pipeline/sender/dkim_verifier.h"

#include <gtest/gtest.h>

#include "core/encoding.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/dkim_canon.h"
#include "pipeline/sender/openssl_key.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kMail =
    "From: ann@example.org\r\nTo: bob@example.net\r\n\r\nsigned part\r\nunsigned part\r\n";

class DkimVerification : public testing::Test {
 protected:
  DkimVerification() : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")) {
    unsigned char raw[32];
    std::size_t size = sizeof raw;
    EVP_PKEY_get_raw_public_key(key_.get(), raw, &size);
    record_ = "v=DKIM1; k=ed25519; p=" + core::to_base64(std::string(raw, raw + size));
  }

  // The mail with a correct signature that holds `extra` tags.
  std::string sign(const std::string& extra, std::optional<std::uint64_t> length, std::string_view mail = kMail) {
    const HeaderLayout layout = split_header(mail, 100);
    const DkimBodyHash body = hash_body(mail.substr(layout.body_begin), DkimCanon::kSimple, length);
    std::string field =
        "DKIM-Signature: v=1; a=ed25519-sha256; d=example.org; s=s1; h=from:to; bh=" + core::to_base64(body.digest) +
        "; " + extra + "b=";
    const std::string data = core::sha256(signed_header_data(mail, layout, {"from", "to"}, field, DkimCanon::kSimple));
    const DigestContext context(EVP_MD_CTX_new());
    unsigned char out[64];
    std::size_t size = sizeof out;
    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get());
    EVP_DigestSign(context.get(), out, &size, reinterpret_cast<const unsigned char*>(data.data()), data.size());
    return field + core::to_base64(std::string(out, out + size)) + "\r\n" + std::string(mail);
  }
  DkimVerdict verify(const std::string& mail, DkimEngine engine = DkimEngine::kOpenSsl) {
    DkimLimits limits;
    limits.engine = engine;
    DkimVerifier verifier(zone_, clock_, limits);
    const auto verdicts = test::run_task(verifier.verify(Message::copy_of(mail), core::Deadline::never()));
    return verdicts.empty() ? DkimVerdict{} : verdicts[0];
  }
  void publish() { zone_.add_txt("s1._domainkey.example.org", record_); }

  Pkey key_;
  std::string record_;
  net::ZoneResolver zone_;
  core::ManualClock clock_;
};

TEST_F(DkimVerification, LengthThatLeavesContentUnsignedIsPolicy) {
  publish();
  for (const DkimEngine engine : {DkimEngine::kOpenSsl, DkimEngine::kOpenDkim}) {
    const DkimVerdict partial = verify(sign("l=13; ", 13), engine);
    EXPECT_EQ(partial.result, AuthResult::kPolicy);
    EXPECT_EQ(partial.reason, "l= leaves content unsigned");
    EXPECT_EQ(verify(sign("l=28; ", 28), engine).result, AuthResult::kPass);
    EXPECT_EQ(verify(sign("l=29; ", 29), engine).result, AuthResult::kPermError);
  }
}

TEST_F(DkimVerification, AcceptsLineFeedsAndAMissingLastLineEnd) {
  publish();
  std::string mail = sign("", std::nullopt);
  std::erase(mail, '\r');
  mail.pop_back();
  EXPECT_EQ(verify(mail).result, AuthResult::kPass);
}

TEST_F(DkimVerification, KeyTroubleIsToldApart) {
  const std::string mail = sign("", std::nullopt);
  EXPECT_EQ(verify(mail).result, AuthResult::kPermError);
  EXPECT_EQ(verify(mail).reason, "no key for signature");
  zone_.fail_name("s1._domainkey.example.org", net::DnsStatus::kTimeout);
  EXPECT_EQ(verify(mail).result, AuthResult::kTempError);
  zone_.fail_name("s1._domainkey.example.org", net::DnsStatus::kBogus);
  EXPECT_EQ(verify(mail).result, AuthResult::kTempError);
}

TEST_F(DkimVerification, SecondFromAboveIsNotCoveredSilently) {
  // RFC 6376 section 8.15: a verifier takes fields from the bottom, so an added From on top leaves the signature
  // valid; the duplicate itself is refused elsewhere (DMARC permerror).
  publish();
  const std::string mail = sign("", std::nullopt);
  EXPECT_EQ(verify("From: eve@evil.example\r\n" + mail).result, AuthResult::kPass);
}

TEST_F(DkimVerification, UnsignedMailHasNoVerdict) {
  DkimVerifier verifier(zone_, clock_, DkimLimits{});
  EXPECT_TRUE(test::run_task(verifier.verify(Message::copy_of(kMail), core::Deadline::never())).empty());
  EXPECT_TRUE(test::run_task(verifier.verify(Message::copy_of(""), core::Deadline::never())).empty());
}

TEST_F(DkimVerification, TooManyFieldsVerifyNothing) {
  publish();
  std::string mail = sign("", std::nullopt);
  std::string many;
  for (std::size_t i = 0; i < DkimLimits{}.header_fields_max; ++i) many += "X: y\r\n";
  const std::size_t end = mail.find("\r\n\r\n") + 2;
  mail.insert(end, many);
  EXPECT_EQ(verify(mail).result, AuthResult::kPolicy);
  EXPECT_EQ(zone_.query_count(), 0U);
}

}  // namespace
}  // namespace postern::pipeline
