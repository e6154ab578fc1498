// Imports into a real store through the real redactor: dates and conversations stay, card numbers do not, nothing comes twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/imports/comment_batches.h"
#include "app/imports/mail_source.h"
#include "tests/app/import_fixture.h"
#include "ticketing/erasure/person_erasure.h"
#include "ticketing/fields/ticket_fields.h"
#include "ticketing/outbox.h"
#include "ticketing/people/people.h"
#include "ticketing/search/ticket_search.h"

namespace postern::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr core::TicketId kOne{1};
constexpr core::TicketId kTwo{2};

std::string mail(const std::string& from, const std::string& date, const std::string& id, const std::string& subject, const std::string& text,
                 const std::string& more = "") {
  return "From: " + from + "\nTo: support@example.com\nDate: " + date + "\nMessage-ID: <" + id + ">\n" + more + "Subject: " + subject +
         "\nContent-Type: text/plain; charset=utf-8\n\n" + text + "\n";
}
const std::string kFirst = mail("Ann <ann@customer.example>", "Mon, 03 Mar 2025 10:00:00 +0000", "a1@customer.example", "Refund",
                                "My card is 4111 1111 1111 1111, please refund.");
const std::string kAnswer = mail("support@example.com", "Mon, 03 Mar 2025 11:00:00 +0000", "a2@example.com", "Re: Refund", "Done.",
                                 "In-Reply-To: <a1@customer.example>\n");
const std::string kThanks = mail("Ann <ann@customer.example>", "Tue, 04 Mar 2025 09:00:00 +0000", "a3@customer.example", "Re: Refund", "Thanks!",
                                 "References: <a1@customer.example> <a2@example.com>\n");

std::string as_mbox(const std::vector<std::string>& mails) {
  std::string out;
  for (const std::string& each : mails) out += "From somebody Mon Mar  3 10:00:00 2025\n" + each + "\n";
  return out;
}

// T-06 both ways: what another desk has, as mail.
TEST_F(Imports, MboxKeepsDatesAndConversationsWhateverItsOrder) {
  const std::string path = write("all.mbox", as_mbox({kThanks, kFirst, kAnswer}));
  const JsonObject done = import({{"kind", "mbox"}, {"path", path}});
  EXPECT_EQ(count(done, "tickets"), 1U);
  EXPECT_EQ(count(done, "comments"), 3U);
  const ticketing::Ticket one = ticket(kOne);
  EXPECT_EQ(one.subject, "Refund");
  EXPECT_EQ(one.status, ticketing::Status::kClosed);
  EXPECT_EQ(one.tags, std::vector<std::string>{"imported"});
  EXPECT_EQ(email_of(one.requester), "ann@customer.example");
  EXPECT_EQ(at(one.created_unix_ms), "2025-03-03T10:00:00Z");
  EXPECT_EQ(at(one.updated_unix_ms), "2025-03-04T09:00:00Z");
  const auto all = comments(kOne);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_THAT(all[0].text, HasSubstr("please refund"));
  EXPECT_THAT(all[0].text, Not(HasSubstr("4111 1111 1111 1111")));
  EXPECT_FALSE(all[0].redactions.empty() && !all[0].verdicts);
  EXPECT_THAT(services->tickets().raw_message(workspace, kOne, all[0].id).value(), Not(HasSubstr("1111 1111 1111")));
  EXPECT_EQ(at(all[1].created_unix_ms), "2025-03-03T11:00:00Z");
  EXPECT_EQ(email_of(all[1].author), "support@example.com");
  // Nobody is written to, and no trigger greeted anybody.
  EXPECT_TRUE(services->outbox().list(workspace, 10).value().empty());
}

