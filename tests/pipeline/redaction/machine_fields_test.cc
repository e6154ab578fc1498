// Card numbers in what programs write for programs go too, and ids still lead where they led.
#include "pipeline/redaction/machine_fields.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline/redaction/redactor.h"
#include "tests/pipeline/redaction/card_text.h"

namespace postern::pipeline {
namespace {

RedactedMessage stored(const std::string& message) {
  static const Redactor redactor;
  auto out = redactor.redact(Message::copy_of(message), Envelope{}, AuthVerdicts{});
  EXPECT_TRUE(out);
  return std::move(*out);
}
RedactedMessage stored_with(const std::string& fields) {
  return stored("From: a@b.example\r\n" + fields + "\r\n\r\nhello\r\n");
}

const std::string& card() {
  static const std::string one = test::make_card("4", 16, 77);
  return one;
}
std::string starred(const std::string& number) {
  return number.substr(0, 6) + std::string(number.size() - 10, '*') + number.substr(number.size() - 4);
}

TEST(MachineFields, NoFieldKeepsANumber) {
  for (const std::string before : {"Message-ID: <",
                                   "In-Reply-To: <x.",
                                   "References: <a@b> <",
                                   "Resent-Message-ID: <",
                                   "Content-ID: <",
                                   "Return-Path: <",
                                   "Received: from a.example by b.example id ",
                                   "Received: from a.example (card ",
                                   "X-Received: by 10.0.0.1 id ",
                                   "DKIM-Signature: v=1; d=a.example; s=",
                                   "Authentication-Results: a.example; spf=pass smtp.mailfrom=",
                                   "Received-SPF: pass (",
                                   "ARC-Seal: i=1; s=",
                                   "ARC-Authentication-Results: i=1; a.example; x=",
                                   "Thread-Index: ",
                                   "Date: Mon, 23 Nov 2026 09:00:00 +0000 (",
                                   "MIME-Version: 1.0 (",
                                   "X-Google-Smtp-Source: ",
                                   "Content-Location: http:",
                                   "List-Unsubscribe: <mailto:",
                                   "X-Ticket: "}) {
    for (const std::string& written :
         {card(), test::grouped(card(), "-", {4, 4, 4, 4}), test::grouped(card(), " ", {4, 4, 4, 4}),
          test::grouped(card(), "\r\n ", {8, 8})}) {
      const std::string raw = stored_with(before + written + "@mail.example>)").raw();
      std::string digits;
      std::copy_if(raw.begin(), raw.end(), std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
      EXPECT_EQ(digits.find(card()), std::string::npos) << raw;
    }
  }
  const std::string coded = stored_with("Received: from a.example (=?utf-8?Q?card_" + card() + "?=)").raw();
  EXPECT_EQ(coded.find(card()), std::string::npos) << coded;
}

TEST(MachineFields, AnIdStaysTheSameIdWhereverItStands) {
  const std::string id = "order." + card() + "@mail.example";
  const RedactedMessage first = stored_with("Message-ID: <" + id + ">");
  EXPECT_EQ(first.content().message_id, "order." + starred(card()) + "@mail.example");
  const RedactedMessage reply = stored_with("In-Reply-To: <" + id + ">\r\nReferences: <1.2@x.example>\r\n <" +
                                            id.substr(0, 12) + "\r\n " + id.substr(12) + "> <visa@card.example>");
  EXPECT_EQ(reply.content().in_reply_to, std::vector<std::string>{first.content().message_id});
  EXPECT_EQ(reply.content().references,
            (std::vector<std::string>{"1.2@x.example", first.content().message_id, "visa@card.example"}));
}

TEST(MachineFields, OtherNumbersOfProgramsStay) {
  const std::string fields =
      "Received: from a.example (a.example [192.0.2.1]) by b.example (8.14.7/8.14.7) with ESMTP id 0AN900fT012345; "
      "Mon, 23 Nov 2026 09:00:00 +0000\r\n"
      "Message-ID: <20261123090000.4111111111111112.1234@mail.example>\r\n"
      "References: <1763895600.123456.1763895601@a.example> <CAF=4111-b1@mail.example>\r\n"
      "DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=20230601; t=1763895600; x=1764500400; "
      "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=\r\n"
      "Thread-Index: AQHb4111MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=";
  EXPECT_NE(stored_with(fields).raw().find(fields), std::string::npos);
}

TEST(MachineFields, NoRuleActsOnThem) {
  const RedactedMessage out = stored_with("Message-ID: <" + card() + "@mail.example>");
  ASSERT_EQ(out.verdicts().redactions.size(), 1U);
  EXPECT_EQ(out.verdicts().redactions[0].rule, kMachineRule);
  EXPECT_EQ(out.verdicts().redactions[0].where, "header:message-id");
  EXPECT_TRUE(out.verdicts().rule_hits.empty());
}

// What is told of a finding is stored as well.
TEST(MachineFields, AFieldWhoseNameIsANumberIsNotToldByItsName) {
  const RedactedMessage out = stored_with("X-Ticket-" + card() + ": yes");
  EXPECT_EQ(out.raw().find(card()), std::string::npos) << out.raw();
  ASSERT_EQ(out.verdicts().redactions.size(), 1U);
  EXPECT_EQ(out.verdicts().redactions[0].where, "header:*");
}

TEST(MachineFields, LinksToContentIdsHold) {
  const std::string id = card() + "@pic.example";
  for (const std::string encoding : {"7bit", "8bit"}) {
    const RedactedMessage out = stored(
        "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; "
        "boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: " +
        encoding + "\r\n\r\n<p>see</p><img src=\"cid:" + id + "\"><p>" + card() +
        "</p>\r\n--b\r\nContent-Type: image/png\r\n"
        "Content-ID: <" +
        id + ">\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n");
    ASSERT_EQ(out.content().attachments.size(), 1U);
    const std::string& now = out.content().attachments[0].content_id;
    EXPECT_EQ(now, starred(card()) + "@pic.example");
    EXPECT_NE(out.content().html.find("\"cid:" + now + "\""), std::string::npos) << out.content().html;
    EXPECT_NE(out.raw().find("\"cid:" + now + "\""), std::string::npos) << out.raw();
    EXPECT_EQ(out.raw().find(card()), std::string::npos);
    EXPECT_NE(out.content().html.find("<p>" + card().substr(0, 6) + "\u2587"), std::string::npos) << out.content().html;
  }
}

TEST(MachineFields, BoundariesChangeTogetherWithTheirLines) {
  // Two that differ only where they are masked.
  const std::string outer = card();
  std::string inner;
  for (std::uint32_t seed = 1; inner.empty(); ++seed) {
    std::string other = test::make_card(outer.substr(0, 6), 16, seed);
    if (other.substr(12) == outer.substr(12) && other != outer) inner = other;
  }
  for (const std::string quote : {"", "\""}) {
    const RedactedMessage out =
        stored("From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=" + quote + outer +
               quote + "\r\n\r\npreamble\r\n--" + outer + "\r\nContent-Type: multipart/alternative; boundary=" + quote +
               inner + quote + "\r\n\r\n--" + inner + "\r\n\r\nplain " + card() + "\r\n--" + inner +
               "\r\nContent-Type: text/html\r\n\r\n<b>rich</b>\r\n--" + inner + "--\r\n--" + outer +
               "\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\na,b\r\n--" + outer +
               "--\r\nepilogue\r\n");
    EXPECT_EQ(out.raw().find(outer), std::string::npos) << out.raw();
    EXPECT_EQ(out.raw().find(inner), std::string::npos) << out.raw();
    EXPECT_NE(out.content().text.find("plain " + card().substr(0, 6)), std::string::npos) << out.content().text;
    EXPECT_NE(out.content().html.find("rich"), std::string::npos);
    ASSERT_EQ(out.content().attachments.size(), 1U);
    EXPECT_EQ(out.content().attachments[0].content, "a,b");
    const RedactedMessage again = stored(out.raw());
    EXPECT_EQ(again.raw(), out.raw());
    EXPECT_TRUE(again.verdicts().redactions.empty());
  }
}

}  // namespace
}  // namespace postern::pipeline
