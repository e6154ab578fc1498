#pragma once
// smtp/server/context.h: what all sessions of one server share.
// Ownership: owned by Server, which outlives its sessions.  Thread-safety: everything here from any thread.
#include <atomic>
#include <functional>
#include <memory>

#include "core/ids.h"
#include "net/tls_context.h"
#include "pipeline/api/ports.h"
#include "smtp/options.h"
#include "smtp/server/grey_list.h"
#include "smtp/server/instruments.h"
#include "smtp/server/memory_budget.h"
#include "smtp/server/peer_budget.h"
#include "smtp/server/peers.h"
#include "smtp/server/refusal_log.h"

namespace postern::smtp {

// The directory in force now: a reload swaps it, a session asks anew at each RCPT.
using DirectorySource = std::function<std::shared_ptr<const pipeline::RecipientDirectory>()>;

struct Context {
  Context(ServerOptions the_options, pipeline::MessageIntake& the_intake, DirectorySource the_directory,
          std::shared_ptr<net::ReloadableTls> the_tls, core::IdSource& the_ids, core::Clock& the_clock);
  const ServerOptions options;
  pipeline::MessageIntake& intake;
  const DirectorySource directory;
  const std::shared_ptr<net::ReloadableTls> tls;  // null: no STARTTLS
  core::IdSource& ids;
  core::Clock& clock;
  std::shared_ptr<MemoryBudget> memory;
  PeerTable peers;
  std::shared_ptr<net::BlockList> blocks;
  std::shared_ptr<PeerBudget> budget;
  std::shared_ptr<RefusalLog> refusals;
  std::shared_ptr<GreyList> grey_list;
  Instruments metrics;
  std::function<bool()> healthy;  // set before the first session; empty: always
  std::atomic<bool> is_draining{false};

  // A front end that may speak for other clients (XCLIENT) and has no share of sessions of its own.
  bool trusts(const net::IpAddress& peer) const;
  // A load balancer, whose connections begin with a PROXY header.
  bool is_proxy(const net::IpAddress& peer) const;
  bool is_healthy() const { return !healthy || healthy(); }
};

}  // namespace postern::smtp