TEST_F(Imports, NothingComesTwiceAlsoAfterAKill) {
  const std::string path = write("all.mbox", as_mbox({kFirst, kAnswer, kThanks}));
  {
    // What a killed import had done, without a word of how far it was.
    ImportWish wish{services->operator_principal(workspace), "mbox", path, services->directory()->inboxes_of(workspace).front().id};
    auto source = MailSource::open(std::move(wish), *services).value();
    ASSERT_TRUE(source->look(clock.now() + std::chrono::seconds(1)).value());
    ImportTally tally;
    ASSERT_TRUE(test::run_task(io, source->take(0, tally)));
    ASSERT_TRUE(test::run_task(io, source->take(1, tally)));
  }
  open();
  const JsonObject rest = import({{"kind", "mbox"}, {"path", path}, {"resume", true}});
  EXPECT_EQ(count(rest, "tickets"), 0U);
  EXPECT_EQ(count(rest, "comments"), 1U);
  EXPECT_EQ(passed_over(rest, "known"), 2U);
  EXPECT_EQ(comments(kOne).size(), 3U);
  const JsonObject again = import({{"kind", "mbox"}, {"path", path}});
  EXPECT_EQ(passed_over(again, "known"), 3U);
  EXPECT_EQ(comments(kOne).size(), 3U);
}

TEST_F(Imports, AnInterruptedRunGoesOnWhereItStopped) {
  const std::string path = write("all.mbox", as_mbox({kFirst, kAnswer, kThanks}));
  ASSERT_EQ(count(import({{"kind", "mbox"}, {"path", path}, {"dry_run", true}}), "tickets"), 1U);
  EXPECT_FALSE(services->tickets().get(workspace, kOne));  // a rehearsal stores nothing
  ASSERT_EQ(count(import({{"kind", "mbox"}, {"path", path}}), "comments"), 3U);
  auto answer = command({{"command", "import.begin"}, {"kind", "mbox"}, {"path", path}});
  ASSERT_TRUE(answer);
  open();  // the one who waited is gone
  answer = command({{"command", "import.step"}, {"import", answer->at("import")}});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().context(), HasSubstr("--resume"));
}

TEST_F(Imports, RehearsalTellsWhatWouldCome) {
  const std::string other = mail("bob@customer.example", "Wed, 05 Mar 2025 09:00:00 +0000", "b1@customer.example", "Invoice", "Where is it?");
  const std::string path = write("all.mbox", as_mbox({kThanks, kFirst, other, kAnswer, kFirst}));
  const JsonObject done = import({{"kind", "mbox"}, {"path", path}, {"dry_run", true}});
  EXPECT_EQ(count(done, "tickets"), 2U);
  EXPECT_EQ(count(done, "comments"), 4U);
  EXPECT_EQ(passed_over(done, "known"), 1U);
}

TEST_F(Imports, MaildirAndEmlAreReadWhereMailLies) {
  write("mail/cur/1:2,S", kFirst);
  write("mail/.Sent/cur/2:2,S", kAnswer);
  write("mail/tmp/3", kThanks);  // not delivered
  const JsonObject maildir = import({{"kind", "maildir"}, {"path", (folder / "in/mail").string()}, {"inbox", "old@example.com"}, {"status", "solved"}});
  EXPECT_EQ(count(maildir, "tickets"), 1U);
  EXPECT_EQ(count(maildir, "comments"), 2U);
  EXPECT_EQ(ticket(kOne).status, ticketing::Status::kSolved);
  write("loose/one.eml", kFirst);
  write("loose/note.txt", "no mail");
  const JsonObject eml = import({{"kind", "eml"}, {"path", (folder / "in/loose").string()}});
  EXPECT_EQ(count(eml, "tickets"), 1U);  // of another inbox: another ticket
  EXPECT_NE(ticket(kOne).inbox, ticket(kTwo).inbox);
}

// An archive comes from elsewhere: a link in it would bring files of this machine into tickets.
TEST_F(Imports, LinksInAnArchiveAreNotFollowed) {
  const std::string secret = write("secret", kFirst);
  write("mail/cur/1:2,S", kAnswer);
  std::filesystem::create_symlink(secret, folder / "in/mail/cur/2:2,S");
  const JsonObject maildir = import({{"kind", "maildir"}, {"path", (folder / "in/mail").string()}});
  EXPECT_EQ(count(maildir, "comments"), 1U);
  write("z/tickets.jsonl", R"({"id":9001,"subject":"S","description":"D","status":"open","requester_id":503,"created_at":"2024-06-01T08:00:00Z","comments":[{"id":1,"author_id":503,"body":"D","public":true,"created_at":"2024-06-01T08:00:00Z","attachments":[{"id":5,"file_name":"a.txt","content_type":"x/y; 4678381773008179"}]}]})"
                          "\n");
  std::filesystem::create_directories(folder / "in/z/attachments");
  std::filesystem::create_symlink(secret, folder / "in/z/attachments/5");
  const JsonObject zendesk = import({{"kind", "zendesk"}, {"path", (folder / "in/z").string()}, {"inbox", "old@example.com"}});
  EXPECT_EQ(count(zendesk, "tickets"), 1U);
  ASSERT_EQ(comments(kTwo).size(), 1U);
  EXPECT_TRUE(comments(kTwo).front().attachments.empty());
}

