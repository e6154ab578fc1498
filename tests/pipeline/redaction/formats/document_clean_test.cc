// PDF and pictures, OLE2 and winmail.dat (issue 4, coverage): what can be masked in place is, what cannot is not kept.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>

#include "pipeline/redaction/formats/compressed_rtf.h"
#include "tests/pipeline/redaction/formats/format_fixture.h"

namespace postern::pipeline {
namespace {

using test::clean_file;
using test::kCard;
using test::make_zip;

// Says what it is told to.
class ToldExtractor final : public TextExtractor {
 public:
  ExtractOutcome outcome = ExtractOutcome::kText;
  std::string text;
  std::string attached;
  std::string reason = "damaged";
  mutable int asked = 0;

  ExtractedText extract(DocumentKind /*kind*/, std::string_view /*bytes*/) const override {
    ++asked;
    ExtractedText extracted;
    extracted.outcome = outcome;
    extracted.text = core::to_secret(text);
    if (!attached.empty()) extracted.files.push_back({"a.zip", core::to_secret(attached)});
    if (outcome == ExtractOutcome::kUnreadable) extracted.reason = reason;
    return extracted;
  }
  bool reads(DocumentKind /*kind*/) const override { return true; }
};

std::string zlib_packed(const std::string& text) {
  std::string out(compressBound(text.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size());
  out.resize(size);
  return out;
}
std::string pdf(const std::string& dictionary, const std::string& content) {
  const std::string packed = zlib_packed(content);
  return "%PDF-1.7\n1 0 obj\n<</Filter/FlateDecode" + dictionary + "/Length " + std::to_string(packed.size()) +
         ">>\nstream\n" + packed + "\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
}

TEST(CleanDocument, TheExtractorDecides) {
  const std::string plain = pdf("", "BT (hello) Tj ET");
  ToldExtractor extractor;
  test::CleanSetup setup;
  setup.extractor = &extractor;
  extractor.text = "hello";
  EXPECT_EQ(clean_file(plain, "a.pdf", setup).result, FileResult::kClean);
  extractor.text = "card 4111 1111\n1111 1111";
  FileOutcome outcome = clean_file(plain, "a.pdf", setup);
  EXPECT_EQ(outcome.result, FileResult::kUnsafe);
  EXPECT_EQ(outcome.reason, "found");
  EXPECT_EQ(test::count_of(outcome), 1U);
  extractor.outcome = ExtractOutcome::kEncrypted;
  EXPECT_EQ(clean_file(plain, "a.pdf", setup).reason, "encrypted");
  extractor.outcome = ExtractOutcome::kUnreadable;
  outcome = clean_file(plain, "a.pdf", setup);
  EXPECT_EQ(outcome.result, FileResult::kUnread);
  EXPECT_EQ(outcome.reason, "damaged");
  for (const char* limit : {"time", "memory", "pages", "size", "crash"}) {
    extractor.reason = limit;
    outcome = clean_file(plain, "a.pdf", setup);
    EXPECT_EQ(outcome.result, FileResult::kUnsafe) << limit;
    EXPECT_EQ(outcome.reason, limit);
  }
  extractor.reason = "busy";  // no word on the document: the sender tries again
  EXPECT_THROW(clean_file(plain, "a.pdf", setup), std::runtime_error);
  extractor.outcome = ExtractOutcome::kText;
  EXPECT_EQ(clean_file("\x89PNG\r\n\x1A\n....", "a.png", setup).result, FileResult::kUnsafe);
}

TEST(CleanDocument, TheBytesAndStreamsCountToo) {
  const FileOutcome info = clean_file("%PDF-1.4\n1 0 obj<</Title(" + kCard + ")>>endobj\n%%EOF\n");
  ASSERT_EQ(info.result, FileResult::kRewritten);
  EXPECT_NE(info.bytes.find("(411111******1111)"), std::string::npos);
  EXPECT_EQ(clean_file(pdf("", "BT (" + kCard + ") Tj ET")).result, FileResult::kUnsafe);
  EXPECT_EQ(clean_file(pdf("/Type/EmbeddedFile", make_zip({{"a.txt", "card " + kCard}}))).result, FileResult::kUnsafe);
  EXPECT_EQ(clean_file(pdf("", "BT (hello) Tj ET")).result, FileResult::kClean);
  ToldExtractor extractor;
  extractor.text = "hello";
  test::CleanSetup setup;
  setup.extractor = &extractor;
  extractor.attached = make_zip({{"a.txt", "hello"}});
  EXPECT_EQ(clean_file(pdf("", "BT ET"), "", setup).result, FileResult::kClean);
  extractor.attached = make_zip({{"a.txt", "card " + kCard}});
  EXPECT_EQ(clean_file(pdf("", "BT ET"), "", setup).result, FileResult::kUnsafe);
}

// Fields of a picture's metadata end with zeros, and the next one begins behind them.
TEST(CleanPicture, StringsThatZerosEndAreLookedAtApart) {
  const std::string zero(1, '\0');
  const auto picture = [](const std::string& inside) { return "\xFF\xD8\xFF\xE1" + std::string(300, '\xA7') + inside + std::string(900, '\xA7') + "\xFF\xD9"; };
  const std::string number = kCard;
  for (const std::string& inside : {number, "shop" + zero + number + zero + "2026:11:23 09:00:00" + zero, "7" + zero + number + zero + zero + "12" + zero,
                                    zero + number + zero + "x", "411" + zero + number}) {
    const FileOutcome outcome = clean_file(picture(inside), "a.jpg");
    ASSERT_EQ(outcome.result, FileResult::kRewritten) << inside;
    EXPECT_EQ(outcome.bytes.size(), picture(inside).size());
    EXPECT_EQ(outcome.bytes.find(number), std::string::npos);
    EXPECT_NE(outcome.bytes.find(number.substr(0, 6) + "******" + number.substr(12)), std::string::npos);
  }
  std::string wide;
  for (char c : number) wide += {c, '\0'};
  EXPECT_EQ(clean_file(picture(wide), "a.jpg").result, FileResult::kRewritten);
  EXPECT_EQ(clean_file(picture(number + "12345"), "a.jpg").result, FileResult::kClean);
  EXPECT_EQ(clean_file(picture("4111" + zero + "x"), "a.jpg").result, FileResult::kClean);
}

TEST(CleanDocument, AfterOneThatTookAllItsTimeNoOtherIsTried) {
  ToldExtractor extractor;
  extractor.outcome = ExtractOutcome::kUnreadable;
  extractor.reason = "time";
  test::CleanSetup setup;
  setup.extractor = &extractor;
  std::vector<test::ZipFile> files;
  for (int i = 0; i < 4; ++i) files.push_back({std::to_string(i) + ".pdf", pdf("", "BT ET")});
  EXPECT_EQ(clean_file(make_zip(files), "", setup).result, FileResult::kUnsafe);
  EXPECT_EQ(extractor.asked, 1);
}

TEST(CleanDocument, DocumentsOfAMessageAreCounted) {
  ToldExtractor extractor;
  test::CleanSetup setup;
  setup.extractor = &extractor;
  setup.options.files.documents_max = 3;
  std::vector<test::ZipFile> files;
  for (int i = 0; i < 4; ++i) files.push_back({std::to_string(i) + ".pdf", pdf("", "BT ET")});
  const FileOutcome outcome = clean_file(make_zip(files), "", setup);
  EXPECT_EQ(outcome.reason, "documents");
  EXPECT_EQ(extractor.asked, 3);
}

void put(std::string& file, std::size_t at, std::uint64_t value, std::size_t width) {
  set_little_endian(file, at, value, width);
}

// A compound file of one stream in 512-byte sectors that do not stand in their order: sector 0 is the table, 1 the
// directory, and the stream walks backwards from the last one.
std::string compound(const std::string& name, std::string content) {
  content.resize(std::max<std::size_t>(content.size(), 4096));
  content.resize((content.size() + 511) / 512 * 512);
  const std::size_t sectors = content.size() / 512;
  std::string file(512 * (3 + sectors), '\0');
  file.replace(0, 8, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
  put(file, 30, 9, 2);
  put(file, 32, 6, 2);
  put(file, 44, 1, 4);
  put(file, 48, 1, 4);
  put(file, 56, 4096, 4);
  put(file, 60, 0xFFFFFFFE, 4);
  put(file, 68, 0xFFFFFFFE, 4);
  for (std::size_t i = 0; i < 109; ++i) put(file, 76 + 4 * i, i == 0 ? 0 : 0xFFFFFFFF, 4);
  const std::size_t fat = 512;
  put(file, fat, 0xFFFFFFFD, 4);
  put(file, fat + 4, 0xFFFFFFFE, 4);
  for (std::size_t i = 0; i < sectors; ++i) {
    const std::size_t id = 2 + sectors - 1 - i;
    put(file, fat + 4 * id, i + 1 == sectors ? 0xFFFFFFFE : id - 1, 4);
    file.replace(512 * (id + 1), 512, content.substr(512 * i, 512));
  }
  const auto entry = [&file](std::size_t index, const std::string& called, char type, std::size_t start,
                             std::size_t size) {
    const std::size_t at = 1024 + 128 * index;
    for (std::size_t i = 0; i < called.size(); ++i) file[at + 2 * i] = called[i];
    put(file, at + 64, 2 * called.size() + 2, 2);
    file[at + 66] = type;
    put(file, at + 116, start, 4);
    put(file, at + 120, size, 4);
  };
  entry(0, "Root Entry", 5, 0xFFFFFFFE, 0);
  entry(1, name, 2, 2 + sectors - 1, content.size());
  return file;
}

std::string wide(std::string_view ascii) {
  std::string out;
  for (char c : ascii) out += {c, '\0'};
  return out;
}

TEST(CleanCompound, NumbersAreMaskedInPlaceAlsoOverSectors) {
  for (const std::string& said : {" " + kCard + " ", wide(" " + kCard + " ")}) {
    for (std::size_t before : {std::size_t{100}, std::size_t{506}}) {
      const std::string file = compound("WordDocument", std::string(before, '-') + said + std::string(600, '-'));
      const FileOutcome outcome = clean_file(file, "a.doc");
      ASSERT_EQ(outcome.result, FileResult::kRewritten) << before;
      EXPECT_EQ(outcome.bytes.size(), file.size());
      EXPECT_EQ(test::count_of(outcome), 1U);
      EXPECT_EQ(clean_file(outcome.bytes, "a.doc").result, FileResult::kClean);
    }
  }
}

TEST(CleanCompound, WhatStreamsPackIsFound) {
  EXPECT_EQ(clean_file(compound("__substg1.0_37010102", make_zip({{"a.txt", "card " + kCard}}))).result,
            FileResult::kUnsafe);
  EXPECT_EQ(clean_file(compound("EncryptedPackage", "xyz")).reason, "encrypted");
  std::string number(28, '\0');  // BOF, then NUMBER
  put(number, 0, 0x0809, 2);
  put(number, 4, 0x0203, 2);
  put(number, 6, 14, 2);
  const double value = 4111111111111111.0;
  std::memcpy(number.data() + 14, &value, 8);
  EXPECT_EQ(clean_file(compound("Workbook", number)).result, FileResult::kUnsafe);
}

// MS-OXRTFCP, section 4.1.1: the example of the specification.
TEST(UnpackRtf, ReadsTheExampleOfTheSpecification) {
  const std::string packed(
      "\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42"
      "\x32\x0a"
      "\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0",
      49);
  EXPECT_EQ(core::view(unpack_rtf(packed, 1000)), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
}

std::string tnef(const std::vector<std::pair<std::uint32_t, std::string>>& attributes) {
  std::string out("\x78\x9F\x3E\x22\x01\x00", 6);
  for (const auto& [id, data] : attributes) {
    out += '\x02';
    append_little_endian(out, id, 4);
    append_little_endian(out, data.size(), 4);
    unsigned sum = 0;
    for (char c : data) sum += static_cast<unsigned char>(c);
    out += data;
    append_little_endian(out, sum & 0xFFFFU, 2);
  }
  return out;
}

TEST(CleanTnef, AttributesAreMaskedAndFilesCleaned) {
  const FileOutcome outcome = clean_file(
      tnef({{0x0002800C, "card " + kCard}, {0x0006800F, "my card is " + kCard + " thanks"}, {0x00018010, "a.txt"}}));
  ASSERT_EQ(outcome.result, FileResult::kRewritten);
  EXPECT_EQ(outcome.bytes, tnef({{0x0002800C, "card " + test::kStarredCard},
                                 {0x0006800F, "my card is " + test::kStarredCard + " thanks"},
                                 {0x00018010, "a.txt"}}))
      << "lengths and checksums are true";
  EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
  EXPECT_EQ(clean_file(tnef({{0x0006800F, make_zip({{"a.txt", "card " + kCard}})}})).result, FileResult::kRewritten);
}

TEST(IsKnownFormat, GoesByTheBytesAlone) {
  for (std::string_view text :
       {"", "hello", "BMW is a car", "PK is no zip", "%PDF is a format", "From: a@b\r\n\r\nx", "Rar!", "<html>"}) {
    EXPECT_FALSE(is_known_format(text)) << text;
  }
  for (const std::string& file : {make_zip({{"a", "b"}}), test::make_gzip("a"), pdf("", ""), compound("a", "b"),
                                  tnef({}), std::string("GIF89a...."), std::string("<?xml version=\"1.0\"?><a/>"),
                                  test::pack_by_libarchive({{"a", "b"}}, archive_write_set_format_ustar)}) {
    EXPECT_TRUE(is_known_format(file));
  }
}

}  // namespace
}  // namespace postern::pipeline
