#pragma once
// ticketing/search/ticket_search.h: finding tickets by what is written in them and by their fields, exactly as of the last commit.
// Thread-safety: all methods from any executor; queries run on the pool.  Ownership: owns the index and its upkeep; borrows the
// rest.  Errors: Errc::kInvalid (the context says where and why), those of the store.  Limits: Limits; an answer that they
// keep from being whole says so.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ticketing/search/filter.h"
#include "ticketing/search/index.h"
#include "ticketing/search/texts.h"
#include "ticketing/search/upkeep.h"
#include "ticketing/tickets.h"

namespace postern::ticketing::search {

struct SearchRequest {
  std::string query;
  std::optional<Order> order;         // otherwise what the query says, relevance, or the last update without words
  std::optional<bool> is_ascending;
  std::size_t offset = 0;
  std::size_t count = 25;             // 0: how many there are only
  bool with_snippets = true;
};

struct SearchHit {
  Ticket ticket;
  std::string snippet;  // HTML: escaped, with <mark>
  Snippet place = {};   // where that stands; its text is `snippet`
};

struct SearchAnswer {
  std::vector<SearchHit> hits;
  std::uint64_t count = 0;     // of all
  bool is_approximate = false; // there may be more, and some of them may belong before these
  std::optional<Upkeep::Progress> filling;  // older tickets are still being taken in
};

struct ExportRequest {
  std::string query;
  std::uint64_t below = 0;     // ticket number of the last page's end; 0: from the newest on
  std::size_t count = 100;
};
struct ExportAnswer {
  std::vector<Ticket> tickets; // highest number first; fewer than asked for do not mean the end
  std::uint64_t below = 0;     // where the next page begins
  bool has_more = false;
};

class TicketSearch {
 public:
  TicketSearch(const Services& with, core::WorkPool* cpu, Limits limits = Limits());

  core::Task<core::Result<SearchAnswer>> find(auth::Principal by, SearchRequest request);
  // All that match, however many, in pages.
  core::Task<core::Result<ExportAnswer>> page(auth::Principal by, ExportRequest request);

  SearchIndex& index() { return index_; }
  Upkeep& upkeep() { return upkeep_; }
  // Before the first call.
  void use(Names names) { names_ = std::move(names); }
  const Limits& limits() const { return limits_; }

 private:
  core::Result<SearchAnswer> find_now(const auth::Principal& by, const SearchRequest& request) const;
  core::Result<ExportAnswer> page_now(const auth::Principal& by, const ExportRequest& request) const;

  const Services with_;
  core::WorkPool* cpu_;
  const Limits limits_;
  SearchIndex index_;
  Upkeep upkeep_;
  Names names_;
};

}  // namespace postern::ticketing::search
