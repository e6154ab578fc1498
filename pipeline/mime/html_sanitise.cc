// The sanitiser: gumbo builds the tree that a browser would, and only what the rules allow is written again. gumbo stays
// inside this file.
#include <gumbo.h>

#include <memory>
#include <string>
#include <vector>

#include "core/encoding.h"
#include "pipeline/mime/html.h"
#include "pipeline/mime/html_guard.h"
#include "pipeline/mime/html_rules.h"
#include "pipeline/mime/html_style.h"

namespace postern::pipeline {
namespace {

struct FreeTree {
  void operator()(GumboOutput* output) const { gumbo_destroy_output(&kGumboDefaultOptions, output); }
};
using Tree = std::unique_ptr<GumboOutput, FreeTree>;

constexpr int kPassesMax = 4;  // HTML that is not stable by then is a parser's riddle, not a letter

Tree parse(std::string_view html) {
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  return Tree(gumbo_parse_with_options(&options, html.data(), html.size()));
}

class Writer {
 public:
  explicit Writer(const MimeLimits& limits) : limits_(limits) {}

  std::string run(const GumboNode* root) {
    push_children(root);
    while (!stack_.empty()) {
      Entry entry = std::move(stack_.back());
      stack_.pop_back();
      if (entry.node == nullptr) out_ += entry.end_tag;
      else visit(entry.node);
    }
    return std::move(out_);
  }

 private:
  struct Entry {
    const GumboNode* node = nullptr;  // or, when null:
    std::string end_tag;
  };

  static const GumboVector* children_of(const GumboNode* node) {
    if (node->type == GUMBO_NODE_DOCUMENT) return &node->v.document.children;
    if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE) return &node->v.element.children;
    return nullptr;
  }

  void push_children(const GumboNode* node) {
    const auto* children = children_of(node);
    if (children == nullptr) return;
    for (unsigned i = children->length; i-- > 0;) stack_.push_back({static_cast<const GumboNode*>(children->data[i]), {}});
  }

  void visit(const GumboNode* node) {
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE) {
      out_ += escape_html(node->v.text.text);
      return;
    }
    if (node->type != GUMBO_NODE_ELEMENT) return;
    const auto& element = node->v.element;
    // Foreign elements (SVG, MathML) parse by other rules, whatever their names are.
    if (element.tag_namespace != GUMBO_NAMESPACE_HTML || element.tag == GUMBO_TAG_UNKNOWN) {
      if (element.tag_namespace == GUMBO_NAMESPACE_HTML) push_children(node);
      return;
    }
    const std::string name = gumbo_normalized_tagname(element.tag);
    switch (element_rule(name)) {
      case ElementRule::kDrop: return;
      case ElementRule::kUnwrap: return push_children(node);
      case ElementRule::kKeep: break;
    }
    out_ += '<' + name;
    write_attributes(element, name);
    out_ += '>';
    if (is_void_element(name)) return;
    if (name == "pre" && begins_with_line_end(element)) out_ += '\n';  // a parser drops the first one
    stack_.push_back({nullptr, "</" + name + '>'});
    push_children(node);
  }

  static bool begins_with_line_end(const GumboElement& element) {
    if (element.children.length == 0) return false;
    const auto* first = static_cast<const GumboNode*>(element.children.data[0]);
    const bool is_text = first->type == GUMBO_NODE_TEXT || first->type == GUMBO_NODE_WHITESPACE;
    return is_text && first->v.text.text[0] == '\n';
  }

  void write_attributes(const GumboElement& element, const std::string& name) {
    bool is_link = false;
    for (unsigned i = 0; i < element.attributes.length && i < limits_.html_attributes_max; ++i) {
      const auto* attribute = static_cast<const GumboAttribute*>(element.attributes.data[i]);
      if (attribute->attr_namespace != GUMBO_ATTR_NAMESPACE_NONE) continue;
      const auto key = core::to_lower_ascii(attribute->name);
      const std::string_view value = attribute->value;
      if (key == "href" && name == "a") is_link = write(key, safe_link(value)) || is_link;
      else if (key == "src" && name == "img") write_image(value);
      else if (key == "data-remote-src" && name == "img") write(key, remote_image(value));
      else if (key == "style") write(key, filter_style(value));
      else if (is_plain_attribute(key)) write_plain(key, value);
    }
    if (is_link) out_ += " target=\"_blank\" rel=\"noopener noreferrer nofollow\"";
  }

  void write_image(std::string_view value) {
    if (!write("src", safe_cid(value))) write("data-remote-src", remote_image(value));
  }

  bool write(std::string_view key, const std::string& value) {
    if (value.empty()) return false;
    write_plain(key, value);
    return true;
  }

  void write_plain(std::string_view key, std::string_view value) {
    out_ += ' ';
    out_ += key;
    out_ += "=\"" + escape_html(value) + '"';
  }

  const MimeLimits& limits_;
  std::vector<Entry> stack_;
  std::string out_;
};

const GumboNode* body_of(const GumboOutput& tree) {
  const auto& children = tree.root->v.element.children;
  for (unsigned i = 0; i < children.length; ++i) {
    const auto* child = static_cast<const GumboNode*>(children.data[i]);
    if (child->type == GUMBO_NODE_ELEMENT && child->v.element.tag == GUMBO_TAG_BODY) return child;
  }
  return nullptr;
}

// Without line ends at the edges, which a parser drops from a <pre>, and bounded like all HTML.
std::string as_text(std::string_view html, const MimeLimits& limits) {
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

// One pass; false when the text must not be parsed.
bool rewrite(std::string_view html, const MimeLimits& limits, std::string& out) {
  if (!is_safe_to_parse(html, limits)) return false;
  const Tree tree = parse(html);
  if (!tree || tree->root == nullptr || tree->root->type != GUMBO_NODE_ELEMENT) return false;
  const auto* body = body_of(*tree);
  out = body == nullptr ? std::string() : Writer(limits).run(body);
  return out.size() <= limits.html_bytes_max * 2;
}

}  // namespace

// What is written is parsed again until it does not change: a browser then sees the tree that was judged, not another
// one that the first serialisation turned into (mutation attacks).
std::string sanitise_html(std::string_view html, const MimeLimits& limits) {
  std::string before;
  if (!rewrite(html, limits, before)) return as_text(html, limits);
  for (int pass = 0; pass < kPassesMax; ++pass) {
    std::string after;
    if (!rewrite(before, limits, after)) break;
    if (after == before) return after;
    before = std::move(after);
  }
  return as_text(html, limits);
}

}  // namespace postern::pipeline
