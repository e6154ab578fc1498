#include "ticketing/search/ticket_search.h"

#include <algorithm>

#include "core/encoding.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/keys.h"
#include "ticketing/search/evaluation.h"
#include "ticketing/search/walk.h"
#include "ticketing/shown.h"

namespace postern::ticketing::search {
namespace {

struct Found {
  std::uint64_t ticket = 0;
  std::int64_t rank = 0;  // what is sorted by first
  double score = 0;
};

std::int64_t rank_of(const schema::Ticket& ticket, Order order) {
  switch (order) {
    case Order::kUpdated: return ticket.updated_unix_ms();
    case Order::kPriority: return ticket.priority();
    case Order::kStatus: return ticket.status();
    case Order::kType: return ticket.type();
    case Order::kRelevance:
    case Order::kCreated: return 0;  // scores and numbers
  }
  return 0;
}

Source all_tickets(core::WorkspaceId workspace) { return {storage::KeyBuilder(workspace, storage::Space::kTicket).bytes(), Listing::kRecords}; }

// What it is thought to take to open a ticket, in index entries walked over.
constexpr double kEntriesOfRecord = 40;

// Collects what one query finds, the first of it sorted.
class Collector {
 public:
  // `wanted`: how many are looked at, from the first on. `keeps_all`: and all of them are kept, whatever it costs.
  Collector(Evaluation& evaluation, const View& view, const Filters& filters, Order order, bool is_ascending, std::size_t wanted, bool keeps_all)
      : evaluation_(evaluation), view_(view), filters_(filters), order_(order), is_ascending_(is_ascending), wanted_(wanted), keeps_all_(keeps_all) {}

  core::Result<void> run() {
    if (filters_.is_never()) return {};
    is_approximate = !evaluation_.is_tail_complete();
    const bool needs_rank = order_ != Order::kRelevance && order_ != Order::kCreated;
    if (!evaluation_.has_words()) {
      POSTERN_CHECK(walk(nullptr, view_.limits.entries_max));
    } else if (!evaluation_.needs_records() && !needs_rank && !keeps_all_) {
      return keep_first();
    } else {
      POSTERN_TRY(std::vector<Candidate> candidates, evaluation_.candidates());
      POSTERN_CHECK(look_at(candidates));
    }
    if (count == 0) count = found.size();
    const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(wanted_, found.size()));
    std::ranges::partial_sort(found, end, [this](const Found& a, const Found& b) { return comes_first(a, b); });
    return {};
  }

  std::vector<Found> found;
  std::uint64_t count = 0;  // of all; `found` may have the first ones alone
  bool is_approximate = false;

 private:
  bool before(const Found& a, const Found& b) const {
    if (a.rank != b.rank) return a.rank > b.rank;
    if (order_ == Order::kRelevance && a.score != b.score) return a.score > b.score;
    return a.ticket > b.ticket;
  }
  bool comes_first(const Found& a, const Found& b) const { return is_ascending_ ? before(b, a) : before(a, b); }

  // Words alone decide: the first of however many, without keeping the others.
  core::Result<void> keep_first() {
    const auto is_less = [this](const Found& a, const Found& b) { return comes_first(a, b); };  // a heap, the last of them on top
    const auto take = [&](std::span<const Candidate> some) {
      count += some.size();
      for (const Candidate& each : some) {
        const Found candidate{each.ticket, 0, each.score};
        if (found.size() == wanted_) {
          if (wanted_ == 0 || !comes_first(candidate, found.front())) continue;
          std::ranges::pop_heap(found, is_less);
          found.pop_back();
        }
        found.push_back(candidate);
        std::ranges::push_heap(found, is_less);
      }
    };
    POSTERN_CHECK(evaluation_.each_candidate(take));
    std::ranges::sort_heap(found, is_less);
    return {};
  }

