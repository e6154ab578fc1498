// Multipart semantics (RFC 2046 section 5.1, RFC 2387): alternatives are one text in several forms, related parts belong
// to their root, everything else is a sequence.
#include "pipeline/mime/body_text.h"

#include <algorithm>

#include "pipeline/mime/decode.h"
#include "pipeline/mime/html.h"

namespace postern::pipeline {
namespace {

// The same words as plain text and as HTML; either may be missing.
struct Piece {
  std::string text;
  std::string html;
  bool has_text = false;
  bool has_html = false;
  bool empty() const { return !has_text && !has_html; }
};

void cut_utf8(std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
  text.resize(end);
}

// Line ends as '\n'. A NUL is shown as U+FFFD, as HTML does: taken out, it would join what the scan has seen apart.
std::string with_lf(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const bool has_nul = text.find('\0') != std::string_view::npos;
  while (!text.empty()) {
    const std::size_t end = has_nul ? text.find_first_of(std::string_view("\r\0", 2)) : text.find('\r');
    out += text.substr(0, end);
    if (end == std::string_view::npos) break;
    const bool is_line_end = text[end] == '\r';
    text.remove_prefix(end + 1);
    if (!is_line_end) out += "\xEF\xBF\xBD";
    else if (!text.starts_with('\n')) out += '\n';
  }
  return out;
}

std::string as_html(const Piece& piece) {
  if (piece.has_html) return piece.html;
  return "<pre>\n" + escape_html(piece.text) + "</pre>";
}

void append_text(std::string& out, std::string_view more) {
  if (more.empty()) return;
  if (!out.empty() && !out.ends_with('\n')) out += '\n';
  out += more;
}

class Selector {
 public:
  Selector(const Message& message, const MimeLimits& limits, Letter& letter)
      : message_(message), limits_(limits), letter_(letter) {}

  Piece select(const Part& part, bool is_first) {
    if (!part.children.empty() && part.is_multipart()) {
      if (part.media_subtype == "alternative") return select_alternative(part);
      if (part.media_subtype == "related") return select_related(part);
      return select_sequence(part, is_first);
    }
    if (!is_letter(part, is_first)) {
      letter_.attachments.push_back(&part);
      return {};
    }
    Piece piece;
    auto text = text_of(message_, part, limits_.text_bytes_max);
    const bool is_html = part.media_subtype == "html";
    (is_html ? piece.html : piece.text) = std::move(text);
    (is_html ? piece.has_html : piece.has_text) = true;
    return piece;
  }

 private:
  // A named text is a file, unless it is all that there is.
  static bool is_letter(const Part& part, bool is_first) {
    if (!part.is_text() || part.is_attachment()) return false;
    if (part.media_subtype == "plain" || part.media_subtype == "html") return is_first || part.filename.empty();
    return part.path == "1" && part.filename.empty();
  }

  Piece select_alternative(const Part& part) {
    Piece chosen;
    for (const auto& child : part.children) {
      auto piece = select(child, true);
      if (piece.has_text && (!chosen.has_text || chosen.text.find_first_not_of(" \n\t") == std::string::npos)) {
        chosen.text = std::move(piece.text);
        chosen.has_text = true;
      }
      if (piece.has_html) {
        chosen.html = std::move(piece.html);
        chosen.has_html = true;
      }
    }
    return chosen;
  }

  Piece select_related(const Part& part) {
    std::string start;
    for (const auto& param : part.params) {
      if (param.name == "start") start = param.value;
    }
    std::erase_if(start, [](char c) { return c == '<' || c == '>' || c == ' '; });
    std::size_t root = 0;
    for (std::size_t i = 0; i < part.children.size() && !start.empty(); ++i) {
      if (part.children[i].content_id == start) root = i;
    }
    Piece chosen = select(part.children[root], true);
    for (std::size_t i = 0; i < part.children.size(); ++i) {
      if (i == root) continue;
      auto piece = select(part.children[i], false);
      if (!piece.empty()) chosen = joined({std::move(chosen), std::move(piece)});
    }
    return chosen;
  }

  Piece select_sequence(const Part& part, bool is_first) {
    std::vector<Piece> pieces;
    for (const auto& child : part.children) {
      auto piece = select(child, is_first && pieces.empty() && &child == &part.children.front());
      if (!piece.empty()) pieces.push_back(std::move(piece));
    }
    return joined(std::move(pieces));
  }

  Piece joined(std::vector<Piece> pieces) const {
    std::erase_if(pieces, [](const Piece& piece) { return piece.empty(); });
    if (pieces.empty()) return {};
    if (pieces.size() == 1) return std::move(pieces.front());
    Piece whole;
    const auto has_html = [](const Piece& piece) { return piece.has_html; };
    whole.has_html = std::any_of(pieces.begin(), pieces.end(), has_html);
    whole.has_text = true;
    for (const auto& piece : pieces) {
      append_text(whole.text, piece.has_text ? piece.text : html_to_text(piece.html).text);
      if (whole.has_html) whole.html += as_html(piece);
    }
    cut_utf8(whole.text, limits_.text_bytes_max);
    cut_utf8(whole.html, limits_.html_bytes_max);
    return whole;
  }

  const Message& message_;
  const MimeLimits& limits_;
  Letter& letter_;
};

}  // namespace

std::string text_of(const Message& message, const Part& part, std::size_t bytes_max) {
  const auto decoded = decode_body(message, part, Mapping::kSkip);
  auto text = with_lf(to_utf8(decoded.bytes, part.charset, Mapping::kSkip).utf8);
  cut_utf8(text, bytes_max);
  return text;
}

Letter select_letter(const Message& message, const Part& root, const MimeLimits& limits) {
  Letter letter;
  auto piece = Selector(message, limits, letter).select(root, true);
  letter.html = std::move(piece.html);
  const bool has_words = piece.text.find_first_not_of(" \n\t") != std::string::npos;
  letter.text = has_words || !piece.has_html ? std::move(piece.text) : html_to_text(letter.html).text;
  cut_utf8(letter.text, limits.text_bytes_max);
  return letter;
}

}  // namespace postern::pipeline
