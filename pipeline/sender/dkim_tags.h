#pragma once
// pipeline/sender/dkim_tags.h: the tag=value list of DKIM (RFC 6376 section 3.2), strictly: a duplicate name, an
// impossible character or a missing "=" makes the whole list invalid.
// Thread-safety: values and free functions.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"

namespace postern::pipeline {

struct DkimTag {
  std::string name;   // case-sensitive
  std::string value;  // outer white space removed, inner kept
  ByteRange written;  // the text between "=" and the next ";" in the parsed string, white space included
};

class DkimTagList {
 public:
  static std::optional<DkimTagList> parse(std::string_view text);
  const std::vector<DkimTag>& tags() const { return tags_; }
  const DkimTag* find(std::string_view name) const;
  // The value, or `fallback` when the tag is absent.
  std::string value_or(std::string_view name, std::string_view fallback) const;

 private:
  std::vector<DkimTag> tags_;
};

// `text` without blanks, CR and LF: base64 and names may be folded anywhere.
std::string without_white_space(std::string_view text);
// Items between `separator`, blanks around each removed.
std::vector<std::string> split_list(std::string_view text, char separator);

}  // namespace postern::pipeline
