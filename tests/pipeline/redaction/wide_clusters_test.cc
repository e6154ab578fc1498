// What is told from the bytes of a text is never less than what a look at the scan text of the whole tells.
#include "pipeline/redaction/wide_clusters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "pipeline/redaction/card_detector.h"
#include "pipeline/redaction/scan_text.h"
#include "pipeline/redaction/spread_reader.h"
#include "tests/pipeline/redaction/card_text.h"

namespace postern::pipeline {
namespace {

// Rows of digits of the scan text of the whole, in the source.
std::vector<ByteRange> clusters_of_scan_text(std::string_view text) {
  const ScanText scan(text);
  std::vector<ByteRange> out;
  ByteRange row{};
  std::size_t last = 0;
  std::size_t digits = 0;
  const auto finish = [&] {
    if (digits >= kSpreadDigitsMin) out.push_back({scan.source_of(row.begin).begin, scan.source_of(row.end).end});
    digits = 0;
  };
  for (std::size_t at = 0; at < scan.text().size(); ++at) {
    if (scan.text()[at] < '0' || scan.text()[at] > '9') continue;
    if (digits > 0 && at - last - 1 > kSpreadGapMax) finish();
    if (digits++ == 0) row.begin = at;
    row.end = last = at;
  }
  finish();
  return out;
}

void expect_all_inside(std::string_view text) {
  const auto clusters = wide_clusters(text, {0, text.size()});
  for (std::size_t i = 1; i < clusters.size(); ++i) ASSERT_LE(clusters[i - 1].end, clusters[i].begin);
  for (ByteRange row : clusters_of_scan_text(text)) {
    const bool is_inside = std::any_of(clusters.begin(), clusters.end(),
                                       [row](ByteRange one) { return one.begin <= row.begin && row.end <= one.end; });
    ASSERT_TRUE(is_inside) << "row " << row.begin << ".." << row.end << " of " << text.size();
  }
}

std::string character(char32_t c) {
  if (c < 0x80) return {static_cast<char>(c)};
  std::string out;
  const std::size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr unsigned kLeads[] = {0, 0xC0, 0xE0, 0xF0};
  out.push_back(static_cast<char>(kLeads[more] | (c >> (6 * more))));
  for (std::size_t i = more; i > 0; --i) out.push_back(static_cast<char>(0x80 | ((c >> (6 * (i - 1))) & 0x3F)));
  return out;
}

// As a digit, and as what stands between two.
TEST(WideClusters, AgreesWithScanTextOnEveryCodePoint) {
  for (char32_t c = 1; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::string one = character(c);
    std::string text = "x";
    for (int i = 0; i < 13; ++i) text += one;
    text += "x 4111111";
    for (int i = 0; i < 25; ++i) text += one;
    expect_all_inside(text + "1111111 x");
    if (testing::Test::HasFatalFailure()) FAIL() << "U+" << std::hex << static_cast<unsigned>(c);
  }
}

TEST(WideClusters, AgreesWithScanTextOnEveryPairOfBytes) {
  for (unsigned c = 0; c < 0x10000; ++c) {
    const std::string pair{static_cast<char>(c >> 8U), static_cast<char>(c & 0xFFU)};
    std::string text = "x4111111";
    for (int i = 0; i < 13; ++i) text += pair;
    expect_all_inside(text + "1111111 x");
    if (testing::Test::HasFatalFailure()) FAIL() << std::hex << c;
  }
}

std::string random_text(std::mt19937& random) {
  static const std::string kPieces[] = {"4",
                                        "11",
                                        "4111",
                                        "１",
                                        "٤",
                                        "\xC2\xB2",
                                        "\xB9",
                                        "\xE2\x91\xA0",
                                        "\x1B[1m",
                                        "\x1B[123456",
                                        "\xE2\x80\x8B",
                                        "\xC2\xAD",
                                        "é",
                                        "д",
                                        "中",
                                        " ",
                                        "  ",
                                        "\r\n> | ",
                                        "**",
                                        "*",
                                        "__",
                                        "-",
                                        "\xA0",
                                        "\x85",
                                        "\xE2",
                                        "\xE2\x80",
                                        "\xF0\x9D",
                                        "a",
                                        "Z",
                                        ";",
                                        std::string(1, '\0')};
  std::string text;
  for (std::size_t i = 0, count = 20 + random() % 300; i < count; ++i) {
    switch (random() % 5) {
      case 0: text += std::string(random() % 30, "x.\xD0\xAD 1"[random() % 6]); break;
      case 1: text += static_cast<char>(random()); break;
      default: text += kPieces[random() % std::size(kPieces)];
    }
  }
  return text;
}

TEST(WideClusters, AgreesWithScanTextOnRandomTexts) {
  std::mt19937 random(7);
  std::size_t rows = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random_text(random);
    expect_all_inside(text);
    if (testing::Test::HasFatalFailure()) FAIL() << "text " << i;
    rows += clusters_of_scan_text(text).size();
  }
  EXPECT_GT(rows, 10'000U);
}

TEST(WideClusters, AgreesWithScanTextOnRandomBytesAndLeavesMostOfThemOut) {
  std::mt19937 random(8);
  std::string bytes(300'000, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  expect_all_inside(bytes);
  std::size_t inside = 0;
  for (ByteRange one : wide_clusters(bytes, {0, bytes.size()})) inside += one.size();
  EXPECT_LT(inside, bytes.size() / 2);
}

// The number stands at every place of a block, in data and in text of wide characters, as a picture's comment does.
TEST(WideClusters, DisguisedNumbersAreFoundAtEveryPlace) {
  const CardDetector detector;
  std::mt19937 random(9);
  std::string noise(4'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  std::string cyrillic;
  for (int i = 0; i < 1'500; ++i) cyrillic += "щ";
  for (std::size_t shift = 0; shift < 300; ++shift) {
    const std::string card = test::make_card("4", 16, static_cast<std::uint32_t>(shift));
    for (const std::string mark : {" / ", "\xE2\x80\x8B / ", "\xEF\xBC\x9B", " \xE2\x86\x92 "}) {
      const std::string hidden = "\nvisa " + test::grouped(card, mark, {4, 4, 4, 4}) + "\n";
      for (const std::string& around : {noise, cyrillic}) {
        const std::string text = around.substr(0, around.size() / 4 * 2) + std::string(shift, 'z') + hidden + around;
        const std::size_t begin = text.size() - around.size() - hidden.size();
        const auto found = detector.find(text);
        const bool has = std::any_of(found.begin(), found.end(), [&](const CardMatch& one) {
          return one.digits.size() == card.size() && one.span().begin > begin && one.span().end < begin + hidden.size();
        });
        ASSERT_TRUE(has) << shift << mark;
      }
    }
  }
}

}  // namespace
}  // namespace postern::pipeline
