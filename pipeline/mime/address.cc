// Address lists: one pass over the unfolded value; what each list item holds is judged when it ends.
#include "pipeline/mime/address.h"

#include <string>

#include "core/encoding.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/header.h"
#include "pipeline/mime/unicode.h"

namespace postern::pipeline {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// A display name as it may be shown: no control or direction characters, blanks collapsed, bounded.
std::string clean_name(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (std::size_t pos = 0; pos < text.size() && out.size() < bytes_max;) {
    const char32_t c = next_code_point(text, pos);
    if (c <= 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0) || c == 0xa0) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (!is_invisible_format(c)) {
      append_utf8(out, c);
    }
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

bool has_forbidden(std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '<' || c == '>' || c == ',') return true;
  }
  return false;
}

// A blank between two words, not around a dot (RFC 5322 section 4.4 allows those).
bool has_inner_blank(std::string_view local) {
  for (std::size_t i = 1; i + 1 < local.size(); ++i) {
    if (!is_blank(local[i]) || local[i - 1] == '.' || is_blank(local[i - 1])) continue;
    const auto next = local.find_first_not_of(" \t", i);
    if (next != std::string_view::npos && local[next] != '.') return true;
  }
  return false;
}

// local "@" domain with quotes, blanks and comments as they came. Empty when it is none.
EmailAddress read_addr_spec(std::string_view text) {
  std::string plain = without_comments(text);
  std::string_view spec = core::trim_ascii(plain);
  if (spec.starts_with('@')) {  // obsolete route (RFC 5322 section 4.4)
    const auto colon = spec.find(':');
    if (colon == std::string_view::npos) return {};
    spec.remove_prefix(colon + 1);
  }
  const auto at = spec.rfind('@');
  if (at == std::string_view::npos) return {};
  auto local = core::trim_ascii(spec.substr(0, at));
  EmailAddress address;
  for (char c : spec.substr(at + 1)) {
    if (!is_blank(c)) address.domain += c;
  }
  while (address.domain.ends_with('.')) address.domain.pop_back();
  const bool quoted = local.size() >= 2 && local.front() == '"' && local.back() == '"';
  if (!quoted && has_inner_blank(local)) return {};
  if (quoted) local = local.substr(1, local.size() - 2);
  for (std::size_t i = 0; i < local.size(); ++i) {
    if (quoted && local[i] == '\\' && i + 1 < local.size()) ++i;
    const auto byte = static_cast<unsigned char>(local[i]);
    if (byte < 0x20 || byte == 0x7f) continue;
    if (quoted || !is_blank(local[i])) address.local += local[i];
  }
  if (address.local.empty() || address.domain.empty() || has_forbidden(address.domain)) return {};
  if (!quoted && (has_forbidden(address.local) || address.local.find(':') != std::string::npos)) return {};
  address.local = to_utf8(address.local, "").utf8;
  address.domain = to_utf8(address.domain, "").utf8;
  // The guess of a charset may make control characters of bytes that were none.
  std::erase_if(address.local, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (address.local.empty() || address.domain.empty() || has_forbidden(address.domain)) return {};
  return address;
}

// One item between commas, as it is being read.
struct Item {
  std::string phrase;   // outside <>, quotes removed, encoded words still encoded
  std::string bare;     // the same with quotes kept: an address without <>
  std::string angle;
  std::string comment;
  bool has_angle = false;
  bool has_at = false;  // in `bare`
};

class ListParser {
 public:
  ListParser(std::string_view raw, const MimeLimits& limits) : limits_(limits), text_(unfold(raw)) {}

  std::vector<NamedAddress> run() {
    while (pos_ < text_.size() && found_.size() < limits_.addresses_max) step();
    finish_item();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = text_[pos_];
    if (c == '"' && take_quoted()) return;
    if (c == '(' && take_comment()) return;
    if (c == '<') return take_angle();
    if (c == '[' && item_.bare.ends_with('@')) return take_literal();
    ++pos_;
    if (c == '>') return;  // left over from "<<a@b>>"
    if (c == ',' || c == ';') return finish_item();
    if (c == ':' && !item_.has_angle && !item_.has_at) {
      item_ = {};  // the name of a group
      return;
    }
    item_.phrase += c;
    item_.bare += c;
    item_.has_at = item_.has_at || c == '@';
  }

  // An opening quote that is never closed is an ordinary character, and so are all behind it.
  bool take_quoted() {
    if (no_more_quotes_) return false;
    std::string inside;
    std::size_t at = pos_ + 1;
    for (; at < text_.size() && text_[at] != '"'; ++at) {
      if (text_[at] == '\\' && at + 1 < text_.size()) ++at;
      inside += text_[at];
    }
    if (at >= text_.size()) {
      no_more_quotes_ = true;
      return false;
    }
    if (!item_.phrase.empty() && !is_blank(item_.phrase.back())) item_.phrase += ' ';
    item_.phrase += inside;
    item_.bare.append(text_, pos_, at + 1 - pos_);
    item_.has_at = item_.has_at || inside.find('@') != std::string::npos;
    pos_ = at + 1;
    return true;
  }

  bool take_comment() {
    if (no_more_comments_) return false;
    std::size_t depth = 1;
    std::size_t at = pos_ + 1;
    std::string inside;
    for (; at < text_.size(); ++at) {
      const char c = text_[at];
      if (c == '\\' && at + 1 < text_.size()) {
        inside += text_[++at];
        continue;
      }
      if (c == '(') ++depth;
      if (c == ')' && --depth == 0) break;
      inside += c;
    }
    if (depth > 0) {
      no_more_comments_ = true;
      return false;
    }
    if (item_.comment.empty()) item_.comment = std::move(inside);
    item_.phrase += ' ';
    pos_ = at + 1;
    return true;
  }

  // Up to '>'; a second '<' begins anew; without '>' a comma ends it, unless a route is being read.
  void take_angle() {
    std::string inside;
    bool quoted = false;
    for (++pos_; pos_ < text_.size(); ++pos_) {
      const char c = text_[pos_];
      if (c == '\\' && quoted && pos_ + 1 < text_.size()) {
        inside += c;
        inside += text_[++pos_];
        continue;
      }
      if (c == '"') quoted = !quoted;
      if (!quoted && c == '<') {
        inside.clear();
        continue;
      }
      if (!quoted && c == '>') {
        ++pos_;
        break;
      }
      if (!quoted && c == ',' && !inside.starts_with('@')) break;
      inside += c;
    }
    if (!item_.has_angle) item_.angle = std::move(inside);
    item_.has_angle = true;
  }

  void take_literal() {
    const auto close = text_.find(']', pos_);
    const auto end = close == std::string::npos ? text_.size() : close + 1;
    item_.bare.append(text_, pos_, end - pos_);
    pos_ = end;
  }

  void finish_item() {
    const Item item = std::move(item_);
    item_ = {};
    NamedAddress found;
    if (item.has_angle) {
      found.address = read_addr_spec(item.angle);
      if (found.address.empty()) found.address = split_words(item.angle).address;
      found.name = clean_name(decode_words(item.phrase), limits_.display_name_bytes_max);
    } else {
      found.address = read_addr_spec(item.bare);
      if (found.address.empty()) found = split_words(item.bare);
    }
    if (found.address.empty()) return;
    if (found.name.empty()) found.name = clean_name(decode_words(item.comment), limits_.display_name_bytes_max);
    if (found.name.size() > 2 && found.name.front() == '\'' && found.name.back() == '\'') {
      found.name = found.name.substr(1, found.name.size() - 2);
    }
    found_.push_back(std::move(found));
  }

  // "Name user@host" without brackets: the last word that is an address.
  NamedAddress split_words(std::string_view bare) const {
    auto text = core::trim_ascii(bare);
    const auto at = text.find_last_of(" \t");
    if (at == std::string_view::npos) return {};
    auto address = read_addr_spec(text.substr(at + 1));
    if (address.empty()) return {};
    return {clean_name(decode_words(text.substr(0, at)), limits_.display_name_bytes_max), std::move(address)};
  }

  const MimeLimits& limits_;
  std::string text_;
  std::size_t pos_ = 0;
  Item item_;
  bool no_more_quotes_ = false;
  bool no_more_comments_ = false;
  std::vector<NamedAddress> found_;
};

}  // namespace

std::vector<NamedAddress> parse_address_list(std::string_view raw, const MimeLimits& limits) {
  return ListParser(raw, limits).run();
}

}  // namespace postern::pipeline