TEST_F(Imports, AnArchiveJoinsNoLivingTicket) {
  write("one.eml", kFirst);
  ASSERT_EQ(count(import({{"kind", "eml"}, {"path", (folder / "in/one.eml").string()}}), "tickets"), 1U);
  // The same conversation elsewhere; and words that merely name a message of ours.
  write("two.eml", mail("eve@elsewhere.example", "Mon, 03 Mar 2025 12:00:00 +0000", "e1@elsewhere.example", "Re: Refund", "Mine too.",
                        "In-Reply-To: <pst.1.2.abcdefghijklmnop@example.com>\n"));
  EXPECT_EQ(count(import({{"kind", "eml"}, {"path", (folder / "in/two.eml").string()}}), "tickets"), 1U);
  EXPECT_EQ(comments(kOne).size(), 1U);
}

constexpr const char* kUsers = R"({"users":[{"id":501,"name":"Ann","email":"ann@customer.example","role":"end-user","organization_id":71},
 {"id":502,"name":"Agent Smith","email":"smith@olddesk.example","role":"agent"},{"id":503,"name":"Nameless","email":null,"role":"end-user"}],"next_page":null})";
constexpr const char* kOrganizations = R"({"organizations":[{"id":71,"name":"Customer Ltd","domain_names":["customer.example"]}]})";

TEST_F(Imports, ZendeskKeepsNumbersPeopleAndTimes) {
  write("z/users.json", kUsers);
  write("z/organizations.json", kOrganizations);
  write("z/tickets.jsonl",
        R"({"id":9001,"subject":"Broken 4111111111111111","description":"It broke","status":"closed","priority":"high","type":"problem","requester_id":501,"submitter_id":501,"assignee_id":502,"organization_id":71,"tags":["vip"],"created_at":"2024-05-01T08:00:00Z","updated_at":"2024-05-02T08:00:00Z","comments":[{"id":1,"author_id":501,"body":"It broke","public":true,"created_at":"2024-05-01T08:00:00Z","attachments":[{"id":33,"file_name":"a.txt","content_type":"text/plain"},{"id":34,"file_name":"gone.txt","content_type":"text/plain"}]},{"id":2,"author_id":502,"plain_body":"Mended","public":false,"created_at":"2024-05-02T08:00:00Z"}]})"
        "\n"
        R"({"id":9002,"subject":"Second","description":"Only this","status":"open","requester_id":503,"created_at":"2024-06-01T08:00:00Z","updated_at":"2024-06-01T08:00:00Z"})"
        "\n"
        R"({"id":9003,"subject":"Third","description":"First words","status":"solved","requester_id":999,"created_at":"2024-06-02T08:00:00Z","updated_at":"2024-06-03T08:00:00Z"})"
        "\nnot json\n");
  write("z/tickets/9003/comments.json", R"({"comments":[{"id":7,"author_id":999,"body":"First words","public":true,"created_at":"2024-06-02T08:00:00Z"}]})");
  write("z/attachments/33/a.txt", "number 4111 1111 1111 1111");
  const JsonObject done = import({{"kind", "zendesk"}, {"path", (folder / "in/z").string()}});
  EXPECT_EQ(count(done, "tickets"), 3U) << boost::json::serialize(done);
  EXPECT_EQ(count(done, "comments"), 4U);
  EXPECT_EQ(count(done, "organizations"), 1U);
  EXPECT_EQ(count(done, "people"), 4U);
  EXPECT_EQ(passed_over(done, "attachment_not_in_archive"), 1U);
  EXPECT_EQ(passed_over(done, "assignee_is_no_agent_here"), 1U);
  EXPECT_EQ(passed_over(done, "not_json"), 1U);
  const ticketing::Ticket one = ticket(kOne);
  EXPECT_THAT(one.subject, Not(HasSubstr("4111111111111111")));
  EXPECT_EQ(one.external_id, "9001");
  EXPECT_EQ(services->tickets().with_external_id(workspace, "9001").value().size(), 1U);  // the old number finds it
  EXPECT_EQ(one.status, ticketing::Status::kClosed);
  EXPECT_EQ(one.priority, ticketing::Priority::kHigh);
  EXPECT_NE(one.organization, 0U);
  EXPECT_EQ(one.tags, (std::vector<std::string>{"imported", "vip"}));
  EXPECT_EQ(at(one.created_unix_ms), "2024-05-01T08:00:00Z");
  EXPECT_EQ(at(one.updated_unix_ms), "2024-05-02T08:00:00Z");
  const auto all = comments(kOne);
  ASSERT_EQ(all.size(), 2U);
  ASSERT_EQ(all[0].attachments.size(), 1U);
  EXPECT_THAT(services->tickets().attachment(workspace, all[0].attachments[0].id).value().second, Not(HasSubstr("4111 1111 1111 1111")));
  EXPECT_FALSE(all[1].is_public);
  EXPECT_EQ(at(all[1].created_unix_ms), "2024-05-02T08:00:00Z");
  EXPECT_EQ(email_of(all[1].author), "smith@olddesk.example");
  EXPECT_EQ(email_of(ticket(kTwo).requester), "user-503@zendesk.invalid");
  EXPECT_EQ(comments(core::TicketId{3}).size(), 1U);
  EXPECT_TRUE(services->outbox().list(workspace, 10).value().empty());

  const JsonObject again = import({{"kind", "zendesk"}, {"path", (folder / "in/z").string()}});
  EXPECT_EQ(count(again, "tickets"), 0U);
  EXPECT_EQ(count(again, "comments"), 0U);
  EXPECT_EQ(count(again, "people"), 0U);
}

