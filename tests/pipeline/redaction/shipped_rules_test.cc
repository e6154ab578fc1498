// The shipped rules: their own samples in disguise, track data and security codes, what each leaves, and their page.
#include "pipeline/redaction/rules/shipped_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/rules/detectors.h"
#include "pipeline/redaction/rules/folded_text.h"

namespace postern::pipeline {
namespace {

std::size_t index_of(std::string_view id) {
  const auto& rules = shipped_rules().rules;
  const auto at = std::find_if(rules.begin(), rules.end(), [id](const RuleSpec& rule) { return rule.id == id; });
  EXPECT_NE(at, rules.end()) << id;
  return static_cast<std::size_t>(at - rules.begin());
}

std::vector<Finding> found_by(std::size_t rule, std::string_view text) {
  std::vector<RuleMode> modes(shipped_rules().rules.size(), RuleMode::kOff);
  modes[rule] = RuleMode::kEnforce;
  const TextKind kind =
      shipped_rules().rules[rule].applies_to.empty() ? TextKind::kBody : shipped_rules().rules[rule].applies_to.front();
  std::vector<Finding> findings;
  shipped_rules().set->find(text, kind, modes, findings);
  return findings;
}

std::string after(std::string_view id, std::string_view text) {
  return mask_findings(text, found_by(index_of(id), text), kBlockMask);
}

// Blanks become no-break ones.
std::string with_wide_blanks(std::string_view text) {
  std::string out;
  for (char c : text) out += c == ' ' ? std::string("\u00A0") : std::string(1, c);
  return out;
}

// Letters and digits become full-width.
std::string full_width(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool is_wide = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!is_wide) {
      out.push_back(c);
      continue;
    }
    const unsigned code_point = 0xFF00U + static_cast<unsigned>(c - ' ');
    out += {static_cast<char>(0xE0U | (code_point >> 12)), static_cast<char>(0x80U | ((code_point >> 6) & 0x3FU)),
            static_cast<char>(0x80U | (code_point & 0x3FU))};
  }
  return out;
}

// A zero-width blank inside every word.
std::string with_invisible(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out.push_back(text[i]);
    const bool is_inside = static_cast<unsigned char>(text[i]) > ' ' && static_cast<unsigned char>(text[i]) < 0x80 &&
                           i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) > ' ' &&
                           static_cast<unsigned char>(text[i + 1]) < 0x80;
    if (is_inside && i % 3 == 1) out += "\u200B";
  }
  return out;
}

TEST(ShippedRules, CompileAndPassTheirSamples) {
  const ShippedRules& shipped = shipped_rules();
  ASSERT_NE(shipped.set, nullptr);
  EXPECT_GE(shipped.rules.size(), 60U);
  EXPECT_GE(shipped.tests_run, 6 * shipped.rules.size());
  for (const RuleSpec& rule : shipped.rules) {
    EXPECT_GE(rule.matches.size(), 3U) << rule.id;
    EXPECT_GE(rule.ignores.size(), 3U) << rule.id;
    EXPECT_TRUE(rule.inboxes.empty()) << rule.id;
    EXPECT_EQ(rule.is_locked, rule.id == "card");
  }
}

TEST(ShippedRules, FindTheirSamplesInDisguise) {
  for (std::size_t index = 0; index < shipped_rules().rules.size(); ++index) {
    const RuleSpec& rule = shipped_rules().rules[index];
    for (const std::string& sample : rule.matches) {
      for (const std::string& text :
           {with_wide_blanks(sample), full_width(sample), with_invisible(sample), "\xE9 " + sample}) {
        EXPECT_FALSE(found_by(index, text).empty()) << rule.id << ": " << text;
      }
    }
  }
}

// What looks like a key or a number in the day's mail and is none.
TEST(ShippedRules, LeaveLookAlikes) {
  const std::vector<std::string> texts{
      "Order 2026-11-22-000481516, shipped with UPS 1Z 999 AA1 01 2345 6784",
      "IMEI 35-209900-176148-1, serial C02XG2JHJG5H",
      "At 2026-11-22T13:48:10.482913Z request 6f1c2a34-9d5b-4e7f-8a90-1b2c3d4e5f60 failed",
      "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "https://shop.example/o/4815162342?utm_source=mail&id=9182736455",
      "commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
      "Call 0800 123 4567 or +49 30 901820, fax 030 901821",
      "Total 1.234.567,89 EUR on 12.03.2026, invoice 20260312-4711",
      "Message-ID: <20261122134810.4829137.abcdef@mail.example.org>",
      "ISBN 978-3-16-148410-0, EAN 4006381333931",
      "Passwords must be changed. Please enter your password below.",
      "The verification code was not sent to me, please help with room 4829",
  };
  for (std::size_t index = 0; index < shipped_rules().rules.size(); ++index) {
    if (shipped_rules().rules[index].mode == RuleMode::kOff) continue;
    for (const std::string& text : texts)
      EXPECT_TRUE(found_by(index, text).empty()) << shipped_rules().rules[index].id << ": " << text;
  }
}

