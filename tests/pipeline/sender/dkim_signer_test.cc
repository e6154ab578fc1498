// Keys, signatures made with them, and what both verification engines say to those.
#include "pipeline/sender/dkim_signer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "core/encoding.h"
#include "core/manual_clock.h"
#include "core/random.h"
#include "net/zone_resolver.h"
#include "pipeline/sender/dkim_verifier.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kMail =
    "From: Ann <ann@example.org>\r\nTo: bob@example.net\r\nSubject: Re: a folded\r\n subject\r\n"
    "Date: Sun, 22 Nov 2026 09:30:00 +0000\r\nMessage-ID: <1@example.org>\r\nReferences: <a@b>\r\n <c@d>\r\n"
    "Content-Type: text/plain\r\n\r\nHello,  \r\n\r\nworld \t x\r\n\r\n\r\n";

class DkimSigning : public testing::Test {
 protected:
  DkimSigning()
      : dir_(std::filesystem::temp_directory_path() / ("postern-dkim-" + core::to_hex(core::random_bytes(8)))),
        folder_(dir_) {}
  ~DkimSigning() override { std::filesystem::remove_all(dir_); }

  // Making RSA keys takes long: one pair serves all tests that do not look at how keys are made.
  static void SetUpTestSuite() {
    shared_dir_ = std::filesystem::temp_directory_path() / ("postern-dkim-" + core::to_hex(core::random_bytes(8)));
    core::ManualClock clock;
    ASSERT_TRUE(DkimKeyFolder(shared_dir_).create("example.org", clock));
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(shared_dir_); }
  void use_shared_keys() { std::filesystem::copy(shared_dir_, dir_, std::filesystem::copy_options::recursive); }

  void publish() {
    const auto keys = folder_.list("example.org");
    ASSERT_TRUE(keys);
    for (const DkimKeyInfo& key : *keys) {
      const auto record = folder_.txt_record(key);
      ASSERT_TRUE(record);
      zone_.add_txt(record->owner, record->value);
    }
  }
  std::string signed_mail() {
    DkimSigner signer(clock_);
    EXPECT_TRUE(signer.reload(folder_));
    const auto fields = signer.sign("Example.org", kMail);
    EXPECT_TRUE(fields);
    return *fields + std::string(kMail);
  }
  std::vector<DkimVerdict> verify(const std::string& mail, DkimEngine engine = DkimEngine::kOpenSsl) {
    DkimLimits limits = limits_;
    limits.engine = engine;
    DkimVerifier verifier(zone_, clock_, limits);
    return test::run_task(verifier.verify(Message::copy_of(mail), core::Deadline::never()));
  }

  inline static std::filesystem::path shared_dir_;
  std::filesystem::path dir_;
  DkimKeyFolder folder_;
  core::ManualClock clock_;
  net::ZoneResolver zone_;
  DkimLimits limits_;
};

TEST_F(DkimSigning, BothKeysVerifyWithBothEngines) {
  use_shared_keys();
  publish();
  const std::string mail = signed_mail();
  for (const DkimEngine engine : {DkimEngine::kOpenSsl, DkimEngine::kOpenDkim}) {
    const std::vector<DkimVerdict> verdicts = verify(mail, engine);
    ASSERT_EQ(verdicts.size(), 2U);
    for (const DkimVerdict& verdict : verdicts) {
      EXPECT_EQ(verdict.result, AuthResult::kPass) << verdict.algorithm << " " << verdict.reason;
      EXPECT_EQ(verdict.domain, "example.org");
    }
  }
}

TEST_F(DkimSigning, SurvivesRelaxedChangesOnly) {
  use_shared_keys();
  publish();
  const std::string mail = signed_mail();
  const auto result_with = [&](std::string_view what, std::string_view by) {
    std::string changed = mail;
    const std::size_t at = changed.find(what);
    EXPECT_NE(at, std::string::npos);
    changed.replace(at, what.size(), by);
    return verify(changed)[0].result;
  };
  EXPECT_EQ(result_with("Hello,  \r\n", "Hello,\r\n"), AuthResult::kPass);
  EXPECT_EQ(result_with("Re: a folded\r\n subject", "Re:  a folded subject"), AuthResult::kPass);
  EXPECT_EQ(result_with("Hello", "hello"), AuthResult::kFail);
  EXPECT_EQ(result_with("bob@example.net", "eve@example.net"), AuthResult::kFail);
}

TEST_F(DkimSigning, OversigningRefusesAddedFields) {
  use_shared_keys();
  publish();
  const std::string mail = signed_mail();
  for (const char* field : {"From: x@y.z\r\n", "Subject: other\r\n", "Cc: x@y.z\r\n",
                            "Content-Transfer-Encoding: base64\r\n", "Reply-To: a@b.c\r\n"}) {
    EXPECT_EQ(verify(field + mail)[0].result, AuthResult::kFail) << field;
  }
  EXPECT_EQ(verify("Received: from x\r\n" + mail)[0].result, AuthResult::kPass);
}