TEST_F(Imports, I0_10_BeginAndEndAreAudited) {
  import({{"kind", "mbox"}, {"path", write("all.mbox", as_mbox({kFirst}))}});
  std::vector<std::string> actions;
  for (const auto& each : auth::list_audit(services->store(), services->vault(), workspace, {}, 50).value()) {
    actions.push_back(each.action + " " + each.detail);
    EXPECT_THAT(each.detail, Not(HasSubstr("Refund")));
  }
  EXPECT_THAT(actions, testing::Contains(HasSubstr("import.begun")));
  EXPECT_THAT(actions, testing::Contains(HasSubstr("import.finished mbox, tickets 1, comments 1")));
}

TEST_F(Imports, NonsenseIsRefused) {
  EXPECT_FALSE(command({{"command", "import.begin"}, {"kind", "mbox"}, {"path", "relative.mbox"}}));
  EXPECT_FALSE(command({{"command", "import.begin"}, {"kind", "pst"}, {"path", write("a.mbox", as_mbox({kFirst}))}}));
  EXPECT_FALSE(command({{"command", "import.begin"}, {"kind", "mbox"}, {"path", "/nonexistent/a.mbox"}}));
  EXPECT_FALSE(command({{"command", "import.begin"}, {"kind", "mbox"}, {"path", write("b.mbox", as_mbox({kFirst}))}, {"inbox", "who@example.com"}}));
  EXPECT_FALSE(command({{"command", "import.begin"}, {"kind", "eml"}, {"path", (folder / "keys").string()}}));
}

// A body line that begins like a separator, quoted or not, ends no message; the last one needs no line end.
TEST_F(Imports, MboxSeparatorsAreTold) {
  const std::string tricky = mail("ann@customer.example", "Mon, 03 Mar 2025 10:00:00 +0000", "t1@customer.example", "Tricky",
                                  "Hello\n\n>From here it goes on\n\nFrom what I know it works");
  const JsonObject done = import({{"kind", "mbox"}, {"path", write("t.mbox", as_mbox({tricky}) + as_mbox({kFirst}).substr(0, as_mbox({kFirst}).size() - 2))}});
  EXPECT_EQ(count(done, "tickets"), 2U);
  const auto first = comments(kOne)[0].text, second = comments(kTwo)[0].text;
  const std::string& text = first.find("Hello") != std::string::npos ? first : second;
  EXPECT_THAT(text, HasSubstr("\nFrom here it goes on"));
  EXPECT_THAT(text, HasSubstr("From what I know"));
}

