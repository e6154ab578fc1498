#pragma once
// ticketing/quoting/fold.h: which parts of a message's text quote an earlier one, so that a page can fold them
// (helpdesk.md 4.2 rule 9). For display only: nothing is taken out, the parts in their order are the text to the byte,
// and what somebody typed between quoted lines stays open.
//
// Folded is: lines behind ">" (two or more), with the line that announces them ("Ada wrote:", in any language of
// mail_words.h, also wrapped); and everything behind a line of a mail program ("-----Original Message-----", a rule of
// underscores, "Ada wrote:") or a block of header lines, when a block or an announcement stands there and no unquoted
// text of somebody who answers below. Open stays: the whole text when nothing else would be left; a single quoted line,
// which is read faster than unfolded. A forwarded message is folded as well: whoever forwards it says so above.
// Thread-safety: pure.  Limits: kFoldLinesMax lines are looked at; what is behind them stays open.
#include <cstddef>
#include <string_view>
#include <vector>

namespace postern::ticketing {

inline constexpr std::size_t kFoldLinesMax = 20'000;

// Bytes of the text, ascending and apart; begins and ends of lines.
struct Fold {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const Fold&, const Fold&) = default;
};
std::vector<Fold> fold_quotes(std::string_view text);

// The text cut at its folds: parts in their order, which together are the text.
struct FoldedPart {
  std::string_view text;
  bool is_folded = false;
};
std::vector<FoldedPart> parts_of(std::string_view text, const std::vector<Fold>& folds);

}  // namespace postern::ticketing
