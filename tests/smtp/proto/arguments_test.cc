#include "smtp/proto/arguments.h"

#include <gtest/gtest.h>

#include "smtp/proto/path.h"

namespace postern::smtp {
namespace {

TEST(Path, Mailboxes) {
  struct Case { const char* text; const char* local; const char* domain; };
  for (const Case& c : {Case{"<ann@sender.example>", "ann", "sender.example"},
                        Case{"<ann+tag=x@sender.example>", "ann+tag=x", "sender.example"},
                        Case{"<\"ann b\"@sender.example>", "ann b", "sender.example"},
                        Case{"<\"a\\\"b\\\\c\"@sender.example>", "a\"b\\c", "sender.example"},
                        Case{"<\"@\"@sender.example>", "@", "sender.example"},
                        Case{"<\">\"@sender.example>", ">", "sender.example"},
                        Case{"<\"\"@sender.example>", "", "sender.example"},
                        Case{"<ann@[192.0.2.1]>", "ann", "[192.0.2.1]"},
                        Case{"<ann@[IPv6:2001:db8::1]>", "ann", "[IPv6:2001:db8::1]"},
                        Case{"<@relay.example:ann@sender.example>", "ann", "sender.example"},
                        Case{"<@a.example,@b.example:ann@sender.example>", "ann", "sender.example"},
                        Case{"<postMASTER>", "postMASTER", ""},
                        Case{"<>", "", ""},
                        Case{"<ann@under_score.example>", "ann", "under_score.example"},
                        Case{"<a@b>", "a", "b"}}) {
    const auto path = parse_path(c.text);
    ASSERT_TRUE(path) << c.text;
    EXPECT_EQ(path->address.local, c.local) << c.text;
    EXPECT_EQ(path->address.domain, c.domain) << c.text;
    EXPECT_EQ(path->consumed, std::string_view(c.text).size()) << c.text;
  }
}

TEST(Path, Trap18_WhatIsNotAPath) {
  for (const char* text : {"", "<", "ann@sender.example", "<ann@sender.example", "<ann>", "<@sender.example>", "<ann@>",
                           "<.ann@sender.example>", "<ann.@sender.example>", "<a..b@sender.example>",
                           "<ann@-a.example>", "<ann@a-.example>", "<ann@.example>", "<ann@a..example>",
                           "<ann@sender.example.>", "<an n@sender.example>", "<ann@sen der.example>",
                           "<\"ann@sender.example>", "<\"ann\\", "<ann@[192.0.2]>", "<ann@[2001:db8::1]>",
                           "<ann@[IPv6:192.0.2.1]>", "<ann@[192.0.2.1>", "<@relay.example,ann@sender.example>",
                           "<@:ann@sender.example>", "<@relay.example:>", "<ann@b@sender.example>", "<<ann@a.example>>",
                           "<\"a\"b@sender.example>", "<ann@a.example,b@b.example>"}) {
    EXPECT_FALSE(parse_path(text)) << text;
  }
  EXPECT_FALSE(parse_path("<" + std::string(256, 'a') + "@sender.example>"));
  EXPECT_FALSE(parse_path("<a@" + std::string(64, 'b') + ".example>"));
  EXPECT_FALSE(parse_path(std::string_view("<a\0b@sender.example>", 20)));
}

TEST(MailArguments, Parameters) {
  const auto mail = parse_mail("FROM: <ann@sender.example>  SIZE=12345 BODY=8bitmime  SMTPUTF8 RET=full ENVID=abc ", {});
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->sender.to_string(), "ann@sender.example");
  EXPECT_EQ(mail->size, 12345U);
  EXPECT_TRUE(mail->is_8bit);
  EXPECT_TRUE(mail->is_smtputf8);
  EXPECT_EQ(mail->ret, "FULL");
  EXPECT_EQ(mail->envid, "abc");
  const auto null_sender = parse_mail("from:<>", {});
  ASSERT_TRUE(null_sender);
  EXPECT_TRUE(null_sender->sender.empty());
  EXPECT_FALSE(null_sender->size);
}

TEST(MailArguments, ErrorsByKind) {
  struct Case { const char* text; ProtoErrc why; };
  for (const Case& c : {Case{"TO:<a@b.example>", ProtoErrc::kSyntax}, Case{"FROM :<a@b.example>", ProtoErrc::kSyntax},
                        Case{"FROM:<a@b.example>X", ProtoErrc::kSyntax}, Case{"FROM:a@b.example", ProtoErrc::kPath},
                        Case{"FROM:<postmaster>", ProtoErrc::kPath},
                        Case{"FROM:<a@b.example> SIZE", ProtoErrc::kParameterValue},
                        Case{"FROM:<a@b.example> SIZE=", ProtoErrc::kParameterValue},
                        Case{"FROM:<a@b.example> SIZE=1x", ProtoErrc::kParameterValue},
                        Case{"FROM:<a@b.example> SIZE=1 SIZE=1", ProtoErrc::kParameterTwice},
                        Case{"FROM:<a@b.example> BODY=7BIT BODY=8BITMIME", ProtoErrc::kParameterTwice},
                        Case{"FROM:<a@b.example> BODY", ProtoErrc::kParameterValue},
                        Case{"FROM:<a@b.example> BODY=BINARYMIME", ProtoErrc::kParameterUnknown},
                        Case{"FROM:<a@b.example> SMTPUTF8=1", ProtoErrc::kParameterValue},
                        Case{"FROM:<a@b.example> SMTPUTF8 SMTPUTF8", ProtoErrc::kParameterTwice},
                        Case{"FROM:<a@b.example> RET=HALF", ProtoErrc::kParameterValue},
                        Case{"FROM:<a@b.example> ENVID=a+zz", ProtoErrc::kParameterValue},
                        Case{"FROM:<a@b.example> =x", ProtoErrc::kSyntax},
                        Case{"FROM:<a@b.example> AUTH=<>", ProtoErrc::kParameterUnknown},
                        Case{"FROM:<a@b.example> REQUIRETLS", ProtoErrc::kParameterUnknown},
                        Case{"FROM:<\xc3\xbc@b.example>", ProtoErrc::kUtf8NotAsked}}) {
    const auto mail = parse_mail(c.text, {});
    ASSERT_FALSE(mail) << c.text;
    EXPECT_EQ(mail.error(), c.why) << c.text << ": " << mail.error().describe();
  }
  EXPECT_EQ(parse_mail("FROM:<a@b.example> RET=FULL", Offered{false, true}).error(), ProtoErrc::kParameterUnknown);
  EXPECT_FALSE(parse_mail("FROM:<a@b.example> ENVID=" + std::string(101, 'a'), {}));
}

TEST(RcptArguments, Parameters) {
  const auto rcpt = parse_rcpt("TO:<support@example.test> NOTIFY=Delay,FAILURE ORCPT=rfc822;a+2Bb@c.example", {}, false);
  ASSERT_TRUE(rcpt);
  EXPECT_EQ(rcpt->notify, "DELAY,FAILURE");
  EXPECT_EQ(rcpt->orcpt, "rfc822;a+2Bb@c.example");
  for (const char* bad : {"TO:<a@b.example> NOTIFY=", "TO:<a@b.example> NOTIFY=NEVER,SUCCESS", "TO:<a@b.example> NOTIFY=,",
                          "TO:<a@b.example> NOTIFY=SUCCESS NOTIFY=SUCCESS", "TO:<a@b.example> ORCPT=a@b",
                          "TO:<a@b.example> ORCPT=;a", "TO:<a@b.example> ORCPT=rfc822;", "TO:<a@b.example> SIZE=1",
                          "TO:<>", "FROM:<a@b.example>", "TO:<\xc3\xbc@b.example>",
                          "TO:<a@b.example> ORCPT=utf-8;\xc3\xbc@b.example"}) {
    EXPECT_FALSE(parse_rcpt(bad, {}, false)) << bad;
  }
  EXPECT_TRUE(parse_rcpt("TO:<\xc3\xbc@b.example> ORCPT=utf-8;\xc3\xbc@b.example", {}, true));
}

}  // namespace
}  // namespace postern::smtp
