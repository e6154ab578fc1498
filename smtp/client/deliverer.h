#pragma once
// smtp/client/deliverer.h: drains the outbox: claims what is due, delivers with bounded concurrency, reports. Leases
// make it safe to run in several processes: what a dead one held falls due again.
// Thread-safety: all methods from any thread.  Ownership: borrows everything; stop() before destruction and before
// the io_context ends.  Errors: those of the source are logged and retried.  Limits: DeliveryOptions.
#include <boost/asio/io_context.hpp>
#include <memory>

#include "core/task_group.h"
#include "smtp/client/deliver.h"

namespace postern::smtp {

class Deliverer {
 public:
  // `connect` empty: TCP. Tests pass a simulated one.
  Deliverer(boost::asio::io_context& io, pipeline::OutboundSource& source, const pipeline::MessageSigner& signer,
            net::DnsResolver& resolver, core::Clock& clock, DeliveryOptions options, Connect connect = {});
  ~Deliverer();
  void start();
  // Claims no more; lets running attempts end until the deadline, then cancels them (their leases run out).
  core::Task<void> stop(core::Deadline by);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace postern::smtp
