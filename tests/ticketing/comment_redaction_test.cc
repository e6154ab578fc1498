// Requirement Z-35, by hand: what an agent takes out of a comment is in no copy of it, on no disk and in no audit record.
#include "ticketing/comment_redaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "core/file.h"
#include "storage/faulty_store.h"
#include "storage/rocks_store.h"
#include "tests/ticketing/desk.h"
#include "ticketing/purge.h"
#include "ticketing/search/ticket_search.h"

namespace postern::ticketing {
namespace {

using test::Desk;
using test::Mail;
using Order = CommentRedactor::Order;

constexpr const char* kPhrase = "canary-Violet-7";
constexpr const char* kPhraseWord = "violet";  // as the search index has it

std::string starred(std::string_view text, const std::vector<std::string>& phrases, std::uint32_t& count) {
  std::string out(text);
  for (const std::string& phrase : phrases) {
    for (auto at = out.find(phrase); at != std::string::npos; at = out.find(phrase, at)) {
      out.replace(at, phrase.size(), std::string(phrase.size(), '#'));
      ++count;
    }
  }
  return out;
}

// Literal text only; the real one has tests of its own.
class PlainRewriter final : public pipeline::RawRewriter {
 public:
  bool is_phrase(std::string_view phrase) const override { return phrase.size() > 1; }
  pipeline::MarkedHtml read_marks(std::string_view html, std::size_t) const override {
    const auto begin = html.find("<redact>");
    const auto end = html.find("</redact>");
    if (begin == std::string_view::npos || end == std::string_view::npos) return {};
    return {{std::string(html.substr(begin + 8, end - begin - 8))}, {}, true};
  }
  pipeline::Rewritten hide_in_text(std::string_view text, const std::vector<std::string>& phrases) const override {
    pipeline::Rewritten out;
    out.bytes = starred(text, phrases, out.count);
    return out;
  }
  pipeline::Rewritten hide_in_html(std::string_view html, const std::vector<std::string>& phrases) const override {
    return hide_in_text(html, phrases);
  }
  std::string text_of_typed(std::string_view html) const override {
    std::string text;
    bool is_tag = false;
    for (const char c : html) {
      if (c == '<' || is_tag) is_tag = c != '>';
      else text += c;
    }
    return text;
  }
  pipeline::Rewritten hide_in_file(std::string_view, std::string_view, std::string_view content,
                                   const std::vector<std::string>& phrases) const override {
    return hide_in_text(content, phrases);
  }
  pipeline::Rewritten hide_in_message(std::string_view raw, const std::vector<std::string>& phrases) const override {
    return hide_in_text(raw, phrases);
  }
  pipeline::Rewritten remove_file(std::string_view raw, std::string_view content, std::string_view notice) const override {
    const auto at = raw.find(content);
    if (at == std::string_view::npos) return {std::string(notice), 1, true};
    return {std::string(raw).replace(at, content.size(), notice), 1, false};
  }
};

std::unique_ptr<storage::Store> in_memory(const core::Clock& clock) { return storage::make_memory_store(clock); }

class CommentRedaction : public ::testing::Test {
 protected:
  explicit CommentRedaction(const Desk::OpenStore& open_store = in_memory) : desk(open_store), redactor(make(*desk.store)) {}
  CommentRedactor make(storage::Store& store) {
    CommentRedactor out(store, *desk.vault, *desk.directory, rewriter, desk.ids, desk.clock, Desk::options());
    out.use(desk.helpdesk->hooks());  // as Helpdesk::attach() does: indexes follow
    return out;
  }
  static Order phrase(std::string text = kPhrase) {
    Order order;
    order.phrases = {std::move(text)};
    return order;
  }
  Mail mail_with_phrase() {
    Mail mail;
    mail.subject = std::string("About ") + kPhrase;
    mail.text = std::string("I am ") + kPhrase + "." + std::string(10'000, 'x');  // a blob
    mail.attachments = {{std::string(kPhrase) + ".txt", "text/plain", "", false, std::string("name: ") + kPhrase, false,
                         std::string("shown: ") + kPhrase}};
    mail.raw_extra = mail.attachments[0].content;
    return mail;
  }
  core::TicketId take(const Mail& mail, std::vector<std::string> rcpts = {"support@acme.example"}) {
    return desk.take(mail, std::move(rcpts)).value().tickets.at(0);
  }
  core::CommentId first_comment(core::TicketId id) { return desk.comments(desk.acme, id)->at(0).id; }
  core::Result<CommentRedactor::Outcome> redact(core::TicketId ticket, core::CommentId comment, Order order) {
    return desk.run(redactor.redact(desk.agent, ticket, comment, std::move(order)));
  }
  // Values of the store that hold the text.
  std::size_t copies_of(std::string_view text) {
    std::size_t count = 0;
    std::string after;
    for (;;) {
      const auto entries = desk.store->snapshot()->scan("", storage::Direction::kForward, 1000, after).value();
      for (const auto& entry : entries) count += (entry.key + entry.value).find(text) != std::string::npos;
      if (entries.size() < 1000) return count;
      after = entries.back().key;
    }
  }

  Desk desk;
  PlainRewriter rewriter;
  CommentRedactor redactor;
};

TEST_F(CommentRedaction, APhraseLeavesEveryCopyOfTheMessage) {
  const core::TicketId ticket = take(mail_with_phrase(), {"support@acme.example", "sales@acme.example"});
  EXPECT_GE(copies_of(kPhrase), 6U);
  EXPECT_GE(copies_of(kPhraseWord), 2U);
  const auto version = desk.ticket(ticket).version;
  const auto sequence = desk.store->last_sequence(desk.acme);
  const auto out = redact(ticket, first_comment(ticket), phrase());
  ASSERT_TRUE(out) << out.error().describe();
  EXPECT_EQ(copies_of(kPhrase), 0U);
  EXPECT_EQ(copies_of(kPhraseWord), 0U);
  EXPECT_EQ(out->blobs_kept, 0U);
  EXPECT_EQ(out->comment.text.substr(0, 21), "I am ###############.");
  EXPECT_EQ(out->ticket.subject, "About ###############");
  EXPECT_EQ(out->comment.attachments.at(0).name, "###############.txt");
  EXPECT_EQ(desk.tickets->attachment(desk.acme, out->comment.attachments[0].id)->second, "name: ###############");
  EXPECT_NE(desk.tickets->raw_message(desk.acme, ticket, out->comment.id)->find("###############"), std::string::npos);
  ASSERT_FALSE(out->comment.redactions.empty());
  EXPECT_EQ(out->comment.redactions[0].rule, "manual");
  EXPECT_GT(out->ticket.version, version);
  const auto events = desk.events(desk.acme, ticket).value();
  EXPECT_EQ(std::count_if(events.begin(), events.end(), [](const Event& one) { return one.kind == "redacted"; }), 2);
  const auto feed = desk.store->feed(desk.acme, sequence, 10).value();
  ASSERT_EQ(feed.size(), 1U);  // one transaction, both tickets
  EXPECT_EQ(feed[0].changes.size(), 2U);
  EXPECT_EQ(feed[0].changes[0].kind, "comment.redacted");
}

TEST_F(CommentRedaction, Asvs_8_2_2_CopiesWhereTheCallerDoesNotWorkStay) {
  const core::TicketId ticket = take(mail_with_phrase(), {"support@acme.example", "sales@acme.example"});
  const core::TicketId twin{ticket.value == 1 ? 2U : 1U};
  auth::Principal limited = desk.agent;
  limited.inboxes = auth::InboxScope::only({desk.ticket(ticket).inbox});
  ASSERT_TRUE(desk.run(redactor.redact(limited, ticket, first_comment(ticket), phrase())));
  EXPECT_EQ(desk.ticket(ticket).subject, "About ###############");
  EXPECT_EQ(desk.ticket(twin).subject, std::string("About ") + kPhrase);
  EXPECT_NE(desk.comments(desk.acme, twin)->at(0).text.find(kPhrase), std::string::npos);
  const auto told = auth::list_audit(*desk.store, *desk.vault, desk.acme, {}, 1).value().at(0);
  EXPECT_NE(told.detail.find("not 1 in inboxes beyond reach"), std::string::npos) << told.detail;
  ASSERT_TRUE(redact(twin, first_comment(twin), phrase()));
  EXPECT_EQ(copies_of(kPhrase), 0U);
}

TEST_F(CommentRedaction, TheAuditTellsWhoAndHowMuchAndNotWhat) {
  const core::TicketId ticket = take(mail_with_phrase());
  ASSERT_TRUE(redact(ticket, first_comment(ticket), phrase()));
  const auto audit = auth::list_audit(*desk.store, *desk.vault, desk.acme, {}, 1).value().at(0);
  EXPECT_EQ(audit.action, "comment.redacted");
  EXPECT_EQ(audit.actor, desk.agent.user);
  EXPECT_EQ(audit.object, "ticket/1/comment/" + std::to_string(first_comment(ticket).value));
  EXPECT_EQ(audit.detail, "places 7, files 0, phrases 1 medium");
}

TEST_F(CommentRedaction, AContentThatAnotherTicketHasStaysThere) {
  const core::TicketId one = take(mail_with_phrase());
  Mail again = mail_with_phrase();
  again.message_id = "m2@customer.example";
  again.subject = "Other";
  again.text = "Other";
  const core::TicketId two = take(again);
  ASSERT_NE(one, two);
  const auto out = redact(one, first_comment(one), phrase());
  ASSERT_TRUE(out);
  EXPECT_EQ(out->blobs_kept, 1U);  // the file
  const auto kept = desk.comments(desk.acme, two)->at(0).attachments.at(0);
  EXPECT_EQ(desk.tickets->attachment(desk.acme, kept.id)->second, std::string("name: ") + kPhrase);
  ASSERT_TRUE(redact(two, first_comment(two), phrase()));
  EXPECT_EQ(copies_of(kPhrase), 0U);  // it went with its last use
}

TEST_F(CommentRedaction, QuotedCopiesAreNamedAndGoWhenAskedFor) {
  const core::TicketId ticket = take(mail_with_phrase());
  const auto quoted = desk.reply(ticket, std::string("You wrote: > I am ") + kPhrase);
  ASSERT_TRUE(quoted);
  const auto first = redact(ticket, first_comment(ticket), phrase());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->also_in, std::vector<core::CommentId>{quoted->comment->id});
  EXPECT_GT(copies_of(kPhrase), 0U);
  Order everywhere = phrase();
  everywhere.everywhere_in_ticket = true;
  const auto second = redact(ticket, quoted->comment->id, everywhere);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->also_in.empty());
  EXPECT_EQ(copies_of(kPhrase), 0U);
  const auto sent = desk.claim();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_NE(sent[0].message.find("Subject: Re: About ###"), std::string::npos) << sent[0].message;
  EXPECT_EQ(sent[0].message.find(kPhrase), std::string::npos);
}

TEST_F(CommentRedaction, EverywhereTakesAllCommentsAtOnceAndWhatIsBeingSentIsTold) {
  const core::TicketId ticket = take(mail_with_phrase());
  ASSERT_TRUE(desk.reply(ticket, std::string("> ") + kPhrase));
  ASSERT_EQ(desk.claim().size(), 1U);
  Order everywhere = phrase();
  everywhere.everywhere_in_ticket = true;
  const auto out = redact(ticket, first_comment(ticket), everywhere);
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->is_being_sent);
  EXPECT_EQ(copies_of(kPhrase), 0U);
}