  // Whether the first ones by update are found sooner by walking over all tickets in that order than by opening each of these.
  bool walks_by_update(std::size_t candidates) const {
    if (order_ != Order::kUpdated) return false;
    if (evaluation_.needs_records() || keeps_all_) return candidates > view_.limits.records_max;
    const double entries = static_cast<double>(wanted_) * static_cast<double>(evaluation_.last_ticket()) / static_cast<double>(candidates + 1);
    return entries < static_cast<double>(candidates) * kEntriesOfRecord;
  }

  core::Result<void> look_at(std::vector<Candidate>& candidates) {
    const bool needs_rank = order_ != Order::kRelevance && order_ != Order::kCreated;
    if (!evaluation_.needs_records() && !needs_rank) {
      for (const Candidate& each : candidates) found.push_back({each.ticket, 0, each.score});
      return {};
    }
    const bool is_many = candidates.size() > view_.limits.records_max;
    if (is_many && !filters_.sources().empty()) return walk(&candidates, view_.limits.entries_max);
    if (walks_by_update(candidates.size())) {
      // The first ones may stand anywhere: then it is sooner to open all, if they are few enough for that.
      const auto sooner = static_cast<std::size_t>(static_cast<double>(candidates.size()) * kEntriesOfRecord);
      POSTERN_CHECK(walk(&candidates, is_many ? view_.limits.entries_max : std::min(sooner, view_.limits.entries_max)));
      if (is_many || !gave_up_) return {};
      found.clear();
      count = 0;
      is_approximate = !evaluation_.is_tail_complete();
    }
    if (order_ == Order::kRelevance) {
      // No more are opened than the limit lets.
      const auto end = candidates.begin() + static_cast<std::ptrdiff_t>(std::min(candidates.size(), view_.limits.records_max + 1));
      std::ranges::partial_sort(candidates, end, [](const Candidate& a, const Candidate& b) { return a.score != b.score ? a.score > b.score : a.ticket > b.ticket; });
    } else if (is_ascending_) {
      std::ranges::reverse(candidates);
    }
    for (const Candidate& each : candidates) {
      if (evaluation_.is_exhausted()) {
        is_approximate = true;
        return {};
      }
      POSTERN_TRY(const std::optional<schema::Ticket> record, evaluation_.pass(each.ticket));
      if (record) found.push_back({each.ticket, rank_of(*record, order_), each.score});
    }
    return {};
  }

  // Over the index that lists the fewest, in the order that is asked for if there is one. `among`: these only.
  core::Result<void> walk(const std::vector<Candidate>* among, std::size_t entries_max) {
    std::vector<Source> sources = filters_.sources();
    if (sources.empty() && order_ == Order::kCreated) {
      sources.push_back(all_tickets(view_.keys.workspace()));
    }
    if (sources.empty()) sources.push_back({keys::by_update_prefix(view_.keys.workspace()), Listing::kByUpdate});
    const bool is_in_order = (order_ == Order::kUpdated) == (sources.front().listing == Listing::kByUpdate);
    Walk walk(view_.snapshot, std::move(sources), is_ascending_ && is_in_order);
    const bool ends_early = among != nullptr && is_in_order && order_ == Order::kUpdated && !evaluation_.needs_records() && !keeps_all_;
    if (ends_early) count = among->size();  // words and facts alone decide, and these come first
    for (;;) {
      if (ends_early && found.size() >= wanted_) return {};
      if (evaluation_.is_exhausted() || walk.entries() >= entries_max) {
        is_approximate = true;
        gave_up_ = true;
        return {};
      }
      POSTERN_TRY(const std::optional<Walk::Step> step, walk.next());
      if (!step) return {};
      double score = 0;
      if (among != nullptr) {
        const auto place = std::ranges::lower_bound(*among, step->ticket, std::greater<>(), &Candidate::ticket);
        if (place == among->end() || place->ticket != step->ticket) continue;
        if (ends_early) {  // its place in the walk is its rank
          const auto rank = static_cast<std::int64_t>(found.size());
          found.push_back({step->ticket, is_ascending_ ? rank : -rank, 0});
          continue;
        }
        score = place->score;
      } else {
        POSTERN_TRY(const bool has, evaluation_.has_right_words(step->ticket));
        if (!has) continue;
      }
      POSTERN_TRY(const std::optional<schema::Ticket> record, evaluation_.pass(step->ticket, &step->record));
      if (record) found.push_back({step->ticket, rank_of(*record, order_), score});
    }
  }

