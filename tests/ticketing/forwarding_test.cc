// helpdesk.md 4.2 rule 7: an agent forwards a customer's mail, and the customer becomes the requester.
#include "ticketing/forwarding/forwarded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"
#include "ticketing/quoting/mail_words.h"

namespace postern::ticketing {
namespace {

using test::Desk;
using test::Mail;
using testing::Contains;
using testing::Not;

std::string first_word(std::string_view words) { return std::string(words.substr(0, words.find('|'))); }

std::string original_in(const std::string& subject, const std::string& text) {
  pipeline::MessageContent content;
  content.subject = subject;
  content.text = text;
  const auto found = find_forwarded(content);
  return found ? found->from.name + "|" + found->from.address.to_string() : std::string();
}

// Each language of the table, in the orders of Outlook, Gmail, Apple Mail and Thunderbird.
TEST(IntakeRule7, EveryLanguageOfTheTableIsRead) {
  ASSERT_GE(mail_words::languages().size(), 20U);
  for (const mail_words::Language& each : mail_words::languages()) {
    const auto line = [](std::string_view words, const std::string& value) { return first_word(words) + ": " + value + "\n"; };
    const std::string from = line(each.from, "Ada Low <ada@customer.example>");
    const std::string date = line(each.date, "2026-05-03 10:11");
    const std::string to = line(each.to, "bob@staff.example");
    const std::string subject = line(each.subject, "Broken: again");
    const std::string marker = "---------- " + first_word(each.markers) + " ---------\n";
    const std::string want = "Ada Low|ada@customer.example";
    const std::string tail = "\nIt is broken.\n";
    EXPECT_EQ(original_in("Broken", "See below.\n\n" + marker + from + date + subject + to + tail), want) << each.code << " as Gmail";
    EXPECT_EQ(original_in("FW: Broken", "See below.\n\n" + from + date + to + subject + tail), want) << each.code << " as Outlook";
    EXPECT_EQ(original_in("Broken", first_word(each.markers) + ":\n\n> " + from + "> " + subject + "> " + date + "> " + to + tail), want)
        << each.code << " as Apple Mail";
    EXPECT_EQ(original_in("Broken", "-------- " + first_word(each.markers) + " --------\n" + subject + date + from + to + tail), want)
        << each.code << " as Thunderbird";
    const std::string bold = "*" + first_word(each.from) + ":* Ada Low <ada@customer.example>\n*" + first_word(each.date) + ":* May\n*" +
                             first_word(each.to) + ":* x\n*" + first_word(each.subject) + ":* y\n";
    EXPECT_EQ(original_in(first_word(each.prefixes) + ": Broken", bold), want) << each.code << " as text made of HTML, by its subject";
    std::string wide = marker + from + date + subject + to;
    for (auto at = wide.find(": "); at != std::string::npos; at = wide.find(": ", at + 1)) wide.replace(at, 2, "：");
    EXPECT_EQ(original_in("x", wide + tail), want) << each.code << " with full-width colons";
  }
}

TEST(IntakeRule7, AddressesAreReadAsProgramsWriteThem) {
  const auto read = [](const char* value) {
    const pipeline::NamedAddress got = read_written_address(value);
    return got.name + "|" + got.address.to_string();
  };
  EXPECT_EQ(read("Ada Low <ada@a.example>"), "Ada Low|ada@a.example");
  EXPECT_EQ(read("\"Low, Ada\" <ada@a.example>"), "Low, Ada|ada@a.example");
  EXPECT_EQ(read("Ada Low [mailto:ada@a.example]"), "Ada Low|ada@a.example");
  EXPECT_EQ(read("Ada Low <mailto:ada@a.example>"), "Ada Low|ada@a.example");
  EXPECT_EQ(read("ada@a.example"), "|ada@a.example");
  EXPECT_EQ(read("ada@a.example <ada@a.example>"), "|ada@a.example");
  EXPECT_EQ(read("'ada@a.example'"), "|ada@a.example");
  EXPECT_EQ(read("*Ada* <ada@a.example>"), "Ada|ada@a.example");
  EXPECT_EQ(read("Low, Ada"), "|");
  EXPECT_EQ(read("@"), "|");
  EXPECT_EQ(read("a@b@c <d@e..f>"), "|");
}

TEST(IntakeRule7, TheTopmostOriginalCounts) {
  const std::string thread =
      "FYI\n\n-----Original Message-----\nFrom: Ada <ada@a.example>\nSent: Monday\nTo: Bob\nSubject: x\n\nhello\n\n"
      "-----Original Message-----\nFrom: Eve <eve@e.example>\nSent: Sunday\nTo: Ada\nSubject: x\n\nhello\n";
  EXPECT_EQ(original_in("FW: x", thread), "Ada|ada@a.example");
}

TEST(IntakeRule7, ALongSenderGoesOnInTheNextLine) {
  EXPECT_EQ(original_in("Fwd: x", "Von: Doktor Ada Lovelace von der Abteilung fuer Maschinen\n <ada@a.example>\nGesendet: Montag\nAn: Bob\nBetreff: x\n"),
            "Doktor Ada Lovelace von der Abteilung fuer Maschinen|ada@a.example");
}

TEST(IntakeRule7, WhatIsNoForwardIsNone) {
  const std::string block = "From: Ada <ada@a.example>\nSent: Monday\nTo: Bob\nSubject: x\n\nhello\n";
  EXPECT_EQ(original_in("Re: x", "My answer.\n\n" + block), "") << "an answer that quotes, without a word of forwarding";
  EXPECT_EQ(original_in("FW: x", "From: Ada <ada@a.example>\nhello\n"), "") << "one line is no block";
  EXPECT_EQ(original_in("FW: x", "From: Ada\nSent: Monday\nTo: Bob\nSubject: x\n"), "") << "no address";
  EXPECT_EQ(original_in("FW: x", "Von: ada@a.example\nEnviado: lunes\nKonu: x\nTo: b\n"), "") << "a language of its own in each line";
  EXPECT_EQ(original_in("FW: x", ""), "");
  EXPECT_FALSE(mail_words::has_forward_prefix("Forwarding: how to"));
  EXPECT_TRUE(mail_words::has_forward_prefix("Re: WG: x"));
}

TEST(IntakeRule7, AnAttachedMessageComesFirst) {
  pipeline::MessageContent content;
  content.subject = "Please handle";
  content.text = "---- Forwarded message ----\nFrom: Eve <eve@e.example>\nDate: x\nTo: y\nSubject: z\n";
  content.attachments.push_back({"a.eml", "message/rfc822", "", false, "Received: x\r\n y\r\nFrom: \"Ada Low\"\r\n <ada@a.example>\r\nTo: b\r\n\r\nFrom: no@no.example\r\n", false});
  const auto found = find_forwarded(content);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->is_attached);
  EXPECT_EQ(found->from.address.to_string(), "ada@a.example");
  EXPECT_EQ(found->from.name, "Ada Low");
  content.attachments[0].was_replaced = true;
  EXPECT_EQ(find_forwarded(content)->from.address.to_string(), "eve@e.example");
}

constexpr core::TicketId kOnly{1};

Mail forward_by(const std::string& who) {
  Mail mail;
  mail.from = who;
  mail.from_name = "Bob";
  mail.subject = "WG: Kaputt";
  mail.message_id = "f1@staff.example";
  mail.text = "A difficult customer.\n\nVon: Ada Low <ada@customer.example>\nGesendet: Montag\nAn: Bob\nBetreff: Kaputt\n\nEs geht nicht.\n";
  mail.cc = {{"Chef", {"chef", "elsewhere.example"}}};
  return mail;
}

std::string email_of(Desk& desk, core::UserId user) { return desk.accounts->find(desk.acme, user).value()->email; }

TEST(IntakeRule7, AnAgentsForwardMakesTheOriginalSenderTheRequester) {
  Desk desk;
  ASSERT_TRUE(desk.take(forward_by("bob@staff.example")));
  const Ticket ticket = desk.ticket(kOnly);
  EXPECT_EQ(email_of(desk, ticket.requester), "ada@customer.example");
  EXPECT_EQ(ticket.forwarded_by, desk.agent.user);
  EXPECT_EQ(ticket.forwarded_from, ticket.requester);
  EXPECT_EQ(ticket.submitter, desk.agent.user);
  EXPECT_TRUE(ticket.ccs.empty()) << "who sees a note is not who sees the ticket";
  const Comment note = desk.comments(desk.acme, kOnly)->at(0);
  EXPECT_FALSE(note.is_public) << "what the agent wrote above it is for colleagues";
  EXPECT_EQ(note.author, desk.agent.user);
  EXPECT_EQ(note.text, forward_by("").text);
  EXPECT_THAT(desk.event_kinds(kOnly), Contains("forwarded"));
  // The answer goes to the customer, and comes back as his.
  ASSERT_TRUE(desk.reply(kOnly, "We look into it."));
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].rcpt.to_string(), "ada@customer.example");
  EXPECT_EQ(sent[0].message.find("difficult"), std::string::npos);
}

