#include "pipeline/mime/html_output.h"

#include <algorithm>
#include <array>

namespace postern::pipeline {
namespace {

constexpr std::array<std::string_view, 38> kBlocks{
    "address", "article", "aside",  "blockquote", "body", "br", "center", "dd", "details", "dir", "div", "dl",    "dt",
    "fieldset", "figure", "footer", "form",       "h1",   "h2", "h3",     "h4", "h5",      "h6",  "hr",  "header", "html",
    "li",      "main",    "nav",    "ol",         "option", "p", "pre",   "section", "table", "tr", "ul", "caption"};
constexpr std::array<std::string_view, 2> kCells{"td", "th"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

void HtmlOutput::write_pending() {
  if (has_pending_ && !text_.text.empty() && text_.text.back() != '\n') {
    text_.text += ' ';
    text_.map.append(pending_.begin, pending_.size(), 1);
  }
  has_pending_ = false;
}

void HtmlOutput::break_line(std::size_t at) {
  has_pending_ = false;
  if (text_.text.empty() || text_.text.ends_with("\n\n")) return;
  text_.text += '\n';
  text_.map.append(at, 0, 1);
}

void HtmlOutput::break_for(std::string_view name, bool closes, std::size_t at) {
  if (name == "br") {
    has_pending_ = false;
    text_.text += '\n';
    text_.map.append(at, 0, 1);
  } else if (is_one_of(name, kBlocks)) {
    if (!text_.text.ends_with('\n')) break_line(at);
    const bool is_paragraph = name == "p" || name == "blockquote" || name.size() == 2;
    if (closes && is_paragraph && name != "li" && name != "tr" && name != "dd" && name != "dt") break_line(at);
  } else if (is_one_of(name, kCells) && closes) {
    note_space({at, at});
  }
}

}  // namespace postern::pipeline
