// Signing keys and certificates for the API: what is shown is what signs, and refusals change nothing.
#include "app/mail_keys.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>

#include "core/encoding.h"
#include "core/errc.h"
#include "core/manual_clock.h"
#include "core/random.h"
#include "net/tls_context.h"
#include "net/zone_resolver.h"
#include "tests/support/run_task.h"

namespace postern::app {
namespace {

constexpr const char* kOwnDomain = "example.org";

class MailKeyDeskTest : public testing::Test {
 protected:
  MailKeyDeskTest() : dir_(std::filesystem::temp_directory_path() / ("postern-keys-" + core::to_hex(core::random_bytes(8)))), folder_(dir_ / "dkim") {
    std::filesystem::create_directories(dir_ / "dkim");
    const std::vector<pipeline::DkimAlgorithm> quick{pipeline::DkimAlgorithm::kEd25519Sha256};
    EXPECT_TRUE(folder_.create(kOwnDomain, clock_, pipeline::DkimKeyState::kActive, quick));
    EXPECT_TRUE(signer_.reload(folder_));
    const net::SelfSigned made = net::make_self_signed({"mx.example.org", "192.0.2.1"}, 30).value();
    std::ofstream(dir_ / "cert.pem") << made.certificate_pem << made.certificate_pem;
  }
  ~MailKeyDeskTest() override { std::filesystem::remove_all(dir_); }
  MailKeyDesk desk() {
    return MailKeyDesk({folder_, signer_, zone_, pool_, clock_, {}, {{"smtp", dir_ / "cert.pem"}, {"web", dir_ / "none.pem"}}, {}});
  }
  std::vector<web::MailKeyState> shown() {
    MailKeyDesk here = desk();
    return test::run_task(io_, here.keys(kOwnDomain)).value();
  }
  boost::asio::io_context io_;
  core::ManualClock clock_;
  core::WorkPool pool_{"cpu", 1, 8};
  std::filesystem::path dir_;
  pipeline::DkimKeyFolder folder_;
  pipeline::DkimSigner signer_{clock_};
  net::ZoneResolver zone_;
};

TEST_F(MailKeyDeskTest, ARotationByHandWaitsAndAtOnceTheNewKeysSign) {
  ASSERT_EQ(shown().size(), 1U);
  EXPECT_EQ(shown()[0].in_dns, "absent");
  EXPECT_EQ(shown()[0].owner, shown()[0].selector + "._domainkey.example.org");
  zone_.add_txt(shown()[0].owner, shown()[0].txt);
  EXPECT_EQ(shown()[0].in_dns, "seen");
  const std::string first = shown()[0].selector;
  MailKeyDesk here = desk();
  ASSERT_TRUE(test::run_task(io_, here.rotate(kOwnDomain, false)));
  EXPECT_EQ(signer_.selectors(kOwnDomain), std::vector{first}) << "the next keys wait for their records";
  ASSERT_TRUE(test::run_task(io_, here.rotate(kOwnDomain, true)));
  const std::vector<std::string> now = signer_.selectors(kOwnDomain);
  EXPECT_EQ(now.size(), 2U);
  EXPECT_EQ(std::ranges::find(now, first), now.end()) << "a stolen key signs no more";
  for (const web::MailKeyState& each : shown()) EXPECT_EQ(each.state, each.selector == first ? "retiring" : "active");
}

TEST_F(MailKeyDeskTest, TheLastKeyIsRetiredByForceOnly) {
  const std::string only = shown()[0].selector;
  MailKeyDesk here = desk();
  const auto refused = test::run_task(io_, here.retire(kOwnDomain, only, false));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), core::Errc::kInvalid);
  EXPECT_NE(refused.error().context().find("the only key that signs"), std::string::npos);
  EXPECT_EQ(signer_.key_count(), 1U);
  ASSERT_TRUE(test::run_task(io_, here.retire(kOwnDomain, only, true)));
  EXPECT_EQ(signer_.key_count(), 0U);
}

TEST_F(MailKeyDeskTest, CertificatesTellTheirNamesAndEnd) {
  MailKeyDesk here = desk();
  const auto all = test::run_task(io_, here.certificates()).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].names, (std::vector<std::string>{"mx.example.org", "192.0.2.1"}));
  EXPECT_TRUE(all[0].is_self_signed);
  EXPECT_EQ(all[0].chain_length, 2U);
  EXPECT_GT(all[0].not_after_unix_ms, all[0].not_before_unix_ms);
  EXPECT_FALSE(all[0].subject.empty());
  EXPECT_FALSE(all[1].problem.empty()) << "a file that is not there is said, and stops nothing";
  EXPECT_FALSE(here.may_reload());
}

}  // namespace
}  // namespace postern::app
