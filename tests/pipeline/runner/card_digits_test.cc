#include "pipeline/api/card_digits.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

TEST(CardDigits, MasksRunsAndGroupsAndKeepsTheirLayoutZ35) {
  EXPECT_EQ(mask_card_digits("a+4111111111111111@x.example"), "a+411111xxxxxx1111@x.example");
  EXPECT_EQ(mask_card_digits("4111-1111-1111-1111"), "4111-11xx-xxxx-1111");
  EXPECT_EQ(mask_card_digits("4111 1111 1111 1111"), "4111 11xx xxxx 1111");
  for (const std::string mark : {".", "_", "+", "=", "/"}) {
    EXPECT_EQ(mask_card_digits("mx." + ("4111" + mark + "1111" + mark + "1111" + mark + "1111") + ".example"),
              "mx.4111" + mark + "11xx" + mark + "xxxx" + mark + "1111.example");
  }
  EXPECT_EQ(mask_card_digits("3782.822463.10005@x.example"), "3782.82xxxx.x0005@x.example") << "4-6-5";
}

TEST(CardDigits, LeavesWhatIsNoCard) {
  for (const std::string_view text : {"4111111111111112", "4111.1111.1111.1112", "4111.1111_1111.1111", "4111.1111.1111.11112", "192.168.100.200",
                                      "bounce+20261123.123456.17@x.example", "41111111111111110000"}) {
    EXPECT_EQ(mask_card_digits(text), text);
  }
}

}  // namespace
}  // namespace postern::pipeline