TEST_F(CommentRedaction, AFileGoesForGoodAndOnce) {
  Mail mail;
  mail.attachments = {{"passport.png", "image/png", "pic@1", true, "canary-file-bytes", false},
                      {"terms.pdf", "application/pdf", "", false, "other", false}};
  mail.raw_extra = "canary-file-bytes other";
  const core::TicketId ticket = take(mail);
  const auto before = desk.comments(desk.acme, ticket)->at(0);
  Order order;
  order.attachments = {before.attachments[0].id};
  const auto out = redact(ticket, before.id, order);
  ASSERT_TRUE(out) << out.error().describe();
  const Attachment gone = out->comment.attachments.at(0);
  EXPECT_EQ(gone.id, before.attachments[0].id);
  EXPECT_EQ(gone.name, "redacted.txt");
  EXPECT_EQ(gone.media_type, "text/plain");
  EXPECT_TRUE(gone.was_replaced);
  EXPECT_FALSE(gone.is_inline);
  EXPECT_EQ(desk.tickets->attachment(desk.acme, gone.id)->second.size(), gone.size);
  EXPECT_EQ(copies_of("canary-file-bytes"), 0U);
  EXPECT_EQ(copies_of("passport"), 0U);
  EXPECT_EQ(out->comment.attachments.at(1).name, "terms.pdf");
  EXPECT_EQ(out->comment.redactions.at(0).where, "attachment");
  const auto again = redact(ticket, before.id, order);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->count, 0U);
  EXPECT_EQ(again->ticket.version, out->ticket.version);
  order.attachments = {core::AttachmentId{12345}};
  EXPECT_TRUE(redact(ticket, before.id, order).error() == Errc::kNotFound);
}

