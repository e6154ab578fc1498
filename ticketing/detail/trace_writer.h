#pragma once
// ticketing/detail/trace_writer.h: writes a message's trace in the transaction that stores the message, and adds later
// steps to it: attempts to deliver a reply, what an operator did with suspended mail.
// Thread-safety: pure over the transaction. Errors: those of the store and the vault.
#include "pipeline/api/envelope.h"
#include "ticketing/detail/services.h"
#include "ticketing/traces.h"

namespace postern::ticketing {

core::Result<void> put_trace(storage::Transaction& transaction, const storage::Vault& vault, const Trace& trace);
// With these verdicts in place of its own: a message's are large, and need not be copied for it.
core::Result<void> put_trace(storage::Transaction& transaction, const storage::Vault& vault, const Trace& trace, const pipeline::Verdicts& verdicts);
// Adds a step to a trace, and the ticket to those it names; without one, or with kTraceStepsMax steps, nothing.
inline constexpr int kTraceStepsMax = 200;
core::Result<void> add_trace_step(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                  core::TraceId id, const TraceStep& step, core::TicketId ticket = {});
// What intake knows of before anything is filed; the verdicts are for each workspace to add as it may see them.
Trace make_trace(const pipeline::Envelope& envelope, const pipeline::RedactedMessage& message, std::int64_t now_ms);

}  // namespace postern::ticketing
