// helpdesk.md 4.2 rule 9: quoted text is folded for display only; the parts together are the text, to the byte.
#include "ticketing/quoting/fold.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "ticketing/quoting/mail_words.h"

namespace postern::ticketing {
namespace {

std::string joined(std::string_view text) {
  std::string out;
  for (const FoldedPart& part : parts_of(text, fold_quotes(text))) out += part.text;
  return out;
}

// What stays open; folds as "[…]".
std::string open_of(std::string_view text) {
  EXPECT_EQ(joined(text), text);
  std::string out;
  for (const FoldedPart& part : parts_of(text, fold_quotes(text))) out += part.is_folded ? "[…]" : std::string(part.text);
  return out;
}

TEST(IntakeRule9, QuotedLinesAreFoldedWithTheirAnnouncement) {
  EXPECT_EQ(open_of("Hello\n\nOn Mon, 3 May 2026, Ada wrote:\n> one\n> two\n\nBye\n"), "Hello\n\n[…]\nBye\n");
  EXPECT_EQ(open_of("Hello\r\n\r\n> one\r\n> two\r\n"), "Hello\r\n\r\n[…]");
  EXPECT_EQ(open_of("Hi\n\nOn Mon, 3 May 2026 at 10:11, Ada Lovelace\n<ada@a.example> wrote:\n\n> one\n>\n> two"), "Hi\n\n[…]");
}

TEST(IntakeRule9, WhatStandsAboveAnAnnouncementStaysOpen) {
  EXPECT_EQ(open_of("Thanks for this.\nOn 3 May Ada wrote:\n> a\n> b\n"), "Thanks for this.\n[…]");
  EXPECT_EQ(open_of("Thanks for the 3 items\nOn 3 May Ada wrote:\n> a\n> b\n"), "Thanks for the 3 items\n[…]");
  EXPECT_EQ(open_of("Hello\n\nOn 3 May Ada wrote:\nwe go at 5\n"), "Hello\n\nOn 3 May Ada wrote:\nwe go at 5\n") << "told, not quoted";
  EXPECT_EQ(open_of("Hello\n\nOn 3 May Ada <ada@a.example> wrote:\n\nold\n"), "Hello\n\n[…]");
}

TEST(IntakeRule9, EveryLanguageOfTheTableIsFolded) {
  const auto first = [](std::string_view words) { return std::string(words.substr(0, words.find('|'))); };
  for (const mail_words::Language& each : mail_words::languages()) {
    const std::string wrote = "3.5.2026 Ada <ada@a.example> " + first(each.wrote) + ":\n";
    EXPECT_EQ(open_of("Yes.\n\n" + wrote + "> one\n> two\n"), "Yes.\n\n[…]") << each.code << " " << wrote;
    const std::string block = first(each.from) + ": Ada <ada@a.example>\n" + first(each.date) + ": 3.5.\n" + first(each.to) + ": Bob\n" +
                              first(each.subject) + ": x\n\nold text\n";
    EXPECT_EQ(open_of("Yes.\n\n" + block), "Yes.\n\n[…]") << each.code << " as Outlook";
    EXPECT_EQ(open_of("Yes.\n\n-----" + first(each.markers) + "-----\n" + block), "Yes.\n\n[…]") << each.code << " as older Outlook";
  }
}

TEST(IntakeRule9, WhatIsAnsweredBetweenQuotedLinesStaysOpen) {
  EXPECT_EQ(open_of("> one\n> two\nmy answer\n> three\n> four\nand this\n"), "[…]my answer\n[…]and this\n");
  EXPECT_EQ(open_of("On 3 May Ada wrote:\n> one\n> two\n\nanswer\n\n> three\n> four\n"), "[…]\nanswer\n\n[…]");
  EXPECT_EQ(open_of("-----Original Message-----\nFrom: Ada <ada@a.example>\nSent: x\nTo: y\nSubject: z\n\n> one\n> two\n\nanswer below\n"), "[…]\nanswer below\n");
}

TEST(IntakeRule9, NothingIsHiddenThatIsAllThereIs) {
  EXPECT_EQ(open_of("> all\n> quoted\n"), "> all\n> quoted\n");
  EXPECT_EQ(open_of("x\n> single\ny"), "x\n> single\ny");
  EXPECT_EQ(open_of("----------\nFrom: Ada <ada@a.example>\nSent: x\nTo: y\nSubject: z\nold"), "----------\nFrom: Ada <ada@a.example>\nSent: x\nTo: y\nSubject: z\nold");
  EXPECT_EQ(open_of(""), "");
  EXPECT_EQ(open_of("\n"), "\n");
}

TEST(IntakeRule9, OrdinaryTextIsNoQuotation) {
  for (const char* text : {"We met on 3 May.\nShe wrote: come at 5\nI came.\n", "From: here\nI go.\n", "Options:\n1. one\n2. two:\n", "a > b\n if (a > 3)\n  x\n",
                           "To do:\n- call\nSubject: nothing\n", "Sent from my phone\n", "--\nAda\n", "__________\nminutes of 3 May\n"}) {
    EXPECT_EQ(open_of(text), text);
  }
}

// Any pile of lines of all kinds, with and without ends: lossless, ordered, and on line borders.
TEST(IntakeRule9, FoldingLosesNothingOfAnyText) {
  const std::vector<std::string> pieces{"> quoted", ">> more", "> ", ">", "", " ", "text", "On 3 May Ada wrote:", "Le 3 mai 2026, Ada a écrit :", "From: a@b.example",
                                        "Sent: x", "To: y", "Subject: z", "-----Original Message-----", "____________", "Von: a@b.example", "Betreff: q",
                                        "差出人: a@b.example", std::string("\xff\xfe\0x", 4), "\xC2\xA0", "wrote:", "3@ wrote:", "\t> tab", "*From:* a@b.example", "|"};
  const std::vector<std::string> ends{"\n", "\r\n", "\n\n", "\r", ""};
  for (unsigned seed = 0; seed < 1500; ++seed) {
    std::mt19937 random(seed);
    std::string text;
    const std::size_t count = random() % 24;
    for (std::size_t i = 0; i < count; ++i) text += pieces[random() % pieces.size()] + ends[random() % ends.size()];
    ASSERT_EQ(joined(text), text) << "seed " << seed;
    std::size_t behind = 0;
    for (const Fold& each : fold_quotes(text)) {
      ASSERT_LT(each.begin, each.end) << "seed " << seed;
      ASSERT_GE(each.begin, behind) << "seed " << seed;
      ASSERT_TRUE(each.begin == 0 || text[each.begin - 1] == '\n') << "seed " << seed;
      ASSERT_TRUE(each.end == text.size() || text[each.end - 1] == '\n') << "seed " << seed;
      behind = each.end;
    }
  }
}

TEST(IntakeRule9, AHugeHostileTextIsFoldedInBoundedTime) {
  std::string text;
  for (int i = 0; i < 6000; ++i) text += "3@a wrote:\n> x\n";
  EXPECT_EQ(joined(text), text);
  std::string headers;
  for (int i = 0; i < 6000; ++i) headers += "From: a@b.example\n";
  EXPECT_EQ(joined(headers), headers);
}

}  // namespace
}  // namespace postern::ticketing
