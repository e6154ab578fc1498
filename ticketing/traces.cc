#include "ticketing/traces.h"

#include <fmt/format.h>
#include <google/protobuf/arena.h>

#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/trace_writer.h"

namespace postern::ticketing {
namespace {

std::string auth_summary(const pipeline::AuthVerdicts& auth) {
  std::string out = fmt::format("spf={} dmarc={}", to_string(auth.spf.result), to_string(auth.dmarc.result));
  for (const auto& one : auth.dkim) out += fmt::format(" dkim={}", to_string(one.result));
  return out;
}

std::uint32_t redacted_count(const pipeline::Verdicts& verdicts) {
  std::uint32_t sum = 0;
  for (const auto& one : verdicts.redactions) sum += one.count;
  return sum;
}

void encode(const TraceStep& from, schema::TraceStep& to) {
  to.set_at_unix_ms(from.at_unix_ms);
  to.set_what(from.what);
  to.set_detail(from.detail);
}

}  // namespace

Trace make_trace(const pipeline::Envelope& envelope, const pipeline::RedactedMessage& message, std::int64_t now_ms) {
  Trace trace;
  trace.id = envelope.trace;
  trace.client_ip = envelope.client_ip;
  trace.helo = envelope.helo;
  trace.tls = envelope.tls_version.empty() ? "" : envelope.tls_version + ' ' + envelope.tls_cipher;
  trace.size = message.original_bytes();
  const auto& spam = message.verdicts().spam;
  trace.steps.push_back({core::to_unix_ms(envelope.received_at), "received", envelope.protocol + (envelope.requires_tls ? " REQUIRETLS" : "")});
  trace.steps.push_back({now_ms, "authenticated", auth_summary(message.verdicts().auth)});
  trace.steps.push_back({now_ms, "redacted", fmt::format("{} places", redacted_count(message.verdicts()))});
  trace.steps.push_back({now_ms, "classified", fmt::format("{:.2f} {}", spam.score, to_string(spam.action))});
  return trace;
}

core::Result<void> put_trace(storage::Transaction& transaction, const storage::Vault& vault, const Trace& trace) {
  return put_trace(transaction, vault, trace, trace.verdicts);
}

core::Result<void> put_trace(storage::Transaction& transaction, const storage::Vault& vault, const Trace& trace, const pipeline::Verdicts& verdicts) {
  google::protobuf::Arena memory;  // dozens of small parts, all gone at once
  schema::Trace& record = *google::protobuf::Arena::CreateMessage<schema::Trace>(&memory);
  record.set_id(trace.id.value);
  for (std::uint64_t ticket : trace.tickets) record.add_tickets(ticket);
  record.set_client_ip(trace.client_ip);
  record.set_helo(trace.helo);
  record.set_tls(trace.tls);
  record.set_size(trace.size);
  codec::encode(verdicts, *record.mutable_verdicts());
  for (const auto& step : trace.steps) encode(step, *record.add_steps());
  return storage::put_sealed(transaction, vault, trace.workspace, keys::trace(trace.workspace, trace.id), record);
}

core::Result<void> add_trace_step(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                  core::TraceId id, const TraceStep& step, core::TicketId ticket) {
  const std::string key = keys::trace(workspace, id);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return {};
  schema::Trace record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  if (record.steps_size() >= kTraceStepsMax) return {};
  encode(step, *record.add_steps());
  if (ticket) record.add_tickets(ticket.value);
  return storage::put_sealed(transaction, vault, workspace, key, record);
}

core::Result<Trace> find_trace(const storage::Store& store, const storage::Vault& vault,
                               const std::vector<core::WorkspaceId>& workspaces, core::TraceId id) {
  const auto snapshot = store.snapshot();
  for (const core::WorkspaceId workspace : workspaces) {
    const std::string key = keys::trace(workspace, id);
    POSTERN_TRY(const std::optional<std::string> value, snapshot->get(key));
    if (!value) continue;
    schema::Trace record;
    POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
    Trace trace;
    trace.id = id;
    trace.workspace = workspace;
    trace.tickets.assign(record.tickets().begin(), record.tickets().end());
    trace.client_ip = record.client_ip();
    trace.helo = record.helo();
    trace.tls = record.tls();
    trace.size = record.size();
    trace.verdicts = codec::decode(record.verdicts());
    for (const auto& step : record.steps()) trace.steps.push_back({step.at_unix_ms(), step.what(), step.detail()});
    return trace;
  }
  return core::fail(Errc::kNotFound, "trace");
}

core::Result<core::TraceId> newest_trace(const storage::Store& store, core::WorkspaceId workspace) {
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              store.snapshot()->scan(keys::traces_prefix(workspace), storage::Direction::kBackward, 1));
  if (entries.empty()) return core::TraceId{};
  storage::KeyReader key(entries.front().key);
  return core::TraceId{key.u64()};
}

}  // namespace postern::ticketing
