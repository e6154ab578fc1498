// RFC 6376 read closely: correct signatures in every form that the grammar allows, made by hand and judged by both
// engines, and the forms that look alike and are none.
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "core/manual_clock.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/dkim_canon.h"
#include "pipeline/sender/dkim_tags.h"
#include "pipeline/sender/dkim_verifier.h"
#include "pipeline/sender/openssl_key.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kPlainMail = "From: ann@example.org\r\nTo: bob@example.net\r\nSubject: s\r\n\r\nbody\r\n";

// What a test signs: `field` is the signature with "{bh}" and "{b}" where those go.
struct Form {
  std::string field;
  std::string mail = std::string(kPlainMail);
  DkimCanon header = DkimCanon::kSimple;
  DkimCanon body = DkimCanon::kSimple;
  std::vector<std::string> names = {"from", "to"};
};

class DkimRules : public testing::Test {
 protected:
  DkimRules() : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")) {
    std::array<unsigned char, 32> raw{};
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size);
    record_ = "v=DKIM1; k=ed25519; p=" + core::to_base64(std::string(raw.begin(), raw.end()));
  }

  static std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return at == std::string::npos ? text : text.replace(at, what.size(), by);
  }
  // Without the value of b= and the white space around it.
  static std::string without_b(const std::string& field) {
    std::size_t begin = field.find("{b}");
    std::size_t end = begin + 3;
    const auto is_white = [&](std::size_t at) { return std::string_view(" \t\r\n").find(field[at]) != std::string_view::npos; };
    while (is_white(begin - 1)) --begin;
    while (end < field.size() && is_white(end)) ++end;
    return field.substr(0, begin) + field.substr(end);
  }
  std::string sign(const Form& form) const {
    const HeaderLayout layout = split_header(form.mail, 10000);
    const std::string hash = core::to_base64(hash_body(form.mail.substr(layout.body_begin), form.body, std::nullopt).digest);
    const std::string field = replaced(form.field, "{bh}", hash);
    const std::string data =
        core::sha256(signed_header_data(form.mail, layout, form.names, without_b(field), form.header));
    const DigestContext context(EVP_MD_CTX_new());
    std::array<unsigned char, 64> out{};
    std::size_t size = out.size();
    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get());
    EVP_DigestSign(context.get(), out.data(), &size, reinterpret_cast<const unsigned char*>(data.data()), data.size());
    return replaced(field, "{b}", core::to_base64(std::string(out.begin(), out.end()))) + "\r\n" + form.mail;
  }
  DkimVerdict verify(const std::string& mail, DkimEngine engine = DkimEngine::kOpenSsl) {
    DkimLimits limits;
    limits.engine = engine;
    DkimVerifier verifier(zone_, clock_, limits);
    const auto verdicts = test::run_task(verifier.verify(Message::copy_of(mail), core::Deadline::never()));
    return verdicts.empty() ? DkimVerdict{} : verdicts[0];
  }
  void expect_pass(const Form& form) {
    const std::string mail = sign(form);
    for (const DkimEngine engine : {DkimEngine::kOpenSsl, DkimEngine::kOpenDkim}) {
      const DkimVerdict verdict = verify(mail, engine);
      EXPECT_EQ(verdict.result, AuthResult::kPass) << (engine == DkimEngine::kOpenSsl ? "ours " : "libopendkim ")
                                                   << verdict.reason << "\n" << mail;
    }
  }
  void expect_refused(const std::string& field, std::string_view reason) {
    Form form;
    form.field = field;
    const DkimVerdict verdict = verify(sign(form));
    EXPECT_EQ(verdict.result, AuthResult::kPermError) << field;
    EXPECT_EQ(verdict.reason, reason) << field;
  }
  void publish() { zone_.add_txt("s1._domainkey.example.org", record_); }

  Pkey key_;
  std::string record_;
  net::ZoneResolver zone_;
  core::ManualClock clock_;
};

constexpr const char* kStart = "DKIM-Signature: v=1; a=ed25519-sha256; d=example.org; s=s1; ";

