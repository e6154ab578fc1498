// gzip, tar and what libarchive reads (issue 4, coverage).
#include <gtest/gtest.h>

#include "tests/pipeline/redaction/formats/format_fixture.h"

namespace postern::pipeline {
namespace {

using test::clean_file;
using test::kCard;
using test::kStarredCard;
using test::make_gzip;
using test::make_zip;

TEST(CleanGzip, TheFileIsMaskedAndItsHeaderKept) {
  const FileOutcome outcome = clean_file(make_gzip("card " + kCard + "\n", "notes.txt"), "notes.txt.gz");
  ASSERT_EQ(outcome.result, FileResult::kRewritten);
  EXPECT_EQ(outcome.bytes.substr(0, 20), make_gzip("card " + kStarredCard + "\n", "notes.txt").substr(0, 20));
  const Unpacked back = unpack_deflate(outcome.bytes, DeflateForm::kGzip, 1000);
  ASSERT_EQ(back.end, UnpackEnd::kDone);
  EXPECT_EQ(core::view(back.bytes), "card " + kStarredCard + "\n");
  EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
}

TEST(CleanGzip, ANumberOverTwoMembersIsOneNumber) {
  const FileOutcome outcome = clean_file(make_gzip("card " + kCard.substr(0, 8)) + make_gzip(kCard.substr(8) + " bye"));
  ASSERT_EQ(outcome.result, FileResult::kRewritten);
  EXPECT_EQ(core::view(unpack_deflate(outcome.bytes, DeflateForm::kGzip, 1000).bytes), "card " + kStarredCard + " bye");
}

TEST(CleanGzip, NameAndWhatStandsBehindTheEndAreLookedAt) {
  const FileOutcome named = clean_file(make_gzip("hello", kCard + ".txt"));
  ASSERT_EQ(named.result, FileResult::kRewritten);
  EXPECT_EQ(named.bytes.find(kCard), std::string::npos);
  EXPECT_EQ(clean_file(make_gzip("hello") + "x" + kCard).result, FileResult::kUnsafe);
  const std::string whole = make_gzip(std::string(5000, 'a') + "b");
  EXPECT_EQ(clean_file(whole.substr(0, whole.size() - 12)).result, FileResult::kUnread);
}

TEST(CleanTar, FilesAndNamesAreMaskedAndTheRestStaysByteForByte) {
  const std::string long_name = std::string(90, 'd') + "/" + std::string(60, 'e') + ".txt";
  for (auto* format : {archive_write_set_format_ustar, archive_write_set_format_gnutar, archive_write_set_format_pax}) {
    const std::string tar = test::pack_by_libarchive(
        {{"a.txt", "card " + kCard}, {kCard + ".txt", "b"}, {"c.bin", std::string(700, '\x01')}, {long_name, kCard}},
        format);
    ASSERT_FALSE(tar.empty());
    const FileOutcome outcome = clean_file(tar);
    ASSERT_EQ(outcome.result, FileResult::kRewritten) << outcome.reason;
    EXPECT_EQ(outcome.bytes.find(kCard), std::string::npos);
    const auto files = test::unpack_by_libarchive(outcome.bytes);
    ASSERT_EQ(files.size(), 4U);
    EXPECT_EQ(files.at("a.txt"), "card " + kStarredCard);
    EXPECT_EQ(files.at("411111xxxxxx1111.txt"), "b");
    EXPECT_EQ(files.at("c.bin"), std::string(700, '\x01'));
    EXPECT_EQ(files.at(long_name), kStarredCard);
    EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
  }
}

TEST(CleanTar, OfOtherFilesNoByteChanges) {
  EXPECT_EQ(clean_file(test::pack_by_libarchive({{"a.txt", "hello"}}, archive_write_set_format_ustar)).result,
            FileResult::kClean);
  const std::string cut = test::pack_by_libarchive({{"a.txt", "card " + kCard + " " + std::string(2000, 'x')}},
                                                   archive_write_set_format_ustar);
  EXPECT_EQ(clean_file(cut.substr(0, 512 + 1000)).result, FileResult::kUnsafe)
      << "cut short, and the number is in what is left";
}

TEST(CleanArchive, PackedByOtherProgramsIsFoundAndReplacedAsAWhole) {
  struct Case {
    const char* name;
    int (*format)(archive*);
    int (*filter)(archive*);
  };
  const Case cases[] = {
      {"xz", archive_write_set_format_raw, archive_write_add_filter_xz},
      {"bzip2", archive_write_set_format_raw, archive_write_add_filter_bzip2},
      {"zstd", archive_write_set_format_raw, archive_write_add_filter_zstd},
      {"tar.xz", archive_write_set_format_ustar, archive_write_add_filter_xz},
      {"7z", archive_write_set_format_7zip, nullptr},
  };
  for (const Case& one : cases) {
    const std::string found = test::pack_by_libarchive({{"a.txt", "card " + kCard}}, one.format, one.filter);
    ASSERT_FALSE(found.empty()) << one.name;
    const FileOutcome outcome = clean_file(found);
    EXPECT_EQ(outcome.result, FileResult::kUnsafe) << one.name;
    EXPECT_EQ(test::count_of(outcome), 1U) << one.name;
    const std::string plain = test::pack_by_libarchive({{"a.txt", "hello"}}, one.format, one.filter);
    EXPECT_EQ(clean_file(plain).result, FileResult::kClean) << one.name;
    EXPECT_EQ(clean_file(plain.substr(0, plain.size() * 2 / 3)).result, FileResult::kUnread) << one.name;
  }
  EXPECT_EQ(clean_file("\x60\xEA" + std::string(100, '\x07')).reason, "format");
  EXPECT_EQ(clean_file(std::string("MSCF\0\0\0\0", 8) + std::string(100, '\x07')).reason, "damaged");
}

// Bombs: bounded in time and memory, and never let through.
TEST(FileLimits, BombsEndAtALimit) {
  const std::string zeros(6U << 20U, '\0');
  const FileOutcome gzip = clean_file(make_gzip(zeros));
  EXPECT_EQ(gzip.result, FileResult::kUnsafe);
  EXPECT_EQ(gzip.reason, "ratio");
  EXPECT_EQ(clean_file(make_zip({{"zeros", zeros}})).reason, "ratio");
  // Forty-two zips in zips, each small, the innermost large.
  std::string bomb = make_zip({{"0.dll", zeros}});
  for (int level = 0; level < 3; ++level) {
    std::vector<test::ZipFile> files;
    for (int i = 0; i < 6; ++i) files.push_back({"lib " + std::to_string(i) + ".zip", bomb});
    bomb = make_zip(files);
  }
  EXPECT_EQ(clean_file(bomb).result, FileResult::kUnsafe);
  EXPECT_EQ(clean_file(make_gzip(make_gzip(zeros))).result, FileResult::kUnsafe);
}

TEST(FileLimits, ManyEntriesEndAtALimit) {
  const std::string zip = make_zip(std::vector<test::ZipFile>(8'000, {"e", "", 0}));
  const FileOutcome outcome = clean_file(zip);
  EXPECT_EQ(outcome.result, FileResult::kUnsafe);
  EXPECT_EQ(outcome.reason, "entries");
  std::string members;
  const std::string member = make_gzip("");
  for (int i = 0; i < 4100; ++i) members += member;
  EXPECT_EQ(clean_file(members).reason, "entries");
}

TEST(FileLimits, DeepNestingEndsAtALimit) {
  std::string deep = "hello";
  for (int level = 0; level < 6; ++level) deep = make_zip({{"in.zip", deep}});
  EXPECT_EQ(clean_file(deep).result, FileResult::kClean) << "six deep is within";
  for (int level = 0; level < 40; ++level) deep = make_zip({{"in.zip", deep}});
  EXPECT_EQ(clean_file(deep).reason, "depth");
}

// All entries at the same bytes: a megabyte that unpacks to many times as much (Fifield 2019).
TEST(FileLimits, OverlappingEntriesEndAtALimit) {
  std::string zip = make_zip({{"a", std::string(3U << 20U, 'x')}});
  const std::size_t directory = zip.rfind("PK\x01\x02");
  const std::string record = zip.substr(directory, zip.rfind("PK\x05\x06") - directory);
  std::string end = zip.substr(zip.rfind("PK\x05\x06"));
  zip.resize(directory);
  for (int i = 0; i < 3000; ++i) zip += record;
  set_little_endian(end, 8, 3000, 2);
  set_little_endian(end, 10, 3000, 2);
  set_little_endian(end, 12, record.size() * 3000, 4);
  const FileOutcome outcome = clean_file(zip + end);
  EXPECT_EQ(outcome.result, FileResult::kUnsafe);
  EXPECT_EQ(outcome.reason, "ratio");
}

// The budget is that of the whole message: mail in archives in mail does not start anew.
TEST(FileLimits, MailInsideDoesNotStartANewBudget) {
  test::CleanSetup setup;
  setup.options.files.entries_max = 60;
  std::vector<test::ZipFile> mails;
  for (int i = 0; i < 10; ++i) {
    const std::string zip = make_zip(std::vector<test::ZipFile>(10, {"e.txt", "hello"}));
    mails.push_back(
        {std::to_string(i) + ".eml",
         "MIME-Version: 1.0\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: binary\r\n\r\n" + zip});
  }
  test::CleanSetup roomy = setup;
  roomy.options.files.entries_max = 4000;
  EXPECT_EQ(clean_file(make_zip(mails), "", roomy).result, FileResult::kClean);
  EXPECT_NE(clean_file(make_zip(mails), "", setup).result, FileResult::kClean);
}

}  // namespace
}  // namespace postern::pipeline
