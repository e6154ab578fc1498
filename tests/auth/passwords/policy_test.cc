// What is a password (requirements Z-25, I0-04, I1-03; ASVS 5.0 6.2.x).
#include "auth/passwords/policy.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "auth/detail/password_hash.h"
#include "auth/passwords/common.h"
#include "core/errc.h"

namespace postern::auth {
namespace {

const PasswordOwner kAnn{"ann.smith@example.org", "Ann Smith", "acme"};

std::string objection(std::string_view password, const PasswordRules& rules = PasswordRules(), const BreachedList* breached = nullptr) {
  return password_objection(password, kAnn, rules, Options(), breached);
}

PasswordRules rules_of_level(PasswordLevel level) {
  PasswordPolicy policy;
  policy.level = level;
  return rules_of(policy, Options());
}

TEST(PasswordPolicy, Z25_NamedLevelsHaveTheRulesOfZendesk) {
  const PasswordRules low = rules_of_level(PasswordLevel::kLow);
  EXPECT_EQ(low.length_min, 5U);
  EXPECT_FALSE(low.needs_digit || low.needs_mixed_case || low.needs_special);
  EXPECT_EQ(objection("kzqvx", low), "");
  EXPECT_NE(objection("kzqv", low), "");
  const PasswordRules medium = rules_of_level(PasswordLevel::kMedium);
  EXPECT_EQ(objection("kZ7-vx", medium), "");
  for (const char* missing : {"kZ7-v", "kZq-vx", "kz7-vx", "KZ7-VX", "kZ7qvx"}) EXPECT_NE(objection(missing, medium), "") << missing;
  EXPECT_EQ(medium.expiry_days, 0U);
  const PasswordRules high = rules_of_level(PasswordLevel::kHigh);
  EXPECT_EQ(high.length_min, 6U);
  EXPECT_TRUE(high.needs_digit && high.needs_mixed_case && high.needs_special);
  EXPECT_EQ(high.expiry_days, 90U);
  EXPECT_EQ(high.history, 5U);
}

TEST(PasswordPolicy, Asvs_6_2_5_RecommendedAsksForLengthNotForKindsOfCharacters) {
  const PasswordRules rules = rules_of_level(PasswordLevel::kRecommended);
  EXPECT_EQ(rules.length_min, 12U);
  EXPECT_EQ(rules.expiry_days, 0U);  // ASVS 6.2.10
  EXPECT_EQ(objection("glory teapot moss", rules), "");
  EXPECT_NE(objection("glory moss", rules), "");
  EXPECT_EQ(objection("пароль из слов", rules), "") << "characters are counted, not bytes";
  EXPECT_NE(objection("ünïcödé", rules), "");
  EXPECT_EQ(objection(std::string(500, 'q') + "gpt tree", rules), "");  // ASVS 6.2.9
  EXPECT_NE(objection(std::string(1025, 'x') + "abc", rules), "");
}

TEST(PasswordPolicy, Asvs_6_2_4_CommonPasswordsAreRefusedHoweverTheyAreDressed) {
  for (const char* common : {"qwertyuiop12", "password1234", "Passw0rd2024!", "!!Password!!", "passwordpassword", "P@ssw0rd2026",
                             "abcdefghijkl", "123456789012", "aaaaaaaaaaaaaa", "letmeinletmein", "1qaz2wsx3edc4rfv"}) {
    EXPECT_NE(objection(common), "") << common;
  }
  for (const char* fine : {"correct horse battery", "monkey-73915-8246-route", "unlikely to be guessed"}) EXPECT_EQ(objection(fine), "") << fine;
}

TEST(PasswordPolicy, Asvs_6_2_11_NamesOfPeopleAndPlacesMakeNoPassword) {
  for (const char* own : {"AnnSmith2026!", "ann.smith@example.org", "smithsmith-12", "Postern-Postern", "acme-Acme-acme1", "example.org-12"}) {
    EXPECT_NE(objection(own), "") << own;
  }
  EXPECT_EQ(objection("the cannery of plovers"), "") << "a name within words, and enough beside it";
}

TEST(PasswordPolicy, RunsAreBoundedWhereTheRulesSaySo) {
  PasswordRules rules;
  rules.run_max = 3;
  EXPECT_EQ(objection("teapot-abc-moss-99", rules), "");
  EXPECT_NE(objection("teapot-abcd-moss-9", rules), "");
  EXPECT_NE(objection("teapot-4321-moss-x", rules), "");
}

TEST(PasswordPolicy, LowIsForEndUsersOnlyAndCustomRulesHaveAFloor) {
  PasswordPolicies policies;
  EXPECT_TRUE(check_password_policies(policies, Options()));
  policies.end_users.level = PasswordLevel::kLow;
  EXPECT_TRUE(check_password_policies(policies, Options()));
  policies.agents.level = PasswordLevel::kLow;
  EXPECT_EQ(check_password_policies(policies, Options()).error(), core::Errc::kInvalid);
  policies.agents.level = PasswordLevel::kCustom;
  policies.agents.custom.length_min = 7;  // ASVS 6.2.1
  EXPECT_FALSE(check_password_policies(policies, Options()));
  policies.agents.custom.length_min = 8;
  EXPECT_TRUE(check_password_policies(policies, Options()));
  policies.agents.custom.history = kPasswordHistoryMax + 1;
  EXPECT_FALSE(check_password_policies(policies, Options()));
}

TEST(PasswordPolicy, StricterIsWhateverRefusesMore) {
  const PasswordRules medium = rules_of_level(PasswordLevel::kMedium);
  const PasswordRules high = rules_of_level(PasswordLevel::kHigh);
  EXPECT_TRUE(is_stricter(high, medium));
  EXPECT_FALSE(is_stricter(medium, high));
  EXPECT_FALSE(is_stricter(medium, medium));
  EXPECT_TRUE(is_stricter(medium, rules_of_level(PasswordLevel::kRecommended)));
}

class LeakedFile : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  std::string write(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    return path_;
  }
  std::string path_ = testing::TempDir() + "postern_leaked_" + std::to_string(::getpid());
};

// SHA-1 of "teapot moss glory" and others, as the public lists are: sorted, with counts, CRLF or LF.
TEST_F(LeakedFile, I1_03_IsLookedUpByBinarySearch) {
  std::string text;
  for (int i = 0; i < 256; ++i) {
    char line[64];
    std::snprintf(line, sizeof line, "%02X%038d:%d\r\n", i, 7, i);
    text += line;
    if (i == 0x5B) text += "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:3730471\r\n";  // "password"
  }
  const auto list = BreachedList::open(write(text)).value();
  EXPECT_TRUE(list->contains("password"));
  EXPECT_FALSE(list->contains("Password"));
  EXPECT_FALSE(list->contains(""));
  PasswordRules short_ones;
  short_ones.length_min = 8;
  EXPECT_NE(objection("password", short_ones, list.get()), "");
}

TEST_F(LeakedFile, FirstAndLastLineAreFoundAndOtherFilesRefused) {
  const std::string first = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";                                // "password"
  EXPECT_TRUE(BreachedList::open(write(first)).value()->contains("password"));                          // without a last line break
  EXPECT_TRUE(BreachedList::open(write("0000000000000000000000000000000000000000\n" + first + "\n")).value()->contains("password"));
  EXPECT_TRUE(BreachedList::open(write("5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8:1\nFF00000000000000000000000000000000000000:1\n")).value()->contains("password"));
  EXPECT_FALSE(BreachedList::open(write("")));
  EXPECT_FALSE(BreachedList::open(write("password\nletmein\n")));
  EXPECT_FALSE(BreachedList::open(write("FF00000000000000000000000000000000000000\n" + first + "\n"))) << "not sorted";
  EXPECT_FALSE(BreachedList::open("/nonexistent/file"));
}

TEST(PasswordHash, I0_04_HashesOfOtherSystemsAreVerifiedAndReplaced) {
  Options options;
  // Known answers: bcrypt of Openwall's crypt_blowfish, scrypt of RFC 7914 section 12 (N=1024, r=8, p=16) as a PHC string.
  const std::string bcrypt = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  EXPECT_TRUE(verify_hash(bcrypt, "U*U"));
  EXPECT_FALSE(verify_hash(bcrypt, "U*V"));
  EXPECT_FALSE(verify_hash(bcrypt, std::string_view("U*U\0x", 5))) << "nothing is cut at a NUL";
  const std::string scrypt =
      "$scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA";
  EXPECT_TRUE(verify_hash(scrypt, "password"));
  EXPECT_FALSE(verify_hash(scrypt, "passwore"));
  for (const std::string& old : {bcrypt, scrypt}) {
    EXPECT_EQ(hash_objection(old), "") << old;
    EXPECT_TRUE(needs_rehash(old, options));
  }
  EXPECT_NE(hash_objection("5f4dcc3b5aa765d61d8327deb882cf99"), "");
  EXPECT_NE(hash_objection("$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), "") << "hours of work";
  EXPECT_NE(hash_objection("$scrypt$ln=30,r=8,p=1$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vI"), "");
  EXPECT_FALSE(verify_hash("$scrypt$ln=30,r=8,p=1$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vI", "password"));
}

TEST(PasswordHash, Asvs_6_2_8_NothingIsCutAt72Bytes) {
  Options options;
  options.argon2_memory_kib = 64;
  options.argon2_passes = 1;
  const std::string base(72, 'a');
  const std::string hash = hash_password(base + "one", options).value();
  EXPECT_TRUE(verify_hash(hash, base + "one"));
  EXPECT_FALSE(verify_hash(hash, base + "two"));
  EXPECT_FALSE(needs_rehash(hash, options));
  options.argon2_passes = 2;
  EXPECT_TRUE(needs_rehash(hash, options));
}

}  // namespace
}  // namespace postern::auth
