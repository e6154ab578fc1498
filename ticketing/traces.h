#pragma once
// ticketing/traces.h: one message's story from first byte to last action, without content: for `postern trace` and
// the API. Written in the transaction that stores the message. A reply has one for each recipient, under the id of its
// queue entry: queued, each attempt, its end.
// Thread-safety: any executor. Errors: Errc::kNotFound, those of the store and the vault.
#include <string>
#include <vector>

#include "pipeline/api/envelope.h"
#include "pipeline/api/verdict.h"
#include "storage/records.h"

namespace postern::ticketing {

struct TraceStep {
  std::int64_t at_unix_ms = 0;
  std::string what;  // "received", "authenticated", "redacted", "classified", "stored", "queued", "deferred", "delivered", "failed", "dropped"
  std::string detail;
};

struct Trace {
  core::TraceId id;
  core::WorkspaceId workspace;
  std::vector<std::uint64_t> tickets;
  std::string client_ip;
  std::string helo;
  std::string tls;
  std::uint64_t size = 0;
  pipeline::Verdicts verdicts;
  std::vector<TraceStep> steps;
};

core::Result<Trace> find_trace(const storage::Store& store, const storage::Vault& vault,
                               const std::vector<core::WorkspaceId>& workspaces, core::TraceId id);

// The newest trace's id, 0 when there is none: where ids go on after a start (core::IdSource::start_after).
core::Result<core::TraceId> newest_trace(const storage::Store& store, core::WorkspaceId workspace);

}  // namespace postern::ticketing
