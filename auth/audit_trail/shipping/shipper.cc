#include "auth/audit_trail/shipping/shipper.h"

#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/strand.hpp>
#include <set>

#include "auth/audit_trail/chain.h"
#include "auth/audit_trail/shipping/cursor.h"
#include "auth/detail/keys.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/file.h"
#include "core/log.h"
#include "core/metrics.h"

namespace postern::auth {
namespace {

constexpr std::size_t kHmacKeyBytesMin = 16;

// The content of a secret's file without the white space around it. Errors name the file, never its content.
core::Result<core::SecretBuffer> read_secret(const std::string& path, const ShipOptions& options) {
  if (path.empty()) return core::SecretBuffer();
  struct stat facts{};
  if (::stat(path.c_str(), &facts) == 0 && (facts.st_mode & 0077U) != 0) {
    return core::fail(core::Errc::kInvalid, path + ": readable by others; chmod 600 it");
  }
  POSTERN_TRY(std::string bytes, core::read_file(path, options.secret_bytes_max));
  core::SecretBuffer out = core::to_secret(core::trim_ascii(bytes));
  core::wipe(bytes.data(), bytes.size());
  if (out.empty()) return core::fail(core::Errc::kInvalid, path + ": empty");
  // It becomes part of a header.
  if (std::ranges::any_of(out, [](char c) { return c <= ' ' || c > '~'; })) return core::fail(core::Errc::kInvalid, path + ": holds more than one word of ASCII");
  return out;
}

core::Result<std::shared_ptr<ShipMeans>> make_means(const std::string& url, const ShipOptions& options, net::DnsResolver& resolver, core::Clock& clock) {
  POSTERN_TRY(ShipTarget target, parse_ship_target(url));
  auto out = std::make_shared<ShipMeans>(std::move(target), options, resolver, clock);
  if (out->target.is_encrypted()) {
    POSTERN_TRY(out->tls, net::TlsContext::client(true, options.ca_file));
  }
  if (out->target.format == ShipFormat::kJson) {
    POSTERN_TRY(out->token, read_secret(options.token_file, options));
    POSTERN_TRY(out->hmac_key, read_secret(options.hmac_key_file, options));
  }
  return out;
}

}  // namespace

std::vector<std::string> ship_setting_complaints(const ShipOptions& options) {
  std::vector<std::string> out;
  if (options.receivers.size() > options.receivers_max) {
    out.push_back("audit.ship_to: at most " + std::to_string(options.receivers_max) + " receivers");
  }
  std::set<std::string> seen;
  bool has_json = false;
  for (const std::string& url : options.receivers) {
    const auto target = parse_ship_target(url);
    // The text itself may hold a secret.
    const std::string which = "audit.ship_to, receiver " + std::to_string(seen.size() + 1);
    if (!target) out.push_back(which + ": " + target.error().context());
    if (!seen.insert(url).second) out.push_back(which + ": is named twice");
    has_json = has_json || (target && target->format == ShipFormat::kJson);
  }
  for (const auto& [key, path] : {std::pair{"ship_token_file", options.token_file}, std::pair{"ship_hmac_key_file", options.hmac_key_file}}) {
    const auto secret = read_secret(path, options);
    if (!secret) out.push_back("audit." + std::string(key) + ": " + secret.error().context());
    if (!path.empty() && !has_json) out.push_back("audit." + std::string(key) + ": is for https receivers, and there is none");
  }
  if (const auto key = read_secret(options.hmac_key_file, options); key && !key->empty() && key->size() < kHmacKeyBytesMin) {
    out.push_back("audit.ship_hmac_key_file: shorter than 16 characters");
  }
  if (!options.ca_file.empty()) {
    if (const auto tls = net::TlsContext::client(true, options.ca_file); !tls) out.push_back("audit.ship_ca_file: " + tls.error().context());
  }
  return out;
}

struct AuditShipper::Receiver {
  std::string url;
  std::string metric_label;
  std::shared_ptr<const ShipMeans> means;
  std::unique_ptr<ShipWire> wire;
  std::chrono::milliseconds retry{0};  // what the next failure waits; zero: none went before
  State state;
};

AuditShipper::AuditShipper(Parts parts, ShipOptions options)
    : parts_(std::move(parts)), options_(std::move(options)), tasks_("audit shipping", parts_.clock) {}

core::Result<std::unique_ptr<AuditShipper>> AuditShipper::make(Parts parts, ShipOptions options) {
  if (const auto complaints = ship_setting_complaints(options); !complaints.empty()) return core::fail(core::Errc::kInvalid, complaints.front());
  std::unique_ptr<AuditShipper> made(new AuditShipper(std::move(parts), std::move(options)));
  for (const std::string& url : made->options_.receivers) {
    auto receiver = std::make_shared<Receiver>();
    POSTERN_TRY(receiver->means, make_means(url, made->options_, made->parts_.resolver, made->parts_.clock));
    receiver->url = url;
    receiver->state.receiver = receiver->means->target.label();
    receiver->state.is_encrypted = receiver->means->target.is_encrypted();
    receiver->metric_label = "receiver=\"" + receiver->state.receiver + "\"";
    receiver->wire = make_wire(receiver->means, made->tasks_);
    made->receivers_.push_back(std::move(receiver));
  }
  return made;
}

void AuditShipper::start(boost::asio::any_io_executor executor) {
  for (const auto& receiver : receivers_) tasks_.spawn(boost::asio::make_strand(executor), run(receiver));
}

core::Task<void> AuditShipper::stop(core::Deadline by) {
  is_stopping_ = true;
  tasks_.cancel();
  co_await tasks_.drain(by);
}

std::vector<AuditShipper::State> AuditShipper::states() const {
  std::vector<State> out;
  const std::lock_guard lock(mutex_);
  for (const auto& receiver : receivers_) out.push_back(receiver->state);
  return out;
}

core::Task<void> AuditShipper::run(std::shared_ptr<Receiver> receiver) {
  while (!is_stopping_) {
    const core::Result<std::size_t> sent = co_await ship_round(receiver);
    if (is_stopping_) break;
    (void)measure_lag(*receiver);  // a store that fails has told so in the round
    if (sent && *sent > 0) continue;
    std::chrono::nanoseconds wait = options_.look_interval;
    if (!sent) {
      note_failure(*receiver, sent.error());
      receiver->retry = std::min(receiver->retry.count() == 0 ? options_.retry_first : receiver->retry * 2, options_.retry_max);
      wait = std::min<core::Duration>(std::max<core::Duration>(receiver->retry, receiver->wire->asked_to_wait()), options_.retry_max);
    }
    co_await parts_.clock.sleep_for(wait);
  }
  receiver->wire->close();
}

void AuditShipper::note_failure(Receiver& receiver, const core::Error& error) {
  core::metrics().counter("postern_audit_ship_failures_total", "failed attempts to ship audit entries", receiver.metric_label).add();
  const std::string problem = error.describe();
  const std::lock_guard lock(mutex_);
  // Once an outage and once a change of its kind, not once a retry.
  if (!receiver.state.is_failing || receiver.state.problem != problem) {
    core::log::warn("audit.ship_failed", {{"receiver", receiver.state.receiver}, {"why", problem}});
  }
  receiver.state.is_failing = true;
  receiver.state.problem = problem;
}

// A batch of each workspace in turn; how many entries in all.
core::Task<core::Result<std::size_t>> AuditShipper::ship_round(std::shared_ptr<Receiver> receiver) {
  std::vector<core::WorkspaceId> workspaces = parts_.workspaces();
  workspaces.push_back(keys::kGlobal);
  std::size_t sent = 0;
  for (const core::WorkspaceId workspace : workspaces) {
    if (is_stopping_) break;
    POSTERN_CO_TRY(const std::size_t here, co_await ship_some(receiver, workspace));
    sent += here;
  }
  co_return sent;
}

// After each round, good or bad: an outage is when somebody wants to know it.
core::Result<void> AuditShipper::measure_lag(Receiver& receiver) {
  std::vector<core::WorkspaceId> workspaces = parts_.workspaces();
  workspaces.push_back(keys::kGlobal);
  const auto snapshot = parts_.store.snapshot();
  std::uint64_t waiting = 0;
  for (const core::WorkspaceId workspace : workspaces) {
    const auto cursor = read_ship_cursor(*snapshot, parts_.vault, workspace, receiver.url);
    const auto head = read_head(*snapshot, parts_.vault, workspace);
    if (!cursor || !head) continue;
    waiting += head->sequence - std::min(head->sequence, cursor->sequence);
  }
  core::metrics().gauge("postern_audit_ship_lag", "audit entries that a receiver has not had yet", receiver.metric_label)
      .set(static_cast<std::int64_t>(waiting));
  const std::lock_guard lock(mutex_);
  receiver.state.waiting = waiting;
  return {};
}

core::Task<core::Result<std::size_t>> AuditShipper::ship_some(std::shared_ptr<Receiver> receiver, core::WorkspaceId workspace) {
  auto load = std::make_shared<ShipLoad>();
  load->workspace = workspace;
  ShipCursor cursor;
  {
    const auto snapshot = parts_.store.snapshot();
    POSTERN_CO_TRY(cursor, read_ship_cursor(*snapshot, parts_.vault, workspace, receiver->url));
    POSTERN_CO_TRY(const ShipBatch batch, read_ship_batch(*snapshot, parts_.vault, workspace, cursor.sequence, options_.batch_entries_max));
    std::size_t bytes = 0;
    std::uint64_t last = batch.last;
    for (const AuditEntry& entry : batch.entries) {
      std::string message = ship_message(*receiver->means, workspace, entry);
      bytes += message.size();
      if (!load->messages.empty() && bytes > options_.batch_bytes_max) {
        last = load->last;
        break;
      }
      if (load->messages.empty()) load->first = entry.sequence;
      load->last = entry.sequence;
      load->messages.push_back(std::move(message));
    }
    if (batch.lost > 0) core::log::error("audit.ship_stepped_over", {{"workspace", workspace.value}, {"entries", batch.lost}});
    if (last == 0) co_return std::size_t{0};
    cursor.sequence = last;
  }
  if (!load->messages.empty()) POSTERN_CO_CHECK(co_await receiver->wire->send(load));
  cursor.at_unix_ms = core::to_unix_ms(parts_.clock.wall_now());
  POSTERN_CO_CHECK(co_await put_ship_cursor(parts_.store, parts_.vault, workspace, receiver->url, cursor));
  const std::size_t count = load->messages.size();
  receiver->retry = std::chrono::milliseconds(0);
  core::metrics().counter("postern_audit_shipped_total", "audit entries that a receiver has confirmed", receiver->metric_label).add(count);
  const std::lock_guard lock(mutex_);
  if (receiver->state.is_failing) core::log::info("audit.shipping_again", {{"receiver", receiver->state.receiver}});
  receiver->state.is_failing = false;
  receiver->state.problem.clear();
  receiver->state.sent += count;
  receiver->state.confirmed_unix_ms = cursor.at_unix_ms;
  co_return std::max<std::size_t>(count, 1);
}

}  // namespace postern::auth
