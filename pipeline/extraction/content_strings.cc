#include "pipeline/extraction/content_strings.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "core/secret.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kBlank{"\0\t\n\f\r ", 6};
constexpr std::string_view kDelimiters = "()<>[]{}/%";
constexpr double kWordGap = -200.0;  // thousandths of the font size in a TJ array; less is kerning

bool is_blank(char c) { return kBlank.find(c) != std::string_view::npos; }
bool is_regular(char c) { return !is_blank(c) && kDelimiters.find(c) == std::string_view::npos; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

class Scanner {
 public:
  Scanner(std::string_view content, TextSink& out, bool is_each_alone) : in_(content), out_(out), is_each_alone_(is_each_alone) {}
  ~Scanner() { core::wipe(pending_.data(), pending_.size()); }
  Scanner(const Scanner&) = delete;

  void run() {
    while (at_ < in_.size()) {
      const char c = in_[at_];
      if (c == '(') {
        literal();
      } else if (c == '<' && at_ + 1 < in_.size() && in_[at_ + 1] == '<') {
        at_ += 2;  // of a dictionary
      } else if (c == '<') {
        hexadecimal();
      } else if (c == '%') {
        at_ = std::min(in_.find_first_of("\r\n", at_), in_.size());
      } else if (is_regular(c)) {
        word();
      } else {
        ++at_;
      }
    }
    flush();
  }

 private:
  // ISO 32000-1 section 7.3.4.2.
  void literal() {
    std::string text;
    int depth = 1;
    for (++at_; at_ < in_.size() && depth > 0; ++at_) {
      const char c = in_[at_];
      if (c == '\\') {
        escape(text);
        continue;
      }
      depth += c == '(' ? 1 : (c == ')' ? -1 : 0);
      if (depth > 0) text += c;
    }
    add_string(text);
  }

  void escape(std::string& text) {
    if (++at_ >= in_.size()) return;
    const char c = in_[at_];
    constexpr std::string_view kFrom = "nrtbf";
    constexpr std::string_view kTo = "\n\r\t\b\f";
    if (const auto known = kFrom.find(c); known != std::string_view::npos) {
      text += kTo[known];
    } else if (c >= '0' && c <= '7') {
      unsigned code = 0;
      std::size_t digits = 0;
      for (; digits < 3 && at_ < in_.size() && in_[at_] >= '0' && in_[at_] <= '7'; ++digits, ++at_) code = code * 8 + static_cast<unsigned>(in_[at_] - '0');
      --at_;
      text += static_cast<char>(code & 0xFFU);
    } else if (c == '\r') {
      if (at_ + 1 < in_.size() && in_[at_ + 1] == '\n') ++at_;
    } else if (c != '\n') {
      text += c;
    }
  }

  void hexadecimal() {
    std::string text;
    int high = -1;
    for (++at_; at_ < in_.size() && in_[at_] != '>'; ++at_) {
      const int value = hex_value(in_[at_]);
      if (value < 0) continue;
      if (high < 0) {
        high = value;
      } else {
        text += static_cast<char>(high * 16 + value);
        high = -1;
      }
    }
    if (high >= 0) text += static_cast<char>(high * 16);
    ++at_;
    add_string(text);
  }

  void word() {
    const std::size_t begin = at_;
    while (at_ < in_.size() && is_regular(in_[at_])) ++at_;
    const std::string_view text = in_.substr(begin, at_ - begin);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) {
      last_number_ = number;
      if (!pending_.empty() && number < kWordGap) pending_ += ' ';
      return;
    }
    operation(text);
  }

  void operation(std::string_view name) {
    if (name == "Tj" || name == "TJ") {
      flush();
    } else if (name == "'" || name == "\"") {
      out_.add("\n");
      flush();
    } else if (name == "Td" || name == "TD") {
      out_.add(last_number_ == 0.0 ? " " : "\n");  // along the line, or to another one
    } else if (name == "Tm" || name == "T*" || name == "ET") {
      out_.add("\n");
    } else if (name == "ID") {
      skip_inline_image();
    }
    if (name != "Tj" && name != "TJ") pending_.clear();
  }

  // Section 8.9.7: the data ends with EI between blanks.
  void skip_inline_image() {
    for (auto found = in_.find("EI", at_); found != std::string_view::npos; found = in_.find("EI", found + 1)) {
      const bool ends = found + 2 >= in_.size() || is_blank(in_[found + 2]);
      if (found > 0 && is_blank(in_[found - 1]) && ends) {
        at_ = found + 2;
        return;
      }
    }
    at_ = in_.size();
  }

  void add_string(std::string& text) {
    if (text.starts_with("\xFE\xFF")) text.erase(0, 2);
    bool is_wide = text.size() >= 2 && text.size() % 2 == 0;
    for (std::size_t i = 0; is_wide && i < text.size(); i += 2) is_wide = text[i] == '\0';
    for (std::size_t i = is_wide ? 1 : 0; i < text.size(); i += is_wide ? 2 : 1) pending_ += text[i];
    core::wipe(text.data(), text.size());
    if (!is_each_alone_) return;
    flush();
    out_.end_piece();
  }

  void flush() {
    out_.add(pending_);
    core::wipe(pending_.data(), pending_.size());
    pending_.clear();
  }

  std::string_view in_;
  TextSink& out_;
  const bool is_each_alone_;
  std::size_t at_ = 0;
  std::string pending_;  // strings of the operation that is being read
  double last_number_ = 0;
};

}  // namespace

void add_content_strings(std::string_view content, TextSink& out) { Scanner(content, out, false).run(); }

void add_object_strings(std::string_view objects, TextSink& out) { Scanner(objects, out, true).run(); }

}  // namespace postern::pipeline
