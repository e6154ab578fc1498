#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "pipeline/redaction/byte_masks.h"
#include "pipeline/redaction/views/blocks.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kRunMin = 16;   // characters: twelve digits
constexpr std::size_t kLineMin = 4;   // of a block of short lines
constexpr std::size_t kPiecesOf = 4096;  // longer runs are not looked at piece by piece

constexpr std::array<signed char, 256> make_values() {
  std::array<signed char, 256> values{};
  values.fill(-1);
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<signed char>(i);
  values['-'] = 62;
  values['_'] = 63;
  return values;
}
constexpr auto kValues = make_values();
constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kForUrls = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int value_of(char c) { return kValues[static_cast<unsigned char>(c)]; }
bool is_in_alphabet(char c) { return value_of(c) >= 0; }
bool is_quote_mark(char c) { return c == ' ' || c == '\t' || c == '>' || c == '|'; }

// Groups of up to four characters; '=' ends one.
template <class OnGroup>
void walk(std::string_view text, ByteRange block, OnGroup on_group) {
  std::array<std::size_t, 4> at{};
  std::size_t size = 0;
  for (std::size_t i = block.begin; i < block.end; ++i) {
    if (is_in_alphabet(text[i])) {
      at[size++] = i;
      if (size == 4) {
        on_group(at, size);
        size = 0;
      }
    } else if (text[i] == '=' && size > 0) {
      on_group(at, size);
      size = 0;
    }
  }
  if (size > 0) on_group(at, size);
}

std::string decode(std::string_view text, ByteRange block) {
  std::string out;
  out.reserve(block.size() / 4 * 3 + 3);
  walk(text, block, [&](const std::array<std::size_t, 4>& at, std::size_t size) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < 4; ++i) bits = bits << 6U | (i < size ? static_cast<unsigned>(value_of(text[at[i]])) : 0U);
    for (std::size_t i = 0; i + 1 < size; ++i) out.push_back(static_cast<char>(bits >> (16U - 8U * i) & 0xFFU));
  });
  return out;
}

std::vector<Edit> patch(std::string_view text, ByteRange block, std::string_view was, std::string_view now) {
  const std::string_view body = text.substr(block.begin, block.size());
  const std::string_view alphabet = body.find_first_of("-_") == std::string_view::npos ? kStandard : kForUrls;
  std::vector<Edit> edits;
  std::size_t done = 0;
  walk(text, block, [&](const std::array<std::size_t, 4>& at, std::size_t size) {
    const std::size_t bytes = size - 1;
    if (was.substr(done, bytes) != now.substr(done, bytes)) {
      unsigned bits = 0;
      for (std::size_t i = 0; i < 3; ++i) bits = bits << 8U | (i < bytes ? static_cast<unsigned char>(now[done + i]) : 0U);
      for (std::size_t i = 0; i < size; ++i) edits.push_back({{at[i], at[i] + 1}, std::string(1, alphabet[bits >> (18U - 6U * i) & 63U])});
    }
    done += bytes;
  });
  return edits;
}

void hand_over(std::string_view text, ByteRange block, const BlockSink& sink) {
  std::string bytes = decode(text, block);
  const WipedAtExit wiped(bytes);
  sink(block, bytes, [&](std::string_view now) { return patch(text, block, bytes, now); });
}

// The run of the alphabet that holds text[at], from `floor` on, '=' behind it taken in. Most are words, which end within the
// bytes that are looked at together.
ByteRange run_around(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::size_t kHalf = kMaskBytes / 2;
  ByteRange run{at, at};
  if (at >= kHalf && at + kHalf <= text.size()) {
    const Bytes64 bytes(text.data() + at - kHalf);
    const std::uint64_t inside = bytes.letters() | bytes.in_range('/', '9') | bytes.one_of("+-_");
    const auto before = static_cast<std::size_t>(std::countl_one(static_cast<std::uint32_t>(inside)));
    const auto behind = static_cast<std::size_t>(std::countr_one(static_cast<std::uint32_t>((inside | bytes.equal_to('=')) >> kHalf)));
    run = {std::max(at - before, floor), at + behind};
  }
  while (run.begin > floor && is_in_alphabet(text[run.begin - 1])) --run.begin;
  while (run.end < text.size() && (is_in_alphabet(text[run.end]) || text[run.end] == '=')) ++run.end;
  return run;
}

