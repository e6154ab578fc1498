// Domains and names that are made to be taken for ours.
#include "pipeline/spam/lookalike.h"

#include <gtest/gtest.h>

#include "pipeline/sender/domain_name.h"
#include "pipeline/spam/name_key.h"

namespace postern::pipeline {
namespace {

TEST(NameKey, IgnoresCaseAccentsOrderAndWhatCannotBeSeen) {
  const std::string key = name_key("Zo\xC3\xAB Smith");
  EXPECT_FALSE(key.empty());
  for (const char* same : {"ZOE SMITH", "Smith, Zoe", "zoe   smith", "Zoe\xCC\x88 Smith", "\"Zoe Smith\"", "Zoe\xE2\x80\x8B Smith",
                           "\xEF\xBC\xBA\xEF\xBD\x8F\xEF\xBD\x85 Smith", "Zoe-Smith", "Z\xD0\xBE\xD0\xB5 Smith"}) {
    EXPECT_EQ(name_key(same), key) << same;
  }
  EXPECT_EQ(name_key("Pat O'Brien"), name_key("pat o\xE2\x80\x99" "brien"));
  for (const char* other : {"Zoe Smyth", "Zoe Ann Smith", "Zoes Mith", "Zoe"}) EXPECT_NE(name_key(other), key) << other;
}

TEST(NameKey, NamesOfTooManyPeopleHaveNone) {
  for (const char* name : {"", "   ", "Ann", "support", "!!!", "\xE7\x8E\x8B", "\xFF\xFE"}) EXPECT_EQ(name_key(name), "") << name;
  EXPECT_NE(name_key("\xE7\x8E\x8B\xE5\xB0\x8F\xE6\x98\x8E"), "") << "three ideographs";
  EXPECT_NE(name_key("\xEA\xB9\x80\xEC\xB2\xA0\xEC\x88\x98"), "") << "three Hangul syllables";
  EXPECT_NE(name_key("\xE7\x8E\x8B\xE5\xB0\x8F\xE6\x98\x8E"), name_key("\xE6\x9D\x8E\xE5\xB0\x8F\xE6\x98\x8E"));
  EXPECT_LE(name_key(std::string(100'000, 'm') + " x").size(), 4 * kNameBytesMax) << "long names are cut";
}

TEST(RegistrableDomain, IsWhatSomebodyOwns) {
  EXPECT_EQ(registrable_domain("mail.example.co.uk"), "example.co.uk");
  EXPECT_EQ(registrable_domain("example.com"), "example.com");
  EXPECT_EQ(registrable_domain("a.b.example.test"), "example.test");
  EXPECT_EQ(registrable_domain("co.uk"), "co.uk");
  EXPECT_EQ(registrable_domain("localhost"), "localhost");
  EXPECT_EQ(registrable_domain(""), "");
}

class Lookalike : public testing::Test {
 protected:
  bool resembles(const std::string& text) const {
    const auto name = to_a_labels(text);
    EXPECT_TRUE(name) << text;
    return name && look.resembles(*name);
  }
  LookalikeDomains look{{"postern.com", "help.apple.example", "ibm.co.uk", "desk.example", "m1lk0.com", "12345.com"}};
};

TEST_F(Lookalike, OursAndTheirSiblingsDoNotResemble) {
  for (const char* own : {"postern.com", "mail.postern.com", "help.apple.example", "apple.example", "shop.apple.example", "ibm.co.uk"}) {
    EXPECT_FALSE(resembles(own)) << own;
  }
  EXPECT_TRUE(look.is_own("postern.com"));
  EXPECT_TRUE(look.is_own("a.b.postern.com"));
  EXPECT_FALSE(look.is_own("notpostern.com"));
  EXPECT_FALSE(look.is_own("apple.example")) << "a sibling of ours is not proven by us";
  EXPECT_FALSE(look.is_own(""));
}

TEST_F(Lookalike, SameToTheEye) {
  for (const char* text : {"p0stern.com", "postem.com", "po\xD1\x95tern.com",  // U+0455
                           "\xD1\x80\xD0\xBEstern.com",                          // Cyrillic er and o
                           "p\xC3\xB6stern.com", "postern\xCC\xA3.com", "\xEF\xBD\x90ostern.net", "p0stern.biz", "mail.p0stern.com",
                           "xn--pstern-wxa.com", "\xD1\x96" "bm.com", "app1e.example"}) {
    if (to_a_labels(text) == "postern.net") continue;  // compatibility forms are the same name, and not ours
    EXPECT_TRUE(resembles(text)) << text << ' ' << to_a_labels(text).value_or("");
  }
  EXPECT_TRUE(resembles("mllko.com")) << "our own digits count as letters as well";
}

TEST_F(Lookalike, OneSlip) {
  for (const char* text : {"postren.com", "postrn.com", "posternn.com", "pastern.com", "opstern.com", "poster.com", "appl.example", "aple.example",
                           "www.appel.example"}) {
    EXPECT_TRUE(resembles(text)) << text;
  }
  for (const char* text : {"postman.com", "psotren.com", "stern.com", "pastern.net", "postern2go.com", "abm.co.uk", "ibn.co.uk", "disk.example",
                           "dusk.example", "12346.com", "example.com", "gmail.com", "postern.net"}) {
    EXPECT_FALSE(resembles(text)) << text;
  }
  const LookalikeDomains longer({"helpdesks.com"});
  EXPECT_TRUE(longer.resembles("helpdesk.net")) << "a long label, whatever the suffix";
}

TEST_F(Lookalike, OurNameWithAWordAtIt) {
  for (const char* text : {"postern-support.com", "support-postern.net", "secure-postern-login.org", "posternsupport.com", "mypostern.com",
                           "postern-com.net", "x.postern-help.co.uk"}) {
    EXPECT_TRUE(resembles(text)) << text;
  }
  for (const char* text : {"postern-bakery.com", "thepostern-blog.com", "ibm-support.com", "support-desk.com", "help-desk.com", "support.com",
                           "postern.helpdesk.com", "-.com", "a--b.com"}) {
    EXPECT_FALSE(look.resembles(text)) << text;
  }
}

TEST_F(Lookalike, OurDomainInFrontOfAnother) {
  EXPECT_TRUE(resembles("postern.com.evil.example"));
  EXPECT_TRUE(resembles("login.postern.com.evil.example"));
  EXPECT_FALSE(resembles("notpostern.com.evil.example"));
  EXPECT_FALSE(resembles("postern.com.au")) << "a domain of its own";
}

TEST_F(Lookalike, WhatIsNoNameResemblesNothing) {
  for (const char* text : {"", ".", "..", "[192.0.2.1]", "xn--\x80.com", "xn--zzzzzzzzzz99999.com"}) EXPECT_FALSE(look.resembles(text)) << text;
  EXPECT_FALSE(LookalikeDomains({}).resembles("p0stern.com"));
  const LookalikeDomains odd({"", "localhost", "com"});
  EXPECT_FALSE(odd.resembles("example.com"));
  EXPECT_FALSE(odd.resembles("localhost.example.com"));
}

}  // namespace
}  // namespace postern::pipeline
