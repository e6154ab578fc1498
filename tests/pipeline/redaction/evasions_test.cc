// Issue 4, items 1 and 2; traps 31 and 32: where readers disagree, the strictest reading wins.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "pipeline/mime/decode.h"
#include "pipeline/mime/part.h"
#include "pipeline/redaction/message_scan.h"
#include "pipeline/redaction/redactor.h"
#include "pipeline/redaction/views/views.h"
#include "tests/pipeline/redaction/disguises.h"

namespace postern::pipeline {
namespace {

const Redactor& evasion_redactor() {
  static const Redactor one;
  return one;
}

RedactedMessage stored(const std::string& message) {
  auto out = evasion_redactor().redact(Message::copy_of(message), Envelope{}, AuthVerdicts{});
  EXPECT_TRUE(out);
  return std::move(*out);
}

std::string tree_of(const std::string& message) { return shape_of(parse_mime(*Message::copy_of(message))); }

TEST(Evasions, EachIsFoundHiddenAndKeepsTheTree) {
  const std::string card = test::make_card("4", 16, 42);
  const auto all = test::all_evasions(card);
  EXPECT_GE(all.size(), 60U);
  for (const test::Evasion& one : all) {
    ASSERT_NE(one.message.find(one.trace), std::string::npos) << one.name;
    const RedactedMessage out = stored(one.message);
    EXPECT_FALSE(out.verdicts().redactions.empty()) << one.name << "\n" << one.message;
    EXPECT_EQ(out.raw().find(one.trace), std::string::npos) << one.name << "\n" << out.raw();
    EXPECT_EQ(out.raw().find(card), std::string::npos) << one.name;
    EXPECT_EQ(tree_of(out.raw()), tree_of(one.message)) << one.name << "\n" << out.raw();
    const RedactedMessage again = stored(out.raw());
    EXPECT_TRUE(again.verdicts().redactions.empty()) << one.name << "\n" << out.raw();
    EXPECT_EQ(again.raw(), out.raw()) << one.name;
    // Rewritten and not replaced: what was beside the number is still there.
    for (const Redaction& found : out.verdicts().redactions) EXPECT_EQ(found.rule, "card") << one.name << "\n" << out.raw();
  }
}

TEST(Evasions, OtherNumbersInTheSameFormsStay) {
  // Not valid by Luhn's rule.
  const std::string number = "4111111111111112";
  for (const test::Evasion& one : test::all_evasions(number)) {
    const RedactedMessage out = stored(one.message);
    EXPECT_TRUE(out.verdicts().redactions.empty()) << one.name;
    EXPECT_EQ(out.raw(), one.message) << one.name;
  }
}

// A text wrapped in several encodings, and how a reader unwraps it.
struct Layer {
  const char* name;
  std::function<std::string(const std::string&)> wrap;
  std::function<std::string(const std::string&)> unwrap;
};

std::string between_lines(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t at = text.find(begin);
  return at == std::string::npos ? "" : text.substr(at + begin.size(), text.find(end, at + begin.size()) - at - begin.size());
}

std::vector<Layer> inner_layers() {
  return {{"percent", [](const std::string& text) { return test::digits_as(text, "%%%02X"); },
           [](const std::string& text) { return percent_view(text, Mapping::kSkip).text; }},
          {"escapes", [](const std::string& text) { return test::digits_as(text, "\\u%04x"); },
           [](const std::string& text) { return escapes_view(text, Mapping::kSkip).text; }},
          {"references", [](const std::string& text) { return test::digits_as(text, "&#%u;"); },
           [](const std::string& text) { return references_view(text, Mapping::kSkip).text; }}};
}

std::vector<Layer> block_layers() {
  return {{"base64", [](const std::string& text) { return "x " + core::to_base64(text + " ") + " y"; },
           [](const std::string& text) { return decode_base64(between_lines(text, "x ", " y")).bytes; }},
          {"hex", [](const std::string& text) { return "x " + core::to_hex(text) + " y"; },
           [](const std::string& text) { return core::from_hex(between_lines(text, "x ", " y")).value_or("no hex"); }},
          {"uuencode", [](const std::string& text) { return test::uuencoded(text); },
           [](const std::string& text) { return decode_uuencode(text).bytes; }}};
}

// Up to two escapes, then up to two blocks: what is hidden does not survive, and the rest does.
TEST(Evasions, RandomCompositionsAreUndone) {
  const auto inner = inner_layers();
  const auto blocks = block_layers();
  std::uint32_t seed = 7;
  const auto draw = [&seed](std::size_t below) {
    seed = seed * 1664525U + 1013904223U;
    return static_cast<std::size_t>(seed >> 16U) % below;
  };
  for (int round = 0; round < 60; ++round) {
    const std::string card = test::make_card("5", 16, seed);
    std::vector<const Layer*> layers;
    if (draw(3) > 0) layers.push_back(&inner[draw(inner.size())]);
    for (std::size_t count = draw(3); count > 0; --count) layers.push_back(&blocks[draw(blocks.size())]);
    std::string body = "my card is " + card + " thank you";
    std::string path;
    for (const Layer* layer : layers) {
      body = layer->wrap(body);
      path += std::string(layer->name) + " ";
    }
    const RedactedMessage out = stored(test::text_mail("text/plain; charset=utf-8", "8bit", body + "\r\n"));
    ASSERT_EQ(out.verdicts().redactions.size(), 1U) << path << "\n" << body;
    std::string read = out.raw().substr(out.raw().find("\r\n\r\n") + 4);
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) read = (*layer)->unwrap(read);
    EXPECT_EQ(read.find(card), std::string::npos) << path;
    EXPECT_NE(read.find("my card is " + card.substr(0, 6)), std::string::npos) << path << read;
    EXPECT_NE(read.find(card.substr(12) + " thank you"), std::string::npos) << path << read;
    EXPECT_TRUE(stored(out.raw()).verdicts().redactions.empty()) << path << out.raw();
  }
}

TEST(Evasions, NestingBeyondAllBoundsIsReplacedAndNotPassedOver) {
  // Each line is telling to every view: the readings of readings pass the budget.
  std::string body;
  for (int i = 0; i < 200; ++i) body += "%41&#65;\\u0041<b>1</b>**2**3%2541\\\\u0041&amp;#65; =41=42=43\r\n";
  body += "card 4111111111111111\r\n";
  RedactionLimits limits;
  limits.speculative_bytes_max = 1;
  limits.readings_per_byte_max = 2;
  const Redactor strict(limits);
  const auto out = strict.redact(Message::copy_of(test::text_mail("text/html", "7bit", body)), Envelope{}, {});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->raw().find("4111111111111111"), std::string::npos);
  const std::vector<Redaction>& found = out->verdicts().redactions;
  EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](const Redaction& one) { return one.rule == "replaced"; }));
  EXPECT_EQ(tree_of(out->raw()), tree_of(test::text_mail("text/html", "7bit", body)));
}

}  // namespace
}  // namespace postern::pipeline