  Evaluation& evaluation_;
  const View& view_;
  const Filters& filters_;
  const Order order_;
  const bool is_ascending_;
  const std::size_t wanted_;
  const bool keeps_all_;
  bool gave_up_ = false;  // a walk, before it had what was wanted
};

// Tickets that the query names stand before all others.
core::Result<void> put_first(const Query& query, Evaluation& evaluation, std::vector<Found>& found) {
  std::vector<Found> named;
  for (const std::uint64_t number : query.numbers) {
    if (std::ranges::find(named, number, &Found::ticket) != named.end()) continue;
    POSTERN_TRY(const std::optional<schema::Ticket> record, evaluation.within_reach(number));
    if (!record) continue;
    std::erase_if(found, [number](const Found& each) { return each.ticket == number; });
    named.push_back({number, 0, 0});
  }
  found.insert(found.begin(), named.begin(), named.end());
  return {};
}

bool names_only(const Query& query) { return !query.numbers.empty() && query.words.empty() && query.fields.empty(); }

// Nothing, or an order alone, is a wish for everything; signs of which no word is made are not.
bool is_empty(const Query& query, std::string_view text) {
  if (!query.numbers.empty() || !query.words.empty() || !query.fields.empty()) return false;
  return !query.order && !core::trim_ascii(text).empty();
}

}  // namespace

TicketSearch::TicketSearch(const Services& with, core::WorkPool* cpu, Limits limits)
    : with_(with), cpu_(cpu), limits_(limits), index_(with_, limits_), upkeep_(with_, index_, cpu, limits_) {}

core::Task<core::Result<SearchAnswer>> TicketSearch::find(auth::Principal by, SearchRequest request) {
  using Done = core::Result<SearchAnswer>;
  auto job = [this, &by, &request] { return std::make_shared<Done>(find_now(by, request)); };
  std::shared_ptr<Done> done;  // a Result in a Result cannot be told from its error
  if (cpu_ == nullptr) {
    done = job();
  } else {
    POSTERN_CO_TRY(done, co_await core::offload(*cpu_, std::move(job)));
  }
  co_return std::move(*done);
}

core::Task<core::Result<ExportAnswer>> TicketSearch::page(auth::Principal by, ExportRequest request) {
  using Done = core::Result<ExportAnswer>;
  auto job = [this, &by, &request] { return std::make_shared<Done>(page_now(by, request)); };
  std::shared_ptr<Done> done;
  if (cpu_ == nullptr) {
    done = job();
  } else {
    POSTERN_CO_TRY(done, co_await core::offload(*cpu_, std::move(job)));
  }
  co_return std::move(*done);
}

