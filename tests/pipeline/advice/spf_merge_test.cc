// What is pasted keeps what the administrator has.
#include "pipeline/advice/spf_merge.h"

#include <gtest/gtest.h>

#include "pipeline/sender/spf_record.h"

namespace postern::pipeline {
namespace {

const std::vector<std::string> kOurs{"ip4:192.0.2.1"};

std::string merged(const std::vector<std::string>& records, SpfPlace place = SpfPlace::kBeforeAll) {
  const SpfMerge merge = merge_spf(records, kOurs, place);
  EXPECT_TRUE(parse_spf_record(merge.text)) << merge.text;
  return merge.text;
}

TEST(SpfMerge, OurTermComesBeforeAll) {
  EXPECT_EQ(merged({"v=spf1 include:_spf.example.net mx -all"}), "v=spf1 include:_spf.example.net mx ip4:192.0.2.1 -all");
  EXPECT_EQ(merged({"v=spf1 -all"}), "v=spf1 ip4:192.0.2.1 -all");
  EXPECT_EQ(merged({"v=spf1 ?all"}), "v=spf1 ip4:192.0.2.1 ?all");
  EXPECT_EQ(merged({}), "v=spf1 ip4:192.0.2.1 ~all");
}

TEST(SpfMerge, OrFirst) {
  EXPECT_EQ(merged({"v=spf1 -ip4:192.0.2.0/24 mx -all"}, SpfPlace::kFirst), "v=spf1 ip4:192.0.2.1 -ip4:192.0.2.0/24 mx -all");
  EXPECT_EQ(merged({"v=spf1 mx ip4:192.0.2.1 -all"}, SpfPlace::kFirst), "v=spf1 ip4:192.0.2.1 mx -all");
}

TEST(SpfMerge, NothingIsAddedTwice) {
  EXPECT_EQ(merged({"v=spf1 IP4:192.0.2.1 -all"}), "v=spf1 IP4:192.0.2.1 -all");
  EXPECT_EQ(merged({"v=spf1 mx mx MX -all"}), "v=spf1 mx ip4:192.0.2.1 -all");
}

TEST(SpfMerge, AModifierStaysAndARedirectKeepsItsPlace) {
  EXPECT_EQ(merged({"v=spf1 mx redirect=_spf.example.net"}), "v=spf1 mx ip4:192.0.2.1 redirect=_spf.example.net");
  EXPECT_EQ(merged({"v=spf1 exp=why.example.net mx -all"}), "v=spf1 mx ip4:192.0.2.1 exp=why.example.net -all");
  EXPECT_EQ(merged({"v=spf1 exp=a.example -all", "v=spf1 exp=b.example x=1 -all"}), "v=spf1 ip4:192.0.2.1 exp=a.example x=1 -all");
  const SpfMerge merge = merge_spf({"v=spf1 mx redirect=_spf.example.net -all"}, kOurs, SpfPlace::kBeforeAll);
  EXPECT_EQ(merge.text, "v=spf1 mx ip4:192.0.2.1 -all");
  EXPECT_EQ(merge.left_out, std::vector<std::string>{"redirect=_spf.example.net"});
}

TEST(SpfMerge, WithoutAllOneIsAddedAndOneThatPassesEverybodyIsNot) {
  EXPECT_EQ(merged({"v=spf1 mx"}), "v=spf1 mx ip4:192.0.2.1 ~all");
  EXPECT_EQ(merged({"v=spf1 mx +all"}), "v=spf1 mx ip4:192.0.2.1 ~all");
  EXPECT_EQ(merged({"v=spf1 mx all"}), "v=spf1 mx ip4:192.0.2.1 ~all");
}

TEST(SpfMerge, SeveralRecordsBecomeOneWithTheMildestAll) {
  EXPECT_EQ(merged({"v=spf1 mx -all", "v=spf1 include:_spf.example.net mx ~all"}),
            "v=spf1 mx include:_spf.example.net ip4:192.0.2.1 ~all");
  EXPECT_EQ(merged({"v=spf1 mx -all", "v=spf1 redirect=_spf.example.net"}), "v=spf1 mx ip4:192.0.2.1 include:_spf.example.net -all");
  EXPECT_EQ(merged({"v=spf1 redirect=a.example mx", "v=spf1 redirect=A.example -all"}), "v=spf1 mx ip4:192.0.2.1 include:a.example -all");
  EXPECT_EQ(merged({"v=spf1 redirect=a.example", "v=spf1 redirect=b.example"}),
            "v=spf1 ip4:192.0.2.1 include:a.example include:b.example ~all");
}

TEST(SpfMerge, WhatIsNotValidOrNeverReachedIsLeftOutAndNamed) {
  const SpfMerge merge = merge_spf({"v=spf1 ip4:192.0.2 a:mail.example.org -all mx"}, kOurs, SpfPlace::kBeforeAll);
  EXPECT_EQ(merge.text, "v=spf1 a:mail.example.org ip4:192.0.2.1 -all");
  EXPECT_EQ(merge.left_out, (std::vector<std::string>{"ip4:192.0.2", "mx"}));
}

}  // namespace
}  // namespace postern::pipeline
