// Whole messages of others: none may break us, each gives content, and our structure is compared with what a strict
// parser (mail-parser) and a helpdesk (Zammad) made of the same bytes.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/encoding.h"
#include "pipeline/mime/content.h"
#include "tests/pipeline/mime/shared_data.h"

namespace postern::pipeline {
namespace {

namespace json = boost::json;

bool is_valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead < 0x80 ? 0 : lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc2 ? 1 : 9;
    if (more == 9 || text.size() - i <= more) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0U) != 0x80) return false;
    }
    i += more + 1;
  }
  return true;
}

void check_ranges(const Message& message, const Part& root) {
  for_each_part(root, [&](const Part& part, std::size_t) {
    ASSERT_LE(part.header.begin, part.header.end);
    ASSERT_LE(part.body.begin, part.body.end);
    ASSERT_LE(part.body.end, message.size());
    for (const auto& child : part.children) {
      ASSERT_GE(child.header.begin, part.body.begin);
      ASSERT_LE(child.body.end, part.body.end);
    }
  });
}

TEST(Corpus, EverySharedMessageGivesContent) {
  POSTERN_SHARED_OR_SKIP(data);
  std::size_t messages = 0;
  std::size_t disagreements = 0;
  std::size_t silent = 0;
  for (const char* folder : {"mime", "bounce", "hostile/mime", "dkim", "arc", "reply", "dmarc"}) {
    for (const auto& path : test::files_below(data / folder, {".eml", ".box", ".txt", ".mbox", ".msg", ""})) {
      const auto text = test::read_file(path);
      const auto message = Message::copy_of(text);
      const auto tree = parse_mime(*message);
      check_ranges(*message, tree.root);
      ASSERT_FALSE(HasFatalFailure()) << path;
      const auto content = build_content(*message, tree);
      EXPECT_TRUE(is_valid_utf8(content.subject)) << path;
      EXPECT_TRUE(is_valid_utf8(content.text)) << path;
      EXPECT_TRUE(is_valid_utf8(content.html)) << path;
      for (const auto& address : content.from) EXPECT_TRUE(is_valid_utf8(address.name)) << path;
      ++messages;
      if (content.text.empty() && content.attachments.empty() && text.size() > 2'000) {
        ++silent;
        std::printf("  no content: %s\n", path.c_str());
      }
      for (const auto& word : tree.report.defects) disagreements += word == "parsers_disagree" ? 1 : 0;
    }
  }
  std::printf("%zu messages, %zu without content, mimetic sees another structure in %zu\n", messages, silent, disagreements);
  EXPECT_GT(messages, 1'000U);
  EXPECT_LE(silent, messages / 100);
}

std::size_t count_their_leaves(const json::value& message) {
  std::size_t leaves = 0;
  for (const auto& part : message.at("parts").as_array()) {
    const auto& body = part.at("body").as_object();
    if (body.contains("Multipart")) continue;
    if (body.contains("Message")) leaves += count_their_leaves(body.at("Message"));
    else ++leaves;
  }
  return leaves;
}

TEST(Corpus, LeafPartsAgreeWithMailParser) {
  POSTERN_SHARED_OR_SKIP(data);
  std::size_t total = 0;
  std::size_t same = 0;
  for (const auto& path : test::files_below(data / "mime/mail-parser/resources/eml", {".json"})) {
    auto eml = path;
    eml.replace_extension(".eml");
    std::string text = test::read_file(eml);
    if (path.stem().extension() == ".crlf") {
      text = test::read_file(path.parent_path() / (path.stem().stem().string() + ".eml"));
      std::string crlf;
      for (char c : text) {
        if (c == '\n' && !crlf.ends_with('\r')) crlf += '\r';
        crlf += c;
      }
      text = crlf;
    }
    if (text.empty()) continue;
    const auto message = Message::copy_of(text);
    const auto ours = count_leaves(parse_mime(*message).root);
    const auto theirs = count_their_leaves(json::parse(test::read_file(path)));
    ++total;
    if (ours == theirs) ++same;
    else std::printf("  %s/%s: ours %zu, theirs %zu\n", path.parent_path().filename().c_str(), path.filename().c_str(), ours, theirs);
  }
  std::printf("leaf parts as mail-parser: %zu of %zu\n", same, total);
  ASSERT_GT(total, 100U);
  EXPECT_GE(same * 100, total * 90);
}

// A scalar of the simple YAML in the set: plain, single- or double-quoted, with folded continuation lines.
std::string yaml_scalar(const std::string& text, const std::string& key) {
  const auto at = ("\n" + text).find("\n" + key + ":");
  if (at == std::string::npos) return {};
  std::string raw;
  std::size_t pos = at + key.size() + 1;
  for (bool first = true; pos < text.size(); first = false) {
    const auto end = std::min(text.find('\n', pos), text.size());
    const auto line = text.substr(pos, end - pos);
    if (!first && (line.empty() || line[0] != ' ')) break;
    const auto piece = core::trim_ascii(line);
    if (!raw.empty()) raw += raw.ends_with('\\') ? "" : " ";
    if (raw.ends_with('\\')) raw.pop_back();
    raw += piece;
    pos = end + 1;
  }
  if (raw.size() >= 2 && raw.front() == '\'') {
    std::string out;
    for (std::size_t i = 1; i + 1 < raw.size(); ++i) {
      if (raw[i] == '\'' && raw[i + 1] == '\'') ++i;
      out += raw[i];
    }
    return out;
  }
  if (raw.size() >= 2 && raw.front() == '"') {
    const auto value = json::parse(raw, {}, {.allow_invalid_utf8 = true});
    return std::string(value.as_string());
  }
  return raw;
}

TEST(Corpus, SubjectAndAuthorAgreeWithZammad) {
  POSTERN_SHARED_OR_SKIP(data);
  std::size_t total = 0;
  std::size_t same = 0;
  for (const auto& path : test::files_below(data / "mime/zammad/test/data/mail", {".yml"})) {
    auto box = path;
    box.replace_extension(".box");
    const auto yaml = test::read_file(path);
    const auto message = Message::copy_of(test::read_file(box));
    const auto content = build_content(*message, parse_mime(*message));
    std::string subject;
    try {
      subject = yaml_scalar(yaml, "subject");
    } catch (const std::exception&) {
      continue;
    }
    const auto from = yaml_scalar(yaml, "from_email");
    if (subject.empty() && from.empty()) continue;
    const auto ours = content.from.empty() ? std::string() : content.from[0].address.canonical();
    ++total;
    const bool same_from = from.empty() || ours == core::to_lower_ascii(from);
    if (core::trim_ascii(content.subject) == core::trim_ascii(subject) && same_from) ++same;
    else std::printf("  %s: [%s] [%s] ours, [%s] [%s] theirs\n", path.filename().c_str(), content.subject.c_str(), ours.c_str(), subject.c_str(), from.c_str());
  }
  std::printf("subject and author as Zammad: %zu of %zu\n", same, total);
  ASSERT_GT(total, 20U);
  EXPECT_GE(same * 100, total * 80);
}

}  // namespace
}  // namespace postern::pipeline
