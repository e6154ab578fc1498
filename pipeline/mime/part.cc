// The boundary scanner: one pass over the message, every line looked at once, recursion bounded by depth_max.
#include "pipeline/mime/part.h"

#include <algorithm>

#include "pipeline/mime/ambiguity.h"
#include "pipeline/mime/mimetic_check.h"
#include "pipeline/mime/part_fields.h"

namespace postern::pipeline {
namespace {

// Where an entity ended: before the delimiter line of an open multipart, or at the end of the message.
struct Stop {
  static constexpr std::size_t kEndOfMessage = static_cast<std::size_t>(-1);
  std::size_t body_end = 0;    // before the line end that belongs to the delimiter
  std::size_t line_begin = 0;  // of the delimiter line
  std::size_t next = 0;        // behind it
  std::size_t level = kEndOfMessage;
  bool closes = false;
  bool is_end() const { return level == kEndOfMessage; }
};

class TreeParser {
 public:
  TreeParser(const Message& message, const MimeLimits& limits, SecondOpinion opinion)
      : message_(message), limits_(limits), opinion_(opinion) {
    ends_ = line_ends_of(message.bytes());
  }

  MimeTree run() {
    MimeTree tree;
    parse_entity(tree.root, 0, Context{"", false, true, 0});
    tree.headers = tree.root.fields;
    tree.header = tree.root.header;
    report_duplicates(tree.headers);
    report_odd_bytes();
    if (!report_.degraded && opinion_ == SecondOpinion::kAsk) {
      const auto theirs = count_leaves_with_mimetic(message_.bytes().substr(tree.header.begin + leading(tree)), limits_);
      if (theirs && *theirs != count_leaves(tree.root)) defect("parsers_disagree");
    }
    report_.ambiguity = ambiguity_of(report_);
    tree.report = std::move(report_);
    return tree;
  }

 private:
  struct Context {
    std::string path;   // of the entity when it is a leaf; a message's multipart drops the last number
    bool in_digest = false;
    bool is_message = false;
    std::size_t depth = 0;
  };

  void defect(std::string_view word) { add_defect(report_, word, limits_.defects_max); }
  void degrade(std::string_view word) {
    report_.degraded = true;
    defect(word);
  }

  // How many bytes of the top header are blank lines or a From_ line, which mimetic does not bear.
  std::size_t leading(const MimeTree& tree) const {
    return tree.headers.empty() ? 0 : tree.headers.front().whole.begin - tree.header.begin;
  }

  Stop parse_entity(Part& part, std::size_t begin, const Context& context) {
    HeaderScan scan{begin, message_.size(), context.is_message, ends_, &open_};
    auto block = parse_header_block(message_.bytes(), scan, limits_, report_);
    part.header = block.range;
    part.fields = std::move(block.fields);
    read_part_fields(message_.bytes(), part, context.in_digest, limits_, report_);
    part.path = context.path;
    if (context.is_message && !part.is_multipart()) part.path += context.path.empty() ? "1" : ".1";
    part.body = {block.body_begin, block.body_begin};
    const bool nests = part.is_multipart() || (part.is_message() && part.encoding == TransferEncoding::kIdentity);
    if (nests && context.depth >= limits_.depth_max) {
      degrade("depth_limit");
      become_text(part);
      return parse_leaf(part);
    }
    if (part.is_multipart()) return parse_multipart(part, context);
    if (nests) return parse_nested_message(part, context);
    return parse_leaf(part);
  }

  void become_text(Part& part) const {
    part.media_type = "text";
    part.media_subtype = "plain";
    part.params.clear();
    part.encoding = TransferEncoding::kIdentity;
  }

  Stop parse_leaf(Part& part) {
    const Stop stop = find_stop(part.body.begin);
    part.body.end = stop.body_end;
    return stop;
  }

  Stop parse_nested_message(Part& part, const Context& context) {
    if (!count_part()) return take_rest(part);
    part.children.resize(1);
    Stop stop = parse_entity(part.children[0], part.body.begin, Context{part.path, false, true, context.depth + 1});
    part.body.end = std::max(part.body.begin, stop.body_end);
    return stop;
  }

  Stop parse_multipart(Part& part, const Context& context) {
    auto boundary = boundary_of(part, limits_, report_);
    if (boundary.empty()) {
      become_text(part);
      if (part.path.empty()) part.path = "1";
      return parse_leaf(part);
    }
    const std::size_t level = open_.size();
    open_.push_back(std::move(boundary));
    Stop stop = find_stop(part.body.begin);
    part.preamble = {part.body.begin, stop.body_end};
    const bool in_digest = part.media_subtype == "digest";
    // A delimiter that nothing follows begins no part.
    while (stop.level == level && !stop.closes && (stop.next < message_.size() || part.children.empty())) {
      if (!count_part()) {
        stop = take_rest_as_child(part, stop.next);
        break;
      }
      part.children.emplace_back();
      const auto path = (part.path.empty() ? "" : part.path + '.') + std::to_string(part.children.size());
      stop = parse_entity(part.children.back(), stop.next, Context{path, in_digest, false, context.depth + 1});
    }
    const bool closed = stop.level == level && (stop.closes || part.children.empty());
    const std::size_t behind = stop.next;
    if (closed) stop = find_epilogue_end(part, behind, level);
    else defect(part.children.empty() ? "boundary_not_found" : "unclosed_multipart");
    open_.resize(level);
    part.body.end = std::max(part.body.begin, stop.body_end);
    if (part.children.empty()) {
      become_text(part);
      if (part.path.empty()) part.path = "1";
    }
    return stop;
  }

