// Archives that were uploaded: unpacked in memory, imported to their end in the background, stopped, never two at once.
#include "app/imports/uploaded_imports.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "app/imports/packed_files.h"
#include "core/tar.h"
#include "tests/app/import_fixture.h"
#include "ticketing/errc.h"

namespace postern::app {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr core::TicketId kOne{1};

std::string packed(const std::string& plain) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(::deflateBound(&stream, plain.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

std::string entry(const std::string& name, const std::string& content) {
  return core::tar_head(name, content.size(), 1'700'000'000'000) + content + core::tar_padding(content.size());
}

const std::string kMail = "From: Ann <ann@customer.example>\nTo: support@example.com\nDate: Mon, 03 Mar 2025 10:00:00 +0000\nMessage-ID: <a1@customer.example>\n"
                          "Subject: Refund\nContent-Type: text/plain; charset=utf-8\n\nMy card is 4111 1111 1111 1111, please refund.\n";
const std::string kMbox = "From somebody Mon Mar  3 10:00:00 2025\n" + kMail + "\n";

class Uploads : public Imports {
 protected:
  ~Uploads() override { test::run_task(io, uploads->stop_all(core::Deadline::never())); }
  core::Result<web::ArchiveImport> begin(const std::string& kind, const std::string& bytes, bool is_rehearsal = false) {
    web::ArchiveWish wish;
    wish.by = services->operator_principal(workspace);
    wish.kind = kind;
    wish.inbox = services->directory()->inboxes_of(workspace).front().id;
    wish.is_rehearsal = is_rehearsal;
    wish.bytes = core::to_secret(bytes);
    return test::run_task(io, uploads->begin(std::move(wish)));
  }
  web::ArchiveImport to_its_end(std::uint64_t id) {
    for (;;) {
      const auto told = uploads->find(workspace, id);
      EXPECT_TRUE(told);
      if (!told || told->ended_unix_ms != 0) return told.value_or(web::ArchiveImport());
      io.restart();
      io.run_one_for(std::chrono::milliseconds(50));
    }
  }
  web::ArchiveImport import_all(const std::string& kind, const std::string& bytes) {
    const auto begun = begin(kind, bytes);
    EXPECT_TRUE(begun) << begun.error().describe();
    return begun ? to_its_end(begun->id) : web::ArchiveImport();
  }
  std::vector<std::string> audited() {
    std::vector<std::string> out;
    for (const auto& each : auth::list_audit(services->store(), services->vault(), workspace, {}, 50).value()) out.push_back(each.action);
    return out;
  }
  std::unique_ptr<UploadedImports> uploads = std::make_unique<UploadedImports>(io.get_executor(), *services);
};

TEST_F(Uploads, T_06_AnMboxIsRedactedAndBecomesTickets) {
  const web::ArchiveImport done = import_all("mbox", kMbox);
  EXPECT_EQ(done.state, "finished") << done.error;
  EXPECT_EQ(done.tickets, 1U);
  EXPECT_EQ(done.total, 1U);
  EXPECT_THAT(comments(kOne).at(0).text, testing::AllOf(HasSubstr("please refund"), Not(HasSubstr("4111 1111 1111 1111"))));
  EXPECT_THAT(audited(), testing::AllOf(Contains("import.begun"), Contains("import.finished")));
  const web::ArchiveImport again = import_all("mbox", packed(kMbox));
  EXPECT_EQ(again.passed_over.at("known"), 1U) << "the same, packed: nothing comes twice";
  EXPECT_EQ(uploads->list(workspace).size(), 2U);
}

TEST_F(Uploads, ArchivesOfFilesArePackedOrNot) {
  const std::string tar = entry("mails/a.eml", kMail) + entry("mails/readme.txt", "no mail") + core::tar_end();
  EXPECT_EQ(import_all("eml", packed(tar)).tickets, 1U);
  EXPECT_EQ(import_all("maildir", entry("box/cur/1", "Message-ID: <b@customer.example>\n" + kMail.substr(0, kMail.find("Message-ID")) + "\nother words\n") + core::tar_end()).tickets, 1U);
  const std::string zendesk = entry("out/users.jsonl", R"({"id":501,"name":"Ann","email":"ann@other.example","role":"end-user"})" "\n") +
                              entry("out/tickets-9.jsonl", R"({"id":9,"subject":"Broken","status":"closed","requester_id":501,"created_at":"2024-05-01T08:00:00Z","comments":[{"id":1,"author_id":501,"body":"It broke","public":true,"created_at":"2024-05-01T08:00:00Z","attachments":[{"id":33,"file_name":"a.txt","content_type":"text/plain"}]}]})" "\n") +
                              entry("out/attachments/33", "contents of the file") + core::tar_end();
  const web::ArchiveImport done = import_all("zendesk", zendesk);
  EXPECT_EQ(done.tickets, 1U) << done.error;
  EXPECT_TRUE(done.passed_over.empty()) << done.passed_over.begin()->first;
  const auto all = comments(core::TicketId{3});
  ASSERT_EQ(all.size(), 1U);
  ASSERT_EQ(all[0].attachments.size(), 1U);
  EXPECT_EQ(services->tickets().attachment(workspace, all[0].attachments[0].id).value().second, "contents of the file");
}

TEST_F(Uploads, T_06_WhatIsNoMailIsPassedOverAndAMailWithoutADateIsOfToday) {
  const web::ArchiveImport none = import_all("eml", "\nsome notes that somebody called a mail\n");
  EXPECT_EQ(none.tickets, 0U);
  EXPECT_EQ(none.passed_over.at("no_mail"), 1U);
  const std::string undated = "From: Ann <ann@customer.example>\nSubject: When?\n\nNo date.\n";
  EXPECT_EQ(import_all("eml", undated).tickets, 1U);
  EXPECT_EQ(comments(kOne).at(0).created_unix_ms, core::to_unix_ms(services->clock().wall_now()));
}

TEST_F(Uploads, WhatIsNoArchiveIsRefusedAndLeavesNoTrace) {
  for (const auto& [kind, bytes] : {std::pair<std::string, std::string>("mbox", "PK\x03\x04zip"), {"eml", entry("a.txt", "x") + core::tar_end()},
                                    {"zendesk", entry("a.txt", "x") + core::tar_end()}, {"mbox", packed(kMbox).substr(0, 60)}, {"mbox", ""}}) {
    const auto begun = begin(kind, bytes);
    EXPECT_FALSE(begun) << kind;
    if (!begun) EXPECT_EQ(begun.error(), core::Errc::kInvalid);
  }
  EXPECT_TRUE(uploads->list(workspace).empty());
  EXPECT_EQ(import_all("mbox", kMbox).state, "finished") << "and makes room";
}

// Names of files are words of customers too: in no answer, and in no log.
TEST_F(Uploads, Z35_ACardNumberInTheNameOfAFileIsNotTold) {
  const std::string card = "4111111111111111";
  const auto begun = begin("mbox", entry(card + ".mbox", "no mail at all\n") + core::tar_end());
  std::string told = begun ? to_its_end(begun->id).error : begun.error().describe();
  EXPECT_THAT(told, testing::HasSubstr("mbox"));
  EXPECT_THAT(told, testing::Not(testing::HasSubstr(card)));
  const web::ArchiveImport ended = import_all("zendesk", entry(card + ".json", "{\"tickets\": [nonsense") + core::tar_end());
  for (const std::string& each : ended.examples) told += each;
  EXPECT_THAT(told + ended.error, testing::Not(testing::HasSubstr(card)));
}

TEST_F(Uploads, UnpackedSizeIsBounded) {
  PackedLimits limits;
  limits.unpacked_bytes_max = 4096;
  EXPECT_FALSE(PackedFiles::unpack(core::to_secret(packed(std::string(5000, 'x'))), "a", limits));
  const auto fits = PackedFiles::unpack(core::to_secret(packed(std::string(4000, 'x'))), "a", limits);
  ASSERT_TRUE(fits);
  EXPECT_EQ((*fits)->content(*(*fits)->find("a")).size(), 4000U);
}

TEST_F(Uploads, OneAtATimeAndStoppedWhenAskedFor) {
  std::string many;
  for (int i = 0; i < 50; ++i) many += "From somebody Mon Mar  3 10:00:00 2025\nMessage-ID: <" + std::to_string(i) + "@x.example>\n" + kMail.substr(0, kMail.find("Message-ID")) + "\nwords " + std::to_string(i) + "\n\n";
  const auto begun = begin("mbox", many);
  ASSERT_TRUE(begun) << begun.error().describe();
  const auto second = begin("mbox", kMbox);
  if (!second) EXPECT_EQ(second.error(), ticketing::Errc::kConflict);
  EXPECT_FALSE(uploads->stop(workspace, begun->id + 1));
  uploads->stop(workspace, begun->id);
  const web::ArchiveImport ended = to_its_end(begun->id);
  EXPECT_THAT(ended.state, testing::AnyOf("stopped", "finished"));
  if (ended.state == "stopped") {
    io.restart();
    io.run_for(std::chrono::milliseconds(200));
    EXPECT_THAT(audited(), Contains("import.stopped"));
  }
  EXPECT_FALSE(uploads->stop(workspace, begun->id)) << "it has ended";
}

TEST_F(Uploads, ARehearsalStoresNothing) {
  const auto begun = begin("mbox", kMbox, true);
  ASSERT_TRUE(begun);
  EXPECT_EQ(to_its_end(begun->id).tickets, 1U);
  EXPECT_FALSE(services->tickets().get(workspace, kOne));
}

}  // namespace
}  // namespace postern::app
