// The sanitiser works on tokens, without a tree: only tags and attributes that the rules allow are written again, all
// text and values escaped. Nothing that is written can switch a reader's tokenizer (no raw text, no foreign content, no
// comment), so every HTML parser cuts the result into exactly these tokens, whatever tree it makes of them: mutation
// attacks have nothing to work with. Tests let another parser judge the result.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/encoding.h"
#include "pipeline/mime/html.h"
#include "pipeline/mime/html_rules.h"
#include "pipeline/mime/html_style.h"
#include "pipeline/mime/html_tokens.h"

namespace postern::pipeline {
namespace {

using std::string_view;

template <std::size_t N>
bool is_one_of(string_view name, const string_view (&list)[N]) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

// Start tags that end an open paragraph (HTML 5 section 13.2.6.4.7).
constexpr string_view kParagraphEnders[]{
    "address", "article", "aside",  "blockquote", "center", "details", "dir", "div", "dl",  "figcaption", "figure", "footer",
    "header",  "hr",      "main",   "ol",         "p",      "pre",     "section", "summary", "table", "ul", "h1",   "h2",
    "h3",      "h4",      "h5",     "h6",         "li",     "dd",      "dt",  "nav", "form", "fieldset", "hgroup"};
// What an end tag or an implied one does not reach across.
constexpr string_view kCells[]{"td", "th", "caption", "table"};
constexpr string_view kListEnds[]{"ul", "ol", "dir", "dl", "blockquote"};
constexpr string_view kSections[]{"tbody", "thead", "tfoot"};
constexpr string_view kTableParts[]{"table", "tbody", "thead", "tfoot", "tr", "td", "th"};
constexpr string_view kForeign[]{"svg", "math"};
// HTML elements that end foreign content when they begin in it (section 13.2.6.5).
constexpr string_view kBreakouts[]{
    "b",   "big", "blockquote", "body",   "br",     "center", "code", "dd",   "div", "dl",   "dt",   "em",    "embed", "h1",  "h2",
    "h3",  "h4",  "h5",         "h6",     "head",   "hr",     "i",    "img",  "li",  "listing", "menu", "meta", "nobr", "ol", "p",
    "pre", "ruby", "s",         "small",  "span",   "strong", "strike", "sub", "sup", "table", "tt",  "u",     "ul"};

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// An attribute's value: references decoded, but for those without a semicolon that a '=' or letter follows (query
// strings; section 13.2.5.73).
std::string attribute_text(string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size();) {
    if (raw[at] != '&') {
      const std::size_t next = std::min(raw.find('&', at), raw.size());
      out.append(raw.substr(at, next - at));
      at = next;
      continue;
    }
    std::string decoded;
    const std::size_t length = decode_entity(raw, at, decoded);
    const std::size_t behind = at + length;
    const bool is_parameter =
        length > 0 && raw[behind - 1] != ';' && behind < raw.size() && (raw[behind] == '=' || is_alnum(raw[behind]));
    if (length == 0 || is_parameter) {
      out += '&';
      ++at;
    } else {
      out += decoded;
      at = behind;
    }
  }
  return out;
}

enum class Written { kMail, kTyped };  // by whom: which rules apply

class Sanitiser {
 public:
  Sanitiser(string_view html, const MimeLimits& limits, Written written) : size_(html.size()), data_(html.data()), limits_(limits), written_(written) {
    out_.reserve(html.size());
  }

  // nullopt when elements nest deeper than the limit.
  std::optional<std::string> run() {
    std::size_t pos = 0;
    while (pos < size_) {
      if (data_[pos] != '<') {
        pos = take_text(pos);
        continue;
      }
      const std::size_t begin = pos;
      const HtmlToken token = take_markup(html(), pos, tag_);
      if (token != HtmlToken::kText && pre_ == PreStart::kMayDrop) pre_ = PreStart::kMustKeep;
      if (token == HtmlToken::kText) {
        if (dropping_.empty()) write_text("<");
        pos = begin + 1;
      } else if (token == HtmlToken::kTag) {
        pos = take_tag(pos);
      }
      if (open_.size() > limits_.html_open_tags_depth_max) return std::nullopt;
    }
    close_to(0);
    return std::move(out_);
  }

 private:
  string_view html() const { return {data_, size_}; }

  std::size_t take_text(std::size_t pos) {
    const std::size_t end = std::min(html().find('<', pos), size_);
    if (!dropping_.empty()) return end;
    while (pos < end) {
      const std::size_t next = pos + std::min(html().substr(pos, end - pos).find('&'), end - pos);
      write_text(html().substr(pos, next - pos));
      pos = next;
      if (pos == end) break;
      std::string decoded;
      const std::size_t length = decode_entity(html(), pos, decoded);
      write_text(length == 0 ? string_view("&") : string_view(decoded));
      pos += std::max<std::size_t>(length, 1);
    }
    return end;
  }

