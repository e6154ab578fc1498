#include "smtp/client/domain.h"

#include <gtest/gtest.h>

namespace postern::smtp {
namespace {

TEST(ToAsciiDomain, LowersAsciiAndEncodesOtherLabels) {
  EXPECT_EQ(to_ascii_domain("Example.ORG.").value(), "example.org");
  EXPECT_EQ(to_ascii_domain("b\xc3\xbc"
                            "cher.example")
                .value(),
            "xn--bcher-kva.example");
  EXPECT_EQ(to_ascii_domain("m\xc3\xbcnchen.de").value(), "xn--mnchen-3ya.de");
}

// RFC 3492 section 7.1.
TEST(ToAsciiDomain, AgreesWithTheVectorsOfRfc3492) {
  EXPECT_EQ(to_ascii_domain("\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9\x88\xe4\xb8\x8d\xe8\xaf\xb4\xe4"
                            "\xb8\xad\xe6\x96\x87")
                .value(),
            "xn--ihqwcrb4cv8a8dqg056pqjye");  // (B) Chinese, simplified
  EXPECT_EQ(to_ascii_domain("3\xe5\xb9\xb4"
                            "b\xe7\xb5\x84\xe9\x87\x91\xe5\x85\xab\xe5\x85\x88\xe7\x94\x9f")
                .value(),
            "xn--3b-ww4c5e180e575a65lsy2b");  // (L)
}

TEST(ToAsciiDomain, RefusesWhatIsNoDomain) {
  for (const std::string& text :
       {std::string(), std::string("a..b"), std::string("."), std::string("a b.test"), std::string("\xff.test"),
        std::string("\xed\xa0\x80.test"), std::string("a\xc3.test"), std::string(64, 'a') + ".test",
        std::string("a@b.test"), std::string("a\r\nb.test")}) {
    EXPECT_FALSE(to_ascii_domain(text)) << text;
  }
}

}  // namespace
}  // namespace postern::smtp
