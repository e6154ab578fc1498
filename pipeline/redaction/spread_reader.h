#pragma once
// pipeline/redaction/spread_reader.h: reads the groups of digits of one place and says which of them together pass as a
// card number although marks, words or line ends stand between them, and how much the text around has to say for it.
// Thread-safety: a value for one thread. Ownership: borrows the text and its groups. Errors: none. Time: linear in the place.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"

namespace postern::pipeline {

constexpr std::size_t kSpreadGapMax = 24;  // bytes between two groups
constexpr std::size_t kSpreadDigitsMin = 13;  // of groups that are near each other

enum class CardNeed {
  kNothing,  // the form is a card's
  kContext,  // has_card_context
  kCalled,   // is_called_card
};

struct SpreadCandidate {
  std::string_view brand;         // static storage
  std::vector<ByteRange> groups;  // ascending
  CardNeed need = CardNeed::kCalled;
};

// Digits one behind the other.
struct SpreadGroup {
  std::uint32_t begin;
  std::uint32_t end;
  std::uint32_t size() const { return end - begin; }
};

class SpreadReader {
 public:
  // `groups`: all of one place of `text`, in order, each whole; they outlive the reader.
  SpreadReader(std::string_view text, std::span<const SpreadGroup> groups) : text_(text), groups_(groups) {}
  // In order of their first group; they may overlap, the likelier one first.
  std::vector<SpreadCandidate> read();

 private:
  using Group = SpreadGroup;
  struct Gaps;

  std::string_view gap_behind(std::size_t group) const;
  bool is_near_next(std::size_t group) const;
  Gaps look_at_gaps(std::size_t first, std::size_t last) const;
  static CardNeed need_of(const Gaps& gaps, bool is_longer);
  bool is_number(Group group, std::size_t number) const;
  bool passes(std::size_t first, std::size_t last) const;
  bool goes_on(std::size_t first, std::size_t last) const;
  std::size_t printed_groups_at(std::size_t first) const;
  std::size_t row_end(std::size_t first) const;
  void try_printed(std::size_t first);
  void try_row(std::size_t first, std::size_t last);
  void try_counted(std::size_t first);
  void try_padded(std::size_t group);
  void try_exponent(std::size_t group);
  bool add(std::vector<ByteRange> groups, CardNeed need, std::size_t zeros = 0);

  std::string_view text_;
  std::span<const Group> groups_;
  std::vector<SpreadCandidate> found_;
};

}  // namespace postern::pipeline