core::Result<SearchAnswer> TicketSearch::find_now(const auth::Principal& by, const SearchRequest& request) const {
  POSTERN_TRY(const Query query, parse_query(request.query, limits_));
  POSTERN_TRY(const WaitingKeys::Look seen, index_.waiting_keys().look(with_.store, by.workspace, limits_.tail_scan_max));
  const auto& snapshot = seen.snapshot;
  POSTERN_TRY(const WordKeys keys, WordKeys::open(with_.vault, by.workspace));
  SearchAnswer out;
  POSTERN_TRY(out.filling, Upkeep::progress(*snapshot, by.workspace));
  if (is_empty(query, request.query)) return out;
  const Asker asker{by, *snapshot, keys, names_, with_.now_ms()};
  POSTERN_TRY(const Filters filters, make_filters(query, asker));
  const View view{*snapshot, with_.vault, keys, limits_, seen.keys, seen.is_complete};
  const auth::Reach reach(by);
  Evaluation evaluation(view, reach, query, filters);
  POSTERN_CHECK(evaluation.open());
  const bool has_words = evaluation.has_text();
  Order order = request.order.value_or(query.order.value_or(Order::kRelevance));
  if (order == Order::kRelevance && !has_words) order = Order::kUpdated;
  const std::size_t count = std::min(request.count, limits_.page_max);
  // Named ones come first and must not be counted twice: then all are kept.
  Collector collector(evaluation, view, filters, order, request.is_ascending.value_or(query.is_ascending.value_or(false)),
                      request.offset + count + query.numbers.size(), !query.numbers.empty());
  if (!names_only(query)) POSTERN_CHECK(collector.run());
  POSTERN_CHECK(put_first(query, evaluation, collector.found));
  out.count = query.numbers.empty() ? collector.count : collector.found.size();
  out.is_approximate = collector.is_approximate || out.filling.has_value();
  const TextReader::Marks marks = evaluation.marks();
  const std::size_t end = std::min(collector.found.size(), request.offset + count);
  for (std::size_t i = std::min(request.offset, end); i < end; ++i) {
    POSTERN_TRY(const std::optional<schema::Ticket> record, evaluation.within_reach(collector.found[i].ticket));
    if (!record || (query.numbers.empty() && !filters.holds(*record))) continue;
    SearchHit hit;
    hit.ticket = shown(view.snapshot, view.vault, reach, *record);
    if (request.with_snippets && has_words) {
      POSTERN_TRY(hit.place, evaluation.texts().snippet(*record, marks));
      hit.snippet = std::exchange(hit.place.html, {});
    }
    out.hits.push_back(std::move(hit));
  }
  return out;
}

core::Result<ExportAnswer> TicketSearch::page_now(const auth::Principal& by, const ExportRequest& request) const {
  POSTERN_TRY(const Query query, parse_query(request.query, limits_));
  POSTERN_TRY(const WaitingKeys::Look seen, index_.waiting_keys().look(with_.store, by.workspace, limits_.tail_scan_max));
  const auto& snapshot = seen.snapshot;
  POSTERN_TRY(const WordKeys keys, WordKeys::open(with_.vault, by.workspace));
  const Asker asker{by, *snapshot, keys, names_, with_.now_ms()};
  POSTERN_TRY(const Filters filters, make_filters(query, asker));
  ExportAnswer out;
  if (filters.is_never() || is_empty(query, request.query)) return out;
  const View view{*snapshot, with_.vault, keys, limits_, seen.keys, seen.is_complete};
  const auth::Reach reach(by);
  Evaluation evaluation(view, reach, query, filters);
  POSTERN_CHECK(evaluation.open());
  std::vector<Candidate> candidates;
  if (evaluation.has_words()) {
    POSTERN_TRY(candidates, evaluation.candidates());
  }
  Walk walk(*snapshot, {all_tickets(by.workspace)}, false, request.below);
  auto candidate = candidates.begin();
  while (request.below != 0 && candidate != candidates.end() && candidate->ticket >= request.below) ++candidate;
  for (out.below = request.below;;) {
    Walk::Step step;
    if (evaluation.has_words()) {
      if (candidate == candidates.end()) return out;
      step.ticket = (candidate++)->ticket;
    } else {
      POSTERN_TRY(std::optional<Walk::Step> next, walk.next());
      if (!next) return out;
      step = std::move(*next);
    }
    if (out.tickets.size() == request.count || evaluation.is_exhausted()) {
      out.has_more = true;
      return out;
    }
    out.below = step.ticket;
    POSTERN_TRY(const bool has, evaluation.has_words() ? core::Result<bool>(true) : evaluation.has_right_words(step.ticket));
    if (!has) continue;
    POSTERN_TRY(const std::optional<schema::Ticket> record, evaluation.pass(step.ticket, &step.record));
    if (record) out.tickets.push_back(shown(view.snapshot, view.vault, reach, *record));
  }
}

}  // namespace postern::ticketing::search
