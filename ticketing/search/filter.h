#pragma once
// ticketing/search/filter.h: what the keywords of a query say of a ticket's record, and by which facts or lists tickets that fulfil
// it are found without opening them.
// Thread-safety: values; functions of Names are called on the thread of the query.
// Errors: Errc::kInvalid as query.h has it, those of the store.
#include <functional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "storage/schema/ticket.pb.h"
#include "storage/store.h"
#include "ticketing/search/keys.h"
#include "ticketing/search/query.h"

namespace postern::ticketing::search {

// Who or what has a name; all that do. Empty: by id only, and people by address.
struct Names {
  using Find = std::function<core::Result<std::vector<std::uint64_t>>(core::WorkspaceId, const std::string& name)>;
  Find people;
  Find groups;
  Find organizations;
};

// A place in the store that lists tickets.
enum class Listing : std::uint8_t {
  kByUpdate,  // an index: newest update first
  kByNumber,  // an index: highest number first
  kRecords,   // the tickets themselves, lowest number first
};
struct Source {
  std::string prefix;
  Listing listing = Listing::kByUpdate;
};

struct Filter {
  std::function<bool(const schema::Ticket&)> holds;
  std::vector<Source> sources;  // together they list each ticket that holds; empty: no index does
  bool is_never = false;        // holds for none: nobody has that name
  unsigned rank = 0;            // of the index: the higher, the fewer tickets it is expected to list
  // Facts (facts.h), one of which each ticket has that it holds for. Exact: and no other ticket. Empty: no facts tell.
  std::vector<std::string> facts;
  bool is_exact = false;
};

struct Filters {
  std::vector<std::vector<Filter>> all;  // of each, one holds
  std::vector<WordClause> markers;       // what they are in the index of words: facts of records and of comments
  bool needs_records = false;            // markers do not say all that `all` does
  bool holds(const schema::Ticket& ticket) const;
  bool is_never() const;  // no ticket can
  // Sources of the best of them; empty when none has any.
  std::vector<Source> sources() const;
};

struct Asker {
  const auth::Principal& by;
  const storage::Snapshot& snapshot;
  const WordKeys& keys;
  const Names& names;
  std::int64_t now_unix_ms = 0;
};

core::Result<Filters> make_filters(const Query& query, const Asker& asker);

// "2026-11-22", "2026-11", "2026", RFC 3339, "4hours", "today": from here on, until there (exclusive), in milliseconds.
struct TimeSpan {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool is_relative = false;
};
std::optional<TimeSpan> parse_time(std::string_view text, std::int64_t now_unix_ms);

}  // namespace postern::ticketing::search
