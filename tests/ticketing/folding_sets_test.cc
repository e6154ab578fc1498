// The reply sets of the shared data: what is folded of each file, as a committed table (tests/conformance/QUOTING.md), renewed by
//   POSTERN_WRITE_DOCS=1 ticketing_test --gtest_filter='FoldingSets.*'
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "ticketing/quoting/fold.h"

namespace postern::ticketing {
namespace {

namespace fs = std::filesystem;

std::string whole_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Of a whole message: what is behind its own header, which quotes nobody.
std::string text_in(const fs::path& path) {
  std::string text = whole_file(path);
  if (path.extension() != ".eml") return text;
  const auto blank = std::min(text.find("\n\n"), text.find("\n\r\n"));
  return blank == std::string::npos ? std::string() : text.substr(blank + 1);
}

// Of the files with text: HTML is folded by the page, by its elements.
std::vector<fs::path> texts_below(const fs::path& root) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string name = entry.path().filename();
    const bool is_text = entry.is_regular_file() && name != "LICENSE" && entry.path().extension() != ".html" && !name.ends_with("_sender") &&
                         !name.ends_with("_signature");
    if (is_text) out.push_back(entry.path());
  }
  std::ranges::sort(out);
  return out;
}

bool looks_quoted(std::string_view line) {
  const auto first = line.find_first_not_of(' ');
  return first != std::string_view::npos && first <= 3 && line[first] == '>';
}

struct Tally {
  std::size_t lines = 0, quoted = 0, folded = 0, quoted_open = 0, plain_folded = 0;
};

Tally tally_of(std::string_view text) {
  Tally out;
  for (const FoldedPart& part : parts_of(text, fold_quotes(text))) {
    for (std::size_t at = 0; at < part.text.size();) {
      const std::size_t end = std::min(part.text.find('\n', at), part.text.size() - 1) + 1;
      const std::string_view line = part.text.substr(at, end - at);
      at = end;
      const bool is_blank = line.find_first_not_of(" \t\r\n") == std::string_view::npos;
      if (is_blank) continue;
      const bool is_quoted = looks_quoted(line);
      ++out.lines;
      out.quoted += is_quoted ? 1 : 0;
      out.folded += part.is_folded ? 1 : 0;
      out.quoted_open += is_quoted && !part.is_folded ? 1 : 0;
      out.plain_folded += !is_quoted && part.is_folded ? 1 : 0;
    }
  }
  return out;
}

std::string row(const std::string& name, const Tally& of) {
  std::string out = "| " + name + " |";
  for (const std::size_t each : {of.lines, of.quoted, of.folded, of.quoted_open, of.plain_folded}) out += " " + std::to_string(each) + " |";
  return out + "\n";
}

TEST(FoldingSets, TheTableSaysWhatIsFoldedOfEachFile) {
  const char* shared = std::getenv("POSTERN_SHARED");
  const fs::path root = shared == nullptr ? fs::path() : fs::path(shared) / "data/reply";
  if (shared == nullptr || !fs::exists(root)) GTEST_SKIP() << "POSTERN_SHARED is not set";
  std::string made;
  std::size_t files = 0;
  for (const auto& set : fs::directory_iterator(root)) {
    if (set.is_directory()) ++files;
  }
  ASSERT_GE(files, 4U);
  std::vector<std::string> sets;
  for (const auto& set : fs::directory_iterator(root)) sets.push_back(set.path().filename());
  std::ranges::sort(sets);
  for (const std::string& set : sets) {
    Tally sum;
    std::string rows;
    for (const fs::path& path : texts_below(root / set)) {
      const std::string text = text_in(path);
      std::string joined;
      for (const FoldedPart& part : parts_of(text, fold_quotes(text))) joined += part.text;
      ASSERT_EQ(joined, text) << path;
      const Tally one = tally_of(text);
      sum.lines += one.lines;
      sum.quoted += one.quoted;
      sum.folded += one.folded;
      sum.quoted_open += one.quoted_open;
      sum.plain_folded += one.plain_folded;
      if (one.quoted_open != 0 || one.plain_folded != 0) rows += row(path.filename().string(), one);
    }
    made += row("**" + set + "**", sum) + rows;
  }
  const fs::path page = fs::path(__FILE__).parent_path().parent_path() / "conformance/QUOTING.md";
  const std::string committed = whole_file(page);
  const std::string kBegin = "<!-- table -->\n";
  const std::string kEnd = "<!-- end -->";
  const auto begin = committed.find(kBegin);
  const auto end = committed.find(kEnd);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos) << page;
  const std::string head = "| file | lines | quoted | folded | quoted, open | not quoted, folded |\n|---|---|---|---|---|---|\n";
  const std::string whole = committed.substr(0, begin + kBegin.size()) + head + made + committed.substr(end);
  if (std::getenv("POSTERN_WRITE_DOCS") != nullptr) std::ofstream(page, std::ios::binary) << whole;
  EXPECT_EQ(committed, whole) << "renew it: POSTERN_WRITE_DOCS=1";
}

}  // namespace
}  // namespace postern::ticketing
