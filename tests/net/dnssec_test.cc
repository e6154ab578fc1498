// DNSSEC validation by the real resolver against a signed zone (tests/data/dnssec): proved, unsigned and forged answers.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/encoding.h"
#include "net/unbound_resolver.h"
#include "tests/net/dns_server.h"
#include "tests/support/run_task.h"

namespace postern::net {
namespace {

constexpr unsigned kSignatureType = 46;  // RRSIG, RFC 4034 section 3

struct SignedZone {
  ZoneResolver zone;
  test::DnsServer::Signatures signatures;

  SignedZone() {
    std::ifstream file(std::string(POSTERN_SOURCE_DIR) + "/tests/data/dnssec/signed.records");
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string name;
      std::string hex;
      unsigned type = 0;
      unsigned covered = 0;
      words >> name >> type >> covered >> hex;
      const std::string rdata = core::from_hex(hex).value();
      if (type == kSignatureType) {
        signatures[{name, covered}] = rdata;
      } else {
        zone.add_raw(name, static_cast<DnsType>(type), rdata);
      }
    }
    zone.add_a("mail.open.example", "192.0.2.9");
  }
};

ResolverOptions options_for(const test::DnsServer& server) {
  ResolverOptions options;
  options.servers = {server.local()};
  options.trust_anchor_file = std::string(POSTERN_SOURCE_DIR) + "/tests/data/dnssec/signed.key";
  return options;
}

core::Task<DnsAnswer> look_up(UnboundResolver& resolver, std::string name, DnsType type) {
  DnsQuestion question(std::move(name), type);
  const auto by = core::Deadline::after(std::chrono::seconds(10), core::system_clock());
  co_return co_await resolver.query(std::move(question), by);
}

core::Task<void> check_answers(boost::asio::io_context& io) {
  const SignedZone data;
  CO_ASSERT_TRUE(data.signatures.size() == 4);
  const test::DnsServer server(data.zone, data.signatures);
  auto resolver = UnboundResolver::start(io, options_for(server), core::system_clock()).value();

  const DnsAnswer proved = co_await look_up(*resolver, "mail.signed.example", DnsType::kA);
  EXPECT_EQ(to_string(proved.status), "ok");
  EXPECT_TRUE(proved.is_secure);
  EXPECT_EQ(proved.addresses().size(), 1U);
  const DnsAnswer text = co_await look_up(*resolver, "signed.example", DnsType::kTxt);
  EXPECT_TRUE(text.is_secure);
  EXPECT_EQ(text.txt(), std::vector<std::string>{"v=spf1 -all"});

  const DnsAnswer forged = co_await look_up(*resolver, "forged.signed.example", DnsType::kA);
  EXPECT_EQ(to_string(forged.status), "bogus");
  EXPECT_TRUE(forged.rdata.empty());
  EXPECT_TRUE(forged.is_transient_failure());

  const DnsAnswer unsigned_one = co_await look_up(*resolver, "mail.open.example", DnsType::kA);
  EXPECT_EQ(to_string(unsigned_one.status), "ok");
  EXPECT_FALSE(unsigned_one.is_secure);
  resolver->stop();
}

TEST(Dnssec, TellsProvedForgedAndUnsignedAnswersApart) {
  boost::asio::io_context io;
  test::run_task(io, check_answers(io));
}

// A zone that is signed by the anchor and answers without signatures was stripped on the way.
core::Task<void> check_stripped(boost::asio::io_context& io) {
  const SignedZone data;
  const test::DnsServer server(data.zone);
  auto resolver = UnboundResolver::start(io, options_for(server), core::system_clock()).value();
  const DnsAnswer stripped = co_await look_up(*resolver, "mail.signed.example", DnsType::kA);
  EXPECT_TRUE(stripped.is_transient_failure()) << to_string(stripped.status);
  EXPECT_TRUE(stripped.rdata.empty());
  resolver->stop();
}

TEST(Dnssec, MissingSignaturesAreNoAnswer) {
  boost::asio::io_context io;
  test::run_task(io, check_stripped(io));
}

}  // namespace
}  // namespace postern::net
