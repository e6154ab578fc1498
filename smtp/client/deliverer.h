#pragma once
// smtp/client/deliverer.h: drains the outbox: claims what is due, delivers with bounded concurrency, reports. Leases
// make it safe to run in several processes: what a dead one held falls due again.
// Thread-safety: all methods from any thread.  Ownership: borrows everything; stop() before destruction and before
// the io_context ends.  Errors: those of the source are logged and retried; an outcome is reported again and again
// until it is kept or the lease ends, for one that is lost means that the mail is sent twice.  Limits: DeliveryOptions.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "core/task_group.h"
#include "smtp/client/deliver.h"

namespace postern::smtp {

// What a queue can do with its leases beyond the port. An empty one is done without: then nothing bounds the claims of
// one destination, and what was claimed in vain falls due when its lease runs out.
struct LeaseCalls {
  using Claimed = core::Result<std::vector<pipeline::OutboundMessage>>;
  // OutboundSource::claim_due, leaving alone domains of recipients to which so many entries are leased already.
  std::function<core::Task<Claimed>(std::size_t most, core::Duration lease, std::size_t per_destination_max)> claim;
  // Gives back an entry that was not tried: due at once, no attempt counted.
  std::function<core::Task<core::Result<void>>(core::WorkspaceId workspace, core::OutboxId id)> release;
};

class Deliverer {
 public:
  // `connect` empty: TCP. Tests pass a simulated one.
  Deliverer(boost::asio::io_context& io, pipeline::OutboundSource& source, const pipeline::MessageSigner& signer,
            net::DnsResolver& resolver, core::Clock& clock, DeliveryOptions options, Connect connect = {},
            LeaseCalls leases = {}, StsPolicies::Fetch fetch_policy = {}, pipeline::TlsObserver* tls_observer = nullptr);
  ~Deliverer();
  void start();
  // Claims no more; gives back what waits; lets running attempts end until the deadline, then cancels them (their
  // leases run out).
  core::Task<void> stop(core::Deadline by);
  // Lives as long as this; for whoever keeps the policies over restarts.
  StsPolicies& sts_policies() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace postern::smtp
