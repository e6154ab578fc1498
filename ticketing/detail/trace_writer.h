#pragma once
// ticketing/detail/trace_writer.h: writes a message's trace in the transaction that stores the message, and adds later
// steps (deliveries) to it.
#include "pipeline/api/envelope.h"
#include "ticketing/detail/services.h"
#include "ticketing/traces.h"

namespace postern::ticketing {

core::Result<void> put_trace(storage::Transaction& transaction, const storage::Vault& vault, const Trace& trace);
// The steps that intake knows of, up to "stored" with `outcome`.
Trace make_trace(const pipeline::Envelope& envelope, const pipeline::RedactedMessage& message, std::int64_t now_ms);

}  // namespace postern::ticketing
