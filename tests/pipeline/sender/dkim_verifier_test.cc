// Verdicts on signatures that our signer would never make, and on keys that cannot be had.
#include "pipeline/sender/dkim_verifier.h"

#include <gtest/gtest.h>

#include "core/encoding.h"
#include "core/manual_clock.h"
#include "core/offload.h"
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
  std::string sign(const std::string& extra, std::optional<std::uint64_t> length, std::string_view mail = kMail,
                   const std::vector<std::string>& names = {"from", "to"}) {
    std::string listed;
    for (const std::string& name : names) listed += (listed.empty() ? "" : ":") + name;
    const HeaderLayout layout = split_header(mail, 100);
    const DkimBodyHash body = hash_body(mail.substr(layout.body_begin), DkimCanon::kSimple, length);
    std::string field =
        "DKIM-Signature: v=1; a=ed25519-sha256; d=example.org; s=s1; h=" + listed +
        "; bh=" + core::to_base64(body.digest) + "; " + extra + "b=";
    const std::string data = core::sha256(signed_header_data(mail, layout, names, field, DkimCanon::kSimple));
    const DigestContext context(EVP_MD_CTX_new());
    unsigned char out[64];
    std::size_t size = sizeof out;
    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get());
    EVP_DigestSign(context.get(), out, &size, reinterpret_cast<const unsigned char*>(data.data()), data.size());
    return field + core::to_base64(std::string(out, out + size)) + "\r\n" + std::string(mail);
  }
  DkimVerdict verify(const std::string& mail, DkimEngine engine = DkimEngine::kOpenSsl, core::WorkPool* cpu = nullptr) {
    DkimLimits limits;
    limits.engine = engine;
    DkimVerifier verifier(zone_, clock_, limits, cpu);
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

TEST_F(DkimVerification, AFieldPutAboveASignedOneIsPolicy) {
  // RFC 6376 section 8.15: a verifier takes fields from the bottom, readers from the top (mail.md trap 24).
  publish();
  const std::string mail = sign("", std::nullopt);
  for (const DkimEngine engine : {DkimEngine::kOpenSsl, DkimEngine::kOpenDkim}) {
    const DkimVerdict verdict = verify("To: carl@example.com\r\n" + mail, engine);
    EXPECT_EQ(verdict.result, AuthResult::kPolicy);
    EXPECT_EQ(verdict.reason, "another to field stands above the signed one");
    EXPECT_EQ(verify("TO : carl@example.com\n" + mail, engine).result, AuthResult::kPolicy);
    EXPECT_EQ(verify("From: eve@evil.example\r\n" + mail, engine).result, AuthResult::kPolicy);
    // The same words deceive nobody, nor does what the signer never vouched for, nor what a mail may hold twice.
    EXPECT_EQ(verify("to:  bob@example.net \r\n" + mail, engine).result, AuthResult::kPass);
    EXPECT_EQ(verify("Reply-To: a@b.test\r\nReply-To: c@d.test\r\n" + mail, engine).result, AuthResult::kPass);
  }
}

TEST_F(DkimVerification, EverySingletonCountsAsOftenAsItIsSigned) {
  publish();
  for (const char* name : {"Subject", "Reply-To", "Content-Type", "Content-Transfer-Encoding", "MIME-Version", "Date",
                           "Message-ID", "Sender", "Cc", "Bcc", "In-Reply-To", "References"}) {
    const std::string field = std::string(name) + ": ours\r\n";
    const std::string extra = std::string(name) + ": theirs\r\n";
    const std::vector<std::string> once{"from", core::to_lower_ascii(name)};
    const std::vector<std::string> twice{"from", once[1], once[1]};
    const std::string one = field + std::string(kMail);
    EXPECT_EQ(verify(sign("", std::nullopt, one, once)).result, AuthResult::kPass) << name;
    EXPECT_EQ(verify(extra + sign("", std::nullopt, one, once)).result, AuthResult::kPolicy) << name;
    EXPECT_EQ(verify(extra + sign("", std::nullopt, one, twice)).result, AuthResult::kFail) << name;
    EXPECT_EQ(verify(sign("", std::nullopt, extra + one, twice)).result, AuthResult::kPass) << name;
    // What was on top when it was signed stays there: a copy of the lower field above both shows another one.
    EXPECT_EQ(verify(field + sign("", std::nullopt, extra + one, twice)).result, AuthResult::kPolicy) << name;
  }
  const std::string tagged = "X-Tag: a\r\n" + std::string(kMail);
  EXPECT_EQ(verify("X-Tag: b\r\n" + sign("", std::nullopt, tagged, {"from", "x-tag"})).result, AuthResult::kPass);
}

TEST_F(DkimVerification, LargeMessagesAreHashedOnThePoolSmallOnesAreNot) {
  publish();
  const std::string small = sign("", std::nullopt);
  std::string text(kMail);
  while (text.size() < DkimLimits{}.inline_bytes_max) text += "more of the same\r\n";
  const std::string large = sign("", std::nullopt, text);
  core::WorkPool cpu("cpu", 1, 2);
  for (const DkimEngine engine : {DkimEngine::kOpenSsl, DkimEngine::kOpenDkim}) {
    EXPECT_EQ(verify(large, engine, &cpu).result, AuthResult::kPass);
  }
  EXPECT_EQ(verify(large + "x\r\n", DkimEngine::kOpenSsl, &cpu).result, AuthResult::kFail);
  while (cpu.try_enter()) {
  }
  EXPECT_EQ(verify(small, DkimEngine::kOpenSsl, &cpu).result, AuthResult::kPass);
  const DkimVerdict refused = verify(large, DkimEngine::kOpenSsl, &cpu);
  EXPECT_EQ(refused.result, AuthResult::kTempError);
  EXPECT_EQ(refused.domain, "example.org");
  EXPECT_EQ(refused.reason, "too busy to check the signature");
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
  EXPECT_EQ(verify("X: " + std::string(DkimLimits{}.header_bytes_max, 'y') + "\r\n" + sign("", std::nullopt)).result,
            AuthResult::kNone);  // the signature is behind what is read
  EXPECT_EQ(zone_.query_count(), 0U);
}

}  // namespace
}  // namespace postern::pipeline
