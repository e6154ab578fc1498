#pragma once
// auth/audit_trail/shipping/wire.h: the way to one receiver: a connection that is kept (syslog, GELF), datagrams, or a request a
// batch (HTTPS). Who sends what, and when again, is the shipper's.
// Thread-safety: one strand.  Ownership: a wire shares the means; tasks that watch connections belong to the group given.
// Errors: transient ones of net; Errc and context name no path, token or key. After any error the wire is closed: the next
// send() connects anew.
// Limits: ShipOptions.
#include <memory>

#include "auth/audit_trail/shipping/lines.h"
#include "auth/audit_trail/shipping/options.h"
#include "auth/audit_trail/shipping/target.h"
#include "core/secret.h"
#include "core/task_group.h"
#include "net/dns.h"
#include "net/stream.h"

namespace postern::auth {

struct ShipMeans {
  ShipMeans(ShipTarget the_target, ShipOptions the_options, net::DnsResolver& the_resolver, core::Clock& the_clock)
      : target(std::move(the_target)), options(std::move(the_options)), resolver(the_resolver), clock(the_clock) {}
  const ShipTarget target;
  const ShipOptions options;
  net::DnsResolver& resolver;
  core::Clock& clock;
  std::shared_ptr<const net::TlsContext> tls;  // for encrypted targets
  core::SecretBuffer token;                    // empty: none
  core::SecretBuffer hmac_key;                 // empty: none
};

// Messages of one workspace, in the order of their numbers, as the target's format has them.
struct ShipLoad {
  core::WorkspaceId workspace;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::vector<std::string> messages;
};

class ShipWire {
 public:
  virtual ~ShipWire() = default;
  // Returns when the receiver has all of it: it answered 2xx (HTTPS), its machine acknowledged every byte (TCP), or nothing
  // more can be known (UDP). After an error it may have had some of it; it gets all of it again.
  virtual core::Task<core::Result<void>> send(std::shared_ptr<const ShipLoad> load) = 0;
  virtual void close() = 0;
  // How long the receiver asked to be left alone with its last answer; zero: it did not.
  virtual core::Duration asked_to_wait() const { return core::Duration::zero(); }
};

// One entry as the target reads it.
std::string ship_message(const ShipMeans& means, core::WorkspaceId workspace, const AuditEntry& entry);
std::unique_ptr<ShipWire> make_wire(std::shared_ptr<const ShipMeans> means, core::TaskGroup& tasks);

namespace detail {
std::unique_ptr<ShipWire> make_http_wire(std::shared_ptr<const ShipMeans> means);
// Connected, and encrypted where the target is.
core::Task<core::Result<std::unique_ptr<net::Stream>>> open_ship_stream(std::shared_ptr<const ShipMeans> means, core::Deadline by);
}  // namespace detail

}  // namespace postern::auth
