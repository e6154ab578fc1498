// mimetic stays inside this file.
#include "pipeline/mime/mimetic_check.h"

#include <algorithm>
#include <string>
#include <vector>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wregister"
#include <mimetic/mimetic.h>
#pragma clang diagnostic pop

#include "core/encoding.h"
#include "core/secret.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kMessageBytesMax = 8 * 1024 * 1024;  // a second opinion is not worth more copies than that
constexpr std::size_t kFoldedBytesMax = 16 * 1024;         // header values are quadratic: 1.6 MB took 6.2 s
constexpr std::size_t kDelimiterLinesMax = 4'000;          // 400,000 empty parts took 620 MB
constexpr std::size_t kContentTypeLinesMax = 1'000;        // each level needs one; nesting 14,000 overflowed the stack

// "mu" or "me" in any case, or an "m" whose next letter is on another line.
bool may_name_container(std::string_view line) {
  for (std::size_t at = line.find_first_of("mM"); at != std::string_view::npos; at = line.find_first_of("mM", at + 1)) {
    const char next = at + 1 < line.size() ? static_cast<char>(line[at + 1] | 0x20) : 'u';
    if (next == 'u' || next == 'e') return true;
  }
  return false;
}

// What the guard knows of the lines seen so far. mimetic may take any line for header or delimiter, so all count.
struct LineCensus {
  std::size_t folded = 0;
  std::size_t delimiters = 0;
  std::size_t content_types = 0;
  bool has_padded_delimiter = false;
  bool is_in_type = false;       // in a content type, or what may be one
  bool may_have_parts = false;   // one of them may be multipart/… or message/…, the only ones that mimetic looks into

  bool take(std::string_view line) {
    const bool continues = !line.empty() && (line.front() == ' ' || line.front() == '\t');
    folded = continues ? folded + line.size() : line.size();
    is_in_type = (continues && is_in_type) || (line.size() > 12 && core::equals_ignoring_case(line.substr(0, 12), "content-type"));
    may_have_parts = may_have_parts || (is_in_type && may_name_container(line));
    if (line.starts_with("--")) {
      ++delimiters;
      has_padded_delimiter = has_padded_delimiter || line.back() == ' ' || line.back() == '\t';
    }
    if (is_in_type && !continues) ++content_types;
    return folded <= kFoldedBytesMax && delimiters <= kDelimiterLinesMax && content_types <= kContentTypeLinesMax;
  }
};

std::size_t line_end(std::string_view text, std::size_t pos) {
  const std::size_t end = std::min(text.find('\n', pos), text.size());
  return std::min(text.substr(pos, end - pos).find('\r'), end - pos) + pos;
}

// A line that can neither be a field nor go on with one, nor hold a delimiter or end a header as an empty one does. The
// first of a row of them ends any header that mimetic may be reading, the second that of a message in it; then it only looks
// for the next delimiter, which stands in no such line.
bool is_dull(std::string_view line) {
  const auto first = static_cast<unsigned char>(line.empty() ? ' ' : line.front());
  return first > ' ' && first < 0x7F && line.find(':') == std::string_view::npos && line.find("--") == std::string_view::npos;
}

// The message without most of its bodies: of a row of dull lines the first few. mimetic counts the same leaves.
class Skeleton {
 public:
  // Reserved as a whole: nothing is left behind where it grows, and memory is taken only for what is kept.
  explicit Skeleton(std::string_view message) { text_.reserve(message.size()); }
  ~Skeleton() { core::wipe(text_.data(), text_.size()); }
  Skeleton(const Skeleton&) = delete;
  // `end`: where the line ends, `behind`: behind its line end.
  void take(std::string_view message, std::size_t begin, std::size_t end, std::size_t behind) {
    const bool is_next_dull = behind > end && is_dull(message.substr(begin, end - begin));
    row_ = is_next_dull ? row_ + 1 : 0;
    if (row_ <= kDullLinesKept) text_.append(message.substr(begin, behind - begin));
  }
  std::string_view text() const { return text_; }

 private:
  static constexpr std::size_t kDullLinesKept = 4;
  std::string text_;
  std::size_t row_ = 0;
};

// mimetic loses the part behind a delimiter line with blanks at its end (RFC 2046 section 5.1.1 allows them).
std::string without_delimiter_padding(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t pos = 0; pos < text.size();) {
    const std::size_t end = line_end(text, pos);
    auto line = text.substr(pos, end - pos);
    if (line.starts_with("--")) {
      while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
    }
    out.append(line);
    if (end < text.size()) out += text[end];
    pos = end + 1;
  }
  return out;
}

std::size_t count_leaves_of(const mimetic::MimeEntity& root) {
  std::vector<const mimetic::MimeEntity*> stack{&root};
  std::size_t leaves = 0;
  while (!stack.empty()) {
    const auto* entity = stack.back();
    stack.pop_back();
    const auto& parts = entity->body().parts();
    if (parts.empty()) ++leaves;
    for (const auto* part : parts) stack.push_back(part);
  }
  return leaves;
}

}  // namespace

std::optional<std::size_t> count_leaves_with_mimetic(std::string_view message, const MimeLimits& limits, MimeticText which) {
  if (message.size() > kMessageBytesMax) return std::nullopt;
  LineCensus census;
  Skeleton skeleton(message);
  for (std::size_t pos = 0; pos < message.size();) {
    const std::size_t end = line_end(message, pos);
    if (!census.take(message.substr(pos, end - pos))) return std::nullopt;
    std::size_t behind = std::min(end + 1, message.size());
    if (end + 1 < message.size() && message[end] == '\r' && message[end + 1] == '\n') ++behind;
    if (which == MimeticText::kSkeleton) skeleton.take(message, pos, end, behind);
    pos = behind;
  }
  if (census.content_types == 0 || !census.may_have_parts) return 1;
  try {
    const std::string_view given = which == MimeticText::kSkeleton ? skeleton.text() : message;
    const std::string copy = census.has_padded_delimiter ? without_delimiter_padding(given) : std::string();
    const std::string_view text = census.has_padded_delimiter ? copy : given;
    mimetic::MimeEntity entity;
    const auto mask = mimetic::imBody | mimetic::imPreamble | mimetic::imEpilogue;
    entity.load(text.begin(), text.end(), mask);
    const auto leaves = count_leaves_of(entity);
    if (leaves > limits.parts_max * 2) return std::nullopt;
    return leaves;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace postern::pipeline
