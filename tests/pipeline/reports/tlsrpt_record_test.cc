// RFC 8460 section 3: who asks for TLS reports, and where to. What is not of the grammar asks for nothing.
#include "pipeline/reports/tlsrpt_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kMost = 5;

std::vector<std::string> mail_of(const TlsRptRecord& record) {
  std::vector<std::string> out;
  for (const EmailAddress& each : record.mail) out.push_back(each.to_string());
  return out;
}

TEST(TlsRptRecord, Z32_AddressesAndUrls) {
  const auto both = find_tlsrpt({"v=spf1 -all", "v=TLSRPTv1;rua=mailto:reports@example.com , https://tlsrpt.example.com/v1?x=1,ftp://x.example/"}, kMost);
  ASSERT_TRUE(both);
  EXPECT_THAT(mail_of(*both), ElementsAre("reports@example.com"));
  EXPECT_THAT(both->https, ElementsAre("https://tlsrpt.example.com/v1?x=1"));
  const auto spaced = find_tlsrpt({"v=TLSRPTv1; x-more=1 ; rua=MAILTO:a%2Bb@Example.com;"}, kMost);
  ASSERT_TRUE(spaced);
  EXPECT_THAT(mail_of(*spaced), ElementsAre("a+b@example.com"));
  const auto of_no_use = find_tlsrpt({"v=TLSRPTv1; rua=mailto:a@localhost,mailto:\"x\"@example.com"}, kMost);
  EXPECT_FALSE(of_no_use) << "a quote is no sign of a URI";
  const auto useless = find_tlsrpt({"v=TLSRPTv1; rua=mailto:a@localhost,tel:123"}, kMost);
  ASSERT_TRUE(useless);
  EXPECT_THAT(useless->mail, IsEmpty());
  EXPECT_THAT(useless->https, IsEmpty());
}

TEST(TlsRptRecord, Z32_OneRecordOrNone) {
  EXPECT_FALSE(find_tlsrpt({}, kMost));
  EXPECT_FALSE(find_tlsrpt({"v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:b@example.com"}, kMost));
  EXPECT_TRUE(find_tlsrpt({"v=TLSRPTv2; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:b@example.com"}, kMost));
}

TEST(TlsRptRecord, Z32_WhatBreaksTheGrammarAsksForNothing) {
  for (const char* bad : {"v=TLSRPTv1", "v=TLSRPTv1;", "v=tlsrptv1; rua=mailto:a@example.com", " v=TLSRPTv1; rua=mailto:a@example.com",
                          "v=TLSRPTv1 ; rua=mailto:a@example.com", "v=TLSRPTv1; rua=", "v=TLSRPTv1; rua=mailto:a@example.com,", "v=TLSRPTv1; rua=a@example.com",
                          "v=TLSRPTv1;; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:a@example.com; rua=mailto:b@example.com",
                          "v=TLSRPTv1; nonsense; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:a@example.com!10m", "v=TLSRPTv1; x=; rua=mailto:a@example.com",
                          "v=TLSRPTv1; rua=https://a.example/b c", "v=TLSRPTv1; -x=1; rua=mailto:a@example.com"}) {
    EXPECT_FALSE(find_tlsrpt({bad}, kMost)) << bad;
  }
}

TEST(TlsRptRecord, Z32_Bounds) {
  std::string many = "v=TLSRPTv1; rua=mailto:a0@example.com";
  for (int i = 1; i < 20; ++i) many += ",mailto:a" + std::to_string(i) + "@example.com";
  EXPECT_EQ(find_tlsrpt({many}, kMost)->mail.size(), kMost);
  const auto same = find_tlsrpt({"v=TLSRPTv1; rua=mailto:a@example.com,mailto:a@EXAMPLE.com,https://x.example/,https://x.example/"}, kMost);
  EXPECT_EQ(same->mail.size(), 1U);
  EXPECT_EQ(same->https.size(), 1U);
  EXPECT_FALSE(find_tlsrpt({"v=TLSRPTv1; rua=mailto:a@example.com; x=" + std::string(kTlsRptRecordMax, 'x')}, kMost));
  EXPECT_TRUE(find_tlsrpt({"v=TLSRPTv1; rua=https://x.example/" + std::string(kTlsRptUrlMax, 'x')}, kMost)->https.empty());
}

}  // namespace
}  // namespace postern::pipeline
