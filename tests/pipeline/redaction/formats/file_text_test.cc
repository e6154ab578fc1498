// The text of files for the search: what the redactor has read already, of what will be stored, bounded; never a value.
#include "pipeline/redaction/formats/file_text.h"

#include <gtest/gtest.h>

#include "pipeline/redaction/redactor.h"
#include "tests/pipeline/redaction/formats/format_fixture.h"
#include "tests/pipeline/redaction/mail_text.h"

namespace postern::pipeline {
namespace {

using test::make_zip;

const std::string kNumber = "4111 1111 1111 1111";

// Counts how often it is asked.
class CountingExtractor final : public TextExtractor {
 public:
  std::string text;
  mutable int asked = 0;
  ExtractedText extract(DocumentKind, std::string_view) const override {
    ++asked;
    ExtractedText out;
    out.outcome = ExtractOutcome::kText;
    out.text = core::to_secret(text);
    return out;
  }
  bool reads(DocumentKind kind) const override { return kind == DocumentKind::kPdf; }
};

Redactor redactor_with(const TextExtractor* extractor) {
  return Redactor(std::make_shared<const PublishedRules>(), {}, {}, {}, extractor);
}

std::string text_of_upload(std::string_view name, std::string_view type, std::string_view content, const TextExtractor* extractor = nullptr) {
  return redactor_with(extractor).redact_file(name, type, content, {"file", {}, {}}).text();
}

std::string office(const std::string& part, const std::string& xml, const std::string& more_part = {}, const std::string& more = {}) {
  const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  std::vector<test::ZipFile> files{{"[Content_Types].xml", head + "<Types/>"}, {part, head + xml}};
  if (!more_part.empty()) files.push_back({more_part, head + more});
  return make_zip(files);
}

TEST(FileTexts, FormatsShowWhatPeopleRead) {
  EXPECT_EQ(text_of_upload("a.csv", "text/csv", "name,town\r\nAnn,\tParis\r\n"), "name,town\nAnn, Paris\n");
  EXPECT_EQ(text_of_upload("a.html", "text/html", "<html><style>p{}</style><p>Hello <b>zeb</b>ra</p><script>x()</script></html>"), "Hello zebra\n");
  EXPECT_EQ(text_of_upload("a.rtf", "application/rtf", "{\\rtf1\\ansi Hello {\\b zeb}ra\\par}"), "Hello zebra\n");
  EXPECT_EQ(text_of_upload("a.txt", "text/plain", "caf\xE9"), "caf\xC3\xA9\n");
  EXPECT_EQ(text_of_upload("a.docx", "", office("word/document.xml", "<w:document><w:p><w:r><w:t>Hello zeb</w:t></w:r><w:r><w:t>ra</w:t></w:r></w:p></w:document>",
                                                "docProps/app.xml", "<Properties><Application>Writer</Application></Properties>")),
            "Hello zebra\n");
  EXPECT_EQ(text_of_upload("a.odt", "", office("content.xml", "<office:document-content><text:p>Hello <text:span>zebra</text:span></text:p></office:document-content>",
                                               "META-INF/manifest.xml", "<manifest:manifest/>")),
            "Hello zebra\n");
  EXPECT_EQ(text_of_upload("a.zip", "", make_zip({{"b.txt", "zebra"}, {"c.csv", "giraffe,1"}})), "zebra\ngiraffe,1\n");
  EXPECT_EQ(text_of_upload("a.eml", "message/rfc822", "Subject: About zebras\r\nFrom: a@b.example\r\n\r\nHello\r\n"), "About zebras\nHello\n");
  EXPECT_EQ(text_of_upload("photo.jpg", "image/jpeg", "\xFF\xD8\xFF\xE0" + std::string(400, '\x01')), "");
}

TEST(FileTexts, CellsOfSheetsAreTheirTextsNotTheirNumbers) {
  const std::string xlsx =
      office("xl/worksheets/sheet1.xml",
             "<worksheet><sheetData><row><c t=\"s\"><v>7</v></c><c><v>1250</v></c><c t=\"inlineStr\"><is><t>A&amp;B</t></is></c></row></sheetData></worksheet>",
             "xl/sharedStrings.xml", "<sst><si><t>zebra</t></si></sst>");
  const std::string text = text_of_upload("a.xlsx", "", xlsx);
  EXPECT_NE(text.find("zebra"), std::string::npos);
  EXPECT_NE(text.find("1250 A&B"), std::string::npos) << text;
  EXPECT_EQ(text.find('7'), std::string::npos) << text;
}

// Z-35: the text is of what is stored.
TEST(FileTexts, NoValueThatIsHiddenInTheFileIsInItsText) {
  const auto has_digits = [](const std::string& text) { return text.find("1111 1111 1111") != std::string::npos || text.find("111111111111") != std::string::npos; };
  for (const std::string& each : {text_of_upload("a.csv", "text/csv", "Ann," + kNumber + "\r\n"),
                                  text_of_upload("a.docx", "", office("word/document.xml", "<w:document><w:p><w:r><w:t>Ann 4111 1111</w:t></w:r><w:r><w:t> 1111 1111</w:t></w:r></w:p></w:document>")),
                                  text_of_upload("a.zip", "", make_zip({{"b.txt", "Ann"}, {"c.txt", "card " + kNumber}})),
                                  text_of_upload("a.eml", "message/rfc822", "Subject: Ann\r\n\r\ncard " + kNumber + "\r\n")}) {
    EXPECT_NE(each.find("Ann"), std::string::npos);
    EXPECT_FALSE(has_digits(each)) << each;
  }
  // What cannot be rewritten is a notice, and has no text.
  CountingExtractor extractor;
  extractor.text = "Ann " + kNumber;
  const RedactedFile pdf = redactor_with(&extractor).redact_file("a.pdf", "application/pdf", "%PDF-1.4\n%%EOF\n", {"file", {}, {}});
  EXPECT_TRUE(pdf.was_replaced());
  EXPECT_EQ(pdf.text(), "");
  // Pieces that were apart are looked at together once more.
  FileText pieces;
  pieces.add("4111 1111");
  pieces.add("1111 1111");
  EXPECT_FALSE(has_digits(clean_file_text(pieces, test::cards(), 3)));
}

TEST(FileTexts, ADocumentIsReadOnceForBoth) {
  CountingExtractor extractor;
  extractor.text = "Terms of\n\n the zebra   contract\f";
  const RedactedFile upload = redactor_with(&extractor).redact_file("a.pdf", "application/pdf", "%PDF-1.4\n%%EOF\n", {"file", {}, {}});
  EXPECT_EQ(upload.text(), "Terms of\nthe zebra contract\n");
  EXPECT_EQ(extractor.asked, 1);
  extractor.asked = 0;
  const std::string mail = test::mixed_mail("Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                                            test::base64_lines("%PDF-1.4\n%%EOF\n"));
  const auto message = redactor_with(&extractor).redact(Message::copy_of(mail), Envelope{}, AuthVerdicts{});
  ASSERT_TRUE(message);
  ASSERT_EQ(message->content().attachments.size(), 1U);
  EXPECT_EQ(message->content().attachments[0].text, "Terms of\nthe zebra contract\n");
  EXPECT_EQ(extractor.asked, 1);
}

TEST(FileTexts, AttachmentsOfMailHaveThem) {
  const std::string docx = office("word/document.xml", "<w:document><w:p><w:r><w:t>Ann " + kNumber + " zebra</w:t></w:r></w:p></w:document>");
  const std::string mail = test::mail(
      "Subject: hello\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n",
      "--b1\r\nContent-Type: text/plain\r\n\r\nsee attachments\r\n"
      "--b1\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\ngiraffe,12\r\n"
      "--b1\r\nContent-Type: application/octet-stream; name=b.docx\r\nContent-Transfer-Encoding: base64\r\n\r\n" + test::base64_lines(docx) +
      "--b1\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>okapi</p>\r\n"
      "--b1--\r\n");
  const auto message = redactor_with(nullptr).redact(Message::copy_of(mail), Envelope{}, AuthVerdicts{});
  ASSERT_TRUE(message);
  const auto& files = message->content().attachments;
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].text, "giraffe,12\n");
  EXPECT_NE(files[1].text.find("zebra"), std::string::npos);
  EXPECT_EQ(files[1].text.find(kNumber), std::string::npos);
  EXPECT_EQ(files[2].text, "inner\nokapi\n");
}

TEST(FileTexts, LimitsKeepTheBeginning) {
  std::string many;
  while (many.size() < 2 * kFileTextBytesMax) many += "\xC3\xA9t\xC3\xA9 ";
  const std::string text = text_of_upload("a.txt", "text/plain", many);
  EXPECT_LE(text.size(), kFileTextBytesMax + 1);
  EXPECT_GT(text.size(), kFileTextBytesMax - 8);
  EXPECT_TRUE(text.ends_with("\n"));
}

}  // namespace
}  // namespace postern::pipeline
