#pragma once
// pipeline/mime/source_map.h: where each byte of a decoded text came from. A map is a list of runs of equal units, so
// that plain bytes cost nothing: identity is one run, a line of base64 is one run of (3 out, 4 in).
// Thread-safety: const methods from any thread. Ownership: a value. Errors: none; ranges are clamped.
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "pipeline/api/message.h"

namespace postern::pipeline {

class SourceMap {
 public:
  // Appends `count` units of `out_unit` output bytes, made one after the other from `in_unit` input bytes each,
  // beginning at `in_begin`. Units of no output are gaps and need not be appended. Input never goes backwards, but
  // two units may share input bytes (two characters out of one base64 group).
  void append(std::size_t in_begin, std::size_t in_unit, std::size_t out_unit, std::size_t count = 1) {
    if (!is_ignoring_) add_run(in_begin, in_unit, out_unit, count);
    out_size_ += out_unit * count;
  }
  void append_identity(std::size_t in_begin, std::size_t bytes) { append(in_begin, 1, 1, bytes); }

  // From here on appends only count: for a decoder's caller that wants no map. Hostile text can make a run of each byte.
  void ignore_appends() { is_ignoring_ = true; }
  // The same from the run on that would be one more than `runs`: what was kept until then is forgotten.
  void limit_runs(std::size_t runs) { runs_max_ = runs; }
  // False when appends are or were ignored: nothing can be looked up.
  bool is_kept() const { return !is_ignoring_; }

  std::size_t out_size() const { return out_size_; }
  std::size_t run_count() const { return runs_.size(); }
  // The input of the one output byte at `out`.
  ByteRange at(std::size_t out) const;
  // The smallest input range that covers an output range, gaps (soft breaks, tags) included.
  ByteRange covering(ByteRange out) const;
  // The input ranges that the output range was made from, ascending, disjoint, gaps left out.
  std::vector<ByteRange> pieces(ByteRange out) const;
  std::vector<ByteRange> pieces(std::span<const ByteRange> outs) const;
  // True when both were kept and say the same of every byte; of two that do the parts may still differ.
  bool is_same_as(const SourceMap& other) const { return is_kept() && other.is_kept() && out_size_ == other.out_size_ && runs_ == other.runs_; }
  // The map of a part of the output. Units must not be cut: both ends lie between characters.
  SourceMap slice(ByteRange out) const;

 private:
  struct Run {
    std::size_t out_begin = 0;
    std::size_t in_begin = 0;
    std::uint32_t in_unit = 1;
    std::uint32_t out_unit = 1;
    std::size_t count = 0;
    friend bool operator==(const Run&, const Run&) = default;
  };
  void add_run(std::size_t in_begin, std::size_t in_unit, std::size_t out_unit, std::size_t count);
  std::size_t run_of(std::size_t out) const;
  std::vector<Run> runs_;
  std::size_t out_size_ = 0;
  std::size_t runs_max_ = static_cast<std::size_t>(-1);
  bool is_ignoring_ = false;
};

// kSmall: kept while it is small beside the text, which most are; SourceMap::is_kept() tells. HTML only; kKeep elsewhere.
enum class Mapping { kKeep, kSkip, kSmall };

// Maps a range through several maps, the last stage of decoding first: text -> UTF-8 -> decoded bytes -> message.
std::vector<ByteRange> map_back(ByteRange out, std::initializer_list<const SourceMap*> last_to_first);

}  // namespace postern::pipeline