  // A parser drops the line end right behind <pre>; one that must stay gets another before it.
  enum class PreStart { kElsewhere, kMayDrop, kMustKeep };
  void write_text(string_view text) {
    if (text.empty()) return;
    const auto begins_line = [&text] { return text.front() == '\n' || text.front() == '\r'; };
    if (pre_ == PreStart::kMayDrop && begins_line()) {
      text.remove_prefix(text.starts_with("\r\n") ? 2 : 1);
      pre_ = PreStart::kMustKeep;
      if (text.empty()) return;
    } else if (pre_ == PreStart::kMayDrop) {
      pre_ = PreStart::kElsewhere;
    }
    if (pre_ == PreStart::kMustKeep && begins_line()) out_ += '\n';
    pre_ = PreStart::kElsewhere;
    escape_to(text);
  }

  void escape_to(string_view text) {
    const bool is_plain = std::none_of(text.begin(), text.end(), [](char c) { return c == '&' || c == '<' || c == '>' || c == '"' || c == '\0'; });
    if (is_plain) {
      out_ += text;
    } else {
      out_ += escape_html(text);
    }
  }

  // Returns where to go on: raw text is passed over with its end tag.
  std::size_t take_tag(std::size_t behind) {
    const std::string& name = tag_.name;
    if (is_raw_text_element(name)) return tag_.closes ? behind : skip_raw_text(html(), behind, name);
    if (name == "plaintext") return size_;
    if (!dropping_.empty()) {
      const bool leaves = is_one_of(dropping_, kForeign) && !tag_.closes && is_one_of(name, kBreakouts);
      if (!leaves) {
        if (name == dropping_ && !tag_.closes_itself) drop_depth_ += tag_.closes ? -1 : 1;
        if (drop_depth_ == 0) dropping_.clear();
        return behind;
      }
      dropping_.clear();
    }
    if (written_ == Written::kTyped) tag_.name = std::string(typed_name(name));  // `name` is it
    switch (written_ == Written::kTyped ? typed_element_rule(name) : element_rule(name)) {
      case ElementRule::kUnwrap: break;
      case ElementRule::kDrop:
        if (!tag_.closes && drops_content(name) && !(tag_.closes_itself && is_one_of(name, kForeign))) {
          dropping_ = name;
          drop_depth_ = 1;
        }
        break;
      case ElementRule::kKeep:
        if (tag_.closes) {
          end_element(name);
        } else {
          begin_element(name);
        }
        break;
    }
    return behind;
  }

  // What is dropped with all it holds; the others have no content of their own, or hold what is judged by itself.
  static bool drops_content(string_view name) {
    static constexpr string_view kWhole[]{"applet", "audio", "button", "canvas", "datalist", "map",
                                                        "math",   "object", "select", "svg",   "template", "video"};
    return is_one_of(name, kWhole);
  }

  void begin_element(const std::string& name) {
    close_implied(name);
    out_ += '<';
    out_ += name;
    write_attributes(name);
    out_ += '>';
    if (!is_void_element(name)) open_.push_back(name);
    pre_ = name == "pre" ? PreStart::kMayDrop : PreStart::kElsewhere;
  }

  void end_element(const std::string& name) {
    if (name == "br") {
      out_ += "<br>";
      pre_ = PreStart::kElsewhere;
      return;
    }
    const bool is_table_part = is_one_of(name, kTableParts);
    for (std::size_t at = open_.size(); at-- > 0;) {
      if (open_[at] == name) return close_to(at);
      if (is_table_part ? open_[at] == "table" : is_one_of(open_[at], kCells)) return;
    }
  }

  // What a browser closes by itself when `name` begins.
  void close_implied(const std::string& name) {
    if (name == "tr") return clear_to(kSections);
    if (name == "td" || name == "th") {
      constexpr string_view kRows[]{"tr", "tbody", "thead", "tfoot"};
      return clear_to(kRows);
    }
    if (is_one_of(name, kSections)) {
      constexpr string_view kTable[]{"table"};
      return clear_to(kTable);
    }
    if (is_one_of(name, kParagraphEnders)) close_nearest("p", "p", kCells);
    if (name == "li") close_nearest("li", "li", kListEnds);
    if (name == "dd" || name == "dt") close_nearest("dd", "dt", kListEnds);
    if (name == "a") close_nearest("a", "a", kCells);
    const bool is_heading = name.size() == 2 && name[0] == 'h' && name[1] != 'r';
    if (is_heading && !open_.empty() && open_.back().size() == 2 && open_.back()[0] == 'h') close_to(open_.size() - 1);
  }

