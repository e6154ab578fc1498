// Issue 4, coverage: packed data without a frame that tells its name, archives inside archives under any name, what a bomb
// may take, and the texts of pictures.
#include <gtest/gtest.h>

#include "tests/pipeline/redaction/formats/format_fixture.h"

namespace postern::pipeline {
namespace {

using test::CleanSetup;
using test::clean_file;
using test::count_of;
using test::kCard;
using test::kStarredCard;

const std::string kText = "my card is " + kCard + ", thanks\n";

TEST(CleanDeflated, DataWithoutAFrameIsPackedAgain) {
  for (const std::string& packed : {pack_zlib(kText), pack_deflate(kText)}) {
    const FileOutcome outcome = clean_file(packed, "data.bin");
    ASSERT_EQ(outcome.result, FileResult::kRewritten);
    const bool is_zlib = packed == pack_zlib(kText);
    const Unpacked after = unpack_deflate(outcome.bytes, is_zlib ? DeflateForm::kZlib : DeflateForm::kRaw, 1000);
    EXPECT_EQ(after.end, UnpackEnd::kDone);
    EXPECT_EQ(core::view(after.bytes).find(kCard), std::string_view::npos);
    EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
  }
  EXPECT_EQ(clean_file(pack_zlib(pack_deflate(kText))).result, FileResult::kRewritten);
  EXPECT_EQ(clean_file(pack_zlib("hello")).result, FileResult::kClean);
}

TEST(CleanDeflated, WhatOnlyBeginsSoIsAFileLikeOthers) {
  EXPECT_EQ(clean_file("x^2 is no number, " + kCard + " is one\n").result, FileResult::kRewritten);
  EXPECT_EQ(clean_file("x\x9C is no text" + std::string(3, '\0')).result, FileResult::kClean);
  const FileOutcome cut = clean_file(pack_zlib(kText).substr(0, 12) + std::string(4, '\0') + kText);
  EXPECT_EQ(cut.result, FileResult::kRewritten);
  EXPECT_EQ(cut.bytes.find(kCard), std::string::npos);
}

TEST(FileCleaner, TextThatBeginsLikeAFileIsReadAsTextToo) {
  const FileLabels text{"text", "plain", "", ""};
  for (const std::string begin : {"LZIP\x01", "GIF89a", "%PDF-1.4 1 0 obj\n", "7z\xBC\xAF\x27\x1C", "\x1F\x9D"}) {
    const CleanSetup setup;
    FileCleaner cleaner(test::cards(), setup.limits, setup.mime_limits, setup.options, nullptr);
    const FileOutcome disguised = cleaner.clean(begin + "\r\nmy card is +ADQ-111 1111+AK0-1111 1111, thanks\r\n", text);
    EXPECT_EQ(disguised.result, FileResult::kRewritten) << begin << disguised.reason;
    EXPECT_EQ(count_of(disguised), 1U) << begin;
    EXPECT_TRUE(disguised.bytes.starts_with(begin) && disguised.bytes.ends_with(", thanks\r\n")) << "the words stay";
    const FileOutcome plain = cleaner.clean(begin + "\r\nnothing here\r\n", text);
    EXPECT_TRUE(plain.result != FileResult::kUnsafe && plain.result != FileResult::kRewritten) << begin << plain.reason;
  }
}

TEST(CleanArchive, OldPackingMethodsAreReadByTheLibrary) {
  const auto raw = [](archive* writer) { return archive_write_set_format_raw(writer); };
  for (auto* filter : {archive_write_add_filter_lzma, archive_write_add_filter_lzip, archive_write_add_filter_compress}) {
    const FileOutcome outcome = clean_file(test::pack_by_libarchive({{"note.txt", kText}}, raw, filter));
    EXPECT_EQ(outcome.result, FileResult::kUnsafe);
    EXPECT_EQ(outcome.reason, "found");
    EXPECT_EQ(clean_file(test::pack_by_libarchive({{"note.txt", "hello\n"}}, raw, filter)).result, FileResult::kClean);
  }
}

TEST(CleanArchive, NamesOfArchivesMayLie) {
  const std::string inner = test::make_gzip(test::make_zip({{"note.txt", kText}}));
  const FileOutcome outcome = clean_file(test::make_zip({{"holiday.jpg", inner}, {"calendar.ics", pack_zlib(kText)}}), "report.pdf");
  EXPECT_EQ(outcome.result, FileResult::kRewritten);
  EXPECT_EQ(count_of(outcome), 2U);
  EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
}

TEST(CleanArchive, MailCalendarsAndCardsInsideAreReadAsSuch) {
  const std::string mail = "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
                           "Content-Transfer-Encoding: quoted-printable\r\n\r\n=34111111=\r\n111111111\r\n";
  const std::string calendar = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDESCRIPTION:card 4111111\r\n 111111111\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  const std::string contact = "BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;ENCODING=QUOTED-PRINTABLE:411111=\r\n1111111111\r\nEND:VCARD\r\n";
  const std::string box = "From a@b.example Sun Nov 22 10:00:00 2026\n" + mail;
  for (const auto& [name, content] : std::map<std::string, std::string>{
           {"mail.eml", mail}, {"meeting.ics", calendar}, {"me.vcf", contact}, {"archive.mbox", box}}) {
    const FileOutcome outcome = clean_file(test::make_gzip(test::make_zip({{name, content}})));
    ASSERT_EQ(outcome.result, FileResult::kRewritten) << name;
    EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean) << name;
  }
}

// Forty megabytes out of forty kilobytes: refused without taking them.
TEST(UnpackDeflate, ABombTakesTimeAndNoMemory) {
  const std::string bomb = pack_deflate(std::string(std::size_t{40} << 20U, '0'));
  const Unpacked unpacked = unpack_deflate(bomb, DeflateForm::kRaw, std::size_t{32} << 20U);
  EXPECT_EQ(unpacked.end, UnpackEnd::kTooLarge);
  EXPECT_LT(unpacked.bytes.capacity(), 2 * kMeasuredFromBytes);
  EXPECT_EQ(measure_deflate(bomb, DeflateForm::kRaw, std::size_t{256} << 20U), std::size_t{40} << 20U);
  const Unpacked large = unpack_deflate(bomb, DeflateForm::kRaw, std::size_t{40} << 20U);
  EXPECT_EQ(large.end, UnpackEnd::kDone);
  EXPECT_LE(large.bytes.capacity(), (std::size_t{40} << 20U) + 1);
}

std::string big_endian(std::uint32_t value) {
  std::string out;
  for (unsigned shift = 32; shift > 0;) out.push_back(static_cast<char>((value >> (shift -= 8)) & 0xFFU));
  return out;
}
std::string chunk(const std::string& kind, const std::string& data) {
  return big_endian(static_cast<std::uint32_t>(data.size())) + kind + data + big_endian(crc_of(kind + data));
}
std::string png(const std::string& texts) {
  return "\x89PNG\r\n\x1A\n" + chunk("IHDR", big_endian(1) + big_endian(1) + std::string("\x08\0\0\0\0", 5)) + texts +
         chunk("IDAT", pack_zlib(std::string(2, '\0'))) + chunk("IEND", "");
}
std::string zeroed(std::string_view text) { return std::string(text) + '\0'; }

TEST(CleanPng, TextsAreMaskedAndChecksumsStayTrue) {
  const std::string packed_front = zeroed("Comment") + '\0';
  const std::string wide_front = zeroed("Title") + std::string("\1\0", 2) + zeroed("en") + zeroed("Titel");
  const std::string starred = "my card is " + kStarredCard + ", thanks\n";
  const std::string blocked = "my card is " + test::kHiddenCard + ", thanks\n";
  const std::map<std::string, std::string> cases{
      {chunk("tEXt", zeroed("Comment") + kText), chunk("tEXt", zeroed("Comment") + starred)},
      {chunk("zTXt", packed_front + pack_zlib(kText)), chunk("zTXt", packed_front + pack_zlib(starred))},
      {chunk("iTXt", wide_front + pack_zlib(kText)), chunk("iTXt", wide_front + pack_zlib(blocked))},
      {chunk("tEXt", zeroed(kCard) + "x"), chunk("tEXt", zeroed(kStarredCard) + "x")},
      {chunk("eXIf", zeroed("MM") + kText), chunk("eXIf", zeroed("MM") + starred)}};
  for (const auto& [before, after] : cases) {
    const FileOutcome outcome = clean_file(png(before), "photo.png");
    ASSERT_EQ(outcome.result, FileResult::kRewritten) << before;
    EXPECT_EQ(outcome.bytes, png(after));
    EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
  }
  EXPECT_EQ(clean_file(png(chunk("tEXt", zeroed("Comment") + "hello"))).result, FileResult::kClean);
  EXPECT_EQ(clean_file(png("") + kText).result, FileResult::kRewritten) << "behind the picture";
}

// As one program keeps the metadata of other formats: hexadecimal inside a packed text.
TEST(CleanPng, MetadataInHexadecimalIsRead) {
  std::string hex;
  for (char c : "Exif note " + kText) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    hex += {kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  const std::string profile = chunk("zTXt", zeroed("Raw profile type exif") + '\0' + pack_zlib("\nexif\n      40\n" + hex + "\n"));
  const FileOutcome outcome = clean_file(png(profile));
  ASSERT_EQ(outcome.result, FileResult::kRewritten);
  EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
}

TEST(CleanPng, ALyingLengthOrABombEndsInTime) {
  const std::string bomb = chunk("zTXt", zeroed("x") + '\0' + pack_zlib(std::string(8U << 20U, '4')));
  const FileOutcome outcome = clean_file(png(bomb));
  EXPECT_EQ(outcome.result, FileResult::kUnsafe);
  EXPECT_EQ(outcome.reason, "ratio");
  EXPECT_EQ(clean_file(png("").substr(0, 20) + big_endian(0xFFFFFFF0) + "tEXt" + kText).result, FileResult::kRewritten);
}

}  // namespace
}  // namespace postern::pipeline