// I1-14 with the real removal by hand: what an agent quoted of the address and the whole name goes as well.
TEST_F(Imports, I1_14_ErasingAPersonTakesTheQuotesOfOthersToo) {
  write("z/users.json", R"({"users":[{"id":501,"name":"Ann Customer","email":"ann@customer.example","role":"end-user"},{"id":502,"name":"Smith","email":"smith@olddesk.example"}]})");
  write("z/tickets.jsonl",
        R"({"id":9001,"subject":"Broken","status":"closed","requester_id":501,"created_at":"2024-05-01T08:00:00Z","comments":[{"id":1,"author_id":501,"body":"My own words","created_at":"2024-05-01T08:00:00Z"},{"id":2,"author_id":502,"body":"Ann Customer <ann@customer.example> wrote that it broke","public":false,"created_at":"2024-05-02T08:00:00Z"}]})");
  import({{"kind", "zendesk"}, {"path", (folder / "in/z").string()}});
  const core::UserId ann = ticket(kOne).requester;
  const auth::Principal by = services->operator_principal(workspace);
  ASSERT_TRUE(test::run_task(io, services->desk().erasures().remove(by, ann)));
  ASSERT_TRUE(test::run_task(io, services->desk().erasures().begin(by, ann)));
  ASSERT_TRUE(test::run_task(io, services->desk().chores().run_once("people erased")));
  const auto all = comments(kOne);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_THAT(all[0].text, Not(HasSubstr("My own words")));
  EXPECT_THAT(all[1].text, HasSubstr("wrote that it broke"));
  EXPECT_THAT(all[1].text, Not(HasSubstr("ann@customer.example")));
  EXPECT_THAT(all[1].text, Not(HasSubstr("Ann Customer")));
}

// T-06: what is exported, and that it comes back as the same tickets.
class Exports : public Imports {
 protected:
  JsonObject export_to(const std::string& name, JsonObject wish = {}) {
    wish["command"] = "export.begin";
    wish["folder"] = (folder / name).string();
    auto answer = command(std::move(wish));
    EXPECT_TRUE(answer) << answer.error().describe();
    while (answer && answer->at("state").as_string() != "finished") {
      answer = command({{"command", "export.step"}, {"export", answer->at("export")}});
      EXPECT_TRUE(answer) << answer.error().describe();
    }
    return answer ? answer->as_object() : JsonObject();
  }
  std::string content(const std::string& name) {
    const auto read = core::read_file(folder / name, 1U << 24U);
    return read ? *read : std::string();
  }
  Json manifest(const std::string& name) { return boost::json::parse(content(name + "/manifest.json")); }
  // Another desk with the same inboxes and nothing in it.
  void begin_anew() {
    services.reset();
    std::filesystem::remove_all(folder / "store");
    open();
  }
};

TEST_F(Exports, T_06_TicketsPeopleMailAndFilesWithDigests) {
  import({{"kind", "mbox"}, {"path", write("all.mbox", as_mbox({kFirst, kAnswer, kThanks}))}});
  const auto waiting = [](schema::CustomStatus& each) -> core::Result<void> {
    each.set_title("Waiting for parts"), each.set_is_active(true), each.set_category(static_cast<std::uint32_t>(ticketing::Status::kPending));
    return {};
  };
  ASSERT_TRUE(test::run_task(io, services->desk().fields().save_status(services->operator_principal(workspace), 0, waiting)));
  const JsonObject done = export_to("out");
  EXPECT_EQ(count(done, "tickets"), 1U);
  EXPECT_EQ(count(done, "comments"), 3U);
  EXPECT_EQ(count(done, "messages"), 3U);
  const Json told = manifest("out");
  EXPECT_EQ(told.at("counts").at("tickets").to_number<int>(), 1);
  EXPECT_EQ(told.at("workspace").as_string(), "main");
  EXPECT_TRUE(told.as_object().contains("feed_sequence_begun"));
  for (const Json& file : told.at("files").as_array()) {
    const std::string bytes = content("out/" + std::string(file.at("name").as_string()));
    EXPECT_EQ(bytes.size(), file.at("bytes").to_number<std::size_t>());
    EXPECT_EQ(core::to_hex(core::sha256(bytes)), file.at("sha256").as_string());
    EXPECT_THAT(bytes, Not(HasSubstr("1111 1111 1111")));
  }
  EXPECT_THAT(content("out/tickets.jsonl"), HasSubstr("Refund"));
  // What the desk is set up with, each a line that says its kind.
  EXPECT_THAT(content("out/definitions.jsonl"), testing::AllOf(HasSubstr(R"({"kind":"custom_status")"), HasSubstr("Waiting for parts")));
  EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count(content("out/definitions.jsonl"), '\n')), count(done, "definitions"));
  EXPECT_FALSE(command({{"command", "export.begin"}, {"folder", (folder / "out").string()}}));  // never over another one
}

