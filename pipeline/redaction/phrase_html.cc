// PhraseHider on the HTML of a comment: what was marked in it, and hiding in its text and attribute values.
#include <algorithm>

#include "core/encoding.h"
#include "pipeline/mime/html.h"
#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/message_edit.h"
#include "pipeline/redaction/notice.h"
#include "pipeline/redaction/phrase_detector.h"
#include "pipeline/redaction/phrase_hider.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

struct Attribute {
  std::string name;  // lower case
  ByteRange value;   // without quotes; empty: none
};
struct Tag {
  std::string name;  // lower case; "/redact" when it closes
  ByteRange whole;
  std::vector<Attribute> attributes;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }
bool is_between(char c) { return is_blank(c) || c == '/'; }  // of attributes

ByteRange read_value(std::string_view html, std::size_t& at) {
  if (at < html.size() && (html[at] == '"' || html[at] == '\'')) {
    const std::size_t begin = at + 1;
    const std::size_t end = std::min(html.find(html[at], begin), html.size());
    at = std::min(end + 1, html.size());
    return {begin, end};
  }
  const std::size_t begin = at;
  while (at < html.size() && !is_blank(html[at]) && html[at] != '>') ++at;
  return {begin, at};
}

void read_attributes(std::string_view html, std::size_t& at, Tag& tag) {
  while (at < html.size() && html[at] != '>') {
    if (is_between(html[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < html.size() && !is_between(html[at]) && html[at] != '>' && html[at] != '=') ++at;
    Attribute attribute{core::to_lower_ascii(html.substr(begin, at - begin)), {at, at}};
    if (at < html.size() && html[at] == '=') {
      ++at;
      attribute.value = read_value(html, at);
    }
    tag.attributes.push_back(std::move(attribute));
  }
}

// Tags in order, for HTML that a sanitiser wrote or a client copied from it. A '<' that begins no tag is text.
std::vector<Tag> read_tags(std::string_view html) {
  std::vector<Tag> out;
  for (std::size_t open = html.find('<'); open != std::string_view::npos; open = html.find('<', open + 1)) {
    std::size_t at = open + 1;
    if (at < html.size() && html[at] == '/') ++at;
    const std::size_t name = at;
    while (at < html.size() && ((html[at] | 0x20) >= 'a') && ((html[at] | 0x20) <= 'z')) ++at;
    if (at == name) continue;
    while (at < html.size() && html[at] >= '0' && html[at] <= '9') ++at;
    Tag tag;
    tag.name = core::to_lower_ascii(html.substr(open + 1, at - open - 1));
    read_attributes(html, at, tag);
    if (at >= html.size()) break;
    tag.whole = {open, at + 1};
    open = at;
    out.push_back(std::move(tag));
  }
  return out;
}

// An attribute's value, with its character references decoded.
struct Value {
  std::string text;
  SourceMap map;
};
Value read_references(std::string_view html, ByteRange range) {
  Value out;
  for (std::size_t at = range.begin; at < range.end;) {
    std::string character;
    std::size_t length = html[at] == '&' ? decode_entity(html.substr(0, range.end), at, character) : 0;
    if (length == 0 || character.empty()) {
      length = 1;
      character.assign(1, html[at]);
      out.map.append_identity(at, 1);
    } else {
      out.map.append(at, length, character.size());
    }
    out.text += character;
    at += length;
  }
  return out;
}

void add_edits(const std::vector<Finding>& findings, const SourceMap& map, std::vector<ByteRange>& hidden) {
  for (const Finding& finding : findings) {
    for (ByteRange character : finding.hidden) {
      const auto pieces = map.pieces(character);
      hidden.insert(hidden.end(), pieces.begin(), pieces.end());
    }
  }
}

// Source ranges of the characters of phrases, in text across tags and in attribute values.
std::vector<ByteRange> find_in_html(const PhraseDetector& detector, std::string_view html, std::uint32_t& count) {
  std::vector<ByteRange> hidden;
  HtmlText rendered = html_to_text(html);
  const WipedAtExit wiped(rendered.text);
  const auto shown = detector.find(rendered.text, TextKind::kBody);
  count += static_cast<std::uint32_t>(shown.size());
  add_edits(shown, rendered.map, hidden);
  for (const Tag& tag : read_tags(html)) {
    for (const Attribute& attribute : tag.attributes) {
      Value value = read_references(html, attribute.value);
      const WipedAtExit wiped_value(value.text);
      const auto found = detector.find(value.text, TextKind::kBody);
      count += static_cast<std::uint32_t>(found.size());
      add_edits(found, value.map, hidden);
    }
  }
  return merge_overlapping(std::move(hidden));
}

// What the attribute `redact` on a tag asks for: the link's target, the picture.
void read_marked_tag(std::string_view html, const Tag& tag, MarkedHtml& out) {
  const auto is_mark = [](const Attribute& one) { return one.name == "redact"; };
  if (std::none_of(tag.attributes.begin(), tag.attributes.end(), is_mark)) return;
  for (const Attribute& attribute : tag.attributes) {
    const bool is_target = attribute.name == "href" || attribute.name == "src" || attribute.name == "data-remote-src";
    if (!is_target || attribute.value.empty()) continue;
    const std::string target = read_references(html, attribute.value).text;
    if (core::to_lower_ascii(target.substr(0, 4)) == "cid:") {
      out.content_ids.push_back(target.substr(4));
    } else {
      out.phrases.push_back(target);
    }
  }
}

}  // namespace

MarkedHtml PhraseHider::read_marks(std::string_view html, std::size_t phrases_max) const {
  MarkedHtml out;
  std::size_t depth = 0;
  std::size_t begin = 0;
  for (const Tag& tag : read_tags(html)) {
    read_marked_tag(html, tag, out);
    if (tag.name == "redact" && depth++ == 0) begin = tag.whole.end;
    if (tag.name != "/redact" || depth == 0 || --depth > 0) continue;
    const std::string text = html_to_text(html.substr(begin, tag.whole.begin - begin)).text;
    if (!core::trim_ascii(text).empty()) out.phrases.emplace_back(core::trim_ascii(text));
  }
  out.is_whole = depth == 0 && out.phrases.size() <= phrases_max && out.content_ids.size() <= phrases_max;
  return out;
}

std::string PhraseHider::text_of_typed(std::string_view html) const { return typed_html_text(html); }

Rewritten PhraseHider::hide_in_html(std::string_view html, const std::vector<std::string>& phrases) const {
  Rewritten out;
  out.bytes = std::string(html);
  const PhraseDetector detector(phrases);
  for (std::uint32_t pass = 0; pass <= limits_.passes_max; ++pass) {
    std::uint32_t found = 0;
    const std::vector<ByteRange> hidden = find_in_html(detector, out.bytes, found);
    if (found == 0) return out;
    out.count += found;
    std::vector<Edit> edits;
    for (ByteRange range : hidden) edits.push_back({range, std::string(kBlockMask)});
    // A link that lost characters of its target is none any more: the sanitiser takes it out.
    out.bytes = sanitise_html(core::view(apply_edits(out.bytes, std::move(edits))), mime_limits_);
  }
  out.bytes = "<p>" + escape_html(kReplacedNotice) + "</p>";
  out.was_replaced = true;
  return out;
}

}  // namespace postern::pipeline
