#include "pipeline/redaction/part_seams.h"

#include <algorithm>
#include <optional>

#include "pipeline/mime/decode.h"
#include "pipeline/redaction/views/views.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kEdgeBytes = 96;   // of the text on each side: a number, and the words before it
constexpr std::size_t kRawEdge = 1024;   // of the undecoded bytes: markup may stand between the text and the edge
constexpr std::string_view kBlank = " \t\r\n\v\f";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

bool is_shown_text(const Part& part) { return part.is_leaf() && part.is_text() && !part.is_attachment(); }

// The text that is shown last, or first, of a part; nullptr when something else is.
enum class Edge { kFirst, kLast };
const Part* text_at(const Part& part, Edge edge) {
  const Part* at = &part;
  while (!at->is_leaf()) {
    if (!at->is_multipart()) return nullptr;
    const bool is_first = at->media_subtype == "related" || (at->media_subtype != "alternative" && edge == Edge::kFirst);
    at = is_first ? &at->children.front() : &at->children.back();
  }
  return is_shown_text(*at) ? at : nullptr;
}

// Cheap: whether digits may stand at that edge.
bool may_have_digits(const Message& message, const Part& part, Edge edge) {
  if (part.encoding == TransferEncoding::kBase64 || part.encoding == TransferEncoding::kUuencode) return true;
  const std::string_view raw = message.view(part.body);
  const std::string_view near = edge == Edge::kFirst ? raw.substr(0, kRawEdge) : raw.substr(raw.size() - std::min(raw.size(), kRawEdge));
  return std::any_of(near.begin(), near.end(), is_digit);
}

// The edge of a part's text as a reader sees it, and where its bytes stand in the decoded part.
struct EdgeText {
  std::string text;
  std::vector<std::vector<ByteRange>> from;  // of each byte
  EdgeText() = default;
  EdgeText(EdgeText&&) = default;
  EdgeText& operator=(EdgeText&&) = delete;
  EdgeText(const EdgeText&) = delete;
  ~EdgeText() { core::wipe(text.data(), text.size()); }
};

std::optional<EdgeText> edge_of(const Message& message, const Part& part, Edge edge) {
  if (!may_have_digits(message, part, edge)) return std::nullopt;
  Decoded decoded = decode_body(message, part, Mapping::kSkip);
  const WipedAtExit wiped(decoded.bytes);
  Converted converted = to_utf8(decoded.bytes, part.charset, Mapping::kKeep);
  const WipedAtExit wiped_text(converted.utf8);
  View view;
  if (part.media_subtype == "html") view = rendered_view(converted.utf8, Mapping::kKeep);
  const WipedAtExit wiped_view(view.text);
  const std::string_view text = part.media_subtype == "html" ? view.text : converted.utf8;
  std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return std::nullopt;
  std::size_t end = text.find_last_not_of(kBlank) + 1;
  if (!is_digit(edge == Edge::kFirst ? text[begin] : text[end - 1])) return std::nullopt;
  if (edge == Edge::kFirst) {
    end = std::min(end, begin + kEdgeBytes);
    while (end > begin && end < text.size() && is_continuation(text[end])) --end;
  } else {
    begin = std::max(begin, end - std::min(end, kEdgeBytes));
    while (begin < end && is_continuation(text[begin])) ++begin;
  }
  EdgeText out;
  for (std::size_t at = begin; at < end; ++at) {
    out.text.push_back(text[at]);
    out.from.push_back(part.media_subtype == "html" ? map_back({at, at + 1}, {&view.map, &converted.map}) : map_back({at, at + 1}, {&converted.map}));
  }
  return out;
}

class Seams {
 public:
  Seams(const Detector& detector, const Message& message) : detector_(detector), message_(message) {}

  void visit(const Part& part) {
    for (const Part& child : part.children) visit(child);
    if (!part.is_multipart() || part.media_subtype == "alternative") return;
    for (std::size_t i = 0; i + 1 < part.children.size(); ++i) {
      const Part* above = text_at(part.children[i], Edge::kLast);
      const Part* below = text_at(part.children[i + 1], Edge::kFirst);
      if (above != nullptr && below != nullptr) look(*above, *below);
    }
  }
  std::map<const Part*, BodyScan> take() { return std::move(found_); }

 private:
  void look(const Part& above, const Part& below) {
    const auto head = edge_of(message_, below, Edge::kFirst);
    if (!head) return;
    const auto tail = edge_of(message_, above, Edge::kLast);
    if (!tail) return;
    std::string text = tail->text + '\n' + head->text;
    const WipedAtExit wiped(text);
    const std::size_t seam = tail->text.size();
    for (const Finding& finding : detector_.find(text, TextKind::kBody)) {
      if (finding.span.begin >= seam || finding.span.end <= seam + 1) continue;
      for (const auto* ranges : {&finding.hidden, &finding.dropped}) {
        for (ByteRange range : *ranges) {
          for (std::size_t at = range.begin; at < range.end; ++at) {
            if (at == seam) continue;
            BodyScan& scan = found_[at < seam ? &above : &below];
            const auto& from = at < seam ? tail->from[at] : head->from[at - seam - 1];
            auto& into = ranges == &finding.hidden ? scan.hidden : scan.dropped;
            into.insert(into.end(), from.begin(), from.end());
          }
        }
      }
      BodyScan& counted = found_[&below];
      ++(finding.is_shadow ? counted.shadows : counted.findings)[{std::string(finding.rule), std::string(finding.label)}];
    }
  }

  const Detector& detector_;
  const Message& message_;
  std::map<const Part*, BodyScan> found_;
};

}  // namespace

std::map<const Part*, BodyScan> scan_seams(const Detector& detector, const Message& message, const MimeTree& tree) {
  Seams seams(detector, message);
  seams.visit(tree.root);
  return seams.take();
}

}  // namespace postern::pipeline
