#pragma once
// pipeline/redaction/views/explorer.h: walks the readings of one decoded body: its charsets, the views of each text, the
// views of those (three deep), and encoded blocks in any of them; what the detector finds in one goes back through the
// maps to the bytes. Private to body_scan.cc.
// Thread-safety: one thread. Ownership: borrows all it is given. Errors: what the detector throws. Time: linear in the
// bytes and in the budget.
#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "pipeline/options.h"
#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/detector.h"
#include "pipeline/redaction/views/blocks.h"
#include "pipeline/redaction/views/views.h"

namespace postern::pipeline {

// What readings of readings may cost: limits.readings_per_byte_max times the body, and limits.speculative_bytes_max more for all
// bodies of the message. Hostile text could have each view of each view.
class ReadingBudget {
 public:
  ReadingBudget(const RedactionLimits& limits, std::size_t bytes, SharedReadings* shared)
      : left_(bytes * limits.readings_per_byte_max), limits_(limits), shared_(shared == nullptr ? own_ : *shared) {}
  ReadingBudget(const ReadingBudget&) = delete;
  bool take(std::size_t bytes) {
    const std::size_t own = std::min(bytes, left_);
    const std::size_t more = bytes - own;
    is_exhausted_ = is_exhausted_ || more > limits_.speculative_bytes_max - std::min(shared_.speculative_bytes, limits_.speculative_bytes_max);
    if (is_exhausted_) return false;
    left_ -= own;
    shared_.speculative_bytes += more;
    taken_ += bytes;
    return true;
  }
  std::size_t taken() const { return taken_; }
  // Files in the text, each of which takes from limits of its own whenever it is met.
  void note_file() { ++files_met_; }
  std::size_t files_met() const { return files_met_; }
  void exhaust() { is_exhausted_ = true; }
  BlockFiles* files() const { return shared_.files; }
  bool is_exhausted() const { return is_exhausted_; }
  const RedactionLimits& limits() const { return limits_; }

 private:
  std::size_t left_;
  std::size_t taken_ = 0;
  std::size_t files_met_ = 0;
  bool is_exhausted_ = false;
  const RedactionLimits& limits_;
  SharedReadings own_;
  SharedReadings& shared_;
};

// One step from a text to a view of it. Most text holds no number, and the map of hostile text is forty times its size:
// it is made when it is needed.
struct Stage {
  const Stage* before = nullptr;
  std::function<SourceMap()> make_map;
  mutable std::optional<SourceMap> map;
};

class Explorer {
 public:
  // `depth`: how many encoded blocks this body stands in.
  Explorer(const Detector& detector, const BodyLabels& labels, ReadingBudget& budget, BodyScan& scan, std::uint32_t depth = 0)
      : detector_(detector), labels_(labels), budget_(budget), scan_(scan), depth_(depth) {}

  void explore(std::string_view bytes);
  // Without what only a reader sees who decodes as the label says.
  void explore_undecoded(std::string_view raw);

 private:
  void look(std::string_view text, const Stage* stage, std::size_t escapes_min = 0);
  void look_at_cells(std::string_view text, const Stage* stage);
  void explore_charsets(std::string_view bytes, std::string_view charset, const Stage* stage, std::uint32_t level);
  // `marks`: of the text. `mattered`: the views that were looked for in the texts before this one.
  void explore_text(std::string_view text, const Telltales& marks, const Stage* stage, unsigned last_view, std::uint32_t level, unsigned mattered = 0);
  void explore_escaped_bytes(std::string_view text, const Telltales& marks, const Stage* stage, std::uint32_t level);
  void explore_blocks(std::string_view text, const Telltales& marks, const LineTelltales& lines, const Stage* stage);
  // `is_marked`: the text says that a block stands there; else it only looks like one.
  void look_in_block(ByteRange block, std::string_view bytes, const BlockPatch& patch, const Stage* stage, bool is_marked);
  // False when the bytes are no file that is known.
  bool look_in_file(ByteRange block, std::string_view bytes, const BlockPatch& patch, const Stage* stage, bool is_marked);
  bool is_new_block(ByteRange block, std::size_t bytes, const Stage* stage);
  void add_patches(const std::vector<Edit>& edits, const Stage* stage);
  void hide_block(ByteRange block, std::string_view bytes, const BodyScan& inner, const BlockPatch& patch, const Stage* stage);
  void add_pieces(ByteRange character, const Stage* stage, std::vector<ByteRange>& into) const;
  void note_defect(const char* word);

  const Detector& detector_;
  const BodyLabels& labels_;
  ReadingBudget& budget_;
  bool has_looked_at_yenc_ = false;
  std::size_t found_ = 0;  // findings and blocks with some, in any view
  BodyScan& scan_;
  const std::uint32_t depth_;
  const char* bytes_ = nullptr;  // of the body
  std::size_t unit_ = 1;         // bytes of a character in a wide charset
  std::set<std::pair<FindingKey, std::size_t>> seen_;
  std::set<std::tuple<std::size_t, std::size_t>> blocks_seen_;
};

}  // namespace postern::pipeline
