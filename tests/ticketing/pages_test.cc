// Conversations, histories and lists in pages that a long ticket cannot make too large.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ticketing/desk.h"

namespace postern::ticketing {
namespace {

using test::Desk;
using test::Mail;
using testing::SizeIs;

constexpr core::TicketId kFirst{1};
constexpr std::size_t kManyBytes = 1U << 30U;

void add_notes(Desk& desk, int count, std::size_t bytes) {
  ASSERT_TRUE(desk.take({}));
  for (int i = 1; i <= count; ++i) {
    Tickets::Update note;
    note.text = std::to_string(i) + std::string(bytes, '.');
    note.is_public = false;
    ASSERT_TRUE(desk.update(kFirst, note));
  }
}

TEST(Pages, CommentsGoOnBehindTheLastOne) {
  Desk desk;
  add_notes(desk, 25, 1);
  std::vector<std::string> texts;
  std::vector<std::size_t> sizes;
  for (CommentPage page{{}, true}; page.has_more;) {
    const core::CommentId after = page.comments.empty() ? core::CommentId{} : page.comments.back().id;
    page = desk.tickets->comment_page(desk.acme, kFirst, after, 10, kManyBytes).value();
    sizes.push_back(page.comments.size());
    for (const Comment& comment : page.comments) texts.push_back(comment.text);
  }
  EXPECT_THAT(sizes, testing::ElementsAre(10U, 10U, 6U));
  ASSERT_EQ(texts.size(), 26U);
  for (std::size_t i = 1; i < texts.size(); ++i) EXPECT_EQ(texts[i], std::to_string(i) + ".");
}

TEST(Pages, EndWithoutMoreWhenTheyAreExactlyFull) {
  Desk desk;
  add_notes(desk, 15, 1);
  EXPECT_FALSE(desk.tickets->comment_page(desk.acme, kFirst, {}, 16, kManyBytes)->has_more);
  EXPECT_TRUE(desk.tickets->comment_page(desk.acme, kFirst, {}, 15, kManyBytes)->has_more);
  EXPECT_FALSE(desk.tickets->event_page(desk.acme, kFirst, 0, 16)->has_more);
  EXPECT_TRUE(desk.tickets->event_page(desk.acme, kFirst, 0, 15)->has_more);
}

TEST(Pages, StopBeforeTheTextsAreTooLarge) {
  Desk desk;
  add_notes(desk, 5, 100'000);
  const auto first = desk.tickets->comment_page(desk.acme, kFirst, {}, 100, 250'000).value();
  EXPECT_THAT(first.comments, SizeIs(3));  // the short one of the mail and two notes
  EXPECT_TRUE(first.has_more);
  const auto second = desk.tickets->comment_page(desk.acme, kFirst, first.comments.back().id, 100, 1).value();
  EXPECT_THAT(second.comments, SizeIs(1));  // one in any case, or nobody could go on
  EXPECT_TRUE(second.has_more);
  EXPECT_EQ(second.comments[0].text[0], '3');
  const auto last = desk.tickets->comment_page(desk.acme, kFirst, second.comments.back().id, 100, 250'000).value();
  EXPECT_THAT(last.comments, SizeIs(2));
  EXPECT_FALSE(last.has_more);
  EXPECT_THAT(desk.tickets->comment_page(desk.acme, kFirst, last.comments.back().id, 100, 1)->comments, SizeIs(0));
}

TEST(Pages, OneCommentIsReadByItself) {
  Desk desk;
  add_notes(desk, 2, 10);
  Mail other;
  other.message_id = "m9@customer.example";
  ASSERT_TRUE(desk.take(other));
  const Comment last = desk.comments(desk.acme, kFirst)->back();
  EXPECT_EQ(desk.tickets->comment(desk.acme, kFirst, last.id)->text, last.text);
  EXPECT_EQ(desk.tickets->comment(desk.acme, core::TicketId{2}, last.id).error(), Errc::kNotFound);
  EXPECT_EQ(desk.tickets->comment(desk.other, kFirst, last.id).error(), Errc::kNotFound);
  EXPECT_EQ(desk.tickets->comment_page(desk.acme, core::TicketId{9}, {}, 10, 10).error(), Errc::kNotFound);
  EXPECT_EQ(desk.tickets->event_page(desk.acme, core::TicketId{9}, 0, 10).error(), Errc::kNotFound);
}

TEST(Pages, EventsGoOnBehindANumber) {
  Desk desk;
  add_notes(desk, 6, 1);
  const auto page = desk.tickets->event_page(desk.acme, kFirst, 3, 2).value();
  ASSERT_THAT(page.events, SizeIs(2));
  EXPECT_EQ(page.events[0].number, 4U);
  EXPECT_EQ(page.events[1].number, 5U);
  EXPECT_TRUE(page.has_more);
  EXPECT_FALSE(desk.tickets->event_page(desk.acme, kFirst, 5, 2)->has_more);
}

TEST(Pages, TicketListsAreAsLongAsAskedFor) {
  Desk desk;
  constexpr std::size_t kMany = 120;
  for (std::size_t i = 0; i < kMany; ++i) {
    Mail mail;
    mail.message_id = std::to_string(i) + "@customer.example";
    ASSERT_TRUE(desk.take(mail));
  }
  TicketQuery query;
  query.size = kMany;
  EXPECT_THAT(desk.tickets->list(desk.acme, query)->tickets, SizeIs(kMany));
  Options options = Desk::options();
  options.page_size_max = 0;  // nonsense still answers
  const Tickets narrow(*desk.store, *desk.vault, *desk.accounts, *desk.directory, desk.redactor, desk.ids, desk.clock, options);
  EXPECT_THAT(narrow.list(desk.acme, query)->tickets, SizeIs(1));
}

}  // namespace
}  // namespace postern::ticketing