  Stop find_epilogue_end(Part& part, std::size_t begin, std::size_t level) {
    Stop stop = find_stop(begin);
    while (stop.level == level) {
      defect("part_after_close");
      stop = find_stop(stop.next);
    }
    part.epilogue = {begin, std::max(begin, stop.body_end)};
    return stop;
  }

  bool count_part() { return ++parts_ <= limits_.parts_max; }

  // Beyond the number of parts nothing is interpreted any more.
  Stop take_rest(Part& part) {
    degrade("part_limit");
    become_text(part);
    part.body.end = message_.size();
    Stop stop;
    stop.body_end = stop.line_begin = stop.next = message_.size();
    return stop;
  }

  Stop take_rest_as_child(Part& parent, std::size_t begin) {
    Part& rest = parent.children.emplace_back();
    rest.path = (parent.path.empty() ? "" : parent.path + '.') + std::to_string(parent.children.size());
    rest.header = {begin, begin};
    rest.body = {begin, begin};
    return take_rest(rest);
  }

  // The next delimiter line of any open multipart at or behind `pos`, the innermost that matches.
  Stop find_stop(std::size_t pos) const {
    const std::string_view bytes = message_.bytes();
    const std::size_t begin = pos;
    while (pos < bytes.size()) {
      const std::size_t at = open_.empty() ? std::string_view::npos : next_dashes(bytes, pos, begin);
      if (at == std::string_view::npos) break;
      const Line line = line_at(bytes, at, bytes.size(), ends_);
      const auto text = bytes.substr(line.begin, line.end - line.begin);
      for (std::size_t level = open_.size(); level-- > 0;) {
        const auto kind = match_delimiter(text, open_[level]);
        if (kind == Delimiter::kNone) continue;
        return {before_line_end(bytes, line.begin, begin), line.begin, line.next, level, kind == Delimiter::kClose};
      }
      pos = line.next;
    }
    Stop stop;
    stop.body_end = stop.line_begin = stop.next = bytes.size();
    return stop;
  }

  // The next "--" that begins a line; `pos` itself begins one.
  std::size_t next_dashes(std::string_view bytes, std::size_t pos, std::size_t begin) const {
    const char end_char = ends_ == LineEnds::kLf ? '\n' : '\r';
    for (;;) {
      const auto at = bytes.find("--", pos);
      if (at == std::string_view::npos || at == begin || bytes[at - 1] == end_char) return at;
      pos = at + 1;
    }
  }

  static std::size_t before_line_end(std::string_view bytes, std::size_t line_begin, std::size_t floor) {
    std::size_t end = line_begin;
    if (end > floor && bytes[end - 1] == '\n') --end;
    if (end > floor && bytes[end - 1] == '\r') --end;
    return end;
  }

  void report_duplicates(const std::vector<HeaderField>& fields) {
    for (std::string_view name : {"from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "mime-version"}) {
      if (count_fields(fields, name) > 1) defect("duplicate_field");
    }
  }

  void report_odd_bytes() {
    const std::string_view bytes = message_.bytes();
    if (bytes.find('\0') != std::string_view::npos) defect("nul_byte");
    for (std::size_t at = bytes.find('\r'); at != std::string_view::npos; at = bytes.find('\r', at + 1)) {
      if (at + 1 < bytes.size() && bytes[at + 1] == '\n') continue;
      defect("bare_cr");
      break;
    }
  }

  const Message& message_;
  const MimeLimits& limits_;
  const SecondOpinion opinion_;
  LineEnds ends_ = LineEnds::kLf;
  std::vector<std::string> open_;  // boundaries of the multiparts around the current position
  std::size_t parts_ = 0;
  ParseReport report_;
};

}  // namespace

MimeTree parse_mime(const Message& message, const MimeLimits& limits, SecondOpinion opinion) {
  return TreeParser(message, limits, opinion).run();
}

void for_each_part(const Part& root, const std::function<void(const Part&, std::size_t message_depth)>& visit) {
  struct Entry {
    const Part* part;
    std::size_t depth;
  };
  std::vector<Entry> stack{{&root, 0}};
  while (!stack.empty()) {
    const Entry entry = stack.back();
    stack.pop_back();
    visit(*entry.part, entry.depth);
    const std::size_t depth = entry.depth + (entry.part->is_message() ? 1 : 0);
    for (auto child = entry.part->children.rbegin(); child != entry.part->children.rend(); ++child) {
      stack.push_back({&*child, depth});
    }
  }
}

std::size_t count_leaves(const Part& root) {
  std::size_t leaves = 0;
  for_each_part(root, [&leaves](const Part& part, std::size_t) { leaves += part.is_leaf() ? 1 : 0; });
  return leaves;
}

}  // namespace postern::pipeline