TEST(ShippedRules, TracksKeepOnlyTheEndsOfTheNumber) {
  EXPECT_EQ(after("card_track", "%B4111111111111111^DOE/JOHN^27121010000?"),
            "%B411111\u2587\u2587\u2587\u2587\u2587\u25871111^\u2587\u2587\u2587/\u2587\u2587\u2587\u2587^"
            "\u2587\u2587\u2587\u2587\u2587\u2587\u2587\u2587\u2587\u2587\u2587?");
  EXPECT_EQ(after("card_track", ";4111111111111111=27121010000?"),
            ";411111\u2587\u2587\u2587\u2587\u2587\u25871111="
            "\u2587\u2587\u2587\u2587\u2587\u2587\u2587\u2587\u2587\u2587\u2587?");
  EXPECT_NE(after("card_track", "5A 4111111111111111D27122010000012345F"), "5A 4111111111111111D27122010000012345F");
  for (std::string_view text : {"%B4111111111111111^DOE/JOHN^27131010000?", ";4111111111111111=2713101000?",
                                "4111111111111112=27121010000", "4111111111111111=100", "2^10=1024",
                                "%B4111111111111111^A NAME THAT IS LONGER THAN A NAME MAY BE^27121010000?"})
    EXPECT_EQ(after("card_track", text), text);
}

TEST(ShippedRules, SecurityCodesAreFoundBesideACard) {
  const std::string code = "\u2587\u2587\u2587";
  const std::string card = "4111 1111 1111 1111";
  for (const auto& [text, wanted] : std::vector<std::pair<std::string, std::string>>{
           {card + " cvv 123", card + " cvv " + code},
           {card + " CVC2: 1234!", card + " CVC2: " + code + "\u2587!"},
           {card + "\r\nSecurity code is 921\r\n", card + "\r\nSecurity code is " + code + "\r\n"},
           {"cryptogramme : 456, carte " + card, "cryptogramme : " + code + ", carte " + card},
           {"Kartenpr\u00FCfnummer 921, Karte " + card, "Kartenpr\u00FCfnummer " + code + ", Karte " + card},
           {card + " c\u00F3digo de seguridad: 921", card + " c\u00F3digo de seguridad: " + code},
           {"123 is the cvv of " + card, code + " is the cvv of " + card},
           {card + " 12/27 123", card + " 12/27 " + code},
           {"4111111111111111|12|27|123", "4111111111111111|12|27|" + code},
           {"411111******1111 cvv 123", "411111******1111 cvv " + code},
           {"4111 11\u2587\u2587 \u2587\u2587\u2587\u2587 1111 cvv 123",
            "4111 11\u2587\u2587 \u2587\u2587\u2587\u2587 1111 cvv " + code},
           {"XXXX-XXXX-XXXX-1111 cid 1234", "XXXX-XXXX-XXXX-1111 cid " + code + "\u2587"},
           {card + " cvv 1 2 3 ok", card + " cvv \u2587 \u2587 \u2587 ok"}})
    EXPECT_EQ(after("card_security_code", text), wanted);
}

TEST(ShippedRules, WhatIsNoSecurityCodeStays) {
  const std::string card = "4111 1111 1111 1111";
  for (const std::string& text :
       {std::string("the cvv 123 is on the back"), card + " amount 123", card + " ext. 123", card + " expires 2027",
        card + " cvv costs 12.50 EUR", card + " cvv: " + card, card + " security code 120.50", card + " cvv 12345",
        card + " cvv 12", "cvv " + card, card + " 12/27", card + std::string(300, 'x') + " cvv 123",
        card + " secured 123", card + " acid 123"})
    EXPECT_EQ(after("card_security_code", text), text);
}

TEST(ShippedRules, DetectorsAreBoundedOnFloods) {
  for (const char* name : {"track", "cvv"}) {
    std::vector<RawMatch> matches;
    std::string flood;
    for (int i = 0; i < 2'000; ++i) flood += "4111111111111111^^^^===D27 cvv cvv ****1111 cvv ";
    detector_called(name)->find(flood, matches);
    for (const RawMatch& match : matches) EXPECT_LE(match.span.end, flood.size());
    matches.clear();
    detector_called(name)->find(std::string(1'000'000, '*') + std::string(1'000'000, '='), matches);
    EXPECT_TRUE(matches.empty());
  }
}

TEST(ShippedRules, EachHasItsSectionInTheManual) {
  std::ifstream file(std::string(POSTERN_SOURCE_DIR) + "/docs/redaction-rules.md");
  std::stringstream text;
  text << file.rdbuf();
  ASSERT_FALSE(text.str().empty());
  for (const RuleSpec& rule : shipped_rules().rules) {
    EXPECT_NE(text.str().find("\n### `" + rule.id + "`\n"), std::string::npos) << rule.id;
    const std::string mode = "Mode: **" + std::string(to_string(rule.mode)) + "**";
    const std::size_t at = text.str().find("\n### `" + rule.id + "`\n");
    ASSERT_NE(at, std::string::npos);
    const std::size_t end = text.str().find("\n### ", at + 1);
    EXPECT_LT(text.str().find(mode, at), end) << rule.id;
    EXPECT_LT(text.str().find("\n- Catches: ", at), end) << rule.id;
    EXPECT_LT(text.str().find("\n- Misses: ", at), end) << rule.id;
    EXPECT_FALSE(rule.matches.empty() || rule.ignores.empty()) << rule.id;
  }
}

}  // namespace
}  // namespace postern::pipeline