  template <std::size_t N>
  void close_nearest(string_view one, string_view other, const string_view (&stops)[N]) {
    for (std::size_t at = open_.size(); at-- > 0;) {
      if (open_[at] == one || open_[at] == other) return close_to(at);
      if (is_one_of(open_[at], stops) || is_one_of(open_[at], kCells)) return;
    }
  }

  // Closes what is open above the nearest of `contexts` or the table itself; nothing outside a table.
  template <std::size_t N>
  void clear_to(const string_view (&contexts)[N]) {
    for (std::size_t at = open_.size(); at-- > 0;) {
      if (is_one_of(open_[at], contexts) || open_[at] == "table") return close_to(at + 1);
    }
  }

  void close_to(std::size_t size) {
    while (open_.size() > size) {
      out_ += "</";
      out_ += open_.back();
      out_ += '>';
      open_.pop_back();
      pre_ = PreStart::kElsewhere;
    }
  }

  bool write_attribute(const std::string& name, const std::string& key, const std::string& value) {
    if (written_ == Written::kTyped) {
      if (key == "href" && name == "a") return write(key, safe_typed_link(value));
      if (is_typed_attribute(name, key, value)) write_plain(key, value);
      return false;
    }
    if (key == "href" && name == "a") return write(key, safe_link(value));
    if (key == "src" && name == "img") write_image(value);
    else if (key == "data-remote-src" && name == "img") write(key, remote_image(value));
    else if (key == "style") write(key, filter_style(value));
    else if (is_plain_attribute(key)) write_plain(key, value);
    return false;
  }

  void write_attributes(const std::string& name) {
    bool is_link = false;
    std::vector<std::string> seen;
    std::size_t pos = tag_.attributes;
    while (const auto attribute = next_attribute(html(), pos)) {
      if (seen.size() == limits_.html_attributes_max) break;
      const std::string key = core::to_lower_ascii(html().substr(attribute->name.begin, attribute->name.size()));
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;  // the first one counts
      seen.push_back(key);
      const string_view raw = html().substr(attribute->value.begin, attribute->value.size());
      is_link = write_attribute(name, key, attribute_text(raw)) || is_link;
    }
    if (is_link) out_ += " target=\"_blank\" rel=\"noopener noreferrer nofollow\"";
  }

  void write_image(const std::string& value) {
    if (!write("src", safe_cid(value))) write("data-remote-src", remote_image(value));
  }

  bool write(string_view key, const std::string& value) {
    if (value.empty()) return false;
    write_plain(key, value);
    return true;
  }

  void write_plain(string_view key, string_view value) {
    out_ += ' ';
    out_ += key;
    out_ += "=\"";
    escape_to(value);
    out_ += '"';
  }

  const std::size_t size_;
  const char* const data_;
  const MimeLimits& limits_;
  const Written written_;
  HtmlTag tag_;
  std::vector<std::string> open_;
  std::string dropping_;  // the element whose content is being passed over
  int drop_depth_ = 0;
  PreStart pre_ = PreStart::kElsewhere;
  std::string out_;
};

// Without line ends at the edges, which a parser drops from a <pre>, and bounded like all HTML.
std::string as_text(string_view html, const MimeLimits& limits) {
  auto text = html_to_text(html).text;
  std::erase(text, '\r');
  const auto first = text.find_first_not_of(" \n");
  if (first == std::string::npos) return {};
  text = text.substr(first, text.find_last_not_of(" \n") + 1 - first);
  if (text.size() > limits.html_bytes_max) {
    std::size_t end = limits.html_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
    text.resize(end);
  }
  return "<pre>" + escape_html(text) + "</pre>";
}

std::string sanitise(string_view html, const MimeLimits& limits, Written written) {
  if (html.size() > limits.html_bytes_max) return as_text(html, limits);
  auto safe = Sanitiser(html, limits, written).run();
  return safe && safe->size() <= limits.html_bytes_max * 2 ? std::move(*safe) : as_text(html, limits);
}

}  // namespace

std::string sanitise_html(string_view html, const MimeLimits& limits) { return sanitise(html, limits, Written::kMail); }
std::string sanitise_typed_html(string_view html, const MimeLimits& limits) { return sanitise(html, limits, Written::kTyped); }

}  // namespace postern::pipeline