TEST_F(DkimSigning, FieldIsFolded) {
  use_shared_keys();
  const std::string mail = signed_mail();
  const std::string head = mail.substr(0, mail.find("From: Ann"));
  std::size_t at = 0;
  while (at < head.size()) {
    const std::size_t end = head.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 78U);
    at = end + 2;
  }
}

TEST_F(DkimSigning, AddedContentIsNoPass) {
  use_shared_keys();
  publish();
  const DkimVerdict verdict = verify(signed_mail() + "added\r\n")[0];
  EXPECT_EQ(verdict.result, AuthResult::kFail);
  EXPECT_EQ(verdict.reason, "body hash did not verify");
}

TEST_F(DkimSigning, SignaturesBeyondTheLimitAreNotLookedAt) {
  limits_.signatures_max = 3;
  std::string mail;
  for (int i = 0; i < 10; ++i)
    mail += "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x" + std::to_string(i) +
            "; h=from; bh=" + core::to_base64(std::string(32, 'x')) + "; b=AAAA\r\n";
  EXPECT_EQ(verify(mail + std::string(kMail)).size(), 3U);
  EXPECT_EQ(zone_.query_count(), 3U);
}

TEST_F(DkimSigning, KeysHaveDatedUniqueSelectorsAndTightModes) {
  const auto first = folder_.create("example.org", clock_);
  const auto second = folder_.create("example.org", clock_);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  ASSERT_EQ(first->size(), 2U);
  const std::string day = core::to_rfc3339(clock_.wall_now());
  const std::string stem = "pst" + day.substr(0, 4) + day.substr(5, 2) + day.substr(8, 2);
  EXPECT_EQ((*first)[0].selector, stem + "r");
  EXPECT_EQ((*first)[1].selector, stem + "e");
  EXPECT_EQ((*second)[0].selector, stem + "r2");
  struct stat info{};
  ASSERT_EQ(stat((dir_ / "example.org" / (stem + "r.pem")).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(*folder_.domains(), std::vector<std::string>{"example.org"});
  EXPECT_EQ(folder_.list("example.org")->size(), 4U);
}

TEST_F(DkimSigning, RetiredKeysSignNoMore) {
  use_shared_keys();
  const auto keys = folder_.list("example.org");
  ASSERT_TRUE(keys);
  DkimSigner signer(clock_);
  ASSERT_TRUE(signer.reload(folder_));
  EXPECT_EQ(signer.key_count(), 2U);
  EXPECT_EQ(folder_.retire("example.org", (*keys)[1].selector, clock_)->state, DkimKeyState::kRetiring);
  ASSERT_TRUE(signer.reload(folder_));
  EXPECT_EQ(signer.key_count(), 1U);
  EXPECT_EQ(folder_.retire("example.org", (*keys)[1].selector, clock_)->state, DkimKeyState::kRetired);
  EXPECT_EQ(folder_.retire("example.org", (*keys)[1].selector, clock_)->state, DkimKeyState::kRetired);
  EXPECT_EQ(folder_.retire("example.org", "nothing", clock_).error(), SenderErrc::kNoSuchKey);
  const auto fields = signer.sign("example.org", kMail);
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->find("rsa-sha256"), std::string::npos);
  EXPECT_NE(fields->find("ed25519-sha256"), std::string::npos);
}

TEST_F(DkimSigning, DomainsAreNamesAndNothingElse) {
  EXPECT_EQ(folder_.create("../etc", clock_).error(), SenderErrc::kInvalidDomain);
  EXPECT_EQ(folder_.list("").error(), SenderErrc::kInvalidDomain);
  EXPECT_TRUE(folder_.list("absent.example")->empty());
  DkimSigner signer(clock_);
  ASSERT_TRUE(signer.reload(folder_));
  EXPECT_EQ(*signer.sign("absent.example", kMail), "");
}

TEST_F(DkimSigning, DamagedKeyFilesKeepTheOldKeys) {
  use_shared_keys();
  const auto keys = folder_.list("example.org");
  ASSERT_TRUE(keys);
  DkimSigner signer(clock_);
  ASSERT_TRUE(signer.reload(folder_));
  std::filesystem::resize_file(dir_ / "example.org" / ((*keys)[0].selector + ".pem"), 40);
  EXPECT_EQ(signer.reload(folder_).error(), SenderErrc::kBadKeyFile);
  EXPECT_EQ(signer.key_count(), 2U);
}

}  // namespace
}  // namespace postern::pipeline
