#include <gtest/gtest.h>

#include "tests/ticketing/search/search_world.h"

namespace postern::test {
namespace {

using Tickets = std::vector<std::uint64_t>;
using ticketing::TicketDraft;

class SearchFind : public testing::TestWithParam<bool> {
 protected:
  // What waits is found as what is merged is.
  Tickets find(const std::string& query) {
    if (GetParam()) world.merge();
    return world.find(query);
  }
  SearchWorld world;
};
INSTANTIATE_TEST_SUITE_P(WaitingAndMerged, SearchFind, testing::Bool());

TEST_P(SearchFind, AllWordsAnywhereInTheTicket) {
  world.add("Printer broken", "It smokes.");
  const auto second = world.add("Printer", "It is loud.");
  world.comment(second, "Now it SMOKES, too.");
  EXPECT_EQ(find("printer smokes").size(), 2U);
  EXPECT_EQ(find("printer loud"), (Tickets{2}));
  EXPECT_EQ(find("printer -loud"), (Tickets{1}));
  EXPECT_EQ(find("nothing"), Tickets());
}

TEST_P(SearchFind, PhrasesStandInOneText) {
  world.add("A", "the house is on fire now");
  const auto second = world.add("B", "come on");
  world.comment(second, "fire in the hole");
  world.add("on fire", "see above");
  EXPECT_EQ(find("\"on fire\" order_by:created sort:asc"), (Tickets{1, 3}));
  EXPECT_EQ(find("on fire order_by:created sort:asc"), (Tickets{1, 2, 3}));
  EXPECT_EQ(find("subject:\"on fire\""), (Tickets{3}));
  EXPECT_EQ(find("fire -\"on fire\""), (Tickets{2}));
  EXPECT_EQ(find("\"fire on\""), Tickets());
}

TEST_P(SearchFind, BeginningsOfWordsInAnyScript) {
  world.add("A", "toner tonic тонер");
  world.add("B", "tone");
  world.add("C", "コンピューター 退款");
  EXPECT_EQ(find("ton* order_by:created sort:asc"), (Tickets{1, 2}));
  EXPECT_EQ(find("tone* order_by:created sort:asc"), (Tickets{1, 2}));
  EXPECT_EQ(find("toner*"), (Tickets{1}));
  EXPECT_EQ(find("то*"), (Tickets{1}));
  EXPECT_EQ(find("コンピ*"), (Tickets{3}));
  EXPECT_EQ(find("退"), (Tickets{3}));
  EXPECT_EQ(find("款"), (Tickets{3}));
  EXPECT_EQ(find("tonerx*"), Tickets());
}

TEST_P(SearchFind, AddressesNumbersAndIdentifiersWholeAndByPart) {
  world.add("Order INV-2024-0017", "from bob.smith+shop@mail.example.com about 1,234.50 EUR, host db-7.eu_west");
  for (const char* query : {"INV-2024-0017", "2024-0017", "0017", "bob.smith+shop@mail.example.com", "mail.example.com", "example.com", "smith",
                            "1,234.50", "1234.50 OR", "db-7.eu_west", "eu_west", "INV-2024*"}) {
    const bool is_expected = std::string_view(query) != "1234.50 OR";
    EXPECT_EQ(find(query), is_expected ? Tickets{1} : Tickets()) << query;
  }
  EXPECT_EQ(find("INV-0017"), Tickets());
}

TEST_P(SearchFind, ScriptsWithoutSpacesByAnyPart) {
  world.add("A", "我想申请退款，谢谢");
  world.add("B", "ขอคืนเงินค่าสินค้า");
  world.add("C", "환불을 원합니다");
  EXPECT_EQ(find("退款"), (Tickets{1}));
  EXPECT_EQ(find("申请退"), (Tickets{1}));
  EXPECT_EQ(find("\"请退款\""), (Tickets{1}));
  EXPECT_EQ(find("\"退款申请\""), Tickets());
  EXPECT_EQ(find("คืนเงิน"), (Tickets{2}));
  EXPECT_EQ(find("환불"), (Tickets{3}));
}

TEST_P(SearchFind, TheTicketItselfComesFirst) {
  world.add("One", "see 2");
  world.add("Two", "a 2 b");
  EXPECT_EQ(find("2").front(), 2U);
  EXPECT_EQ(find("2").size(), 2U);
  EXPECT_EQ(find("#1"), (Tickets{1}));
  EXPECT_EQ(find("#9"), Tickets());
}

TEST_P(SearchFind, RareWordsAndSubjectsRankHigher) {
  for (int i = 0; i < 20; ++i) world.add("Noise", "printer printer");
  world.add("Printer zebra", "hello");
  world.add("Noise", "printer " + std::string(3000, '.') + " hello");
  EXPECT_EQ(find("printer hello").front(), 21U);
}

void set_up_fields(SearchWorld& world) {
  world.add("one", "word", [](TicketDraft& draft) {
    draft.record().set_assignee(5);
    draft.record().set_priority(4);
    draft.record().add_tags("vip");
    draft.record().set_group(9);
    draft.record().add_ccs(31);
  });
  world.add("two", "word", [](TicketDraft& draft) {
    draft.record().set_status(5);
    draft.record().mutable_metrics()->set_solved(1);
    draft.record().set_type(2);
    auto& field = *draft.record().add_fields();
    field.set_field(12);
    field.add_values("Red");
  });
  world.add("three", "word", [&world](TicketDraft& draft) {
    draft.record().set_status(2);
    draft.record().set_requester(78);
    draft.record().set_external_id("X-1");
    schema::Comment comment = world.made("by an agent");
    comment.set_author(5);
    auto& file = *comment.add_attachments();
    file.set_id(1);
    file.set_name("Invoice_2026.pdf");
    EXPECT_TRUE(draft.add_comment(comment, false));
  });
}

TEST_P(SearchFind, NothingAndAnOrderAloneAreEverythingButSignsAreNot) {
  set_up_fields(world);
  EXPECT_EQ(find("order_by:created sort:asc"), (Tickets{1, 2, 3}));
  EXPECT_EQ(find("order_by:created sort:desc"), (Tickets{3, 2, 1}));
  EXPECT_EQ(find("").size(), 3U);
  EXPECT_EQ(find("  ").size(), 3U);
  EXPECT_EQ(find("!?"), Tickets());
}

TEST_P(SearchFind, FieldsOfTheRecord) {
  set_up_fields(world);
  const std::vector<std::pair<std::string, Tickets>> cases = {
      {"status<solved", {1, 3}},       {"status:open status:new", {1, 3}}, {"status>=solved", {2}},      {"-status:solved", {1, 3}},
      {"assignee:me", {1}},            {"assignee:none", {2, 3}},          {"requester:78", {3}},        {"submitter:77", {1, 2}},
      {"priority>normal", {1}},        {"priority:none", {2, 3}},          {"ticket_type:incident", {2}}, {"type:ticket", {1, 2, 3}},
      {"tags:VIP", {1}},               {"tags:none", {2, 3}},              {"-tags:vip word", {2, 3}},   {"group:9", {1}},
      {"cc:31", {1}},                  {"cc:none", {2, 3}},                {"custom_field_12:red", {2}}, {"fieldvalue:red", {2}},
      {"custom_field_12:*", {2}},      {"external_id:X-1", {3}},           {"commenter:me", {3}},        {"-commenter:me", {1, 2}},
      {"has_attachment:true", {3}},    {"has_attachment:false", {1, 2}},   {"filename:invoice_2026.pdf", {3}}, {"filename:pdf", {3}},
      {"via:email via:api", {1, 2, 3}}, {"commenter:me commenter:77", {1, 2, 3}}, {"has_attachment:true has_attachment:false", {1, 2, 3}},
      {"via:email", {1, 2, 3}},        {"via:api", {}},                    {"created:today word", {1, 2, 3}}, {"created<1day", {}},
      {"created>1hour", {1, 2, 3}},    {"updated>2020", {1, 2, 3}},        {"solved>2020 word", {2}},    {"word assignee:nobody@x.example", {}},
      {"word status:new", {1}},        {"group:none", {2, 3}},             {"problem:none -priority:urgent", {2, 3}}};
  for (const auto& [query, expected] : cases) EXPECT_EQ(find(query + " order_by:created sort:asc"), expected) << query;
}

TEST_P(SearchFind, ChangesOfFieldsAreFollowed) {
  set_up_fields(world);
  world.change(core::TicketId{1}, [](TicketDraft& draft) {
    draft.record().clear_tags();
    draft.record().add_tags("gold");
    draft.record().set_group(10);
    draft.record().set_subject("uno");
  });
  EXPECT_EQ(find("tags:vip"), Tickets());
  EXPECT_EQ(find("tags:gold"), (Tickets{1}));
  EXPECT_EQ(find("group:9"), Tickets());
  EXPECT_EQ(find("subject:one"), Tickets());
  EXPECT_EQ(find("uno"), (Tickets{1}));
}

TEST_P(SearchFind, DeletedTicketsAreNotFoundUntilTheyAreBack) {
  world.add("gone", "zebra", [](TicketDraft& draft) { draft.record().add_tags("vip"); });
  world.add("here", "zebra");
  if (GetParam()) world.merge();
  world.change(core::TicketId{1}, [](TicketDraft& draft) { draft.record().set_deleted_unix_ms(1); });
  EXPECT_EQ(find("zebra"), (Tickets{2}));
  EXPECT_EQ(find("tags:vip"), Tickets());
  EXPECT_EQ(find("#1"), Tickets());
  world.change(core::TicketId{1}, [](TicketDraft& draft) { draft.record().set_deleted_unix_ms(0); });
  EXPECT_EQ(find("zebra").size(), 2U);
  EXPECT_EQ(find("tags:vip"), (Tickets{1}));
}

TEST_P(SearchFind, WhoIsLimitedToInboxesFindsNothingOfOthers) {
  world.add("ours", "zebra");
  world.add("theirs", "zebra", [](TicketDraft& draft) { draft.record().set_inbox(draft.record().inbox() + 1000); });
  world.agent.inboxes = auth::InboxScope::only({world.inbox});
  for (const char* query : {"zebra", "status:new", "zeb*", "#2 zebra", "\"zebra\""}) EXPECT_EQ(find(query), (Tickets{1})) << query;
  EXPECT_EQ(world.answer("zebra").count, 1U);
}

TEST_P(SearchFind, SortsByWhatIsAskedFor) {
  world.add("a word", "x", [](TicketDraft& draft) { draft.record().set_priority(2); });
  world.add("b word", "x", [](TicketDraft& draft) { draft.record().set_priority(4); });
  world.add("c word", "x", [](TicketDraft& draft) { draft.record().set_priority(1); });
  world.comment(core::TicketId{1}, "later");
  for (const char* words : {"word ", "", "type:ticket status:new "}) {
    const std::string with = words;
    if (with.empty()) continue;
    EXPECT_EQ(find(with + "order_by:priority"), (Tickets{2, 1, 3}));
    EXPECT_EQ(find(with + "order_by:priority sort:asc"), (Tickets{3, 1, 2}));
    EXPECT_EQ(find(with + "order_by:updated"), (Tickets{1, 3, 2}));
    EXPECT_EQ(find(with + "order_by:created"), (Tickets{3, 2, 1}));
    EXPECT_EQ(find(with + "order_by:updated sort:asc"), (Tickets{2, 3, 1}));
  }
}

TEST_P(SearchFind, SnippetsAreEscapedAndMarked) {
  world.add("A", "Dear <b>team</b> & friends, my Straße is \"flooded\" now");
  if (GetParam()) world.merge();
  const auto answer = world.answer("strasse team");
  ASSERT_EQ(answer.hits.size(), 1U);
  EXPECT_EQ(answer.hits[0].snippet, "Dear &lt;b&gt;<mark>team</mark>&lt;/b&gt; &amp; friends, my <mark>Straße</mark> is &quot;flooded&quot; now");
  world.add("B", std::string(5000, 'x') + " 我想退款谢谢 " + std::string(5000, 'y'));
  const auto wide = world.answer("退款");
  ASSERT_EQ(wide.hits.size(), 1U);
  EXPECT_NE(wide.hits[0].snippet.find("我想<mark>退款</mark>谢谢"), std::string::npos);
  EXPECT_LT(wide.hits[0].snippet.size(), 400U);
}

}  // namespace
}  // namespace postern::test
