// Pictures of numbers, where a program for text recognition is installed.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "core/file.h"
#include "pipeline/extraction/process_extractor.h"

namespace postern::pipeline {
namespace {

constexpr const char* kProgram = "/usr/bin/tesseract";

// Seven rows of five dots a digit, bit 4 is the leftmost.
constexpr std::array<std::array<unsigned char, 7>, 10> kDigits{{{14, 17, 19, 21, 25, 17, 14},
                                                                {4, 12, 4, 4, 4, 4, 14},
                                                                {14, 17, 1, 2, 4, 8, 31},
                                                                {31, 2, 4, 2, 1, 17, 14},
                                                                {2, 6, 10, 18, 31, 2, 2},
                                                                {31, 16, 30, 1, 1, 17, 14},
                                                                {6, 8, 16, 30, 17, 17, 14},
                                                                {31, 1, 2, 4, 8, 8, 8},
                                                                {14, 17, 17, 14, 17, 17, 14},
                                                                {14, 17, 17, 15, 1, 2, 12}}};

// A portable graymap (pgm(5)) of the digits, each dot a square.
std::string picture_of(std::string_view digits) {
  constexpr std::size_t kDot = 4;
  constexpr std::size_t kMargin = 8;
  const std::size_t columns = digits.size() * 6 + 2 * kMargin;
  const std::size_t rows = 7 + 2 * kMargin;
  std::string out = fmt::format("P5\n{} {}\n255\n", columns * kDot, rows * kDot);
  for (std::size_t y = 0; y < rows * kDot; ++y) {
    for (std::size_t x = 0; x < columns * kDot; ++x) {
      const std::size_t row = y / kDot, column = x / kDot;
      bool is_dark = false;
      if (row >= kMargin && row < kMargin + 7 && column >= kMargin && column < kMargin + digits.size() * 6) {
        const std::size_t dot = (column - kMargin) % 6;
        const auto digit = static_cast<std::size_t>(digits[(column - kMargin) / 6] - '0');
        is_dark = dot < 5 && (kDigits[digit][row - kMargin] & (16U >> dot)) != 0;
      }
      out += is_dark ? '\0' : '\xFF';
    }
  }
  return out;
}

ExtractorOptions with_recognition() {
  ExtractorOptions out;
  out.ocr_program = kProgram;
  out.document_time_max = std::chrono::seconds(60);
  return out;
}

TEST(PictureReader, ReadsDigits) {
  if (::access(kProgram, X_OK) != 0) GTEST_SKIP() << "no tesseract";
  const ProcessExtractor extractor(with_recognition(), FileLimits());
  const std::string number = std::string("411111") + "1111111111";
  const ExtractedText found = extractor.extract(DocumentKind::kPicture, picture_of(number));
  ASSERT_EQ(found.outcome, ExtractOutcome::kText) << found.reason;
  EXPECT_NE(core::view(found.text).find(number), std::string_view::npos) << core::view(found.text);
}

TEST(PictureReader, WhatIsNoPictureIsDamaged) {
  if (::access(kProgram, X_OK) != 0) GTEST_SKIP() << "no tesseract";
  const ProcessExtractor extractor(with_recognition(), FileLimits());
  const ExtractedText found = extractor.extract(DocumentKind::kPicture, "GIF89a nonsense");
  EXPECT_EQ(found.outcome, ExtractOutcome::kUnreadable);
  EXPECT_EQ(found.reason, "damaged");
}

TEST(PictureReader, AProgramThatIsMissingReadsNothing) {
  ExtractorOptions options = with_recognition();
  options.ocr_program = "/nonexistent/program";
  const ProcessExtractor extractor(options, FileLimits());
  EXPECT_EQ(extractor.extract(DocumentKind::kPicture, picture_of("4")).outcome, ExtractOutcome::kUnreadable);
}

// Whatever the program is, it can neither write nor read what is not the system's. Words of the shell itself: it cannot fork.
TEST(PictureReader, TheProgramIsConfined) {
  char folder[] = "/tmp/postern-ocr-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::filesystem::path program = std::filesystem::path(folder) / "program";
  ASSERT_TRUE(core::write_file(program,
                               "#!/bin/sh\n"
                               "read -r x </usr/lib/os-release && echo system-read\n"
                               "read -r x </etc/passwd && echo other-read\n"
                               "read -r x </proc/self/status && echo processes-seen\n"
                               "echo x >/tmp/written-by-recognition && echo written\n"
                               "echo end\n",
                               0700));
  ExtractorOptions options = with_recognition();
  options.ocr_program = program;
  const ProcessExtractor extractor(options, FileLimits());
  const ExtractedText found = extractor.extract(DocumentKind::kPicture, "x");
  std::filesystem::remove_all(folder);
  ASSERT_EQ(found.outcome, ExtractOutcome::kText) << found.reason;
  EXPECT_EQ(core::view(found.text).substr(0, 16), "system-read\nend\n") << core::view(found.text);
}

}  // namespace
}  // namespace postern::pipeline
