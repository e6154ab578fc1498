// Links that show one host and lead to another.
#include "pipeline/spam/links.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

TEST(Links, HostOfUrlsAndShownHosts) {
  EXPECT_EQ(host_of("https://User@WWW.Bank.test:443/login?x"), "www.bank.test");
  EXPECT_EQ(host_of(" www.bank.test/login "), "www.bank.test");
  EXPECT_EQ(host_of("bank.com"), "bank.com");
  EXPECT_EQ(host_of("Click here."), "");
  EXPECT_EQ(host_of("Hello.World"), "");
  EXPECT_EQ(host_of(""), "");
}

TEST(Links, MisleadingLink) {
  EXPECT_TRUE(has_misleading_link("<p><a href=\"https://evil.test/x\">https://www.bank.test/login</a></p>", 10));
  EXPECT_FALSE(has_misleading_link("<a href=\"https://click.bank.test/x\">www.bank.test</a>", 10));
  EXPECT_FALSE(has_misleading_link("<a href=\"https://evil.test/x\">click here</a>", 10));
  EXPECT_FALSE(has_misleading_link("<a href=\"mailto:a@b.test\">a@b.test</a>", 10));
}

TEST(Links, LooksAtABoundedNumber) {
  std::string html;
  for (int i = 0; i < 5; ++i) html += "<a href=\"https://a.test/\">a</a>";
  html += "<a href=\"https://evil.test/\">https://bank.test</a>";
  EXPECT_TRUE(has_misleading_link(html, 6));
  EXPECT_FALSE(has_misleading_link(html, 5));
}

}  // namespace
}  // namespace postern::pipeline
