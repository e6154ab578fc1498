// typed_html_text(): HTML of the few elements that sanitise_typed_html() leaves, as somebody would type it.
#include <algorithm>
#include <utility>
#include <vector>

#include "core/encoding.h"
#include "pipeline/mime/html.h"
#include "pipeline/mime/html_tokens.h"

namespace postern::pipeline {
namespace {

using std::string_view;

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// Text with its character references decoded.
std::string with_references(string_view raw) {
  std::string out;
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t length = raw[at] == '&' ? decode_entity(raw, at, out) : 0;
    if (length == 0) out += raw[at];
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

class TypedText {
 public:
  explicit TypedText(string_view html) : size_(html.size()), data_(html.data()) {}

  std::string run() {
    HtmlTag tag;
    for (std::size_t pos = 0; pos < size_;) {
      const std::size_t begin = pos;
      if (data_[pos] != '<') {
        pos = std::min(html().find('<', pos), size_);
        write_text(with_references(html().substr(begin, pos - begin)));
        continue;
      }
      const HtmlToken token = take_markup(html(), pos, tag);
      if (token == HtmlToken::kTag) take_tag(tag);
      if (token == HtmlToken::kText) {
        write_text("<");
        pos = begin + 1;
      }
    }
    return std::move(out_);
  }

 private:
  static constexpr std::size_t kBreaksMax = 3;    // line ends in a row
  static constexpr std::size_t kQuotesMax = 4;    // marks before a line
  static constexpr std::size_t kIndentMax = 4;    // lists in lists that show
  struct List {
    bool is_ordered = false;
    std::uint64_t next = 1;
  };

  string_view html() const { return {data_, size_}; }

  std::string attribute(const HtmlTag& tag, string_view name) const {
    std::size_t pos = tag.attributes;
    while (const auto each = next_attribute(html(), pos)) {
      if (html().substr(each->name.begin, each->name.size()) == name) return with_references(html().substr(each->value.begin, each->value.size()));
    }
    return {};
  }

  void take_tag(const HtmlTag& tag) {
    const string_view name = tag.name;
    const bool is_heading = name.size() == 2 && name[0] == 'h' && name[1] != 'r';
    if (name == "br") return add_break();
    if (name == "hr") return take_rule();
    if (name == "p" || is_heading) return block(lists_.empty() ? 2 : 1);
    if (name == "div" || name == "caption") return block(1);
    if (name == "li") return take_item(tag);
    if (name == "ul" || name == "ol") return take_list(tag);
    if (name == "blockquote") return take_quote(tag);
    if (name == "pre") return take_pre(tag);
    if (name == "a") return take_link(tag);
    if (name == "table") return block(2);
    if (name == "tr" || name == "td" || name == "th") take_cell(tag);
  }

  void take_rule() {
    block(1);
    write("---");
    block(1);
  }
  void take_item(const HtmlTag& tag) {
    block(1);
    marker_.clear();
    if (tag.closes) return;
    const bool is_ordered = !lists_.empty() && lists_.back().is_ordered;
    marker_ = is_ordered ? std::to_string(lists_.back().next++) + ". " : "- ";
  }
  void take_list(const HtmlTag& tag) {
    if (tag.closes && !lists_.empty()) lists_.pop_back();
    block(lists_.empty() ? 2 : 1);
    if (tag.closes) return;
    List list{tag.name == "ol", 1};
    if (const std::string start = attribute(tag, "start"); !start.empty() && start.size() <= 4) {
      list.next = 0;
      for (const char c : start) list.next = list.next * 10 + static_cast<std::uint64_t>(c - '0');
    }
    lists_.push_back(list);
  }
  void take_quote(const HtmlTag& tag) {
    block(2);
    if (!tag.closes) ++quotes_;
    else if (quotes_ > 0) --quotes_;
  }
  void take_pre(const HtmlTag& tag) {
    block(2);
    if (!tag.closes) ++pre_;
    else if (pre_ > 0) --pre_;
    is_behind_pre_ = !tag.closes;
  }
  void take_cell(const HtmlTag& tag) {
    if (tag.name == "tr") {
      cell_depth_ = 0;
      block(1);
      cells_ = 0;
      return;
    }
    cell_depth_ = tag.closes ? 0 : 1;
    if (tag.closes || cells_++ == 0) return;
    has_space_ = false;
    write(" | ");
  }
  void take_link(const HtmlTag& tag) {
    if (!tag.closes) {
      link_ = attribute(tag, "href");
      words_.clear();
      return;
    }
    const std::string link = std::exchange(link_, {});
    const string_view words = core::trim_ascii(words_);
    string_view bare = link;
    for (const string_view scheme : {"mailto:", "https://", "http://"}) {
      if (bare.starts_with(scheme)) bare.remove_prefix(scheme.size());
    }
    if (bare.ends_with('/')) bare.remove_suffix(1);
    string_view said = words.ends_with('/') ? words.substr(0, words.size() - 1) : words;
    if (link.empty() || words == link || said == bare || link == said) return;
    if (!words.empty()) write(" ");
    write("<" + link + ">");
  }

  // A block's edge: as many line ends as the larger of two that meet. Inside a cell it is a blank.
  void block(std::size_t breaks) {
    if (cell_depth_ > 0) {
      has_space_ = true;
      return;
    }
    has_space_ = false;
    if (!is_begun_) return;
    if (breaks_ == 0) quotes_before_ = quotes_;
    breaks_ = std::max(breaks_, breaks);
  }
  void add_break() {
    if (cell_depth_ > 0) {
      has_space_ = true;
      return;
    }
    has_space_ = false;
    if (!is_begun_) return;
    if (breaks_ == 0) quotes_before_ = quotes_;
    breaks_ = std::min(breaks_ + 1, kBreaksMax);
  }

  void write_text(const std::string& text) {
    if (pre_ > 0) return write_lines(text);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t begin = at;
      while (at < text.size() && is_white(text[at])) ++at;
      if (at > begin) has_space_ = has_space_ || (is_begun_ && breaks_ == 0);
      const std::size_t word = at;
      while (at < text.size() && !is_white(text[at])) ++at;
      if (at > word) write(string_view(text).substr(word, at - word));
    }
  }

  void write_lines(string_view text) {
    if (is_behind_pre_ && text.starts_with('\n')) text.remove_prefix(1);  // a parser drops it
    is_behind_pre_ = false;
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      std::string line(text.substr(0, end));
      std::erase(line, '\r');
      if (!line.empty()) write(line);
      if (end == string_view::npos) return;
      text.remove_prefix(end + 1);
      if (breaks_ == 0) quotes_before_ = quotes_;
      breaks_ += 1;
    }
  }

