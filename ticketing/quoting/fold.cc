#include "ticketing/quoting/fold.h"

#include <algorithm>
#include <string>

#include "ticketing/quoting/mail_words.h"

namespace postern::ticketing {
namespace {

using mail_words::Field;

constexpr std::size_t kQuotedMin = 2;        // quoted lines that are worth a fold
constexpr std::size_t kWrappedMax = 4;       // lines of one announcement
constexpr std::size_t kHeaderLookAhead = 8;  // lines in which a block of header lines has to show itself
constexpr std::size_t kHeaderFieldsMin = 3;
constexpr std::size_t kAnnouncementMax = 400;  // bytes

// Lines with their ends, as offsets.
struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class Folder {
 public:
  explicit Folder(std::string_view text) : text_(text) {
    for (std::size_t at = 0; at < text.size() && lines_.size() < kFoldLinesMax;) {
      const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
      lines_.push_back({at, end});
      at = end;
    }
    quoted_before_.push_back(0);
    for (std::size_t at = 0; at < lines_.size(); ++at) {
      quoted_before_.push_back(quoted_before_.back() + (is_quoted(at) ? 1 : 0));
      if (!is_quoted(at) && !is_blank(at)) last_open_ = at;
    }
  }

  std::vector<Fold> fold() {
    for (std::size_t at = 0; at < lines_.size();) {
      const std::size_t end = end_of_quotation(at);
      if (end > at) add(at, end);
      at = std::max(end, at + 1);
    }
    return is_anything_open() ? std::move(out_) : std::vector<Fold>();
  }

 private:
  std::string_view line(std::size_t at) const {
    return text_.substr(lines_[at].begin, lines_[at].end - lines_[at].begin);
  }
  bool is_blank(std::size_t at) const { return line(at).find_first_not_of(" \t\r\n") == std::string_view::npos; }
  bool is_quoted(std::size_t at) const {
    const std::string_view text = line(at);
    const auto first = text.find_first_not_of(' ');
    return first <= 3 && first != std::string_view::npos && text[first] == '>';
  }
  std::size_t skip_blanks(std::size_t at) const {
    while (at < lines_.size() && is_blank(at)) ++at;
    return at;
  }

  // Behind the last quoted line of those from `at` on; blank lines between quoted ones belong to them.
  std::size_t end_of_quoted(std::size_t at) const {
    std::size_t end = at;
    for (; at < lines_.size() && (is_quoted(at) || is_blank(at)); ++at) {
      if (is_quoted(at)) end = at + 1;
    }
    return end;
  }

  std::string joined(std::size_t at, std::size_t end) const {
    std::string out;
    for (; at < end && out.size() < kAnnouncementMax; ++at) {
      if (!out.empty()) out += ' ';
      out += mail_words::bare_line(line(at));
    }
    return out;
  }
  bool has_digit(std::size_t at) const { return line(at).find_first_of("0123456789") != std::string_view::npos; }

  // Behind "On …, Ada wrote:", which programs wrap; `at` itself when none begins there. What stands right above one is
  // not part of it: a wrapped announcement begins with its date.
  std::size_t end_of_announcement(std::size_t at) const {
    for (std::size_t i = at; i < lines_.size() && i < at + kWrappedMax; ++i) {
      if (is_blank(i) || (i > at && is_quoted(i) != is_quoted(at))) return at;
      if (!mail_words::is_attribution(joined(at, i + 1))) continue;
      if (i > at && !has_digit(at)) return at;
      for (std::size_t later = i; later > at; --later) {
        if (has_digit(later) && mail_words::is_attribution(joined(later, i + 1))) return at;
      }
      return i + 1;
    }
    return at;
  }

  bool is_header_block(std::size_t at) const {
    if (!mail_words::header_line(line(at))) return false;
    std::uint32_t seen = 0;
    std::size_t fields = 0;
    for (std::size_t i = at; i < lines_.size() && i < at + kHeaderLookAhead; ++i) {
      const auto found = mail_words::header_line(line(i));
      if (!found) continue;
      const std::uint32_t bit = 1U << static_cast<unsigned>(found->field);
      fields += (seen & bit) == 0 ? 1 : 0;
      seen |= bit;
    }
    const bool has_from = (seen & (1U << static_cast<unsigned>(Field::kFrom))) != 0;
    return has_from && fields >= kHeaderFieldsMin;
  }

  // Whether somebody answers below: open text behind quoted lines from `at` on.
  bool is_answered_below(std::size_t at) const { return last_open_ > at && quoted_lines(at, last_open_) > 0; }

  // Behind the quotation that begins at this line; the line itself when none does.
  std::size_t end_of_quotation(std::size_t at) const {
    if (is_blank(at)) return at;
    if (is_quoted(at)) {
      const std::size_t end = end_of_quoted(at);
      return quoted_lines(at, end) >= kQuotedMin ? end : at;
    }
    const bool is_marker = mail_words::is_marker(line(at)) || mail_words::is_rule_line(line(at));
    const std::size_t behind = is_marker ? skip_blanks(at + 1) : at;
    if (behind < lines_.size() && is_header_block(behind))
      return is_answered_below(behind) ? end_of_block(behind) : lines_.size();
    const std::size_t announced = end_of_announcement(at);
    if (announced == at) return at;
    const std::size_t first = skip_blanks(announced);
    if (first >= lines_.size()) return at;
    if (is_quoted(first)) return end_of_quoted(first);
    // Unmarked, as some programs leave it: what follows to the end, unless somebody answers in it. Without an address
    // "Ada said:" may as well be what somebody tells.
    const bool names_address = joined(at, announced).find('@') != std::string::npos;
    return !names_address || is_answered_below(first) ? at : lines_.size();
  }

  // Of a block whose text is quoted line by line and answered: block and first quotation.
  std::size_t end_of_block(std::size_t at) const {
    std::size_t end = at;
    while (end < lines_.size() && !is_blank(end) && !is_quoted(end)) ++end;
    const std::size_t first = skip_blanks(end);
    return first < lines_.size() && is_quoted(first) ? end_of_quoted(first) : at;
  }

  std::size_t quoted_lines(std::size_t at, std::size_t end) const { return quoted_before_[end] - quoted_before_[at]; }

  void add(std::size_t at, std::size_t end) {
    const Fold next{lines_[at].begin, lines_[end - 1].end};
    if (!out_.empty() && out_.back().end == next.begin) {
      out_.back().end = next.end;
    } else {
      out_.push_back(next);
    }
  }

  bool is_anything_open() const {
    for (const FoldedPart& part : parts_of(text_, out_)) {
      if (!part.is_folded && part.text.find_first_not_of(" \t\r\n") != std::string_view::npos) return true;
    }
    return false;
  }

  std::string_view text_;
  std::vector<Line> lines_;
  std::vector<std::size_t> quoted_before_;  // of each line, and at the end
  std::size_t last_open_ = 0;
  std::vector<Fold> out_;
};

}  // namespace

std::vector<Fold> fold_quotes(std::string_view text) { return Folder(text).fold(); }

std::vector<FoldedPart> parts_of(std::string_view text, const std::vector<Fold>& folds) {
  std::vector<FoldedPart> out;
  std::size_t at = 0;
  for (const Fold& each : folds) {
    if (each.begin > at) out.push_back({text.substr(at, each.begin - at), false});
    out.push_back({text.substr(each.begin, each.end - each.begin), true});
    at = each.end;
  }
  if (at < text.size()) out.push_back({text.substr(at), false});
  return out;
}

}  // namespace postern::ticketing
