// Comments that are formatted (issue 8): both forms say the same, everywhere that a comment goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"
#include "ticketing/errc.h"
#include "ticketing/html_words.h"

namespace postern::ticketing {
namespace {

using testing::HasSubstr;
using testing::Not;

struct FormattedDesk : test::Desk {
  FormattedDesk() { id = take({}).value().tickets.at(0); }
  Tickets::Update formatted(std::string html, bool is_public = true) {
    Tickets::Update out;
    out.html = std::move(html);
    out.is_public = is_public;
    return out;
  }
  core::TicketId id;
};

TEST(FormattedComments, Issue8AreStoredMailedAndShownInBothForms) {
  FormattedDesk desk;
  const auto done = desk.update(desk.id, desk.formatted("<p>Card <b>4111111111111111</b></p>"));
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->comment->html, "<p>Card <b>411111******1111</b></p>");
  EXPECT_EQ(done->comment->text, "Card 411111******1111");
  EXPECT_EQ(done->comment->redactions.size(), 1U);
  const Comment again = desk.tickets->comment(desk.acme, desk.id, done->comment->id).value();
  EXPECT_EQ(again.html, done->comment->html);
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_THAT(sent[0].message, HasSubstr("multipart/alternative"));
  EXPECT_THAT(sent[0].message, HasSubstr("<p>Card <b>411111******1111</b></p>"));
  ASSERT_TRUE(desk.reply(desk.id, "plain"));
  EXPECT_THAT(desk.claim().at(0).message, Not(HasSubstr("multipart"))) << "plain stays plain";
  EXPECT_EQ(desk.comments(desk.acme, desk.id)->back().html, "");
}

TEST(FormattedComments, TheTextIsWhatTheHtmlSays) {
  FormattedDesk desk;
  Tickets::Update both = desk.formatted("<p>Hello <b>Ann</b></p>", false);
  both.text = "Hello **Ann**";
  EXPECT_EQ(desk.update(desk.id, both)->comment->text, "Hello **Ann**") << "marks of an editor are not another text";
  both.text = "Pay to account 7";
  EXPECT_EQ(desk.update(desk.id, both)->comment->text, "Hello Ann");
  EXPECT_TRUE(has_same_words("a, b!", "**a** [b]"));
  EXPECT_FALSE(has_same_words("a b", "a b c"));
  EXPECT_TRUE(has_same_words("costs **$100**.", "costs $100."));
  EXPECT_FALSE(has_same_words("-100", "$100"));
  EXPECT_FALSE(has_same_words("15 3", "1.5 - 3"));
  EXPECT_FALSE(has_same_words("1 00", "100"));
  EXPECT_FALSE(has_same_words("a b c", "a b"));
  EXPECT_FALSE(has_same_words("\u00FC", "u"));
}

TEST(FormattedComments, LimitsAndBlanks) {
  FormattedDesk desk;
  const auto why = [&desk](Tickets::Update update) { return desk.update(desk.id, std::move(update)).error().context(); };
  EXPECT_EQ(why(desk.formatted("<p> </p><br>")), "comment.html_body: cannot be blank");
  EXPECT_EQ(why(desk.formatted("<p>" + std::string(test::Desk::options().comment_bytes_max, 'x') + "</p>")), "comment.html_body: too long");
  Tickets::Update file = desk.formatted("<p></p>");
  file.files = {{"a.txt", "text/plain", "x"}};
  const auto with_file = desk.update(desk.id, file);
  ASSERT_TRUE(with_file) << "a file says enough";
  EXPECT_EQ(with_file->comment->html, "");
  Tickets::Update beside = desk.formatted("<p> </p>", false);
  beside.text = "words";
  EXPECT_EQ(desk.update(desk.id, beside)->comment->text, "words");
  auth::Principal reader = desk.agent;
  reader.role = auth::Role::kContact;
  EXPECT_FALSE(desk.run(desk.tickets->update(reader, desk.id, desk.formatted("<p>x</p>"))));
}

TEST(FormattedComments, ALargeOneIsABlobThatGoesWithItsComment) {
  FormattedDesk desk;
  const std::string html = "<p>" + std::string(20'000, 'y') + "</p>";
  const auto done = desk.update(desk.id, desk.formatted(html, false));
  ASSERT_TRUE(done);
  EXPECT_EQ(desk.tickets->comment(desk.acme, desk.id, done->comment->id)->html, html);
}

TEST(FormattedComments, WordsAsHtml) {
  EXPECT_EQ(as_html("a <b> & \"c\" 'd'\r\ne"), "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;<br>e");
  EXPECT_TRUE(is_formatted("<div><UL><li>x"));
  EXPECT_TRUE(is_formatted("<h2>x</h2>"));
  EXPECT_FALSE(is_formatted("<div class=\"zd-comment\"><p>a<br>b <a href=\"https://a.example\">c</a> < d</p></div>"));
}

}  // namespace
}  // namespace postern::ticketing