  void write(string_view words) {
    end_lines();
    if (has_space_ && !out_.empty() && out_.back() != '\n' && out_.back() != ' ') put(" ");
    has_space_ = false;
    put(words);
    is_begun_ = true;
  }
  void put(string_view words) {
    out_ += words;
    if (!link_.empty()) words_ += words;
  }

  void end_lines() {
    if (is_begun_ && breaks_ == 0) return;
    const std::size_t quotes_between = std::min({quotes_before_, quotes_, kQuotesMax});
    for (std::size_t i = 0; i < breaks_; ++i) {
      out_ += '\n';
      if (i + 1 < breaks_) {
        for (std::size_t q = 0; q < quotes_between; ++q) out_ += q + 1 < quotes_between ? "> " : ">";
      }
    }
    breaks_ = 0;
    for (std::size_t q = 0; q < std::min(quotes_, kQuotesMax); ++q) out_ += "> ";
    const std::size_t depth = std::min(lists_.size(), kIndentMax);
    if (depth > 0) out_.append((depth - 1) * 2 + (marker_.empty() ? 2 : 0), ' ');
    out_ += std::exchange(marker_, {});
  }

  const std::size_t size_;
  const char* const data_;
  std::string out_;
  std::string marker_;   // of an item whose first line has not begun
  std::string link_;     // the target of the link that is open
  std::string words_;    // of that link
  std::vector<List> lists_;
  std::size_t quotes_ = 0;
  std::size_t quotes_before_ = 0;  // where the line ends began
  std::size_t breaks_ = 0;
  std::size_t pre_ = 0;
  std::size_t cells_ = 0;
  std::size_t cell_depth_ = 0;
  bool is_begun_ = false;
  bool has_space_ = false;
  bool is_behind_pre_ = false;
};

}  // namespace

std::string typed_html_text(string_view typed_html) { return TypedText(typed_html).run(); }

}  // namespace postern::pipeline