TEST_F(DkimRules, WhiteSpaceMayStandAroundEveryTag) {
  publish();
  expect_pass({"DKIM-Signature:\r\n v = 1 ;\r\n\t a=ed25519-sha256 ;d=\r\n example.org ; s= s1\r\n ;h= from :\r\n\tTo ;\r\n"
               " bh=\r\n {bh} ; b=\r\n\t{b}\r\n "});
  expect_pass({"dkim-signature : v=1;a=ed25519-sha256;d=EXAMPLE.org;s=S1;h=FROM:to;b= {b} ;bh={bh};"});
  expect_pass({"DKIM-Signature: bh={bh}; b={b};h=from:to;s=s1;d=example.org;a=ed25519-sha256; v=1"});
}

TEST_F(DkimRules, Base64MayBeFoldedAnywhere) {
  publish();
  Form form{std::string(kStart) + "h=from:to; bh={bh}; b={b}"};
  std::string mail = sign(form);
  // Only b= can be folded afterwards in simple form; in relaxed form a fold is a blank, and not the same as none.
  const std::size_t at = mail.find("; b=") + 4;
  for (const std::size_t place : {std::size_t{0}, std::size_t{1}, std::size_t{40}, std::size_t{88}}) {
    std::string folded = mail;
    folded.insert(at + place, "\r\n\t ");
    EXPECT_EQ(verify(folded).result, AuthResult::kPass) << place;
    EXPECT_EQ(verify(folded, DkimEngine::kOpenDkim).result, AuthResult::kPass) << place;
  }
  std::string bad = mail;
  bad.insert(at + 1, "-");
  EXPECT_EQ(verify(bad).reason, "b= missing or invalid");
}

TEST_F(DkimRules, CanonicalisationDefaultsToSimple) {
  publish();
  const std::string rest = "h=from:to; bh={bh}; b={b}";
  const std::string mail = "From : ann@example.org \r\nTO:\r\n\tbob@example.net\r\n\r\n a \t b \r\n\r\n";
  expect_pass({kStart + rest, mail});
  expect_pass({kStart + ("c=simple; " + rest), mail});
  expect_pass({kStart + ("c=relaxed; " + rest), mail, DkimCanon::kRelaxed});
  expect_pass({kStart + ("c=simple/relaxed; " + rest), mail, DkimCanon::kSimple, DkimCanon::kRelaxed});
  expect_pass({kStart + ("c=relaxed/relaxed; " + rest), mail, DkimCanon::kRelaxed, DkimCanon::kRelaxed});
  expect_refused(kStart + ("c=relaxed/; " + rest), "unknown canonicalisation");
  expect_refused(kStart + ("c=nowsp; " + rest), "unknown canonicalisation");
}

TEST_F(DkimRules, BodiesThatAreEmptyOrEndOddly) {
  publish();
  for (const char* body : {"", "\r\n", "\r\n\r\n\r\n", " \t\r\n", "a", "a\r\n \r\n\t\r\n", "\r\n\r\na  \r\n\r\n", "a\r\n \t b"}) {
    for (const DkimCanon canon : {DkimCanon::kSimple, DkimCanon::kRelaxed}) {
      const std::string word = canon == DkimCanon::kSimple ? "simple" : "relaxed";
      Form form{kStart + ("c=simple/" + word + "; h=from:to; bh={bh}; b={b}")};
      form.mail = "From: ann@example.org\r\nTo: b@example.net\r\n\r\n" + std::string(body);
      form.body = canon;
      expect_pass(form);
    }
  }
  Form bodiless{std::string(kStart) + "h=from:to; bh={bh}; b={b}"};
  bodiless.mail = "From: ann@example.org\r\nTo: b@example.net\r\n";
  EXPECT_EQ(verify(sign(bodiless)).result, AuthResult::kPass);
}

