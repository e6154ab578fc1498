#pragma once
// ticketing/search/evaluation.h: one query over one view of the store: which tickets have its words, ranked (BM25), and which
// pass its filters. What is expensive is counted: beyond the limits the answer says that it is not all.
// Thread-safety: one owner.  Ownership: borrows all that it is given.  Errors: those of the store; Errc::kInvalid of words.
#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "auth/principal.h"
#include "ticketing/search/filter.h"
#include "ticketing/search/texts.h"
#include "ticketing/search/word_reader.h"

namespace postern::ticketing::search {

struct Candidate {
  std::uint64_t ticket = 0;
  double score = 0;
};

// What a posting of a word adds to a score. There are few kinds of postings and millions of them.
class Weights {
 public:
  Weights() = default;
  // `all`: tickets, of which `with` have the word.
  Weights(double all, double with);
  double of(const Posting& posting) const {
    const std::size_t place = (posting.use.fields & kInSubject) != 0 ? 2 : posting.use.fields == kInFileText ? 0 : 1;
    return table_[place][std::min<std::size_t>(posting.use.uses, kUsesMax)][std::min<std::size_t>(posting.length, kSteps - 1)];
  }

 private:
  static constexpr std::size_t kSteps = 16;
  std::array<std::array<std::array<double, kSteps>, kUsesMax + 1>, 3> table_{};
};

class Evaluation {
 public:
  Evaluation(const View& view, const auth::Reach& reach, const Query& query, const Filters& filters);
  core::Result<void> open();

  bool has_words() const { return has_words_; }      // to be found; not only such that are not to be
  bool has_text() const { return has_text_; }        // … of which some are words of texts: they can be ranked
  bool needs_records() const { return needs_records_; }
  bool is_tail_complete() const { return tail_.is_complete(); }

  // Tickets with all words and none of those that are not wanted, highest number first. With has_words().
  core::Result<std::vector<Candidate>> candidates();
  // The same one by one, for whoever keeps few of them.
  core::Result<void> each_candidate(const std::function<void(std::span<const Candidate>)>& take);
  // The same of one ticket, for whoever walks over an index.
  core::Result<bool> has_right_words(std::uint64_t ticket);
  // The ticket, if it is within reach, not deleted, and passes filters and phrases. `sealed`: its record, if it is known.
  core::Result<std::optional<schema::Ticket>> pass(std::uint64_t ticket, const storage::Entry* sealed = nullptr);
  core::Result<std::optional<schema::Ticket>> within_reach(std::uint64_t ticket, const storage::Entry* sealed = nullptr);
  // Whether the limits are reached: of records opened or of texts read.
  bool is_exhausted() const { return records_read_ >= view_.limits.records_max || texts_.texts_read() >= view_.limits.texts_max; }
  std::size_t records_read() const { return records_read_; }

  TextReader& texts() { return texts_; }
  TextReader::Marks marks() const;
  std::uint64_t last_ticket() const { return last_ticket_; }
  // How many tickets have the words, roughly.
  double estimate() const { return positive_.empty() ? 0 : readers_[positive_.front()]->estimate(); }

 private:
  // One clause: all of these readers have the ticket.
  struct Demand {
    std::vector<std::size_t> readers;
    bool is_negated = false;
  };
  void demand(const WordClause& clause);
  core::Result<bool> meets(const Demand& demand, std::uint64_t ticket);
  core::Result<void> narrow(std::vector<Candidate>& to, std::uint64_t range, std::size_t reader);

  const View& view_;
  const auth::Reach& reach_;
  const Filters& filters_;
  std::vector<Wanted> wanted_;
  std::vector<std::unique_ptr<WordReader>> readers_;  // of each wanted
  std::vector<Weights> weights_;                      // the same; of facts, which are no words, nothing
  std::vector<std::size_t> positive_;                 // readers that all candidates are in, fewest tickets first
  std::vector<Demand> demands_;                       // negated ones
  std::vector<PhraseTest> phrases_;
  Tail tail_;
  TextReader texts_;
  bool has_words_ = false;
  bool has_text_ = false;
  bool needs_records_ = false;
  std::uint64_t last_ticket_ = 0;
  std::size_t records_read_ = 0;
};

}  // namespace postern::ticketing::search
