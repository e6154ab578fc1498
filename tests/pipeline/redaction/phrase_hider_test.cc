// Requirement Z-35, by hand: a phrase or a file leaves a stored message in every view.
#include "pipeline/redaction/phrase_hider.h"

#include <gtest/gtest.h>

#include "pipeline/mime/content.h"
#include "pipeline/mime/part.h"
#include "pipeline/redaction/phrase_detector.h"
#include "tests/pipeline/redaction/mail_text.h"

namespace postern::pipeline {
namespace {

constexpr const char* kPhrase = "Violet Example";
const std::vector<std::string> kPhrases{kPhrase};

MessageContent content_of(const std::string& raw) {
  const auto message = Message::copy_of(raw);
  return build_content(*message, parse_mime(*message));
}

TEST(PhraseHider, MasksEveryCharacterButBlanks) {
  const PhraseHider hider;
  const Rewritten out = hider.hide_in_text("Ask Violet Example, not violet example. Violet\u00A0 \r\n> Exam\u00ADple!", kPhrases);
  EXPECT_EQ(out.count, 2U);
  EXPECT_EQ(out.bytes,
            "Ask ▇▇▇▇▇▇ ▇▇▇▇▇▇▇, not violet example. ▇▇▇▇▇▇\u00A0 \r\n> ▇▇▇▇\u00AD▇▇▇!");
  EXPECT_EQ(hider.hide_in_text(out.bytes, kPhrases).count, 0U);
  EXPECT_EQ(hider.hide_in_text("aaabaaac aaaa", {"aaac", "aa"}).bytes, "▇▇ab▇▇▇▇ ▇▇▇▇");
  EXPECT_EQ(hider.hide_in_text("nothing", kPhrases).bytes, "nothing");
  EXPECT_EQ(hider.hide_in_text("p@$$-w\xC3\xB6rd", {"p@$$-w\xC3\xB6rd"}).bytes, "▇▇▇▇▇▇▇▇▇");
}

TEST(PhraseHider, APhraseHasToSaySomething) {
  const PhraseHider hider;
  for (const char* nothing : {"", " ", "a", "\t7 ", "***", "▇▇▇", "\u00AD\u200B"}) EXPECT_FALSE(hider.is_phrase(nothing)) << nothing;
  for (const char* phrase : {"ab", "12", "王", "a *", "p@"}) EXPECT_TRUE(hider.is_phrase(phrase)) << phrase;
}

TEST(PhraseHider, LeavesAMessageInEveryEncoding) {
  const PhraseHider hider;
  const std::string said = "I am Violet Example, you know.";
  std::string wide;
  for (char c : said) wide.append({c, '\0'});
  const std::string soft = "I am Viol=\r\net=20Ex=61mple, you know.";
  const std::string html = "<html><body><p>I am <b>Vio</b>let&nbsp;<i>Ex&#97;mple</i>, you know.</p></body></html>";
  const std::vector<std::string> messages{
      test::text_mail("text/plain", "7bit", said + "\r\n"),
      test::text_mail("text/plain; charset=utf-8", "8bit", said + " é\r\n"),
      test::text_mail("text/plain; charset=utf-8", "quoted-printable", soft + "\r\n"),
      test::text_mail("text/plain; charset=utf-8", "base64", test::base64_lines(said)),
      test::text_mail("text/plain; charset=utf-16le", "base64", test::base64_lines(wide)),
      test::text_mail("text/html; charset=utf-8", "7bit", html),
      test::text_mail("text/html; charset=utf-8", "base64", test::base64_lines(html)),
      test::text_mail("text/plain", "7bit", "> I am Violet\r\n> Example\r\n"),
      test::mail("Subject: =?utf-8?Q?About_Violet_Ex=61mple?=\r\n", "x\r\n"),
      test::mail("Cc: \"Example, Violet\" <v@x.test>, Violet Example <v@x.test>\r\n", "x\r\n"),
      test::mixed_mail("Content-Type: text/plain; name=\"Violet Example.txt\"\r\nContent-Disposition: attachment;\r\n"
                       " filename*=utf-8''Violet%20Example.txt\r\n\r\nhello\r\n"),
      test::mixed_mail("Content-Type: message/rfc822\r\n\r\nSubject: About Violet Example\r\n\r\n" + said + "\r\n"),
      test::mixed_mail("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                       test::base64_lines("Subject: About Violet Example\r\n\r\n" + said + "\r\n")),
      test::mixed_mail("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                       test::base64_lines(std::string("\0\1\2\3\4\5\6\7", 8) + wide + std::string("\0\1\2\3\4\5\6\7", 8))),
  };
  for (const std::string& before : messages) {
    const Rewritten out = hider.hide_in_message(before, kPhrases);
    EXPECT_GE(out.count, 1U) << before;
    EXPECT_FALSE(out.was_replaced) << before;
    EXPECT_EQ(hider.hide_in_message(out.bytes, kPhrases).count, 0U) << out.bytes;
    EXPECT_EQ(out.bytes.find(kPhrase), std::string::npos);
    const MessageContent content = content_of(out.bytes);
    for (const std::string& shown : {content.text, content.html, content.subject}) {
      EXPECT_EQ(shown.find("Violet"), std::string::npos) << shown;
    }
    for (const auto& file : content.attachments) {
      EXPECT_EQ((file.name + file.content).find("Violet"), std::string::npos) << file.name;
    }
    EXPECT_EQ(content.attachments.size(), content_of(before).attachments.size()) << out.bytes;
  }
}

TEST(PhraseHider, FieldsOfMachinesLoseItTooAndOthersKeepTheirForm) {
  const PhraseHider hider;
  const std::string before =
      "Received: from a.test by b.test for <jane.doe@desk.test>; Sun, 22 Nov 2026 09:30:00 +0000\r\n"
      "Return-Path: <jane.doe@desk.test>\r\n" +
      test::mixed_mail("Content-Type: text/plain\r\n\r\nwrite to jane.doe@desk.test, plain and mixed\r\n");
  const Rewritten out = hider.hide_in_message(before, {"jane.doe@desk.test"});
  EXPECT_EQ(out.bytes.find("jane.doe"), std::string::npos) << out.bytes;
  EXPECT_EQ(out.count, 3U);
  // Words that hold the message together stay where they do.
  const Rewritten words = hider.hide_in_message(before, {"plain", "mixed", "b1", "text"});
  EXPECT_FALSE(words.was_replaced);
  EXPECT_NE(words.bytes.find("Content-Type: multipart/mixed; boundary=\"b1\""), std::string::npos) << words.bytes;
  EXPECT_NE(words.bytes.find("Content-Type: text/plain"), std::string::npos) << words.bytes;
  EXPECT_EQ(words.bytes.find("plain and mixed"), std::string::npos) << words.bytes;
}

TEST(PhraseHider, HtmlKeepsItsTagsAndItsLinksLoseTheirTarget) {
  const PhraseHider hider;
  const std::string html =
      "<p class=\"bold\">He is <b>Vio</b>let &#69;xample &amp; bold</p>"
      "<a href=\"https://x.test/?who=Violet%20&amp;n=a&amp;b\">here</a><img alt=\"Violet Example\" src=\"cid:1\">";
  const Rewritten out = hider.hide_in_html(html, {kPhrase, "bold", "https://x.test/?who=Violet%20&n=a&b"});
  EXPECT_EQ(out.bytes.find("Violet"), std::string::npos) << out.bytes;
  EXPECT_NE(out.bytes.find("<b>▇▇▇</b>▇▇▇ ▇▇▇▇▇▇▇ &amp; ▇▇▇▇"), std::string::npos) << out.bytes;
  EXPECT_NE(out.bytes.find("src=\"cid:1\""), std::string::npos) << out.bytes;
  EXPECT_EQ(out.bytes.find("x.test"), std::string::npos) << out.bytes;
  EXPECT_EQ(hider.hide_in_html(out.bytes, {kPhrase, "bold"}).count, 0U);
  const Rewritten tag = hider.hide_in_html("<b>kept</b> <div>div</div>", {"div"});
  EXPECT_EQ(tag.bytes, "<b>kept</b> <div>▇▇▇</div>");
}

TEST(PhraseHider, ReadsMarksOfClients) {
  const PhraseHider hider;
  const MarkedHtml marks = hider.read_marks(
      "<div class=\"zd-comment\">My number is <redact>84<b>75</b>64</redact>! <REDACT> a &amp; b </REDACT> 1 < 2 "
      "<a href=\"http://x.test/?a=1&amp;b=2\" redact><redact>some link</redact></a>"
      "<img src='cid:pic@1' redact><img redact data-remote-src=http://y.test/p.png></div>",
      10);
  EXPECT_TRUE(marks.is_whole);
  EXPECT_EQ(marks.phrases, (std::vector<std::string>{"847564", "a & b", "http://x.test/?a=1&b=2", "some link", "http://y.test/p.png"}));
  EXPECT_EQ(marks.content_ids, std::vector<std::string>{"pic@1"});
  EXPECT_FALSE(hider.read_marks("<redact>a", 10).is_whole);
  EXPECT_FALSE(hider.read_marks("<redact>aa</redact><redact>bb</redact>", 1).is_whole);
  EXPECT_EQ(hider.read_marks("<redact>a <redact>b</redact> c</redact>", 10).phrases, std::vector<std::string>{"a b c"});
  EXPECT_TRUE(hider.read_marks("<p>nothing</p></redact>", 10).phrases.empty());
}

TEST(PhraseHider, FilesLoseAPhraseOrGo) {
  const PhraseHider hider;
  const Rewritten text = hider.hide_in_file("a.csv", "text/csv", "name;x\r\nViolet Example;1\r\n", kPhrases);
  EXPECT_EQ(text.count, 1U);
  EXPECT_EQ(text.bytes.find("Violet"), std::string::npos);
  EXPECT_EQ(hider.hide_in_file("a.csv", "text/csv", "name;x\r\n", kPhrases).count, 0U);

  const std::string file = std::string("\x89PNG\r\n\x1a\n", 8) + std::string(200, '\7');
  const std::string before = test::mixed_mail(
      "Content-Type: image/png; name=\"me.png\"\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <pic@1>\r\n"
      "Content-Disposition: inline; filename=\"me.png\"\r\n\r\n" + test::base64_lines(file));
  const Rewritten gone = hider.remove_file(before, file, "[removed]\r\n");
  EXPECT_EQ(gone.count, 1U);
  EXPECT_FALSE(gone.was_replaced);
  const MessageContent content = content_of(gone.bytes);
  ASSERT_EQ(content.attachments.size(), 1U);
  EXPECT_EQ(content.attachments[0].name, "redacted.txt");
  EXPECT_EQ(content.attachments[0].content, "[removed]\r\n");
  EXPECT_EQ(content.text, content_of(before).text);
  EXPECT_EQ(gone.bytes.find("me.png"), std::string::npos);
  // A file that cannot be told from the rest takes the message with it.
  const Rewritten lost = hider.remove_file(before, "another file", "[removed]\r\n");
  EXPECT_TRUE(lost.was_replaced);
  EXPECT_EQ(lost.bytes.find("see attachment"), std::string::npos);
}

TEST(PhraseHider, AnAttachedMessageAndTheOnlyPartCanGo) {
  const PhraseHider hider;
  const std::string inner = "Subject: inside\r\n\r\nbody of it\r\n";
  const std::string nested = test::mixed_mail("Content-Type: message/rfc822\r\n\r\n" + inner);
  const MessageContent content = content_of(nested);
  ASSERT_EQ(content.attachments.size(), 1U);
  const Rewritten gone = hider.remove_file(nested, content.attachments[0].content, "[removed]\r\n");
  EXPECT_FALSE(gone.was_replaced);
  EXPECT_EQ(gone.bytes.find("body of it"), std::string::npos) << gone.bytes;
  const std::string only = test::mail("Subject: s\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n",
                                      test::base64_lines("%PDF-1.4 fake"));
  const MessageContent one = content_of(only);
  ASSERT_EQ(one.attachments.size(), 1U);
  const Rewritten removed = hider.remove_file(only, one.attachments[0].content, "[removed]\r\n");
  EXPECT_FALSE(removed.was_replaced);
  EXPECT_NE(removed.bytes.find("Subject: s"), std::string::npos);
  EXPECT_NE(removed.bytes.find("[removed]"), std::string::npos);
}

TEST(PhraseDetector, TimeIsLinearInTheText) {
  std::string hostile(1U << 18U, 'a');
  const PhraseDetector detector({std::string(1000, 'a') + "b"});
  EXPECT_TRUE(detector.find(hostile, TextKind::kBody).empty());
  hostile += "b";
  EXPECT_EQ(detector.find(hostile, TextKind::kBody).size(), 1U);
}

}  // namespace
}  // namespace postern::pipeline
