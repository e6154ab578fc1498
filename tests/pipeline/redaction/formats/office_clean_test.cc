// Office documents and XML (issue 4, coverage): numbers that runs, cells, references and sections cut apart, in
// documents that a program still opens afterwards.
#include <expat.h>
#include <gtest/gtest.h>

#include "pipeline/redaction/formats/xml_scan.h"
#include "pipeline/redaction/formats/xml_text.h"
#include "tests/pipeline/redaction/formats/format_fixture.h"

namespace postern::pipeline {
namespace {

using test::clean_file;
using test::count_of;
using test::kCard;
using test::kHiddenCard;
using test::make_zip;

constexpr const char* kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
constexpr const char* kContentTypes =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types "
    "xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";

bool is_well_formed(const std::string& xml) {
  XML_Parser parser = XML_ParserCreate(nullptr);
  const bool is_good = XML_Parse(parser, xml.data(), static_cast<int>(xml.size()), 1) == XML_STATUS_OK;
  XML_ParserFree(parser);
  return is_good;
}

std::string document_xml(const std::string& paragraphs) {
  return std::string(kDeclaration) +
         "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>" + paragraphs +
         "</w:body></w:document>";
}
std::string docx(const std::string& paragraphs, const std::vector<test::ZipFile>& more = {}) {
  std::vector<test::ZipFile> files{{"[Content_Types].xml", kContentTypes},
                                   {"word/document.xml", document_xml(paragraphs)}};
  files.insert(files.end(), more.begin(), more.end());
  return make_zip(files);
}
std::string run(const std::string& text) {
  return "<w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">" + text + "</w:t></w:r>";
}

std::string entry_after(const std::string& zip, const std::string& name, std::uint32_t found) {
  const FileOutcome outcome = clean_file(zip);
  EXPECT_EQ(outcome.result, FileResult::kRewritten) << outcome.reason;
  EXPECT_EQ(count_of(outcome), found);
  EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
  const auto files = test::unpack_by_libarchive(outcome.bytes);
  const auto found_file = files.find(name);
  EXPECT_NE(found_file, files.end());
  if (found_file == files.end()) return {};
  EXPECT_TRUE(is_well_formed(found_file->second)) << found_file->second;
  EXPECT_EQ(outcome.bytes.substr(30, 8), zip.substr(30, 8)) << "the first entry stays the first";
  return found_file->second;
}

TEST(CleanDocx, NumbersOverRunsAreMaskedInPlace) {
  const std::vector<std::string> paragraphs{
      run("card " + kCard),
      run("4111") + run("1111") + run("1111") + run("1111"),
      run("4111 ") + "<w:proofErr w:type=\"spellStart\"/>" + run("1111 1111") + "<w:bookmarkEnd w:id=\"0\"/>" +
          run(" 1111"),
      run("4111") + "\n    " + run("1111\n1111") + "\n" + run("1111"),
      run("&#52;111") + run("1111&#x31;111") + "<w:ins w:id=\"1\">" + run("1111") + "</w:ins>",
      run("41111111") + "<w:del w:id=\"2\"><w:r><w:delText>99</w:delText></w:r></w:del>" + run("11111111"),
      "<w:hyperlink>" + run("4111-1111") + "</w:hyperlink>" + run("-1111-1111"),
      "<w:r><w:t>4111<![CDATA[11111111]]>1111</w:t></w:r>",
      "<w:r><w:instrText>HYPERLINK \"tel:4111111111111111\"</w:instrText></w:r>",
      "<!-- " + kCard + " -->" + run("x"),
  };
  for (const std::string& paragraph : paragraphs) {
    const std::string after = entry_after(docx("<w:p>" + paragraph + "</w:p>"), "word/document.xml", 1);
    EXPECT_NE(after.find("\u2587"), std::string::npos) << paragraph;
    EXPECT_EQ(after.find(kCard), std::string::npos) << paragraph;
  }
  const std::string after = entry_after(
      docx("<w:p>" + run("4111") + run("1111") + run("1111") + run("1111") + "</w:p>"), "word/document.xml", 1);
  EXPECT_EQ(after, document_xml("<w:p>" + run("4111") + run("11\u2587\u2587") + run("\u2587\u2587\u2587\u2587") +
                                run("1111") + "</w:p>"));
}

TEST(CleanDocx, ParagraphsAndCellsDoNotRunTogether) {
  const std::string zip =
      docx("<w:p>" + run("Order 4111111") + "</w:p><w:p>" + run("111111111 pieces") + "</w:p><w:tbl><w:tr><w:tc><w:p>" +
           run("411111") + "</w:p></w:tc><w:tc><w:p>" + run("1111111111") + "</w:p></w:tc></w:tr></w:tbl>");
  EXPECT_EQ(clean_file(zip).result, FileResult::kClean);
}

// What is shown depends on the program, on hidden text being shown, and on changes being taken.
TEST(CleanDocx, EveryReadingOfAlternativesChangesAndHiddenText) {
  const auto hidden = [](const std::string& value, const std::string& text) {
    return "<w:r><w:rPr><w:vanish" + value + "/></w:rPr><w:t>" + text + "</w:t></w:r>";
  };
  const auto tracked = [](const char* element, const std::string& inside) {
    return std::string("<w:") + element + " w:id=\"1\">" + inside + "</w:" + element + ">";
  };
  const auto either = [](const std::string& choice, const std::string& fallback) {
    return "<w:r><w:AlternateContent><w:Choice Requires=\"x\"><w:t>" + choice + "</w:t></w:Choice><w:Fallback><w:t>" +
           fallback + "</w:t></w:Fallback></w:AlternateContent></w:r>";
  };
  std::string symbols;
  for (char c : kCard) symbols += std::string("<w:r><w:sym w:font=\"Arial\" w:char=\"F03") + c + "\"/></w:r>";
  const std::vector<std::string> paragraphs{
      run("4111") + hidden("", "99") + run("111111111111"),
      run("4111") + hidden(" w:val=\"false\"", "1111") + run("11111111"),
      run("4111") + either("1111", "1111") + run("11111111"),
      run("4111") + either("1111", "77") + run("11111111"),
      run("4111") + either("77", "1111") + run("11111111"),
      run("4111 1111 ") + tracked("moveFrom", run("77")) + run("1111 1111"),
      run("4111 1111 ") + tracked("ins", run("77")) + run("1111 1111"),
      run("4111 1111 ") + tracked("del", run("77")) + tracked("ins", run("1111 1111")),
      run("4111 1111 ") + tracked("moveTo", run("77")) + tracked("moveFrom", run("1111 1111")),
      symbols,
  };
  for (const std::string& paragraph : paragraphs) {
    const std::string after = entry_after(docx("<w:p>" + paragraph + "</w:p>"), "word/document.xml", 1);
    EXPECT_NE(after.find(paragraph == symbols ? "w:char=\"2587\"" : "\u2587"), std::string::npos) << paragraph;
  }
  EXPECT_EQ(clean_file(docx("<w:p>" + run("4111") + either("77", "88") + run("11111111") + "</w:p>")).result, FileResult::kClean);
}

TEST(CleanDocx, GroupsOfACardGoOnInTheNextParagraph) {
  for (const std::string& body :
       {"<w:p>" + run("4111") + "</w:p><w:p>" + run("1111") + "</w:p><w:p/><w:p>" + run("1111") + "</w:p><w:p>" + run("1111") + "</w:p>",
        "<w:p>" + run("Card") + "</w:p><w:p>" + run("4222") + "</w:p><w:p>" + run("2222") + "</w:p><w:p>" + run("2222") + "</w:p><w:p>" + run("2") + "</w:p>",
        "<w:p>" + run("Card 4111 ") + run("1111") + "</w:p>\n<w:p>" + run("11") + run("11 1111 thanks") + "</w:p>"}) {
    EXPECT_NE(entry_after(docx(body), "word/document.xml", 1).find("\u2587"), std::string::npos) << body;
  }
  EXPECT_EQ(clean_file(docx("<w:p>" + run("Rooms 41111111") + "</w:p><w:p>" + run("11111111") + "</w:p>")).result, FileResult::kClean);
}

TEST(CleanDocx, OneDigitAParagraphIsANumberAsOneDigitALineIs) {
  const auto paragraphs = [](const std::string& digits) {
    std::string out;
    for (char c : digits) out += "<w:p>" + run({c}) + "</w:p>";
    return out;
  };
  const std::string after = entry_after(docx("<w:p>" + run("Hello") + "</w:p>" + paragraphs(kCard) + "<w:p>" + run("Bye") + "</w:p>"), "word/document.xml", 1);
  EXPECT_NE(after.find(">\u2587<"), std::string::npos) << after;
  EXPECT_EQ(clean_file(docx(paragraphs("4111111111111112"))).result, FileResult::kClean);
  EXPECT_EQ(clean_file(docx(paragraphs(kCard + "11111"))).result, FileResult::kClean);
}

TEST(CleanDocx, EveryPartIsLookedInto) {
  const auto part = [](const char* root, const std::string& inside) {
    return std::string(kDeclaration) + "<" + root + " xmlns:w=\"w\" xmlns:dc=\"dc\">" + inside + "</" + root + ">";
  };
  const std::string rels = "<?xml version=\"1.0\"?><Relationships><Relationship Id=\"r1\" Target=\"tel:" + kCard +
                           "\" TargetMode=\"External\"/></Relationships>";
  const std::map<std::string, std::string> parts{
      {"word/header1.xml", part("w:hdr", "<w:p>" + run(kCard) + "</w:p>")},
      {"word/footnotes.xml",
       part("w:footnotes", "<w:footnote><w:p>" + run("4111 1111") + run(" 1111 1111") + "</w:p></w:footnote>")},
      {"word/comments.xml", part("w:comments", "<w:comment w:author=\"" + kCard + "\"><w:p/></w:comment>")},
      {"docProps/core.xml", part("cp", "<dc:title>" + kCard + "</dc:title>")},
      {"customXml/item1.xml", part("data", "<number>&#x34;111111111111111</number>")},
      {"word/_rels/document.xml.rels", rels},
  };
  for (const auto& [name, content] : parts) {
    const std::string after = entry_after(docx("<w:p/>", {{name, content}}), name, 1);
    EXPECT_NE(after.find("\u2587"), std::string::npos) << name;
  }
  const std::string inner = docx("<w:p>" + run("4111") + run("111111111111") + "</w:p>");
  const FileOutcome embedded = clean_file(docx("<w:p/>", {{"word/embeddings/oleObject1.docx", inner}}));
  EXPECT_EQ(embedded.result, FileResult::kRewritten);
  EXPECT_EQ(clean_file(embedded.bytes).result, FileResult::kClean);
}

std::string sheet(const std::string& cells) {
  return std::string(kDeclaration) + "<worksheet><sheetData><row r=\"1\">" + cells + "</row></sheetData></worksheet>";
}
std::string xlsx(const std::string& cells, const std::string& strings = "") {
  return make_zip({{"[Content_Types].xml", kContentTypes},
                   {"xl/worksheets/sheet1.xml", sheet(cells)},
                   {"xl/sharedStrings.xml", std::string(kDeclaration) + "<sst>" + strings + "</sst>"}});
}

TEST(CleanXlsx, NumberCellsBecomeTextCells) {
  const std::string kept = "<c r=\"B1\"><v>42</v></c>";
  EXPECT_EQ(entry_after(xlsx("<c r=\"A1\" s=\"1\"><v>" + kCard + "</v></c>" + kept), "xl/worksheets/sheet1.xml", 1),
            sheet("<c t=\"str\" r=\"A1\" s=\"1\"><v>" + kHiddenCard + "</v></c>" + kept));
  EXPECT_EQ(entry_after(xlsx("<c r=\"A1\" t=\"n\"><v>" + kCard + "</v></c>" + kept), "xl/worksheets/sheet1.xml", 1),
            sheet("<c r=\"A1\" t=\"str\"><v>" + kHiddenCard + "</v></c>" + kept));
  // Zeros before a number are not shown.
  EXPECT_NE(entry_after(xlsx("<c r=\"A1\"><v>00" + kCard + "</v></c>" + kept), "xl/worksheets/sheet1.xml", 1).find("<c t=\"str\" r=\"A1\"><v>00411111"), std::string::npos);
  EXPECT_EQ(clean_file(xlsx("<c r=\"A1\"><v>004111111111111112</v></c>" + kept)).result, FileResult::kClean);
  // An American Express number has as many digits as a spreadsheet keeps.
  const std::string exponent = "3.78282246310005E+14";
  const std::string after =
      entry_after(xlsx("<c r=\"A1\"><v>" + exponent + "</v></c>" + kept), "xl/worksheets/sheet1.xml", 1);
  EXPECT_EQ(after.find(exponent), std::string::npos);
  EXPECT_NE(after.find("t=\"str\""), std::string::npos);
}

TEST(CleanXlsx, TextsOfCellsAreOneTextEach) {
  const std::string rich =
      "<si><r><rPr><b/></rPr><t>4111 1111</t></r><r><t xml:space=\"preserve\"> 1111 1111</t></r></si>";
  EXPECT_NE(entry_after(xlsx("", rich), "xl/sharedStrings.xml", 1).find("\u2587"), std::string::npos);
  const std::string inline_text =
      "<c r=\"A1\" t=\"inlineStr\"><is><r><t>41111111</t></r><r><t>11111111</t></r></is></c>";
  EXPECT_NE(entry_after(xlsx(inline_text), "xl/worksheets/sheet1.xml", 1).find("\u2587"), std::string::npos);
  EXPECT_EQ(clean_file(xlsx("<c r=\"A1\"><v>411111</v></c><c r=\"B1\"><v>1111111111</v></c>",
                            "<si><t>41111111</t></si><si><t>11111111</t></si>"))
                .result,
            FileResult::kClean);
}

std::string odf(const std::string& type, const std::string& body, const std::string& manifest = "") {
  return make_zip({{"mimetype", "application/vnd.oasis.opendocument." + type, 0},
                   {"content.xml", std::string(kDeclaration) +
                                       "<office:document-content xmlns:office=\"o\" xmlns:text=\"t\" xmlns:table=\"b\" "
                                       "xmlns:calcext=\"c\"><office:body>" +
                                       body + "</office:body></office:document-content>"},
                   {"META-INF/manifest.xml", "<?xml version=\"1.0\"?><manifest>" + manifest + "</manifest>"}});
}

TEST(CleanOdf, SpansBlanksAndNotesAreReadAsShown) {
  for (const std::string paragraph :
       {"<text:span>4111</text:span>1111<text:span>1111</text:span><text:span>1111</text:span>",
        "4111<text:s/>1111<text:s text:c=\"1\"/>1111<text:s/>1111",
        "4111<text:note><text:note-body><text:p>7</text:p></text:note-body></text:note>111111111111"}) {
    const std::string zip = odf("text", "<text:p>" + paragraph + "</text:p>");
    const FileOutcome outcome = clean_file(zip);
    ASSERT_EQ(outcome.result, FileResult::kRewritten) << paragraph;
    EXPECT_TRUE(
        std::string_view(outcome.bytes).substr(30).starts_with("mimetypeapplication/vnd.oasis.opendocument.text"));
    EXPECT_EQ(clean_file(outcome.bytes).result, FileResult::kClean);
  }
}

TEST(CleanOdf, NumberCellsBecomeTextCells) {
  const std::string zip =
      odf("spreadsheet", "<table:table-cell office:value-type=\"float\" office:value=\"" + kCard +
                             "\" calcext:value-type=\"float\"><text:p>" + kCard + "</text:p></table:table-cell>");
  const std::string after = entry_after(zip, "content.xml", 2);
  EXPECT_NE(after.find("<table:table-cell office:value-type=\"string\" office:value=\"" + kHiddenCard +
                       "\" calcext:value-type=\"string\"><text:p>" + kHiddenCard + "</text:p>"),
            std::string::npos)
      << after;
}

TEST(CleanOdf, EncryptedDocumentsAreUnread) {
  const FileOutcome outcome = clean_file(odf("text", "<text:p/>", "<manifest:encryption-data/>"));
  EXPECT_EQ(outcome.result, FileResult::kUnread);
  EXPECT_EQ(outcome.reason, "encrypted");
}

TEST(CleanXml, EntitiesSectionsAndCharsetsAreRead) {
  const std::string entities =
      "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"4111\"><!ENTITY y \"&x;1111\">]><a>&y;<b/>11111111</a>";
  const std::string sections = "<?xml version=\"1.0\"?><a><t>4111<![CDATA[1111]]></t><t>1111<!-- x -->1111</t></a>";
  const std::string reference =
      "<?xml version=\"1.0\"?><svg><text>&#x34;&#x31;&#49;&#49;&#49;&#49;1111111111</text></svg>";
  for (const std::string& xml : {entities, sections, reference}) {
    const FileOutcome outcome = clean_file(xml, "data.xml");
    ASSERT_EQ(outcome.result, FileResult::kRewritten) << xml;
    EXPECT_TRUE(is_well_formed(outcome.bytes)) << outcome.bytes;
    EXPECT_EQ(clean_file(outcome.bytes, "data.xml").result, FileResult::kClean) << outcome.bytes;
  }
  std::string wide = "\xFF\xFE";
  for (char c : "<?xml version=\"1.0\" encoding=\"utf-16\"?><a><t>41111111</t><t>11111111</t></a>") {
    if (c != 0) wide += {c, '\0'};
  }
  const FileOutcome outcome = clean_file(wide, "data.xml");
  ASSERT_EQ(outcome.result, FileResult::kRewritten);
  EXPECT_TRUE(is_well_formed(outcome.bytes));
  EXPECT_EQ(outcome.bytes.size(), wide.size());
  EXPECT_EQ(clean_file(outcome.bytes, "data.xml").result, FileResult::kClean);
}

TEST(XmlView, ExpansionIsBoundedAndTimeLinear) {
  std::string bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a0 \"ha\">";
  for (int i = 1; i < 200; ++i) {
    const std::string before = "&a" + std::to_string(i - 1) + ";";
    bomb += "<!ENTITY a" + std::to_string(i) + " \"" + before + before + "\">";
  }
  bomb += "]><a>";
  for (int i = 0; i < 20'000; ++i) bomb += "&a199;";
  const XmlText text = xml_view(bomb + "</a>", XmlView::kText);
  EXPECT_LE(text.text.size(), bomb.size() + 2 * kXmlExpandedBytesMax);
  for (const std::string piece :
       {"<", "<a", "<!--", "<![CDATA[", "<!DOCTYPE a [", "&#", "<a b='", "</", "<c r='A1'><v>1</v></c>"}) {
    std::string many;
    for (int i = 0; i < 8'000; ++i) many += piece;
    for (XmlView view : {XmlView::kText, XmlView::kShownText, XmlView::kOriginalText, XmlView::kAsides, XmlView::kNumbers, XmlView::kFormulas}) {
      EXPECT_LE(xml_view(many, view).text.size(), 4 * many.size()) << piece;
    }
  }
}

}  // namespace
}  // namespace postern::pipeline