// What was typed as HTML says the same in both forms, also when something is taken out of only one of them.
TEST_F(CommentRedaction, APhraseLeavesBothFormsOfAFormattedReply) {
  Mail mail;
  const core::TicketId ticket = take(mail);
  Tickets::Update reply;
  reply.html = "<p>" + std::string(10'000, 'x') + "</p><p>I am <b>" + kPhrase + "</b></p>";  // a blob
  const auto done = desk.update(ticket, reply);
  ASSERT_TRUE(done);
  EXPECT_GE(copies_of(kPhrase), 2U) << "the comment's two forms, and the mail that waits";
  const auto out = redact(ticket, done->comment->id, phrase());
  ASSERT_TRUE(out) << out.error().describe();
  EXPECT_EQ(copies_of(kPhrase), 0U);
  EXPECT_THAT(out->comment.html, testing::EndsWith("<p>I am <b>###############</b></p>"));
  EXPECT_THAT(out->comment.text, testing::EndsWith("I am ###############"));
  EXPECT_EQ(desk.claim().at(0).message.find(kPhrase), std::string::npos);

  Tickets::Update divided;
  divided.html = "<p>violet<i>-example</i></p>";
  divided.is_public = false;
  const auto second = desk.update(ticket, divided);
  ASSERT_TRUE(second);
  const auto gone = redact(ticket, second->comment->id, phrase("violet-example"));  // in the text; tags stand in the HTML's
  ASSERT_TRUE(gone) << gone.error().describe();
  EXPECT_EQ(gone->comment.text, "##############");
  EXPECT_EQ(gone->comment.html, "<pre>##############</pre>");
}

TEST_F(CommentRedaction, MarksInHtmlAreAnOrder) {
  const core::TicketId ticket = take(mail_with_phrase());
  Order order;
  order.marked_html = std::string("<p>I am <redact>") + kPhrase + "</redact></p>";
  ASSERT_TRUE(redact(ticket, first_comment(ticket), order));
  EXPECT_EQ(copies_of(kPhrase), 0U);
  order.marked_html = "<p>nothing</p>";
  EXPECT_TRUE(redact(ticket, first_comment(ticket), order).error() == Errc::kInvalid);
}

TEST_F(CommentRedaction, TheSameMessageThatStillWaitsIsCleanedToo) {
  Mail mail = mail_with_phrase();
  mail.spam = pipeline::SpamAction::kSuspend;
  mail.from_name = kPhrase;
  ASSERT_TRUE(desk.take(mail, {"support@acme.example", "sales@acme.example"}));
  const auto waiting = desk.suspended->list(desk.acme, 10).value();
  ASSERT_EQ(waiting.size(), 2U);
  const auto ticket = desk.run(desk.suspended->recover(desk.agent, waiting[0].trace, waiting[0].inbox));
  ASSERT_TRUE(ticket);
  ASSERT_TRUE(redact(*ticket, first_comment(*ticket), phrase()));
  EXPECT_EQ(copies_of(kPhrase), 2U);  // the contact's name, account and profile, which is a person's and no copy of the message
  const auto left = desk.suspended->list(desk.acme, 10).value();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].subject, "About ###############");
  EXPECT_TRUE(desk.run(desk.suspended->recover(desk.agent, left[0].trace, left[0].inbox)));
}

