// The text of HTML, from its tokens. No tree is built, so there is nothing to guard against.
#include <array>
#include <cstdint>
#include <optional>

#include "pipeline/mime/html.h"
#include "pipeline/mime/html_names.h"
#include "pipeline/mime/html_output.h"
#include "pipeline/mime/html_shown.h"
#include "pipeline/mime/html_tokens.h"

namespace postern::pipeline {
namespace {

// Of a map that is made in case that it is asked for (Mapping::kSmall): that of dense markup fits, that of a page of references alone does not.
constexpr std::size_t kBytesOfRun = 8;
constexpr std::size_t kRunsOfShort = 64;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// What ends a run of text; white space does outside <pre> only, and there one blank between two words is part of it.
constexpr std::array<bool, 256> ends_of_run(bool has_spaces) {
  std::array<bool, 256> ends{};
  for (unsigned char c : std::string_view("<&]")) ends[c] = true;
  for (unsigned char c : std::string_view(" \t\n\r\f")) ends[c] = has_spaces;
  return ends;
}
constexpr auto kEndsWord = ends_of_run(true);
constexpr auto kEndsLine = ends_of_run(false);

class TextReader {
 public:
  TextReader(std::string_view html, HtmlReading reading, Mapping mapping)
      : size_(html.size()), data_(html.data()), reading_(reading) {
    if (mapping == Mapping::kSkip) out_.text().map.ignore_appends();
    if (mapping == Mapping::kSmall) out_.text().map.limit_runs(html.size() / kBytesOfRun + kRunsOfShort);
    if (reading == HtmlReading::kVisible) shown_.emplace(html, out_);
    out_.text().text.reserve(html.size() / 2);
  }

  HtmlText run() {
    while (pos_ < size_) {
      const char c = data_[pos_];
      if (c == '<' && take_tag_or_comment()) continue;
      if (c == '&' && take_entity()) continue;
      if (is_space(c) && pre_depth_ == 0) {
        take_space();
        continue;
      }
      if (c == ']' && reading_ == HtmlReading::kEverything && html().substr(pos_).starts_with("]]>")) {
        pos_ += 3;
        continue;
      }
      take_run();
    }
    if (shown_) {
      shown_->close_all(size_);
      out_.text().is_whole = shown_->is_whole();
    }
    return std::move(out_.text());
  }

 private:
  std::string_view html() const { return {data_, size_}; }
  bool is_hidden() const { return shown_ && shown_->is_hidden(); }

  void take_space() {
    const std::size_t begin = pos_;
    while (pos_ < size_ && is_space(data_[pos_])) ++pos_;
    if (!is_hidden()) out_.note_space({begin, pos_});
  }

  void take_run() {
    const std::size_t begin = pos_++;
    const std::array<bool, 256>& ends = pre_depth_ > 0 ? kEndsLine : kEndsWord;
    while (pos_ < size_ && (!ends[static_cast<unsigned char>(data_[pos_])] || is_single_blank())) ++pos_;
    if (is_hidden()) return;
    if (shown_) shown_->note_text(begin);
    out_.append_from(begin, html().substr(begin, pos_ - begin));
  }

  // data_[pos_], which ends a run unless it is a blank that a word follows: then it stays as it is.
  bool is_single_blank() const {
    return data_[pos_] == ' ' && pos_ + 1 < size_ && !kEndsWord[static_cast<unsigned char>(data_[pos_ + 1])];
  }

  bool take_entity() {
    std::string decoded;
    const std::size_t length = decode_entity(html(), pos_, decoded);
    if (length == 0) return false;
    if (!is_hidden()) {
      if (shown_) shown_->note_text(pos_);
      out_.append_decoded(pos_, length, decoded);
    }
    pos_ += length;
    return true;
  }

  // data_[pos_] == '<'. False when it is text.
  bool take_tag_or_comment() {
    const std::size_t begin = pos_;
    if (reading_ == HtmlReading::kEverything && take_section()) return true;
    const HtmlToken token = take_markup(html(), pos_, tag_);
    if (token != HtmlToken::kTag) return token != HtmlToken::kText;
    take_tag(begin);
    return true;
  }

  // What other programs take for markup: "<![CDATA[" (XML) and "<!--[if mso]>" (Outlook). Their ends show nothing.
  bool take_section() {
    const std::string_view rest = html().substr(pos_);
    if (rest.starts_with("<![CDATA[")) {
      pos_ += 9;
      return true;
    }
    if (!rest.starts_with("<!--[")) return false;
    const std::size_t end = rest.find("]>");
    if (end == std::string_view::npos) return false;
    pos_ += end + 2;
    return true;
  }

  void take_tag(std::size_t at) {
    const std::string& name = tag_.name;
    const std::uint16_t meanings = html_meanings(name);
    if ((meanings & kHtmlInvisible) != 0 && reading_ != HtmlReading::kEverything) {
      if (!tag_.closes) pos_ = skip_raw_text(html(), pos_, name);
      return;
    }
    if (name == "pre" || name == "textarea") pre_depth_ = tag_.closes ? 0 : 1;
    if (!shown_) out_.break_for(name, meanings, tag_.closes, at);
    else if (tag_.closes) shown_->close(tag_, meanings, at);
    else shown_->open(tag_, meanings, at);
  }

  std::size_t size_;
  const char* data_;
  std::size_t pos_ = 0;
  int pre_depth_ = 0;
  HtmlTag tag_;
  const HtmlReading reading_;
  HtmlOutput out_;
  std::optional<HtmlShown> shown_;
};

}  // namespace

HtmlText html_to_text(std::string_view html, HtmlReading reading, Mapping mapping) {
  return TextReader(html, reading, mapping).run();
}

}  // namespace postern::pipeline
