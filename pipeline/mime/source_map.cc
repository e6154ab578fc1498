// Runs of equal units; every lookup is a binary search and then arithmetic.
#include "pipeline/mime/source_map.h"

#include <algorithm>

namespace postern::pipeline {
namespace {

void add_piece(std::vector<ByteRange>& pieces, ByteRange piece) {
  if (piece.empty()) return;
  if (!pieces.empty() && piece.begin <= pieces.back().end) {
    pieces.back().end = std::max(pieces.back().end, piece.end);
    return;
  }
  pieces.push_back(piece);
}

}  // namespace

void SourceMap::add_run(std::size_t in_begin, std::size_t in_unit, std::size_t out_unit, std::size_t count) {
  if (count == 0 || out_unit == 0) return;
  if (!runs_.empty()) {
    Run& last = runs_.back();
    const bool continues = last.in_unit == in_unit && last.out_unit == out_unit &&
                           last.in_begin + last.count * last.in_unit == in_begin;
    if (continues) {
      last.count += count;
      return;
    }
  }
  if (runs_.size() >= runs_max_) {
    runs_ = {};
    is_ignoring_ = true;
    return;
  }
  runs_.push_back({out_size_, in_begin, static_cast<std::uint32_t>(in_unit), static_cast<std::uint32_t>(out_unit), count});
}

std::size_t SourceMap::run_of(std::size_t out) const {
  const auto after = std::upper_bound(runs_.begin(), runs_.end(), out,
                                      [](std::size_t pos, const Run& run) { return pos < run.out_begin; });
  return after == runs_.begin() ? 0 : static_cast<std::size_t>(after - runs_.begin()) - 1;
}

ByteRange SourceMap::at(std::size_t out) const {
  if (runs_.empty()) return {};
  if (out >= out_size_) {
    const Run& last = runs_.back();
    const std::size_t end = last.in_begin + last.count * last.in_unit;
    return {end, end};
  }
  const Run& run = runs_[run_of(out)];
  const std::size_t unit = (out - run.out_begin) / run.out_unit;
  const std::size_t begin = run.in_begin + unit * run.in_unit;
  return {begin, begin + run.in_unit};
}

ByteRange SourceMap::covering(ByteRange out) const {
  if (out.begin >= out.end) {
    const std::size_t begin = at(out.begin).begin;
    return {begin, begin};
  }
  const auto found = pieces(out);
  if (found.empty()) return {at(out.begin).begin, at(out.begin).begin};
  return {found.front().begin, found.back().end};
}

std::vector<ByteRange> SourceMap::pieces(ByteRange out) const {
  std::vector<ByteRange> found;
  const std::size_t end = std::min(out.end, out_size_);
  std::size_t pos = out.begin;
  if (pos >= end) return found;
  for (std::size_t i = run_of(pos); i < runs_.size() && pos < end; ++i) {
    const Run& run = runs_[i];
    const std::size_t run_end = run.out_begin + run.count * run.out_unit;
    const std::size_t stop = std::min(end, run_end);
    const std::size_t first = (pos - run.out_begin) / run.out_unit;
    const std::size_t last = (stop - run.out_begin + run.out_unit - 1) / run.out_unit;
    add_piece(found, {run.in_begin + first * run.in_unit, run.in_begin + last * run.in_unit});
    pos = stop;
  }
  return found;
}

std::vector<ByteRange> SourceMap::pieces(std::span<const ByteRange> outs) const {
  std::vector<ByteRange> found;
  for (const ByteRange& out : outs) {
    for (const ByteRange& piece : pieces(out)) add_piece(found, piece);
  }
  return found;
}

SourceMap SourceMap::slice(ByteRange out) const {
  SourceMap part;
  const std::size_t end = std::min(out.end, out_size_);
  std::size_t pos = out.begin;
  if (pos >= end) return part;
  for (std::size_t i = run_of(pos); i < runs_.size() && pos < end; ++i) {
    const Run& run = runs_[i];
    const std::size_t stop = std::min(end, run.out_begin + run.count * run.out_unit);
    const std::size_t first = (pos - run.out_begin) / run.out_unit;
    const std::size_t last = (stop - run.out_begin + run.out_unit - 1) / run.out_unit;
    part.append(run.in_begin + first * run.in_unit, run.in_unit, run.out_unit, last - first);
    pos = stop;
  }
  return part;
}

std::vector<ByteRange> map_back(ByteRange out, std::initializer_list<const SourceMap*> last_to_first) {
  std::vector<ByteRange> ranges{out};
  for (const SourceMap* map : last_to_first) ranges = map->pieces(ranges);
  return ranges;
}

}  // namespace postern::pipeline
