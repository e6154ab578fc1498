#include "ticketing/search/evaluation.h"

#include <algorithm>
#include <cmath>

#include "storage/records.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing::search {
namespace {

// BM25 (Robertson and Zaragoza 2009), with the usual constants and an average that a support ticket has.
constexpr double kSaturation = 1.2;
constexpr double kLengthShare = 0.75;
constexpr double kUsualLength = 256;
constexpr double kSubjectFactor = 2.0;
constexpr double kFileFactor = 0.5;  // long texts that nobody wrote for this ticket

}  // namespace

Weights::Weights(double all, double with) {
  const double rarity = std::log1p((all - with + 0.5) / (with + 0.5));
  constexpr std::array kFactors{kFileFactor, 1.0, kSubjectFactor};
  for (std::size_t place = 0; place < kFactors.size(); ++place) {
    for (std::size_t uses = 0; uses <= kUsesMax; ++uses) {
      for (std::size_t step = 0; step < kSteps; ++step) {
        const double length = 1 - kLengthShare + kLengthShare * length_of_step(static_cast<std::uint8_t>(step)) / kUsualLength;
        const auto times = static_cast<double>(uses);
        table_[place][uses][step] = kFactors[place] * rarity * times * (kSaturation + 1) / (times + kSaturation * length);
      }
    }
  }
}

Evaluation::Evaluation(const View& view, const auth::Reach& reach, const Query& query, const Filters& filters)
    : view_(view), reach_(reach), filters_(filters), texts_(view) {
  for (const WordClause& each : query.words) demand(each);
  for (const WordClause& each : filters.markers) demand(each);
  has_words_ = !positive_.empty();
  has_text_ = std::ranges::any_of(positive_, [this](std::size_t reader) { return wanted_[reader].fields != 0; });
  needs_records_ = filters.needs_records || !phrases_.empty();
}

void Evaluation::demand(const WordClause& clause) {
  Demand made;
  made.is_negated = clause.is_negated;
  const auto want = [this, &made, &clause](Wanted wanted) {
    wanted.fields = clause.fields;
    made.readers.push_back(wanted_.size());
    wanted_.push_back(std::move(wanted));
  };
  for (const std::string& word : clause.words) want({{word}, {}, 0});
  if (!clause.any.empty()) want({clause.any, {}, 0});
  if (!clause.prefix.empty()) want({{}, clause.prefix, 0});
  if (!clause.phrase.empty()) phrases_.push_back({clause.phrase, clause.fields, clause.is_negated});
  if (!clause.is_negated) {
    positive_.insert(positive_.end(), made.readers.begin(), made.readers.end());
  } else if (clause.phrase.empty()) {
    demands_.push_back(std::move(made));
  }
}

core::Result<void> Evaluation::open() {
  POSTERN_TRY(const std::optional<std::string> last, view_.snapshot.get(keys::ticket_counter(view_.keys.workspace())));
  last_ticket_ = storage::decode_number(last);
  if (wanted_.empty()) return {};
  POSTERN_CHECK(tail_.read(view_, wanted_));
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    readers_.push_back(std::make_unique<WordReader>(view_, tail_, i, wanted_[i]));
    POSTERN_CHECK(readers_.back()->open());
    const double all = static_cast<double>(last_ticket_) + 1;
    weights_.push_back(wanted_[i].fields == 0 ? Weights() : Weights(all, std::min(all, readers_.back()->estimate())));
  }
  std::ranges::sort(positive_, {}, [this](std::size_t reader) { return readers_[reader]->estimate(); });
  return {};
}

core::Result<void> Evaluation::narrow(std::vector<Candidate>& to, std::uint64_t range, std::size_t reader) {
  POSTERN_TRY(const Postings* const postings, readers_[reader]->range(range));
  const Weights& weights = weights_[reader];
  auto here = postings->begin();
  auto kept = to.begin();
  for (Candidate& each : to) {
    while (here != postings->end() && here->ticket < each.ticket) ++here;
    if (here == postings->end()) break;
    if (here->ticket != each.ticket) continue;
    each.score += weights.of(*here);
    *kept++ = each;
  }
  to.erase(kept, to.end());
  return {};
}

