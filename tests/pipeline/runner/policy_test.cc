// What is refused by its header or its sender alone.
#include "pipeline/runner/policy.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "pipeline/runner/trace_headers.h"
#include "tests/conformance/suite_files.h"

namespace postern::pipeline {
namespace {

std::optional<SmtpVerdict> check(const std::string& header) {
  return check_header(*Message::copy_of(header + "\r\nbody\r\n"), RunnerOptions{});
}

std::string received(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += "Received: from a by b; Sun, 22 Nov 2026 09:30:00 +0000\r\n";
  return out;
}

TEST(HeaderPolicy, LoopsEndAtFiftyHopsPermanently) {
  EXPECT_FALSE(check(received(49) + "From: a@b.test\r\n"));
  const auto refused = check(received(50) + "From: a@b.test\r\n");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, 554);
  EXPECT_EQ(refused->enhanced, "5.4.6");
  EXPECT_EQ(refused->action, "reject");
}

TEST(HeaderPolicy, AmbiguousSendersAreRefused) {
  EXPECT_EQ(check("From: a@b.test\r\nFrom: c@d.test\r\n")->enhanced, "5.7.1");
  EXPECT_FALSE(check("From: [??]\r\nFrom: c@d.test\r\n"));
  EXPECT_EQ(check("From: a@b.test, c@d.test\r\n")->enhanced, "5.7.1");
  EXPECT_EQ(check("From: group: a@b.test, c@d.test;\r\n")->enhanced, "5.7.1");
  EXPECT_FALSE(check("From: a@b.test, c@B.test\r\n"));
  EXPECT_FALSE(check("To: x@y.test\r\n"));
}

TEST(HeaderPolicy, ReadersThatDisagreeAreARefusalThatNamesBothDomains) {
  const auto refused = check("From: <ceo@bank.test> <a@evil.test>\r\n");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, 550);
  EXPECT_EQ(refused->enhanced, "5.7.1");
  EXPECT_EQ(refused->text, "The From field names several domains (bank.test, evil.test)");
  EXPECT_EQ(check("From: <a@evil.test> x <ceo@bank.test>\r\n")->enhanced, "5.7.1");
  EXPECT_EQ(check("From: ceo@bank..test\r\n")->enhanced, "5.7.1");
  EXPECT_EQ(check("From: " + std::string(20'000, 'x') + " <ceo@bank.test>\r\n")->enhanced, "5.7.1");
  EXPECT_FALSE(check("From: \"Bank <ceo@bank.test>\r\n"));  // one domain, and DMARC judges it
  EXPECT_FALSE(check("From: Ceo <ceo@bank.test>\r\nFrom: ceo@BANK.test\r\n"));
}

TEST(HeaderPolicy, NulInTheHeaderOnly) {
  using std::string_literals::operator""s;
  EXPECT_EQ(check("From: a@b.test\r\nSubject: a\0b\r\n"s)->enhanced, "5.6.0");
  EXPECT_FALSE(check_header(*Message::copy_of("From: a@b.test\r\n\r\na\0b\r\n"s), RunnerOptions{}));
}

TEST(HeaderPolicy, FragmentsAreRefusedAndBenignDuplicatesAreNot) {
  EXPECT_EQ(check("From: a@b.test\r\nContent-Type: Message/Partial; id=x; number=1\r\n")->enhanced, "5.6.1");
  EXPECT_FALSE(check("From: a@b.test\r\nSubject: a\r\nSubject: b\r\nTo: x@y.test\r\nTo: z@y.test\r\n"));
}

TEST(HeaderPolicy, OfSharedMailOnlyWhatNamesTwoDomainsIsRefused) {
  const std::filesystem::path data = test::shared_data();
  if (data.empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  const std::set<std::string> kinds{".eml", ".box", ".txt", ".mbox", ".msg", ""};
  std::size_t messages = 0;
  std::map<std::string, std::string> refused;
  for (const char* folder : {"mime", "bounce", "hostile/mime", "dkim", "arc", "reply", "dmarc"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data / folder)) {
      if (!entry.is_regular_file() || !kinds.contains(entry.path().extension())) continue;
      ++messages;
      const auto verdict = check_header(*Message::copy_of(test::read_all(entry.path())), RunnerOptions{});
      if (verdict && verdict->enhanced == "5.7.1") refused[entry.path().filename()] = verdict->text;
    }
  }
  EXPECT_GT(messages, 1'000U);
  const std::map<std::string, std::string> expected{
      {"raw_email_with_at_display_name.eml", "The From field names several domains (lindsaar.net, lindsar.com)"}};
  EXPECT_EQ(refused, expected);
}

TEST(TraceHeaders, PeerValuesCannotForgeAField) {
  Envelope envelope;
  envelope.helo = "x)\r\nSubject: forged (";
  envelope.client_ip = "192.0.2.1";
  envelope.client_name = "a\nb";
  envelope.mail_from = split_address("a b@c.test");
  const std::string headers = trace_headers(envelope, AuthVerdicts{}, "desk.test");
  EXPECT_EQ(headers.find("\r\nSubject"), std::string::npos);
  EXPECT_EQ(headers.find("a\nb"), std::string::npos);
  EXPECT_NE(headers.find("Return-Path: <"), std::string::npos);
  EXPECT_NE(headers.find("Authentication-Results: desk.test"), std::string::npos);
  EXPECT_TRUE(headers.ends_with("\r\n"));
}

}  // namespace
}  // namespace postern::pipeline
