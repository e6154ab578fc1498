// Z-35: what a PDF shows or hides is found: positioned glyphs, packed objects, notes, forms, metadata, what is off the page.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "pdf_maker.h"
#include "pipeline/extraction/process_extractor.h"

namespace postern::pipeline {
namespace {

using test::one_page;
using test::PdfMaker;

// Made up; passes the check of the last digit.
const std::string kNumber = std::string("411111") + "1111111111";

const ProcessExtractor& extractor() {
  static const ProcessExtractor one{ExtractorOptions(), FileLimits()};
  return one;
}

ExtractedText read(std::string_view pdf) { return extractor().extract(DocumentKind::kPdf, pdf); }

bool shows(std::string_view pdf, std::string_view text) {
  const ExtractedText found = read(pdf);
  EXPECT_EQ(found.outcome, ExtractOutcome::kText) << found.reason;
  return core::view(found.text).find(text) != std::string_view::npos;
}

std::string text_object(std::string_view operations) { return fmt::format("BT /F1 12 Tf 72 700 Td {} ET", operations); }

TEST(PdfText, ShownInOneString) { EXPECT_TRUE(shows(test::pdf_showing(kNumber), kNumber)); }

TEST(PdfText, NothingIsMadeUp) { EXPECT_FALSE(shows(test::pdf_showing("Nothing to see here"), "4111")); }

TEST(PdfText, SplitInAnArrayWithKerning) {
  EXPECT_TRUE(shows(one_page(text_object("[(41)-10(11)20(11)(1111)-5(111)(111)]TJ")).finish(), kNumber));
}

TEST(PdfText, EveryDigitPlacedByItself) {
  std::string operations;
  for (const char c : kNumber) operations += fmt::format("({}) Tj 6.67 0 Td ", c);
  EXPECT_TRUE(shows(one_page(text_object(operations)).finish(), kNumber));
}

// Last digits first: only their places make the number.
TEST(PdfText, DigitsDrawnInAnotherOrder) {
  std::string operations;
  for (std::size_t i = kNumber.size(); i-- > 0;) operations += fmt::format("1 0 0 1 {} 700 Tm ({}) Tj ", 72 + 6.672 * static_cast<double>(i), kNumber[i]);
  EXPECT_TRUE(shows(one_page("BT /F1 12 Tf " + operations + "ET").finish(), kNumber));
}

TEST(PdfText, PackedStreamsAndPackedObjects) {
  const PdfMaker pdf = one_page(text_object("(" + kNumber + ") Tj"), true);
  EXPECT_TRUE(shows(pdf.finish(), kNumber));
  EXPECT_TRUE(shows(pdf.finish_compressed(), kNumber));
}

TEST(PdfText, GlyphNumbersWithATableToCharacters) {
  PdfMaker pdf = one_page("BT /F1 12 Tf 72 700 Td <00090006000600060006000600060006000600060006000600060006> Tj <00060006> Tj ET");
  const int table = pdf.add_stream(
      "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange <0000><ffff> endcodespacerange "
      "2 beginbfchar <0009><0034> <0006><0031> endbfchar endcmap end end");
  pdf.replace(4, fmt::format("<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode {} 0 R/DescendantFonts[<</Type/Font"
                             "/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 600>>]>>", table));
  EXPECT_TRUE(shows(pdf.finish(), kNumber));
}

TEST(PdfText, InvisibleOffThePageAndInAHiddenLayer) {
  EXPECT_TRUE(shows(one_page(text_object("3 Tr (" + kNumber + ") Tj")).finish(), kNumber));
  EXPECT_TRUE(shows(one_page("BT /F1 12 Tf 5000 5000 Td (" + kNumber + ") Tj ET").finish(), kNumber));
  PdfMaker layered = one_page("/OC /L BDC " + text_object("(" + kNumber + ") Tj") + " EMC", false, {}, "/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>");
  layered.add("<</Type/OCG/Name(hidden)>>");
  layered.replace(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>/Properties<</L 6 0 R>>>>>>");
  EXPECT_TRUE(shows(layered.finish(), kNumber));
}

TEST(PdfText, NotesFormsTitlesScriptsAndMetadata) {
  const std::string wide = [] {
    std::string out = "<feff";
    for (const char c : kNumber) out += fmt::format("00{:02x}", static_cast<unsigned>(c));
    return out + ">";
  }();
  const auto with_annotation = [](const std::string& entries) {
    PdfMaker pdf = one_page("", false, "/Annots[6 0 R]", "/AcroForm<</Fields[6 0 R]>>");
    pdf.add("<</Type/Annot/Rect[0 0 10 10]/P 3 0 R" + entries + ">>");
    return pdf.finish();
  };
  EXPECT_TRUE(shows(with_annotation("/Subtype/Text/F 2/Contents(call " + kNumber + ")"), kNumber)) << "a hidden note";
  EXPECT_TRUE(shows(with_annotation("/Subtype/Widget/FT/Tx/T(card)/V " + wide), kNumber)) << "a form's value, UTF-16";
  EXPECT_TRUE(shows(with_annotation("/Subtype/Link/A<</S/URI/URI(https://example.com/?card=" + kNumber + ")>>"), kNumber));
  PdfMaker titled = one_page("");
  titled.set_trailer(fmt::format("/Info {} 0 R", titled.add("<</Title(" + kNumber + ")>>")));
  EXPECT_TRUE(shows(titled.finish(), kNumber));
  PdfMaker described = one_page("", false, {}, "/Metadata 6 0 R/OpenAction<</S/JavaScript/JS 7 0 R>>");
  described.add_stream("<x:xmpmeta>" + kNumber + "</x:xmpmeta>", "/Type/Metadata/Subtype/XML", true);
  described.add_stream("var id = '4000-code';", {}, true);
  EXPECT_TRUE(shows(described.finish(), kNumber));
  EXPECT_TRUE(shows(described.finish(), "4000-code"));
}

TEST(PdfText, EmbeddedFilesComeOutAsTheyAre) {
  PdfMaker pdf = one_page("", false, {}, "/Names<</EmbeddedFiles<</Names[(n) 6 0 R]>>>>");
  pdf.add("<</Type/Filespec/F(card " + kNumber + ".csv)/EF<</F 7 0 R>>>>");
  pdf.add_stream("name;number\r\nx;" + kNumber, "/Type/EmbeddedFile", true);
  const ExtractedText found = read(pdf.finish());
  ASSERT_EQ(found.outcome, ExtractOutcome::kText) << found.reason;
  EXPECT_NE(core::view(found.text).find(kNumber + ".csv"), std::string_view::npos) << "its name is text";
  ASSERT_EQ(found.files.size(), 1U);
  EXPECT_EQ(core::view(found.files[0].bytes), "name;number\r\nx;" + kNumber);
}

// Objects that no cross-reference names any more: programs that repair files show them, and anybody can unpack them.
TEST(PdfText, WhatAnUpdateReplacedAndPackedObjectsThatAreLost) {
  const std::string old_page = test::deflated(text_object("(" + kNumber + ") Tj"));
  const std::string old_note = "<</Type/Annot/Subtype/Text/Contents<feff" + [] {
    std::string out;
    for (const char c : kNumber) out += fmt::format("00{:02x}", static_cast<unsigned>(c));
    return out;
  }() + ">>>";
  const std::string current = one_page(text_object("/Span <</MCID 0>> BDC (nothing) Tj EMC")).finish();
  const std::size_t at = current.find("1 0 obj");
  const auto with_old = [&](const std::string& object) {
    // Before the first object: offsets move, and readers repair them.
    return current.substr(0, at) + object + "\n" + current.substr(at);
  };
  EXPECT_TRUE(shows(with_old(fmt::format("5 0 obj\n<</Filter/FlateDecode/Length {}>>\nstream\n", old_page.size()) + old_page +
                             "\nendstream\nendobj"), kNumber));
  EXPECT_TRUE(shows(with_old("9 0 obj\n" + old_note + "\nendobj"), kNumber));
  PdfMaker lost = one_page("");
  lost.add_stream("9 0 <</FT/Tx/T(card)/V(" + kNumber + ")>>", "/Type/ObjStm/N 1/First 4", true);
  EXPECT_TRUE(shows(lost.finish(), kNumber));
  EXPECT_FALSE(shows(current, "4111"));
}

// A dictionary between the strings is no string in hexadecimal.
TEST(PdfText, StringsBehindADictionaryInTheStream) {
  EXPECT_TRUE(shows(one_page("/Span <</Lang (en)>> BDC BT (" + kNumber + ") Tj ET EMC").finish(), kNumber));
}

TEST(PdfText, APasswordKeepsItClosedAnEmptyOneDoesNot) {
  const PdfMaker pdf = one_page(text_object("(" + kNumber + ") Tj"));
  const ExtractedText closed = read(pdf.finish_encrypted("a password"));
  EXPECT_EQ(closed.outcome, ExtractOutcome::kEncrypted);
  EXPECT_EQ(closed.reason, "password");
  EXPECT_TRUE(shows(pdf.finish_encrypted(""), kNumber));
}

TEST(PdfText, WhatIsNoPdfIsDamaged) {
  const std::string good = test::pdf_showing(kNumber);
  for (const std::string& bad : {std::string(), std::string(5000, '\xFF'), good.substr(0, 40)}) {
    const ExtractedText found = read(bad);
    EXPECT_EQ(found.outcome, ExtractOutcome::kUnreadable) << bad.size();
    EXPECT_EQ(found.reason, "damaged") << bad.size();
    EXPECT_TRUE(found.text.empty());
  }
  // Without its table of objects it is repaired, as every reader does.
  EXPECT_TRUE(shows(good.substr(0, good.find("xref")) + "trailer\n<</Root 1 0 R>>\n", kNumber));
}

TEST(PdfText, PageTreesThatLoopOrNeverEnd) {
  PdfMaker loop = one_page("");
  loop.replace(2, "<</Type/Pages/Kids[2 0 R 2 0 R 3 0 R]/Count 3>>");
  const ExtractedText looped = read(loop.finish());
  EXPECT_TRUE(looped.outcome == ExtractOutcome::kText || looped.reason == "damaged") << looped.reason;
  PdfMaker many = one_page("");
  std::string kids;
  for (int i = 0; i < 10'000; ++i) kids += fmt::format("{} 0 R ", many.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"));
  many.replace(2, "<</Type/Pages/Kids[" + kids + "]/Count 10000>>");
  EXPECT_EQ(read(many.finish()).reason, "pages");
}

TEST(PdfText, BombsEndAtALimit) {
  FileLimits limits;
  limits.extracted_text_bytes_max = 1U << 20U;
  const ProcessExtractor small(ExtractorOptions(), limits);
  const std::string bomb(1500U << 10U, '1');
  PdfMaker metadata = one_page("", false, {}, "/Metadata 6 0 R");
  metadata.add_stream(bomb, "/Type/Metadata/Subtype/XML", true);
  EXPECT_EQ(small.extract(DocumentKind::kPdf, metadata.finish()).reason, "size");
  PdfMaker carrier = one_page("");
  carrier.add_stream(bomb, "/Type/EmbeddedFile", true);
  EXPECT_EQ(small.extract(DocumentKind::kPdf, carrier.finish()).reason, "size");
  // Objects that nothing names end at a limit of their own, and the rest counts.
  PdfMaker orphaned = one_page(text_object("(" + kNumber + ") Tj"));
  orphaned.add_stream("9 0 (" + std::string(12U << 20U, '7') + ")", "/Type/ObjStm/N 1/First 4", true);
  EXPECT_TRUE(shows(orphaned.finish(), kNumber));
  std::string endless = one_page("").finish();
  for (int i = 0; i < 100'000; ++i) endless += "9 0 obj<</Filter/FlateDecode>>stream\n";
  EXPECT_NE(read(endless).reason, "time");
  EXPECT_EQ(small.extract(DocumentKind::kPdf, one_page("BT /F1 9 Tf (" + bomb + ") Tj ET", true).finish()).reason, "size");
}

}  // namespace
}  // namespace postern::pipeline