core::Result<std::vector<Candidate>> Evaluation::candidates() {
  std::vector<Candidate> out;
  POSTERN_CHECK(each_candidate([&out](std::span<const Candidate> some) { out.insert(out.end(), some.begin(), some.end()); }));
  return out;
}

core::Result<void> Evaluation::each_candidate(const std::function<void(std::span<const Candidate>)>& take) {
  const Weights& weights = weights_[positive_.front()];
  std::vector<Candidate> here;
  for (const std::uint64_t range : readers_[positive_.front()]->ranges(last_ticket_)) {
    POSTERN_TRY(const Postings* const first, readers_[positive_.front()]->range(range));
    here.clear();
    for (const Posting& each : *first) here.push_back({each.ticket, weights.of(each)});
    for (std::size_t i = 1; i < positive_.size() && !here.empty(); ++i) POSTERN_CHECK(narrow(here, range, positive_[i]));
    for (const Demand& demand : demands_) {
      core::Result<void> failure;
      std::erase_if(here, [&](const Candidate& each) {
        const core::Result<bool> is_unwanted = meets(demand, each.ticket);
        if (!is_unwanted) failure = is_unwanted.error();
        return is_unwanted && *is_unwanted;
      });
      POSTERN_CHECK(failure);
    }
    std::ranges::reverse(here);
    take(here);
    for (const auto& reader : readers_) reader->forget(range);
  }
  return {};
}

core::Result<bool> Evaluation::meets(const Demand& demand, std::uint64_t ticket) {
  for (const std::size_t reader : demand.readers) {
    POSTERN_TRY(const Posting* const found, readers_[reader]->find(ticket));
    if (found == nullptr) return false;
  }
  return true;
}

core::Result<bool> Evaluation::has_right_words(std::uint64_t ticket) {
  for (const Demand& demand : demands_) {
    POSTERN_TRY(const bool is_unwanted, meets(demand, ticket));
    if (is_unwanted) return false;
  }
  return meets({positive_, false}, ticket);
}

core::Result<std::optional<schema::Ticket>> Evaluation::within_reach(std::uint64_t ticket, const storage::Entry* sealed) {
  ++records_read_;
  const std::string key = keys::ticket(view_.keys.workspace(), core::TicketId{ticket});
  std::optional<std::string> value;
  if (sealed != nullptr && !sealed->key.empty()) {
    value = sealed->value;
  } else {
    POSTERN_TRY(value, view_.snapshot.get(key));
  }
  if (!value) return std::optional<schema::Ticket>();
  schema::Ticket record;
  const auto opened = storage::open_record(view_.vault, view_.keys.workspace(), key, *value, record);
  if (!opened && !is_damage(opened.error())) return opened.error();
  if (!opened) return std::optional<schema::Ticket>();  // it can be shown to nobody, the others can
  if (record.deleted_unix_ms() != 0 || !reach_.inboxes.has(core::InboxId{record.inbox()})) return std::optional<schema::Ticket>();
  return std::optional(std::move(record));
}

core::Result<std::optional<schema::Ticket>> Evaluation::pass(std::uint64_t ticket, const storage::Entry* sealed) {
  POSTERN_TRY(std::optional<schema::Ticket> record, within_reach(ticket, sealed));
  if (!record || !filters_.holds(*record)) return std::optional<schema::Ticket>();
  for (const PhraseTest& each : phrases_) {
    POSTERN_TRY(const bool has, texts_.has_phrase(*record, each));
    if (has == each.is_negated) return std::optional<schema::Ticket>();
  }
  return record;
}

TextReader::Marks Evaluation::marks() const {
  TextReader::Marks out;
  for (const std::size_t reader : positive_) {
    const Wanted& wanted = wanted_[reader];
    if (wanted.fields == 0) continue;
    out.fields |= wanted.fields;
    out.words.insert(wanted.words.begin(), wanted.words.end());
    if (!wanted.prefix.empty()) out.prefixes.push_back(wanted.prefix);
  }
  return out;
}

}  // namespace postern::ticketing::search