TEST_F(CommentRedaction, DeletedSuspendedMailLeavesNoContent) {
  Mail mail = mail_with_phrase();
  mail.spam = pipeline::SpamAction::kSuspend;
  ASSERT_TRUE(desk.take(mail));
  const auto waiting = desk.suspended->list(desk.acme, 10).value().at(0);
  EXPECT_GT(copies_of(kPhrase), 0U);
  ASSERT_TRUE(desk.run(desk.suspended->remove(desk.agent, waiting.trace, waiting.inbox)));
  EXPECT_EQ(copies_of(kPhrase), 0U);
}

TEST_F(CommentRedaction, WorkspacesDoNotReachEachOther) {
  const core::TicketId ticket = take(mail_with_phrase(), {"support@acme.example"});
  Mail mail = mail_with_phrase();
  mail.message_id = "m9@customer.example";
  const core::TicketId theirs = take(mail, {"desk@other.example"});
  auth::Principal stranger = desk.agent;
  stranger.workspace = desk.other;
  const core::CommentId comment = first_comment(ticket);
  const auto refused = desk.run(redactor.redact(stranger, ticket, comment, phrase()));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error() == Errc::kNotFound);
  ASSERT_TRUE(redact(ticket, comment, phrase()));
  EXPECT_NE(desk.comments(desk.other, theirs)->at(0).text.find(kPhrase), std::string::npos);
}