// A line that is one run of the alphabet, quote marks before it left out; empty when it is not.
ByteRange whole_line_run(std::string_view text, std::size_t line) {
  std::size_t begin = line;
  while (begin < text.size() && is_quote_mark(text[begin])) ++begin;
  std::size_t end = begin;
  while (end < text.size() && (is_in_alphabet(text[end]) || text[end] == '=')) ++end;
  std::size_t rest = end;
  while (rest < text.size() && (text[rest] == ' ' || text[rest] == '\t' || text[rest] == '\r')) ++rest;
  return rest == text.size() || text[rest] == '\n' ? ByteRange{begin, end} : ByteRange{begin, begin};
}

std::size_t line_begin_of(std::string_view text, std::size_t at) {
  const std::size_t before = text.substr(0, at).rfind('\n');
  return before == std::string_view::npos ? 0 : before + 1;
}

// Nothing but quote marks stands before it on its line.
bool is_first_on_line(std::string_view text, std::size_t at) {
  while (at > 0 && is_quote_mark(text[at - 1])) --at;
  return at == 0 || text[at - 1] == '\n';
}

// The lines around `run`, which is a whole line, that are as long, and one shorter line behind them. `again` is set to that
// line where it does not begin with a new group of four: what stands before it may be no base64.
ByteRange lines_around(std::string_view text, ByteRange run, std::size_t floor, std::size_t& again) {
  ByteRange block = run;
  std::size_t lines = 1;
  for (std::size_t line = line_begin_of(text, run.begin); line > floor;) {
    const std::size_t before = line_begin_of(text, line - 1);
    const ByteRange other = whole_line_run(text, before);
    if (before < floor || other.size() != run.size()) break;
    block.begin = other.begin;
    line = before;
    ++lines;
  }
  for (std::size_t line = next_line_begin(text, run.end); line < text.size(); line = next_line_begin(text, line)) {
    const ByteRange other = whole_line_run(text, line);
    if (other.empty() || other.size() > run.size()) break;
    if (other.size() < run.size()) {
      // A shorter line ends the block, or begins another one.
      const std::size_t behind = next_line_begin(text, other.end);
      if (whole_line_run(text, std::min(behind, text.size())).size() < other.size()) block.end = other.end;
      if (lines * run.size() % 4 != 0) again = other.begin;
      break;
    }
    block.end = other.end;
    ++lines;
  }
  return block;
}

bool is_worth_a_look(std::string_view run) {
  const bool has_letter = std::any_of(run.begin(), run.end(), [](char c) { return value_of(c) >= 0 && value_of(c) < 52; });
  return has_letter && run.find_first_not_of(run[0]) != std::string_view::npos;
}

// "path/NDExMTEx…", "key-NDExMTEx…": a separator of the text may be one of the alphabet.
void hand_over_pieces(std::string_view text, ByteRange run, const BlockSink& sink) {
  const std::string_view body = text.substr(run.begin, run.size());
  if (body.size() > kPiecesOf || body.find_first_of("/-_+=") == std::string_view::npos) return;
  for (const std::string_view separators : {"/", "-_", "/-_+="}) {
    if (body.find_first_of(separators) == std::string_view::npos) continue;
    for (std::size_t at = 0; at < body.size();) {
      const std::size_t end = std::min(body.find_first_of(separators, at), body.size());
      if (end - at >= kRunMin && end - at < body.size() && is_worth_a_look(body.substr(at, end - at)))
        hand_over(text, {run.begin + at, run.begin + end}, sink);
      at = end + 1;
    }
  }
}

}  // namespace

void find_base64(std::string_view text, const BlockSink& sink) {
  // A run that counts has kRunMin characters on a line, or is one of several lines: a look at every sixteenth byte meets it.
  std::size_t floor = 0;
  for (std::size_t probe = std::min(kRunMin - 1, text.empty() ? 0 : text.size() - 1); probe < text.size();) {
    if (!is_in_alphabet(text[probe])) {
      floor = probe + 1;
      probe += kRunMin;
      continue;
    }
    const ByteRange run = run_around(text, probe, floor);
    ByteRange block = run;
    std::size_t again = 0;
    if (run.size() >= kLineMin && is_first_on_line(text, run.begin) && whole_line_run(text, line_begin_of(text, run.begin)) == run)
      block = lines_around(text, run, floor, again);
    if (block.size() >= kRunMin && is_worth_a_look(text.substr(block.begin, block.size()))) {
      hand_over(text, block, sink);
      if (block == run) hand_over_pieces(text, run, sink);
    }
    floor = again > run.begin ? again : block.end;
    probe = again > run.begin ? again : block.end + kRunMin;
  }
}

}  // namespace postern::pipeline