TEST_F(DkimRules, NamesInHMayBeAbsentRepeatedAndInAnyCase) {
  publish();
  Form form{std::string(kStart) + "h=from:to:X-None:x-two:X-TWO:x-two:subject; bh={bh}; b={b}"};
  form.mail = "X-Two: 1\r\n" + std::string(kPlainMail);
  form.mail.insert(0, "x-two : 2\r\n");
  form.names = {"from", "to", "x-none", "x-two", "x-two", "x-two", "subject"};
  expect_pass(form);
  EXPECT_NE(verify("X-Two: 3\r\n" + sign(form)).result, AuthResult::kPass);  // the third place was kept empty
}

TEST_F(DkimRules, DkimSignatureInHMeansTheOthers) {
  publish();
  const std::string below = "DKIM-Signature: v=1; a=rsa-sha256; d=other.example; s=x; h=from; bh=x; b=y\r\n";
  Form form{std::string(kStart) + "h=from:to:dkim-signature:dkim-signature; bh={bh}; b={b}"};
  form.names = {"from", "to", "dkim-signature", "dkim-signature"};
  EXPECT_EQ(verify(sign(form)).result, AuthResult::kPass);  // there is no other
  form.mail = below + form.mail;
  const std::string mail = sign(form);
  EXPECT_EQ(verify(mail).result, AuthResult::kPass);
  EXPECT_EQ(verify(replaced(mail, "other.example", "otter.example")).result, AuthResult::kFail);
}

TEST_F(DkimRules, TagsThatSayNothingAreSkippedAndWrongOnesAreNot) {
  publish();
  const std::string rest = "h=from:to; bh={bh}; b={b}";
  expect_pass({kStart + ("z=From:x=20y|To:z; x9_=?; q=dns/txt; " + rest)});
  expect_pass({kStart + ("q=http/x : dns/txt; r=y; " + rest)});
  expect_refused(kStart + ("q=http; " + rest), "unknown query method");
  expect_refused(kStart + ("a=rsa-sha256; " + rest), "signature syntax error");  // twice
  expect_refused("DKIM-Signature: V=1; a=ed25519-sha256; d=example.org; s=s1; " + rest, "unsupported version");
  expect_refused("DKIM-Signature: v=1; A=ed25519-sha256; d=example.org; s=s1; " + rest, "a= missing or invalid");
  expect_refused("DKIM-Signature: v=1; a=ed25519-\xff; d=example.org; s=s1; " + rest, "a= missing or invalid");
  expect_refused("DKIM-Signature: v=1; a=ed25519-sha256; d=example.org.; s=s1; " + rest, "d= missing or invalid");
  expect_refused("DKIM-Signature: v=1; a=ed25519-sha256; d=example.org; s=s1.; " + rest, "s= missing or invalid");
  expect_refused("DKIM-Signature: v=1; a=ed25519-sha256; d=example.org; s=; " + rest, "s= missing or invalid");
  expect_refused(std::string(kStart) + "h=from::to; bh={bh}; b={b}", "h= invalid");
  expect_refused(std::string(kStart) + "h=from\r\n to; bh={bh}; b={b}", "h= invalid");
  expect_refused(std::string(kStart) + "h=to:subject; bh={bh}; b={b}", "From is not signed");
  expect_refused(std::string(kStart) + "h=to:from-; bh={bh}; b={b}", "From is not signed");
  expect_refused(std::string(kStart) + "h=from:to; bh=x{bh}; b={b}", "bh= missing or invalid");
}

TEST_F(DkimRules, IdentityIsOfTheDomainOrBelowIt) {
  publish();
  const auto with = [](const std::string& identity) { return kStart + ("i=" + identity + "; h=from:to; bh={bh}; b={b}"); };
  for (const char* good : {"@example.org", "a=20b@sub.example.org", "=40x@example.org", "ann@ EXAMPLE.org", "j=C3=BC@example.org"}) {
    Form form{with(good)};
    EXPECT_EQ(verify(sign(form)).result, AuthResult::kPass) << good;
  }
  Form form{with("x=40evil.example@example.org")};
  EXPECT_EQ(verify(sign(form)).identity, "x@evil.example@example.org");
  expect_refused(with("@fexample.org"), "i= is outside d=");
  expect_refused(with("@org"), "i= is outside d=");
  expect_refused(with("@example.org=40evil.example"), "i= is outside d=");
  for (const char* bad : {"ann", "ann=@example.org", "a=0Ab@example.org", "=FF@example.org", "\xff@example.org", "@", "@example.org."})
    expect_refused(with(bad), "i= invalid");
}