TEST_F(CommentRedaction, RefusesWhatItCannotMean) {
  const core::TicketId ticket = take(mail_with_phrase());
  const core::CommentId comment = first_comment(ticket);
  const auto is_invalid = [&](Order order) { return redact(ticket, comment, std::move(order)).error() == Errc::kInvalid; };
  EXPECT_TRUE(is_invalid({}));
  EXPECT_TRUE(is_invalid(phrase("x")));
  EXPECT_TRUE(is_invalid(phrase("not in it")));
  EXPECT_TRUE(is_invalid(phrase(std::string(Options{}.redaction_phrase_bytes_max + 1, 'x'))));
  Order many = phrase();
  many.phrases.assign(Options{}.redaction_phrases_max + 1, kPhrase);
  EXPECT_TRUE(is_invalid(many));
  EXPECT_TRUE(redact(ticket, core::CommentId{5}, phrase()).error() == Errc::kNotFound);
  Order stale = phrase();
  stale.expected_version = desk.ticket(ticket).version + 1;
  EXPECT_TRUE(redact(ticket, comment, stale).error() == Errc::kConflict);
  auth::Principal agent = desk.agent;
  agent.role = auth::Role::kAgent;
  EXPECT_TRUE(desk.run(redactor.redact(agent, ticket, comment, phrase())).error() == auth::Errc::kForbidden);
  EXPECT_GT(copies_of(kPhrase), 0U);
}