TEST(IntakeRule7, OneStepMakesTheForwarderTheRequesterAndBack) {
  Desk desk;
  ASSERT_TRUE(desk.take(forward_by("bob@staff.example")));
  const Ticket made = desk.ticket(kOnly);
  for (const core::UserId whom : {made.forwarded_by, made.forwarded_from}) {
    Tickets::Update swap;
    swap.wishes.requester = PersonWish{whom, {}, {}};
    ASSERT_TRUE(desk.update(kOnly, std::move(swap)));
    EXPECT_EQ(desk.ticket(kOnly).requester, whom);
    EXPECT_EQ(desk.ticket(kOnly).forwarded_from, made.forwarded_from);
  }
}

TEST(IntakeRule7, NobodyElseForwardsForOthers) {
  Desk desk;
  ASSERT_TRUE(desk.take(forward_by("mallory@customer.example")));
  Mail forged = forward_by("bob@staff.example");
  forged.dmarc = pipeline::AuthResult::kFail;
  forged.message_id = "f2@staff.example";
  ASSERT_TRUE(desk.take(forged));
  Mail machine = forward_by("bob@staff.example");
  machine.machine.is_auto_submitted = true;
  machine.message_id = "f3@staff.example";
  ASSERT_TRUE(desk.take(machine));
  for (std::uint64_t number = 1; number <= 3; ++number) {
    const Ticket ticket = desk.ticket(core::TicketId{number});
    EXPECT_FALSE(ticket.forwarded_by) << number;
    EXPECT_NE(email_of(desk, ticket.requester), "ada@customer.example") << number;
    EXPECT_THAT(desk.event_kinds(core::TicketId{number}), Not(Contains("forwarded")));
  }
  EXPECT_EQ(email_of(desk, desk.ticket(kOnly).requester), "mallory@customer.example");
}

TEST(IntakeRule7, ColleaguesAndOurOwnAddressesAreNeverProposed) {
  Desk desk;
  int number = 0;
  for (const char* original : {"bob@staff.example", "support@acme.example", "sales@acme.example"}) {
    Mail mail = forward_by("bob@staff.example");
    mail.message_id = "g" + std::to_string(++number) + "@staff.example";
    mail.text = "---- Forwarded message ----\nFrom: X <" + std::string(original) + ">\nDate: x\nTo: y\nSubject: z\n";
    ASSERT_TRUE(desk.take(mail));
    EXPECT_FALSE(desk.ticket(core::TicketId{static_cast<std::uint64_t>(number)}).forwarded_by) << original;
  }
}

}  // namespace
}  // namespace postern::ticketing
