// Issue 4, coverage: mail that is signed opaquely (S/MIME): the message inside the signature is read as mail.
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "tests/pipeline/redaction/formats/format_fixture.h"

namespace postern::pipeline {
namespace {

using test::clean_file;
using test::count_of;
using test::kCard;

std::string element(char tag, const std::string& content) {
  const auto size = content.size();
  return std::string(1, tag) + "\x82" + static_cast<char>(size >> 8U) + static_cast<char>(size & 0xFFU) + content;
}
std::string oid(char last) { return std::string("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07") + last; }
std::string open_element(char tag, const std::string& content) { return std::string(1, tag) + "\x80" + content + std::string(2, '\0'); }

// RFC 5652 section 5.1, without certificates.
std::string signed_data(const std::string& octets) {
  const std::string content = element('\x30', oid('\x01') + (octets.empty() ? "" : element('\xA0', octets)));
  return element('\x30', oid('\x02') + element('\xA0', element('\x30', "\x02\x01\x01" + element('\x31', "") + content)));
}
std::string streamed(const std::string& octets) {
  const std::string content = open_element('\x30', oid('\x01') + open_element('\xA0', octets));
  return open_element('\x30', oid('\x02') + open_element('\xA0', open_element('\x30', "\x02\x01\x01" + element('\x31', "") + content)));
}
std::string message(const std::string& fields, const std::string& body) { return "Content-Type: text/plain\r\n" + fields + "\r\n" + body + "\r\n"; }

TEST(SignedData, TheMessageInsideIsRead) {
  const std::string packed = message("Content-Transfer-Encoding: base64\r\n", core::to_base64("my card is " + std::string(kCard) + " ok"));
  EXPECT_EQ(clean_file(signed_data(element('\x04', packed)), "smime.p7m").result, FileResult::kUnsafe);
  const std::string pieces = open_element('\x24', element('\x04', packed.substr(0, 70)) + element('\x04', packed.substr(70)));
  EXPECT_EQ(clean_file(streamed(pieces), "smime.p7m").result, FileResult::kUnsafe);
  const std::string cut = message("", "my card is " + std::string(kCard) + " ok");
  const std::size_t middle = cut.find(kCard) + 8;
  EXPECT_NE(clean_file(streamed(open_element('\x24', element('\x04', cut.substr(0, middle)) + element('\x04', cut.substr(middle))))).result, FileResult::kClean);
}

TEST(SignedData, WhatStandsThereAsDigitsIsMaskedInPlace) {
  const std::string file = signed_data(element('\x04', message("", "my card is " + std::string(kCard) + " ok")));
  const FileOutcome outcome = clean_file(file, "smime.p7m");
  ASSERT_EQ(outcome.result, FileResult::kRewritten) << outcome.reason;
  EXPECT_EQ(outcome.bytes.size(), file.size());
  EXPECT_EQ(count_of(outcome), 1U);
  EXPECT_EQ(clean_file(outcome.bytes, "smime.p7m").result, FileResult::kClean);
}

TEST(SignedData, OtherMailAndDamagedFilesStay) {
  EXPECT_EQ(clean_file(signed_data(element('\x04', message("", "hello"))), "smime.p7m").result, FileResult::kClean);
  EXPECT_EQ(clean_file(signed_data(""), "smime.p7s").result, FileResult::kClean);
  const std::string whole = signed_data(element('\x04', message("", "hello")));
  for (std::size_t size = 20; size < whole.size(); ++size) EXPECT_EQ(clean_file(whole.substr(0, size), "smime.p7m").result, FileResult::kClean) << size;
}

}  // namespace
}  // namespace postern::pipeline
