// rua= values of the RFCs and of hostile minds.
#include "pipeline/reports/rua.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

std::vector<std::string> addresses(std::string_view rua, std::size_t most = 10) {
  std::vector<std::string> out;
  for (const ReportUri& uri : parse_report_uris(rua, most)) out.push_back(uri.address.to_string());
  return out;
}

using Texts = std::vector<std::string>;

TEST(ReportUris, ReadsMailboxesInOrder) {
  EXPECT_EQ(addresses("mailto:a@example.com, MAILTO:b+c@Example.NET"), (Texts{"a@example.com", "b+c@example.net"}));
  EXPECT_EQ(addresses("mailto:a%2Bb@example.com?subject=x"), Texts{"a+b@example.com"});
  EXPECT_EQ(addresses("mailto:a@b\xc3\xbc" "cher.example"), Texts{"a@xn--bcher-kva.example"});
}

TEST(ReportUris, SizesArePowersOfTwo) {
  const auto size = [](std::string_view rua) { return parse_report_uris(rua, 1).at(0).bytes_max; };
  EXPECT_FALSE(size("mailto:a@example.com"));
  EXPECT_EQ(size("mailto:a@example.com!500"), 500U);
  EXPECT_EQ(size("mailto:a@example.com!10m"), 10U << 20U);
  EXPECT_EQ(size("mailto:a@example.com!1K"), 1024U);
  EXPECT_EQ(size("mailto:a@example.com!1t"), 1ULL << 40U);
}

TEST(ReportUris, LeavesOutWhatCannotBeMailed) {
  for (const char* bad : {"", "https://example.com/x", "mailto:", "mailto:a", "mailto:a@", "mailto:@example.com", "mailto:a@com",
                          "mailto:a@example..com", "mailto:a b@example.com", "mailto:a%0d%0aBcc:x@example.com", "mailto:a%4@example.com",
                          "mailto:a%zz@example.com", "mailto:\"a\"@example.com", "mailto:.a@example.com", "mailto:a..b@example.com",
                          "mailto:a@example.com!", "mailto:a@example.com!10x", "mailto:a@example.com!10mm", "mailto:a@example.com!m",
                          "mailto:a@example.com!99999999999999999999", "mailto:a@example.com!99999999999999t", "mailto:a@[192.0.2.1]",
                          "mailto:\xff@example.com", "mailto:a%00@example.com", "a@example.com"}) {
    EXPECT_EQ(addresses(bad), Texts{}) << bad;
    EXPECT_EQ(addresses(std::string(bad) + ",mailto:ok@example.com"), Texts{"ok@example.com"}) << bad;
  }
  EXPECT_EQ(addresses("mailto:" + std::string(65, 'a') + "@example.com"), Texts{});
}

TEST(ReportUris, EachOnceAndNotTooMany) {
  EXPECT_EQ(addresses("mailto:a@example.com,mailto:A@EXAMPLE.com,mailto:b@example.com,mailto:c@example.com", 2),
            (Texts{"a@example.com", "b@example.com"}));
  EXPECT_EQ(addresses("mailto:a@example.com", 0), Texts{});
}

}  // namespace
}  // namespace postern::pipeline