TEST_F(CommentRedaction, ClosedTicketsToo) {
  const core::TicketId ticket = take(mail_with_phrase());
  Tickets::Update close;
  close.status = Status::kClosed;
  ASSERT_TRUE(desk.update(ticket, close));
  ASSERT_TRUE(redact(ticket, first_comment(ticket), phrase()));
  EXPECT_EQ(copies_of(kPhrase), 0U);
}

TEST_F(CommentRedaction, AConflictIsTriedAgainAndAFailedCommitChangesNothing) {
  const core::TicketId ticket = take(mail_with_phrase());
  storage::FaultyStore broken(*desk.store, storage::FaultyStore::Fault::kBeforeCommit, 0);
  CommentRedactor over_broken = make(broken);
  EXPECT_FALSE(desk.run(over_broken.redact(desk.agent, ticket, first_comment(ticket), phrase())));
  EXPECT_GT(copies_of(kPhrase), 0U);
  storage::FaultyStore busy(*desk.store, storage::FaultyStore::Fault::kConflict, 0);
  CommentRedactor over_busy = make(busy);
  EXPECT_TRUE(desk.run(over_busy.redact(desk.agent, ticket, first_comment(ticket), phrase())));
  EXPECT_EQ(copies_of(kPhrase), 0U);
}

TEST_F(CommentRedaction, TwoAtOnceLoseNothing) {
  Mail mail;
  mail.text = "canary-one and canary-two and canary-three";
  const core::TicketId ticket = take(mail);
  const core::CommentId comment = first_comment(ticket);
  std::vector<std::thread> threads;
  std::atomic<int> done{0};
  for (const char* one : {"canary-one", "canary-two", "canary-three"}) {
    threads.emplace_back([&, one] {
      boost::asio::io_context io;
      done += test::run_task(io, redactor.redact(desk.agent, ticket, comment, phrase(one))).has_value();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, 3);
  EXPECT_EQ(copies_of("canary-"), 0U);
  EXPECT_EQ(desk.comments(desk.acme, ticket)->at(0).redactions.size(), 6U);  // text and message, of each
}

struct DiskFolder {  // lives longer than the store in it
  DiskFolder() {
    std::string pattern = ::testing::TempDir() + "postern-redaction-XXXXXX";
    path = ::mkdtemp(pattern.data());
  }
  ~DiskFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  DiskFolder(const DiskFolder&) = delete;
  std::unique_ptr<storage::Store> open(const core::Clock& clock) const {
    storage::RocksOptions options;
    options.folder = path;
    options.encrypt_files = false;
    return storage::open_rocks_store(std::move(options), clock).value();
  }
  std::filesystem::path path;
};

class RedactionOnDisk : private DiskFolder, public CommentRedaction {
 protected:
  RedactionOnDisk()
      : CommentRedaction([folder = static_cast<const DiskFolder*>(this)](const core::Clock& clock) { return folder->open(clock); }) {}
  bool is_on_disk(std::string_view text) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      const auto content = entry.is_regular_file() ? core::read_file(entry.path()) : core::Result<std::string>("");
      if (content && content->find(text) != std::string::npos) return true;
    }
    return false;
  }
  core::WorkPool pool_{"purge", 1, 4};
};