TEST_F(Exports, T_06_WhatWasExportedComesBackAsTheSameTickets) {
  write("z/users.json", kUsers);
  write("z/organizations.json", kOrganizations);
  write("z/tickets.jsonl",
        R"({"id":9001,"subject":"Broken","status":"closed","priority":"high","type":"problem","requester_id":501,"organization_id":71,"tags":["vip"],"created_at":"2024-05-01T08:00:00Z","updated_at":"2024-05-02T08:00:00Z","comments":[{"id":1,"author_id":501,"body":"It broke","public":true,"created_at":"2024-05-01T08:00:00Z","attachments":[{"id":33,"file_name":"a.txt","content_type":"text/plain"}]},{"id":2,"author_id":502,"body":"Mended","public":false,"created_at":"2024-05-02T08:00:00Z"}]})");
  write("z/attachments/33", "contents of the file");
  import({{"kind", "zendesk"}, {"path", (folder / "in/z").string()}});
  const ticketing::Ticket before = ticket(kOne);
  const auto words = [&] {
    std::vector<std::string> out;
    for (const auto& each : comments(kOne)) {
      out.push_back(each.text + (each.is_public ? " public " : " internal ") + email_of(each.author) + " " + at(each.created_unix_ms));
      for (const auto& file : each.attachments) out.push_back(file.name + " " + services->tickets().attachment(workspace, file.id).value().second);
    }
    return out;
  };
  const std::vector<std::string> said = words();
  const std::string requester = email_of(before.requester);
  export_to("out");
  begin_anew();
  const JsonObject back = import({{"kind", "zendesk"}, {"path", (folder / "out").string()}});
  EXPECT_EQ(count(back, "tickets"), 1U) << boost::json::serialize(back);
  const ticketing::Ticket after = ticket(kOne);
  EXPECT_EQ(after.subject, before.subject);
  EXPECT_EQ(after.status, before.status);
  EXPECT_EQ(after.priority, before.priority);
  EXPECT_EQ(after.type, before.type);
  EXPECT_EQ(after.tags, before.tags);
  EXPECT_EQ(after.created_unix_ms, before.created_unix_ms);
  EXPECT_EQ(after.updated_unix_ms, before.updated_unix_ms);
  EXPECT_EQ(email_of(after.requester), requester);
  EXPECT_NE(after.organization, 0U);
  EXPECT_EQ(words(), said);
}

// What came by mail is as long as a mail may be: its export is taken back whole.
TEST_F(Exports, T_06_TextsBeyondThoseThatAreTypedComeBack) {
  std::string text;
  for (int i = 0; text.size() < (3U << 20U); ++i) text += "Line " + std::to_string(i) + " of a long report, as machines write them.\n";
  import({{"kind", "mbox"}, {"path", write("all.mbox", as_mbox({mail("Ann <ann@customer.example>", "Mon, 03 Mar 2025 10:00:00 +0000", "long@customer.example", "Report", text)}))}});
  const std::size_t size = comments(kOne).at(0).text.size();
  ASSERT_GT(size, 2U << 20U);
  export_to("out");
  begin_anew();
  const JsonObject back = import({{"kind", "zendesk"}, {"path", (folder / "out").string()}});
  EXPECT_EQ(count(back, "tickets"), 1U) << boost::json::serialize(back);
  EXPECT_EQ(comments(kOne).at(0).text.size(), size);
}

TEST(CommentBatches, KeepWithinLimitsInTheOrderOfTheirTimes) {
  ticketing::ImportLimits limits;
  limits.text_bytes_max = 10;
  limits.comments_max = 2;
  std::vector<ticketing::ImportedComment> all(5);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].text = std::string(i == 3 ? 20 : 4, 'x');  // one is too long alone
    all[i].foreign_id = std::to_string(i);
    all[i].created_unix_ms = 100 - static_cast<std::int64_t>(i);
  }
  const auto batches = comment_batches(std::move(all), limits);
  std::string order;
  for (const auto& batch : batches) {
    for (const auto& each : batch) order += each.foreign_id;
    order += ' ';
  }
  EXPECT_EQ(order, "4 3 21 0 ");
  EXPECT_EQ(comment_batches({}, limits).size(), 1U) << "a ticket without comments is one too";
}