TEST_F(DkimRules, InternationalNamesAreComparedAsALabels) {
  // RFC 8616: U-labels in d=, s= and i=; keys are asked for by A-labels.
  zone_.add_txt("xn--sl-xka._domainkey.xn--bcher-kva.example", record_);
  Form form{"DKIM-Signature: v=1; a=ed25519-sha256; d=b\xc3\xbc" "cher.example; s=s\xc3\xbcl; "
            "i=@sub.xn--bcher-kva.example; h=from:to; bh={bh}; b={b}"};
  const DkimVerdict verdict = verify(sign(form));
  EXPECT_EQ(verdict.result, AuthResult::kPass) << verdict.reason;
  EXPECT_EQ(verdict.domain, "xn--bcher-kva.example");
  EXPECT_EQ(verdict.selector, "xn--sl-xka");
}

TEST_F(DkimRules, KeysBehindAliasesAndInSeveralStringsAreOne) {
  const std::string mail = sign({std::string(kStart) + "h=from:to; bh={bh}; b={b}"});
  std::string strings;
  for (const std::string& part : {record_.substr(0, 7), record_.substr(7, 20), record_.substr(27)}) {
    strings += std::string(1, static_cast<char>(part.size())) + part;
  }
  zone_.add_cname("s1._domainkey.example.org", "key.provider.example");
  zone_.add_raw("key.provider.example", net::DnsType::kTxt, strings);
  EXPECT_EQ(verify(mail).result, AuthResult::kPass);
}

TEST_F(DkimRules, NothingThatIsShownMayChangeUnseen) {
  publish();
  Form form{kStart + std::string("c=relaxed/relaxed; h=from:to:subject; bh={bh}; b={b}")};
  form.header = form.body = DkimCanon::kRelaxed;
  form.names = {"from", "to", "subject"};
  const std::string mail = sign(form);
  ASSERT_EQ(verify(mail).result, AuthResult::kPass);
  EXPECT_EQ(verify(replaced(mail, "From: ann", "From: \ra\rnn")).result, AuthResult::kFail);
  EXPECT_EQ(verify(replaced(mail, "ann@", "a nn@")).result, AuthResult::kFail);
  EXPECT_EQ(verify(replaced(mail, "Subject: s", "Subject: s\f")).result, AuthResult::kFail);
  EXPECT_EQ(verify(replaced(mail, "body", "bo dy")).result, AuthResult::kFail);
  EXPECT_EQ(verify(replaced(mail, "h=from:to:subject", "h=from:subject:to")).result, AuthResult::kFail);
  EXPECT_EQ(verify(replaced(mail, "d=example.org;", "d=example.org; t=1;")).result, AuthResult::kFail);
}

TEST_F(DkimRules, AFullHeaderAndFullListsAreJudgedInLinearWork) {
  publish();
  Form form{kStart + std::string("c=relaxed/simple; h=from:to")};
  form.header = DkimCanon::kRelaxed;
  for (std::size_t i = form.names.size(); i < DkimLimits{}.signed_names_max; ++i) {
    form.names.emplace_back("x");
    form.field += ":x";
  }
  form.field += "; bh={bh}; b={b}";
  std::string many;
  for (std::size_t i = 8; i < DkimLimits{}.header_fields_max - 8; ++i) many += "X:\r\n";
  form.mail = many + form.mail;
  const HeaderLayout layout = split_header(form.mail, 10000);
  EXPECT_EQ(select_fields(form.mail, layout, form.names).size(), DkimLimits{}.signed_names_max);
  EXPECT_EQ(verify(sign({form.field, form.mail, form.header, form.body, form.names})).result,
            AuthResult::kPass);
  form.field.insert(form.field.find("; bh"), ":x");
  form.names.emplace_back("x");
  EXPECT_EQ(verify(sign(form)).reason, "h= names too many fields");
}

}  // namespace
}  // namespace postern::pipeline
