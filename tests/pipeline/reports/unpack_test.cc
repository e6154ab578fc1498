#include "pipeline/reports/unpack.h"

#include <gtest/gtest.h>

#include "pipeline/reports/errc.h"
#include "tests/pipeline/reports/packed.h"

namespace postern::pipeline {
namespace {

using test::gzipped;
using test::zipped;
using Files = std::vector<std::string>;

TEST(Unpack, TheBytesDecideWhatIsPacked) {
  EXPECT_EQ(unpack_files("<feedback/>").value(), Files{"<feedback/>"});
  EXPECT_EQ(unpack_files(gzipped("<feedback/>")).value(), Files{"<feedback/>"});
  EXPECT_EQ(unpack_files(zipped({{"a.xml", "<feedback/>"}})).value(), Files{"<feedback/>"});
  EXPECT_EQ(unpack_files(zipped({{"a.xml", "<feedback/>"}}, "zip:compression=store")).value(), Files{"<feedback/>"});
  EXPECT_TRUE(unpack_files("").value().empty());
  EXPECT_TRUE(unpack_files(gzipped("")).value().empty());
}

TEST(Unpack, ZipsGiveTheirFilesAndNoFolders) {
  EXPECT_EQ(unpack_files(zipped({{"r/", ""}, {"r/a.xml", "one"}, {"r/empty", ""}, {"b.xml", "two"}})).value(), (Files{"one", "two"}));
}

TEST(Unpack, GzipMembersAreOneFileAndPaddingIsIgnored) {
  EXPECT_EQ(unpack_files(gzipped("one ") + gzipped("two") + "\r\n").value(), Files{"one two"});
  ReportReadLimits limits;
  std::string many;
  for (std::size_t i = 0; i <= limits.files_max; ++i) many += gzipped("x");
  EXPECT_EQ(unpack_files(many).error(), ReportErrc::kTooLarge);
}

TEST(Unpack, BombsAreRefusedBeforeTheyGoOff) {
  const std::string zeros(4U << 20U, '\0');
  const std::string bomb = gzipped(zeros);
  EXPECT_LT(bomb.size(), 5'000U);
  EXPECT_EQ(unpack_files(bomb).error(), ReportErrc::kTooLarge);
  EXPECT_EQ(unpack_files(zipped({{"a.xml", zeros}})).error(), ReportErrc::kTooLarge);
}

TEST(Unpack, TheRatioCountsBeyondWhatIsFree) {
  ReportReadLimits limits;
  limits.ratio_free_bytes = 1000;
  limits.ratio_max = 100;
  EXPECT_TRUE(unpack_files(gzipped(std::string(1000, 'a')), limits));  // 40 to 1, but free
  const std::string packed = gzipped(std::string(100'000, 'a'));
  EXPECT_EQ(unpack_files(packed, limits).error(), ReportErrc::kTooLarge);
  limits.ratio_max = 100'000 / packed.size() + 1;
  EXPECT_TRUE(unpack_files(packed, limits));
}

TEST(Unpack, AllFilesOfAnArchiveShareOneBudget) {
  ReportReadLimits limits;
  limits.unpacked_bytes_max = 1000;
  EXPECT_TRUE(unpack_files(zipped({{"a", std::string(500, 'a')}, {"b", std::string(500, 'b')}}), limits));
  EXPECT_EQ(unpack_files(zipped({{"a", std::string(500, 'a')}, {"b", std::string(501, 'b')}}), limits).error(), ReportErrc::kTooLarge);
  EXPECT_TRUE(unpack_files(gzipped(std::string(1000, 'a')), limits));
  EXPECT_EQ(unpack_files(gzipped(std::string(1001, 'a')), limits).error(), ReportErrc::kTooLarge);
  EXPECT_EQ(unpack_files(std::string(1001, 'a'), limits).error(), ReportErrc::kTooLarge);
}

TEST(Unpack, ArchivesOfManyFilesAreRefused) {
  std::vector<std::pair<std::string, std::string>> files;
  for (int i = 0; i < 9; ++i) files.emplace_back("r" + std::to_string(i), "x");
  EXPECT_EQ(unpack_files(zipped(files)).error(), ReportErrc::kTooLarge);
  files.pop_back();
  EXPECT_EQ(unpack_files(zipped(files)).value().size(), 8U);
}

TEST(Unpack, WhatIsPackedTwiceIsRefused) {
  for (const std::string& inner : {gzipped("x"), zipped({{"a", "x"}})}) {
    EXPECT_EQ(unpack_files(gzipped(inner)).error(), ReportErrc::kUnpackable);
    EXPECT_EQ(unpack_files(zipped({{"a", inner}})).error(), ReportErrc::kUnpackable);
  }
}

TEST(Unpack, DamageIsAnErrorWhereverItIs) {
  std::string plain = "<feedback>";
  for (std::uint32_t x = 1; plain.size() < 3000; x = x * 1664525 + 1013904223) plain += static_cast<char>('a' + (x >> 24U) % 26);
  for (const std::string& whole : {gzipped(plain), zipped({{"a.xml", plain}})}) {
    for (std::size_t at = 4; at < whole.size(); ++at) {
      const auto cut = unpack_files(std::string_view(whole).substr(0, at));
      if (cut) EXPECT_TRUE(cut->empty() || cut->front() == plain) << at;  // a zip may lack its directory
    }
    std::string bent = whole;
    bent[whole.size() / 2] = static_cast<char>(bent[whole.size() / 2] ^ 0x55);
    EXPECT_FALSE(unpack_files(bent));
  }
}

TEST(Unpack, EncryptedZipsAreRefused) {
  EXPECT_EQ(unpack_files(zipped({{"a.xml", "<feedback/>"}}, "zip:compression=deflate,zip:encryption=zipcrypt")).error(), ReportErrc::kUnpackable);
}

}  // namespace
}  // namespace postern::pipeline