TEST_F(Exports, T_06_MailComesBackAsTheSameConversations) {
  import({{"kind", "mbox"}, {"path", write("all.mbox", as_mbox({kFirst, kAnswer, kThanks}))}});
  std::vector<std::string> said;
  for (const auto& each : comments(kOne)) said.push_back(each.text + at(each.created_unix_ms));
  export_to("out", {{"formats", JsonArray{"mbox"}}});
  EXPECT_FALSE(std::filesystem::exists(folder / "out/tickets.jsonl"));
  begin_anew();
  const JsonObject back = import({{"kind", "mbox"}, {"path", (folder / "out/mail.mbox").string()}});
  EXPECT_EQ(count(back, "tickets"), 1U);
  std::vector<std::string> again;
  for (const auto& each : comments(kOne)) again.push_back(each.text + at(each.created_unix_ms));
  EXPECT_EQ(again, said);
}

TEST_F(Exports, T_06_AKilledOneGoesOnWithoutALineTwice) {
  import({{"kind", "mbox"}, {"path", write("all.mbox", as_mbox({kFirst, kAnswer, kThanks}))}});
  auto begun = command({{"command", "export.begin"}, {"folder", (folder / "out").string()}});
  ASSERT_TRUE(begun);
  open();  // killed
  {
    std::ofstream half(folder / "out/tickets.jsonl", std::ios::binary);
    half << "{\"id\":1, half a line that nobody noted";
  }
  ASSERT_FALSE(command({{"command", "export.begin"}, {"folder", (folder / "out").string()}}));  // without --resume
  const JsonObject done = export_to("out", {{"resume", true}});
  EXPECT_EQ(count(done, "tickets"), 1U);
  const std::string tickets = content("out/tickets.jsonl");
  EXPECT_EQ(std::ranges::count(tickets, '\n'), 1);
  EXPECT_TRUE(boost::json::parse(tickets).is_object());
}

TEST_F(Exports, LinksInItsFolderAreNotWrittenThrough) {
  import({{"kind", "mbox"}, {"path", write("all.mbox", as_mbox({kFirst}))}});
  const std::string victim = write("victim", "precious");
  std::filesystem::create_directories(folder / "out");
  std::filesystem::create_symlink(victim, folder / "out/tickets.jsonl");
  std::ofstream(folder / "out/progress.json") << R"({"files":{"tickets.jsonl":0},"progress":{}})";
  EXPECT_FALSE(command({{"command", "export.begin"}, {"folder", (folder / "out").string()}, {"resume", true}}));
  EXPECT_EQ(content("in/victim"), "precious");
  std::filesystem::remove(folder / "out/tickets.jsonl");
  std::ofstream(folder / "out/progress.json") << R"({"files":{},"progress":{"what":"1 files jsonl mbox","stage":"loopforever"}})";
  auto begun = command({{"command", "export.begin"}, {"folder", (folder / "out").string()}, {"resume", true}});
  if (begun) EXPECT_FALSE(command({{"command", "export.step"}, {"export", begun->at("export")}})) << "a stage that is none ends it";
}

TEST_F(Exports, NonsenseIsRefusedAndAudited) {
  EXPECT_FALSE(command({{"command", "export.begin"}, {"folder", "relative"}}));
  EXPECT_FALSE(command({{"command", "export.begin"}, {"folder", (folder / "keys").string()}}));  // holds something else
  EXPECT_FALSE(command({{"command", "export.begin"}, {"folder", (folder / "x").string()}, {"formats", JsonArray{"pdf"}}}));
  export_to("out");
  std::vector<std::string> actions;
  for (const auto& each : auth::list_audit(services->store(), services->vault(), workspace, {}, 50).value()) actions.push_back(each.action);
  EXPECT_THAT(actions, testing::Contains("export.begun"));
  EXPECT_THAT(actions, testing::Contains("export.finished"));
}

}  // namespace
}  // namespace postern::app
