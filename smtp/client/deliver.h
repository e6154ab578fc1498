#pragma once
// smtp/client/deliver.h: one attempt to deliver one message: sign, find the way, try hosts in order.
// Thread-safety: any executor; the attempt stays on the one it was started on.  Ownership: everything in a Courier
// outlives the attempt.  Errors: none; every ending is a DeliveryReport.
#include <functional>
#include <memory>
#include <mutex>

#include "net/dns.h"
#include "net/stream.h"
#include "pipeline/api/outbox.h"
#include "pipeline/api/ports.h"
#include "pipeline/api/tls_session.h"
#include "smtp/client/options.h"
#include "smtp/client/session.h"
#include "smtp/client/sts_policies.h"

namespace postern::smtp {

using Connect =
    std::function<core::Task<core::Result<std::unique_ptr<net::Stream>>>(net::Endpoint to, core::Deadline by)>;

// What an attempt needs from the world.
struct Courier {
  Courier(const pipeline::MessageSigner& the_signer, net::DnsResolver& the_resolver, core::Clock& the_clock,
          DeliveryOptions the_options, Connect the_connect, StsPolicies::Fetch fetch_policy = {},
          pipeline::TlsObserver* the_observer = nullptr);
  const pipeline::MessageSigner& signer;
  net::DnsResolver& resolver;
  core::Clock& clock;
  DeliveryOptions options;
  Connect connect;
  pipeline::TlsObserver* observer;  // null: nobody counts what sessions show of TLS
  // Of the domains that are written to. It locks for itself.
  mutable StsPolicies policies;
  // Null when the context could not be made (logged): then nothing is encrypted and what requires it is deferred.
  std::shared_ptr<const net::TlsContext> opportunistic_tls;
  // The same; made when it is first needed, as it reads all trust anchors. Any thread.
  std::shared_ptr<const net::TlsContext> verified_tls() const;

 private:
  mutable std::once_flag has_verified_;
  mutable std::shared_ptr<const net::TlsContext> verified_tls_;
};

struct Delivery {
  pipeline::DeliveryReport report;
  TlsDemand tls_demand = TlsDemand::kNobody;  // of the host that the report is about
};

core::Task<Delivery> deliver_once(pipeline::OutboundMessage message, std::shared_ptr<const Courier> courier);

}  // namespace postern::smtp
