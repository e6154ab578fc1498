#include "pipeline/mime/html_output.h"

#include "pipeline/mime/html_names.h"

namespace postern::pipeline {

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

void HtmlOutput::break_for(std::string_view name, std::uint16_t meanings, bool closes, std::size_t at) {
  if ((meanings & (kHtmlBlock | kHtmlCell)) == 0) return;
  if (name == "br") {
    has_pending_ = false;
    text_.text += '\n';
    text_.map.append(at, 0, 1);
  } else if ((meanings & kHtmlBlock) != 0) {
    if (!text_.text.ends_with('\n')) break_line(at);
    const bool is_paragraph = name == "p" || name == "blockquote" || name.size() == 2;
    if (closes && is_paragraph && name != "li" && name != "tr" && name != "dd" && name != "dt") break_line(at);
  } else if (closes) {
    note_space({at, at});
  }
}

}  // namespace postern::pipeline