TEST_F(RedactionOnDisk, NoFileHoldsItAfterThePurge) {
  const core::TicketId ticket = take(mail_with_phrase(), {"support@acme.example", "sales@acme.example"});
  ASSERT_TRUE(desk.reply(ticket, std::string("> ") + kPhrase));
  for (const auto& sent : desk.claim()) desk.report(sent, pipeline::DeliveryOutcome::kDelivered);  // its body is erased
  Order everywhere = phrase();
  everywhere.everywhere_in_ticket = true;
  ASSERT_TRUE(redact(ticket, first_comment(ticket), everywhere));
  EXPECT_EQ(copies_of(kPhrase), 0U);
  EXPECT_TRUE(is_on_disk(kPhrase));
  EXPECT_TRUE(is_on_disk(kPhraseWord));
  Purger purger(*desk.store, *desk.vault, desk.ids, desk.clock, pool_);
  EXPECT_EQ(purger.pending(desk.acme).value(), 3U);  // the removal's, and the search index's of both tickets
  EXPECT_EQ(purger.pending(desk.other).value(), 0U);
  EXPECT_EQ(desk.run(purger.run()).value(), 3U);
  EXPECT_FALSE(is_on_disk(kPhrase));
  EXPECT_FALSE(is_on_disk(kPhraseWord));
  EXPECT_EQ(purger.pending(desk.acme).value(), 0U);
  EXPECT_EQ(desk.audit_actions(desk.acme).front(), "comment.purged");
  EXPECT_EQ(desk.run(purger.run()).value(), 0U);
}

TEST_F(RedactionOnDisk, ARemovedFileLeavesNoTextForTheSearch) {
  Mail mail;
  mail.attachments = {{"plan.pdf", "application/pdf", "", false, "%PDF", false, "an okapizebra plan"}};
  mail.raw_extra = mail.attachments[0].content;
  const core::TicketId ticket = take(mail);
  ASSERT_TRUE(is_on_disk("okapizebra"));
  Order order;
  order.attachments = {desk.comments(desk.acme, ticket)->at(0).attachments.at(0).id};
  ASSERT_TRUE(redact(ticket, first_comment(ticket), std::move(order)));
  EXPECT_EQ(copies_of("okapizebra"), 0U);
  Purger purger(*desk.store, *desk.vault, desk.ids, desk.clock, pool_);
  ASSERT_TRUE(desk.run(purger.run()));
  EXPECT_FALSE(is_on_disk("okapizebra"));
}

TEST_F(RedactionOnDisk, WhatTheSearchIndexMergedLongAgoGoesToo) {
  const core::TicketId ticket = take(mail_with_phrase());
  ASSERT_TRUE(redact(ticket, first_comment(ticket), phrase("I am")));  // from now on its words wait in one record
  Purger purger(*desk.store, *desk.vault, desk.ids, desk.clock, pool_);
  ASSERT_TRUE(desk.run(purger.run()));
  ASSERT_GT(desk.run(desk.helpdesk->search().upkeep().merge(desk.acme, 1)).value(), 0U);
  EXPECT_TRUE(is_on_disk(kPhraseWord));
  ASSERT_TRUE(redact(ticket, first_comment(ticket), phrase()));
  EXPECT_EQ(copies_of(search::waiting(desk.acme, ticket, 0)), 2U);  // the new one, and the old one that is due to leave the disk
  ASSERT_TRUE(desk.run(purger.run()));
  EXPECT_EQ(copies_of(kPhraseWord), 0U);
  EXPECT_FALSE(is_on_disk(kPhraseWord));
}

TEST_F(RedactionOnDisk, APurgeThatFailsStaysDue) {
  const core::TicketId ticket = take(mail_with_phrase());
  ASSERT_TRUE(redact(ticket, first_comment(ticket), phrase()));
  storage::FaultyStore broken(*desk.store, storage::FaultyStore::Fault::kPurge, 0);
  Purger purger(broken, *desk.vault, desk.ids, desk.clock, pool_);
  EXPECT_FALSE(desk.run(purger.run()));
  EXPECT_EQ(purger.pending(desk.acme).value(), 2U);
  EXPECT_EQ(desk.run(purger.run()).value(), 2U);  // the next round
  EXPECT_FALSE(is_on_disk(kPhrase));
  EXPECT_FALSE(is_on_disk(kPhraseWord));
}

}  // namespace
}  // namespace postern::ticketing
