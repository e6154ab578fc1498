#pragma once
// ticketing/trace_search.h: which messages' stories there are: of a time, of a ticket, of a Message-ID, of somebody's address.
// Traces hold no addresses: those of a person are found through the tickets that are his or copied to him, and mail that is held
// back through what is kept of it. So what was erased is not found again.
// Thread-safety: free functions.  Errors: those of the store and the vault.  Limits: TraceSearchLimits; what lies beyond one page's
// share is said by has_more.
#include <optional>

#include "auth/principal.h"
#include "ticketing/directory.h"
#include "ticketing/traces.h"

namespace postern::ticketing {

struct TraceSearchLimits {
  std::size_t tickets_max = 200;     // of a person that are looked at, newest first
  std::size_t comments_max = 500;    // of each, newest first
  std::size_t held_max = 2000;       // held back messages that are looked at
  std::size_t scanned_max = 2000;    // traces that one page of a time looks at
};

struct TraceQuery {
  std::optional<std::string> sender;      // an address: mail that it sent us
  std::optional<std::string> recipient;   // an address: mail that we sent to it
  std::optional<std::string> message_id;  // without angle brackets: received mail
  core::TicketId ticket;                  // 0: of any
  std::int64_t since_unix_ms = 0;
  std::int64_t until_unix_ms = 0;         // 0: without end
  core::TraceId before;                   // cursor; 0: from the newest
  std::size_t size = 50;
};

struct TracePage {
  std::vector<Trace> traces;  // newest first
  core::TraceId last;         // cursor of the next page
  bool has_more = false;
};

// All that is asked for together. Whoever is limited to inboxes finds what is within.
core::Result<TracePage> search_traces(const storage::Store& store, const storage::Vault& vault, const Directory& directory, const auth::Reach& reach,
                                      const TraceQuery& query, const TraceSearchLimits& limits = {});

}  // namespace postern::ticketing
