// Text of attachments in the search: found with the commit of its mail or reply, by words, phrase and keyword; told where; gone
// with the file, the ticket and the person.
#include "ticketing/search/file_texts.h"

#include <gtest/gtest.h>

#include "storage/records.h"
#include "tests/ticketing/desk.h"
#include "tests/ticketing/search/search_world.h"
#include "ticketing/detail/keys.h"
#include "ticketing/search/ticket_search.h"

namespace postern::test {
namespace {

using Tickets = std::vector<std::uint64_t>;
using ticketing::TicketDraft;
namespace search = ticketing::search;

// A comment with one file of that text.
schema::Comment with_file(SearchWorld& world, TicketDraft& draft, const std::string& name, const std::string& text) {
  schema::Comment comment = world.made("see the file");
  schema::Attachment& file = *comment.add_attachments();
  file.set_id(world.ids.next());
  file.set_name(name);
  EXPECT_TRUE(search::put_file_text(draft.transaction(), *world.vault, world.workspace, file.id(), text));
  return comment;
}

core::TicketId add_with_file(SearchWorld& world, const std::string& name, const std::string& text) {
  return world.add("question", "hello", [&](TicketDraft& draft) {
    schema::Comment comment = with_file(world, draft, name, text);
    EXPECT_TRUE(draft.add_comment(comment, true));
  });
}

TEST(SearchFileTexts, WordsOfAFileAreFoundByWordsPhraseAndKeyword) {
  SearchWorld world;
  add_with_file(world, "invoice.pdf", "Total amount of the zebra contract");
  world.add("zebra", "no file here");
  for (const bool merged : {false, true}) {
    if (merged) world.merge();
    EXPECT_EQ(world.find("zebra contract"), (Tickets{1}));
    EXPECT_EQ(world.find("contr*"), (Tickets{1}));
    EXPECT_EQ(world.find("\"zebra contract\""), (Tickets{1}));
    EXPECT_EQ(world.find("\"contract zebra\""), Tickets());
    EXPECT_EQ(world.find("attachment:zebra"), (Tickets{1}));
    EXPECT_EQ(world.find("attachment:\"amount of the zebra\""), (Tickets{1}));
    EXPECT_EQ(world.find("attachment:invoice"), (Tickets{1})) << "a name is of the attachment, too";
    EXPECT_EQ(world.find("filename:zebra"), Tickets());
    EXPECT_EQ(world.find("comment:contract"), Tickets());
    EXPECT_EQ(world.find("subject:zebra"), (Tickets{2}));
    EXPECT_EQ(world.find("has_attachment:true zebra"), (Tickets{1}));
    EXPECT_EQ(world.find("zebra -attachment:zebra"), (Tickets{2}));
  }
}

TEST(SearchFileTexts, AHitTellsWhereItStands) {
  SearchWorld world;
  add_with_file(world, "invoice.pdf", "Total <b>amount</b> of the zebra contract");
  const auto in_text = world.answer("zebra");
  ASSERT_EQ(in_text.hits.size(), 1U);
  EXPECT_EQ(in_text.hits[0].snippet, "Total &lt;b&gt;amount&lt;/b&gt; of the <mark>zebra</mark> contract");
  EXPECT_EQ(in_text.hits[0].place.in, search::kInFileText);
  EXPECT_EQ(in_text.hits[0].place.file_name, "invoice.pdf");
  EXPECT_NE(in_text.hits[0].place.comment, 0U);
  EXPECT_NE(in_text.hits[0].place.attachment, 0U);
  const auto in_name = world.answer("invoice");
  ASSERT_EQ(in_name.hits.size(), 1U);
  EXPECT_EQ(in_name.hits[0].place.in, search::kInFileName);
  const auto in_comment = world.answer("hello");
  ASSERT_EQ(in_comment.hits.size(), 1U);
  EXPECT_EQ(in_comment.hits[0].place.in, search::kInComment);
  EXPECT_EQ(in_comment.hits[0].place.attachment, 0U);
  const auto in_subject = world.answer("question");
  ASSERT_EQ(in_subject.hits.size(), 1U);
  EXPECT_EQ(in_subject.hits[0].place.comment, 0U);
  EXPECT_EQ(in_subject.hits[0].snippet, "<mark>question</mark>");
}

TEST(SearchFileTexts, LimitsBoundWhatIsTakenIn) {
  search::Limits limits;
  limits.text_bytes_max = 32;
  limits.file_texts_bytes_max = 40;
  SearchWorld world(limits);
  world.add("s", "t", [&](TicketDraft& draft) {
    schema::Comment comment = with_file(world, draft, "a", "first " + std::string(30, '.') + " behind");
    schema::Attachment& second = *comment.add_attachments();
    second.set_id(world.ids.next());
    EXPECT_TRUE(search::put_file_text(draft.transaction(), *world.vault, world.workspace, second.id(), "second"));
    EXPECT_TRUE(draft.add_comment(comment, true));
  });
  EXPECT_EQ(world.find("first"), (Tickets{1}));
  EXPECT_EQ(world.find("behind"), Tickets());
  EXPECT_EQ(world.find("second"), Tickets());
}

TEST(SearchFileTexts, AnotherSubjectAndTheTakingInOfOldTicketsKeepThem) {
  SearchWorld world;
  const core::TicketId id = add_with_file(world, "a.pdf", "zebra contract");
  world.merge();
  world.change(id, [](TicketDraft& draft) { draft.record().set_subject("renamed"); });
  EXPECT_EQ(world.find("attachment:zebra renamed"), (Tickets{1}));
  storage::Transaction transaction = world.store->begin();
  transaction.erase(search::fill_state(world.workspace));
  world.commit(std::move(transaction));
  EXPECT_EQ(world.run(world.search->upkeep().fill(world.workspace)).value(), 1U);
  world.merge();
  EXPECT_EQ(world.find("attachment:\"zebra contract\""), (Tickets{1}));
  world.change(id, [](TicketDraft& draft) { draft.record().set_deleted_unix_ms(1); });
  EXPECT_EQ(world.find("zebra"), Tickets());
  world.change(id, [](TicketDraft& draft) { draft.record().set_deleted_unix_ms(0); });
  EXPECT_EQ(world.find("zebra"), (Tickets{1}));
}

TEST(SearchFileTexts, WordsOfTheFirstFormatAreStillRead) {
  // Three bits of fields and five of uses: a subject's word, used 31 times.
  const char old_use = static_cast<char>((search::kInSubject << 5U) | 31U);
  const auto postings = search::decode_postings(0, std::string("\x01\x02", 2) + old_use + '\x05');
  ASSERT_TRUE(postings);
  ASSERT_EQ(postings->size(), 1U);
  EXPECT_EQ(postings->front().ticket, 2U);
  EXPECT_EQ(postings->front().use, (search::WordUse{search::kUsesMax, search::kInSubject}));
  const auto waiting = search::decode_waiting(std::string("\x01\x00\x05\x00\x01"
                                                          "a",
                                                          6) +
                                              old_use);
  ASSERT_TRUE(waiting);
  ASSERT_EQ(waiting->words.size(), 1U);
  EXPECT_EQ(waiting->words[0].second, (search::WordUse{search::kUsesMax, search::kInSubject}));
}

// Through intake, agents and the queue of held mail, as everything is wired.
class FileTextsOfADesk : public testing::Test {
 protected:
  Tickets find(const std::string& query) {
    search::SearchRequest request;
    request.query = query;
    const auto answer = desk.run(desk.helpdesk->search().find(desk.agent, std::move(request)));
    Tickets out;
    EXPECT_TRUE(answer);
    if (!answer) return out;
    for (const auto& hit : answer->hits) out.push_back(hit.ticket.id.value);
    return out;
  }
  std::size_t texts_kept() {
    const std::string all = search::file_text_key(desk.acme, 0);
    return desk.store->snapshot()->scan(all.substr(0, all.size() - 8), storage::Direction::kForward, 100).value().size();
  }
  static Mail mail_with_file() {
    Mail mail;
    mail.attachments = {{"plan.pdf", "application/pdf", "", false, "%PDF", false, "the zebra plan"}};
    return mail;
  }
  Desk desk;
};

TEST_F(FileTextsOfADesk, AMailsFileIsFoundWithTheCommitOfTheMail) {
  ASSERT_TRUE(desk.take(mail_with_file()));
  EXPECT_EQ(find("zebra").size(), 1U);
  EXPECT_EQ(find("attachment:\"zebra plan\"").size(), 1U);
  EXPECT_EQ(texts_kept(), 1U);
}

TEST_F(FileTextsOfADesk, AnUploadIsFoundWithTheCommitOfTheReply) {
  const auto taken = desk.take(Mail{});
  ASSERT_TRUE(taken);
  ticketing::Tickets::Update update;
  update.text = "see file";
  update.files = {{"plan.csv", "text/csv", "giraffe,1"}};
  ASSERT_TRUE(desk.update(taken->tickets.at(0), std::move(update)));
  EXPECT_EQ(find("attachment:giraffe").size(), 1U);
}

TEST_F(FileTextsOfADesk, HeldMailKeepsItsTextAndGivesItBack) {
  Mail mail = mail_with_file();
  mail.spam = pipeline::SpamAction::kSuspend;
  ASSERT_TRUE(desk.take(mail));
  EXPECT_EQ(find("zebra"), Tickets());
  EXPECT_EQ(texts_kept(), 1U);
  const auto held = desk.suspended->list(desk.acme, 10).value();
  ASSERT_EQ(held.size(), 1U);
  ASSERT_TRUE(desk.run(desk.suspended->recover(desk.agent, held[0].trace, held[0].inbox)));
  EXPECT_EQ(find("zebra").size(), 1U);
  EXPECT_EQ(texts_kept(), 1U) << "that of the held mail is gone";
}

}  // namespace
}  // namespace postern::test
