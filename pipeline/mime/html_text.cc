// The text of HTML, from its tokens. No tree is built, so there is nothing to guard against.
#include <algorithm>
#include <array>

#include "core/encoding.h"
#include "pipeline/mime/html.h"
#include "pipeline/mime/html_hiding.h"
#include "pipeline/mime/html_rules.h"
#include "pipeline/mime/html_tokens.h"

namespace postern::pipeline {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

constexpr std::array<std::string_view, 38> kBlocks{
    "address", "article", "aside",  "blockquote", "body", "br", "center", "dd", "details", "dir", "div", "dl",    "dt",
    "fieldset", "figure", "footer", "form",       "h1",   "h2", "h3",     "h4", "h5",      "h6",  "hr",  "header", "html",
    "li",      "main",    "nav",    "ol",         "option", "p", "pre",   "section", "table", "tr", "ul", "caption"};
constexpr std::array<std::string_view, 2> kCells{"td", "th"};
// Their content is no visible text, and has no tags inside.
constexpr std::array<std::string_view, 6> kInvisible{"script", "style", "title", "iframe", "noembed", "noframes"};

class TextReader {
 public:
  TextReader(std::string_view html, HtmlReading reading, Mapping mapping)
      : size_(html.size()), data_(html.data()), reading_(reading) {
    if (mapping == Mapping::kSkip) out_.map.ignore_appends();
    if (reading == HtmlReading::kVisible) style_.read_sheets(html);
    out_.text.reserve(html.size() / 2);
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
    return std::move(out_);
  }

 private:
  std::string_view html() const { return {data_, size_}; }

  // A pending blank is written before the next visible character, so that none stands at the ends of lines.
  void write_pending() {
    if (has_pending_ && !out_.text.empty() && out_.text.back() != '\n') {
      out_.text += ' ';
      out_.map.append(pending_.begin, pending_.size(), 1);
    }
    has_pending_ = false;
  }

  void take_space() {
    const std::size_t begin = pos_;
    while (pos_ < size_ && is_space(data_[pos_])) ++pos_;
    if (hidden_depth_ > 0) return;
    if (!has_pending_) pending_ = {begin, pos_};
    has_pending_ = true;
  }

  void take_run() {
    const std::size_t begin = pos_++;
    while (pos_ < size_ && data_[pos_] != '<' && data_[pos_] != '&' && (pre_depth_ > 0 || !is_space(data_[pos_])) && data_[pos_] != ']')
      ++pos_;
    if (hidden_depth_ > 0) return;
    write_pending();
    out_.text.append(data_ + begin, pos_ - begin);
    out_.map.append_identity(begin, pos_ - begin);
  }

  bool take_entity() {
    std::string decoded;
    const std::size_t length = decode_entity(html(), pos_, decoded);
    if (length == 0) return false;
    if (hidden_depth_ > 0) {
      pos_ += length;
      return true;
    }
    write_pending();
    out_.map.append(pos_, length, decoded.size());
    out_.text += decoded;
    pos_ += length;
    return true;
  }

  void break_line(std::size_t at) {
    has_pending_ = false;
    if (out_.text.empty() || out_.text.ends_with("\n\n")) return;
    out_.text += '\n';
    out_.map.append(at, 0, 1);
  }

  // data_[pos_] == '<'. False when it is text.
  bool take_tag_or_comment() {
    const std::size_t begin = pos_;
    if (reading_ == HtmlReading::kEverything && take_section()) return true;
    const HtmlToken token = take_markup(html(), pos_, tag_);
    if (token != HtmlToken::kTag) return token != HtmlToken::kText;
    if (reading_ == HtmlReading::kVisible) {
      const bool was_hidden = hidden_depth_ > 0;
      judge_style(begin);
      if (was_hidden || hidden_depth_ > 0) return true;
    }
    take_tag(tag_.name, tag_.closes, begin);
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

  // Counts the open elements of the name that hides, and of the one that turns text round.
  void judge_style(std::size_t at) {
    if (hidden_depth_ > 0) {
      if (tag_.name == hidden_name_ && !tag_.closes_itself) hidden_depth_ += tag_.closes ? -1 : 1;
      return;
    }
    if (tag_.closes) {
      if (turned_depth_ > 0 && tag_.name == turned_name_ && --turned_depth_ == 0) put_mark("\u202C", at);
      return;
    }
    if (is_void_element(tag_.name)) return;
    const HtmlStyleEffect effect = style_.effect_of(html(), tag_);
    if (effect.hides) {
      hidden_name_ = tag_.name;
      hidden_depth_ = 1;
    } else if (turned_depth_ > 0) {
      turned_depth_ += tag_.name == turned_name_ ? 1 : 0;
    } else if (effect.turns) {
      turned_name_ = tag_.name;
      turned_depth_ = 1;
      put_mark("\u202E", at);
    }
  }

  void put_mark(std::string_view mark, std::size_t at) {
    write_pending();
    out_.text += mark;
    out_.map.append(at, 0, mark.size());
  }

  void take_tag(const std::string& name, bool closes, std::size_t at) {
    if (is_one_of(name, kInvisible) && reading_ != HtmlReading::kEverything) {
      if (!closes) pos_ = skip_raw_text(html(), pos_, name);
      return;
    }
    if (name == "pre" || name == "textarea") pre_depth_ = closes ? 0 : 1;
    if (name == "br") {
      has_pending_ = false;
      out_.text += '\n';
      out_.map.append(at, 0, 1);
    } else if (is_one_of(name, kBlocks)) {
      if (!out_.text.ends_with('\n')) break_line(at);
      const bool is_paragraph = name == "p" || name == "blockquote" || name.size() == 2;
      if (closes && is_paragraph && name != "li" && name != "tr" && name != "dd" && name != "dt") break_line(at);
    } else if (is_one_of(name, kCells) && closes) {
      if (!has_pending_) pending_ = {at, at};
      has_pending_ = true;
    }
  }

  std::size_t size_;
  const char* data_;
  std::size_t pos_ = 0;
  ByteRange pending_;
  bool has_pending_ = false;
  int pre_depth_ = 0;
  HtmlTag tag_;
  const HtmlReading reading_;
  HtmlHiding style_;
  std::string hidden_name_;
  std::string turned_name_;
  int hidden_depth_ = 0;
  int turned_depth_ = 0;
  HtmlText out_;
};

}  // namespace

HtmlText html_to_text(std::string_view html, HtmlReading reading, Mapping mapping) {
  return TextReader(html, reading, mapping).run();
}

}  // namespace postern::pipeline
