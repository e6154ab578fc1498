// Zip archives (issue 4, coverage): every entry is looked into and the archive written again around it; where readers
// of zip disagree, all of their readings count.
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "pipeline/mime/decode.h"
#include "pipeline/redaction/message_scan.h"
#include "tests/pipeline/redaction/formats/format_fixture.h"

namespace postern::pipeline {
namespace {

using test::clean_file;
using test::count_of;
using test::kCard;
using test::kHiddenCard;
using test::make_zip;
using test::ZipFile;

const std::string kText = "my card is " + test::kCard + " thanks\r\n";
const std::string kHiddenText = "my card is " + test::kStarredCard + " thanks\r\n";  // its charset is unknown

TEST(CleanZip, NumbersInEntriesAreMaskedAndTheRestStaysAsItWas) {
  const std::string photo = std::string("\xFF\xD8\xFF", 3) + std::string(3000, '\x5A');
  for (bool has_descriptor : {false, true}) {
    const std::string zip = make_zip({{"mimetype", "application/x-test", 0, 0, false},
                                      {"notes/a.txt", kText, 8, 0, has_descriptor},
                                      {"photo.jpg", photo, 8, 0, has_descriptor},
                                      {"stored.csv", "a;" + kCard + "\r\n", 0},
                                      {"empty", "", 0}});
    const FileOutcome outcome = clean_file(zip);
    ASSERT_EQ(outcome.result, FileResult::kRewritten) << outcome.reason;
    EXPECT_EQ(count_of(outcome), 2U);
    const test::ArchiveFiles files = test::unpack_by_libarchive(outcome.bytes);
    ASSERT_EQ(files.size(), 5U);
    EXPECT_EQ(files.at("notes/a.txt"), kHiddenText);
    EXPECT_EQ(files.at("stored.csv"), "a;" + test::kStarredCard + "\r\n");
    EXPECT_EQ(files.at("photo.jpg"), photo);
    EXPECT_TRUE(std::string_view(outcome.bytes).substr(30).starts_with("mimetypeapplication/x-test"))
        << "first and stored";
    // The bytes of an entry without a number, header to descriptor, are the same.
    const std::size_t begin = zip.find("PK\x03\x04", zip.find("photo.jpg") - 31);
    EXPECT_NE(outcome.bytes.find(zip.substr(begin, zip.find("PK\x03\x04", begin + 4) - begin)), std::string::npos);
    EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
    EXPECT_EQ(outcome.bytes.find("\xA1\x59\x32\x6C", 10), 10U) << "the times stay";
  }
}

TEST(CleanZip, WithoutNumbersNothingChanges) {
  const FileOutcome outcome = clean_file(make_zip({{"a.txt", "hello"}, {"b/", ""}, {"b/c.txt", "order 12345"}}));
  EXPECT_EQ(outcome.result, FileResult::kClean);
  EXPECT_TRUE(outcome.findings.empty());
}

TEST(CleanZip, NamesCommentsAndExtraFieldsAreMaskedToo) {
  const std::string unicode_name = std::string("up\x1B\x00\x01xxxx", 9) + kCard + ".txt";
  test::ZipMaker maker;
  maker.comment = "call " + kCard;
  const std::string zip = maker.make({{"scan " + kCard + ".txt", "hello", 8, 0, false, unicode_name, "was " + kCard}});
  const FileOutcome outcome = clean_file(zip);
  ASSERT_EQ(outcome.result, FileResult::kRewritten) << outcome.reason;
  EXPECT_EQ(outcome.bytes.find(kCard), std::string::npos);
  const auto files = test::unpack_by_libarchive(outcome.bytes);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files.begin()->first, "scan " + kHiddenCard + ".txt");
  EXPECT_EQ(files.begin()->second, "hello");
  EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
}

TEST(CleanZip, ArchivesInArchivesAreRewrittenFromTheInside) {
  const std::string inner = make_zip({{"a.txt", kText}, {"b.txt", "b"}});
  const std::string middle =
      test::make_gzip(test::pack_by_libarchive({{"inner.zip", inner}}, archive_write_set_format_ustar));
  const FileOutcome outcome = clean_file(make_zip({{"m.tar.gz", middle}, {"stored.zip", inner, 0}}));
  ASSERT_EQ(outcome.result, FileResult::kRewritten) << outcome.reason;
  EXPECT_EQ(count_of(outcome), 2U);
  const auto files = test::unpack_by_libarchive(outcome.bytes);
  EXPECT_EQ(test::unpack_by_libarchive(files.at("stored.zip")).at("a.txt"), kHiddenText);
  const auto tar = test::unpack_by_libarchive(files.at("m.tar.gz"));
  EXPECT_EQ(test::unpack_by_libarchive(tar.at("inner.zip")).at("a.txt"), kHiddenText);
  EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
}

TEST(CleanZip, MessagesInArchivesAreReadAsMail) {
  const std::string mail =
      "From: a@b.example\r\nSubject: s\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      "TXkgY2FyZCBpcyA0MTExIDExMTEgMTExMSAxMTExLCB0aGFua3MgYW5kIGdvb2QgYnllLg==\r\n";
  const FileOutcome outcome = clean_file(make_zip({{"old.eml", mail}}));
  ASSERT_EQ(outcome.result, FileResult::kRewritten);
  const std::string kept = test::unpack_by_libarchive(outcome.bytes).at("old.eml");
  EXPECT_TRUE(kept.starts_with("From: a@b.example\r\nSubject: s\r\n"));
  EXPECT_EQ(kept.find("NDExMSAxMTExIDExMTEgMTExM"), std::string::npos);
  EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
}

TEST(CleanZip, EncryptedEntriesAreUnreadAndNextToANumberNotSafe) {
  const ZipFile locked{"locked.txt", std::string(40, '\x9D'), 0, 1};
  FileOutcome outcome = clean_file(make_zip({locked, {"a.txt", "hello"}}));
  EXPECT_EQ(outcome.result, FileResult::kUnread);
  EXPECT_EQ(outcome.reason, "encrypted");
  outcome = clean_file(make_zip({locked, {"a.txt", kText}}));
  EXPECT_EQ(outcome.result, FileResult::kUnsafe);
  EXPECT_EQ(outcome.reason, "found");
}

// What some readers show and others do not is looked at, and such archives are not written again.
TEST(CleanZip, WhatOnlySomeReadersSeeIsFound) {
  const ZipFile harmless{"a.txt", "hello"};
  const ZipFile hidden{"b.txt", kText};
  ZipFile unlisted = hidden;
  unlisted.is_in_directory = false;
  ZipFile renamed = harmless;
  renamed.local_name = kCard + ".txt";
  std::map<std::string, std::string> cases;
  cases["a local header that the directory does not name"] = make_zip({harmless, unlisted});
  cases["another name in the local header"] = make_zip({renamed});
  cases["two files of one name"] = make_zip({{"a.txt", "hello"}, {"a.txt", kText}});
  test::ZipMaker maker;
  maker.prefix = "#!/bin/sh " + kCard + "\n";
  cases["in front"] = maker.make({harmless});
  maker = {};
  maker.between = "(" + kCard + ")";
  cases["between entries"] = maker.make({harmless, {"c.txt", "c"}});
  maker = {};
  maker.behind = "\n" + kCard + "\n";
  cases["behind the end"] = maker.make({harmless});
  maker = {};
  maker.behind = make_zip({hidden});
  cases["two archives"] = maker.make({harmless});
  maker = {};
  maker.comment = make_zip({harmless});
  cases["an archive in the comment of another"] = maker.make({hidden});
  cases["cut short"] = make_zip({hidden, harmless}).substr(0, 30 + 5 + pack_deflate(kText).size() + 10);
  std::string wrong_size = make_zip({hidden, harmless});
  wrong_size[18] = 3;  // the local header's packed size
  cases["another size in the local header"] = wrong_size;
  for (const auto& [name, zip] : cases) {
    const FileOutcome outcome = clean_file(zip);
    EXPECT_EQ(outcome.result, FileResult::kUnsafe) << name;
    EXPECT_EQ(outcome.reason, "found") << name;
  }
}

TEST(CleanZip, AnArchiveBehindAPictureIsRead) {
  test::ZipMaker maker;
  maker.prefix = "\x89PNG\r\n\x1A\n" + std::string(200, 'x');
  EXPECT_EQ(clean_file(maker.make({{"a.txt", kText}})).result, FileResult::kUnsafe);
  EXPECT_EQ(clean_file(maker.make({{"a.txt", "hello"}})).result, FileResult::kClean);
  EXPECT_TRUE(is_known_format("plain words " + make_zip({{"a.txt", kText}})));
}

TEST(CleanZip, OtherPackingMethodsAreReadAndBecomeDeflate) {
  for (const char* options : {"zip:compression=store", "zip:compression=deflate"}) {
    const std::string zip =
        test::pack_by_libarchive({{"a.txt", kText}}, archive_write_set_format_zip, nullptr, options);
    const FileOutcome outcome = clean_file(zip);
    ASSERT_EQ(outcome.result, FileResult::kRewritten) << options << " " << outcome.reason;
    EXPECT_EQ(test::unpack_by_libarchive(outcome.bytes).at("a.txt"), kHiddenText);
  }
  // bzip2, method 12: the packed bytes of a .bz2 file.
  const std::string packed =
      test::pack_by_libarchive({{"a.txt", kText}}, archive_write_set_format_raw, archive_write_add_filter_bzip2);
  ASSERT_TRUE(packed.starts_with("BZh"));
  std::string zip = make_zip({{"a.txt", packed, 12}});
  for (std::size_t at : {std::size_t{14}, zip.find("PK\x01\x02") + 16}) set_little_endian(zip, at, crc_of(kText), 4);
  for (std::size_t at : {std::size_t{22}, zip.find("PK\x01\x02") + 24}) set_little_endian(zip, at, kText.size(), 4);
  const FileOutcome outcome = clean_file(zip);
  ASSERT_EQ(outcome.result, FileResult::kRewritten) << outcome.reason;
  EXPECT_EQ(test::unpack_by_libarchive(outcome.bytes).at("a.txt"), kHiddenText);
}

// The same as an attachment of a mail: encoded again in the part's own transfer encoding, and the tree stays.
TEST(CleanZip, AsAnAttachmentOfAMail) {
  std::string encoded = core::to_base64(make_zip({{"a.txt", kText}}));
  for (std::size_t at = 76; at < encoded.size(); at += 78) encoded.insert(at, "\r\n");
  const std::string head =
      "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
      "boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n"
      "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  const RedactionLimits limits;
  const MimeLimits mime_limits;
  const RedactionOptions options;
  const ScanContext context{test::cards(), limits, mime_limits, options};
  const RewrittenMessage rewritten = rewrite_message(context, Message::copy_of(head + encoded + "\r\n--b--\r\n"));
  ASSERT_EQ(rewritten.redactions.size(), 1U);
  EXPECT_EQ(rewritten.redactions[0].part, "2");
  EXPECT_FALSE(rewritten.was_emptied);
  ASSERT_TRUE(rewritten.message->bytes().starts_with(head));
  ASSERT_EQ(rewritten.tree.root.children.size(), 2U);
  const Decoded kept = decode_body(*rewritten.message, rewritten.tree.root.children[1]);
  EXPECT_EQ(test::unpack_by_libarchive(kept.bytes).at("a.txt"), kHiddenText);
}

}  // namespace
}  // namespace postern::pipeline
