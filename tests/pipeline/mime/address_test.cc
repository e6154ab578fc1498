#include "pipeline/mime/address.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

std::string show(std::string_view raw) {
  std::string out;
  for (const auto& entry : parse_address_list(raw)) {
    if (!out.empty()) out += " | ";
    out += entry.name + "/" + entry.address.local + "@" + entry.address.domain;
  }
  return out;
}

// RFC 5322 appendix A.
TEST(AddressList, ReadsTheExamplesOfTheRfc) {
  EXPECT_EQ(show("John Doe <jdoe@machine.example>"), "John Doe/jdoe@machine.example");
  EXPECT_EQ(show("\"Joe Q. Public\" <john.q.public@example.com>"), "Joe Q. Public/john.q.public@example.com");
  EXPECT_EQ(show("Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>"),
            "Mary Smith/mary@x.test | /jdoe@example.org | Who?/one@y.test");
  EXPECT_EQ(show("<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>"),
            "/boss@nil.test | Giant; \"Big\" Box/sysservices@example.net");
  EXPECT_EQ(show("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;"),
            "Ed Jones/c@a.test | /joe@where.test | John/jdoe@one.test");
  EXPECT_EQ(show("Undisclosed recipients:;"), "");
  EXPECT_EQ(show("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>"), "Pete/pete@silly.test");
  EXPECT_EQ(show("Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example"), "Mary Smith/mary@example.net | /jdoe@test.example");
}

TEST(AddressList, CommentIsTheNameWhenThereIsNoOther) {
  EXPECT_EQ(show("jdoe@example.org (John (J.) Doe)"), "John (J.) Doe/jdoe@example.org");
}

TEST(AddressList, QuotedLocalPartsAndLiterals) {
  EXPECT_EQ(show("\"a b@c\"@example.org"), "/a b@c@example.org");
  EXPECT_EQ(show("x@[192.0.2.1]"), "/x@[192.0.2.1]");
  EXPECT_EQ(show("<x@[IPv6:2001:db8::1]>"), "/x@[IPv6:2001:db8::1]");
}

TEST(AddressList, DecodesNames) {
  EXPECT_EQ(show("=?ISO-8859-1?Q?Andr=E9?= Pirard <p@vm1.be>"), "Andr\xc3\xa9 Pirard/p@vm1.be");
  EXPECT_EQ(show("=?utf-8?Q?Doe=2C_J?= <j@x.test>"), "Doe, J/j@x.test");
  EXPECT_EQ(show("\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd <\xd0\xb8@\xd0\xbf.test>"), "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd/\xd0\xb8@\xd0\xbf.test");
}

// mailsploit: a decoded control character must not cut or extend what is shown, and the address is the real one.
TEST(AddressList, DisplayNameHoldsNoControls) {
  EXPECT_EQ(show("=?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3YAOyA=?= <evil@x.test>"), "potus@whitehouse.gov ;/evil@x.test");
  EXPECT_EQ(show("\"ceo@bank.test\" <evil@x.test>"), "ceo@bank.test/evil@x.test");
  EXPECT_EQ(show("=?utf-8?Q?a=E2=80=AEb?= <x@y.test>"), "ab/x@y.test");
}

TEST(AddressList, ToleratesMistakes) {
  EXPECT_EQ(show("a@b.test; c@d.test"), "/a@b.test | /c@d.test");
  EXPECT_EQ(show("John <j@x.test"), "John/j@x.test");
  EXPECT_EQ(show("\"John <j@x.test>"), "\"John/j@x.test");
  EXPECT_EQ(show("John (x <j@x.test>"), "John (x/j@x.test");
  EXPECT_EQ(show("John j@x.test"), "John/j@x.test");
  EXPECT_EQ(show("<<j@x.test>>"), "/j@x.test");
  EXPECT_EQ(show("'John' <j@x.test>"), "John/j@x.test");
}

TEST(AddressList, WhatIsNoAddressIsLeftOut) {
  for (std::string_view raw : {"", " ", ":", " :", ": :", "@", "a@", "@b", "<>", "<@>", "just words", ",,,;;;", "<a>", "\"", "(", "a@b c@"}) {
    EXPECT_EQ(show(raw).find('@') == std::string::npos || raw == "a@b c@", true) << raw << " -> " << show(raw);
  }
}

TEST(AddressList, IsBounded) {
  std::string raw;
  for (int i = 0; i < 5000; ++i) raw += "a@b.test,";
  EXPECT_EQ(parse_address_list(raw).size(), MimeLimits{}.addresses_max);
}

TEST(AddressList, ManyColonsAreLinear) {
  EXPECT_LE(parse_address_list(std::string(500'000, 'a') + "@" + std::string(500'000, ':')).size(), 1U);
}

TEST(AddressList, DeepNestingIsLinear) {
  const std::string comments(200'000, '(');
  EXPECT_EQ(show(comments + "x@y.test"), "");
  EXPECT_EQ(show(comments + std::string(200'000, ')') + "x@y.test").ends_with("/x@y.test"), true);
  EXPECT_TRUE(parse_address_list(std::string(200'000, '<')).empty());
  EXPECT_TRUE(parse_address_list(std::string(200'000, '"')).empty());
  EXPECT_TRUE(parse_address_list(std::string(200'000, ':')).empty());
}

}  // namespace
}  // namespace postern::pipeline
