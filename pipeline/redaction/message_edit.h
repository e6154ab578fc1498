#pragma once
// pipeline/redaction/message_edit.h: changes to a buffer as sorted ranges, applied onto a copy.
// Thread-safety: pure functions. Errors: none; of overlapping edits the one that begins first counts.
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.h"
#include "pipeline/api/message.h"

namespace postern::pipeline {

struct Edit {
  ByteRange range;   // empty: an insertion before range.begin
  std::string text;  // what stands there afterwards
};

core::SecretBuffer apply_edits(std::string_view source, std::vector<Edit> edits);
// Sorted, and overlapping ranges made one; ranges that only touch stay apart.
std::vector<ByteRange> merge_overlapping(std::vector<ByteRange> ranges);
// What is left of `ranges` where none of `taken` is; both as merge_overlapping() leaves them.
std::vector<ByteRange> without(std::vector<ByteRange> ranges, const std::vector<ByteRange>& taken);

}  // namespace postern::pipeline
