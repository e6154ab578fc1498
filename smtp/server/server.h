#pragma once
// smtp/server/server.h: the SMTP edge. app hands each accepted connection to run_session(); everything a message needs
// is injected. One Server serves one listener's options (port 25, or implicit TLS); several may share the ports.
// Thread-safety: run_session() on each connection's strand; the other methods from any thread.
// Ownership: borrows intake, ids and clock; it must outlive its sessions and be drained before destruction.
// Errors: none leave run_session() but cancellation; a failure inside is 451 and the end of that session.
#include <list>
#include <memory>
#include <mutex>

#include "core/task_group.h"
#include "net/stream.h"
#include "smtp/server/context.h"

namespace postern::smtp {

struct SessionControl;

class Server {
 public:
  Server(ServerOptions options, pipeline::MessageIntake& intake, DirectorySource directory,
         std::shared_ptr<net::ReloadableTls> tls, core::IdSource& ids, core::Clock& clock);
  ~Server();
  Server(const Server&) = delete;

  core::Task<void> run_session(std::unique_ptr<net::Stream> stream);
  // Sessions waiting for a command are told 421 4.3.2 now, the others at their next command; a message whose content
  // is being received is finished and answered first. New sessions get 421.
  void begin_drain();
  // begin_drain(), then waits for sessions to end by themselves until the deadline. Cancelling what is left is the
  // listener's part: call its drain() with the same deadline.
  core::Task<void> drain(core::Deadline by);
  // False makes the banner and MAIL transient refusals. Set before the first session; called from any thread.
  void set_healthy(std::function<bool()> healthy);
  // Several servers may share one budget, so that one number bounds the process. Set before the first session.
  void share_memory(std::shared_ptr<MemoryBudget> memory);
  std::shared_ptr<MemoryBudget> memory() const { return context_.memory; }
  // The same for what clients may spend and who is blocked.
  void share_defences(std::shared_ptr<net::BlockList> blocks, std::shared_ptr<PeerBudget> budget);
  // The same for what is remembered of refusals.
  void share_refusals(std::shared_ptr<RefusalLog> refusals) { context_.refusals = std::move(refusals); }
  void share_grey_list(std::shared_ptr<GreyList> list) { context_.grey_list = std::move(list); }
  const std::shared_ptr<GreyList>& grey_list() const { return context_.grey_list; }
  const std::shared_ptr<RefusalLog>& refusals() const { return context_.refusals; }
  std::shared_ptr<net::BlockList> blocks() const { return context_.blocks; }
  std::shared_ptr<PeerBudget> budget() const { return context_.budget; }
  std::size_t sessions() const;

 private:
  struct Entry {
    boost::asio::any_io_executor executor;
    std::shared_ptr<SessionControl> control;
  };
  using Entries = std::list<Entry>;
  class Registration;
  core::Task<void> serve(std::shared_ptr<SessionControl> control, net::IpAddress client);
  void dismiss(const std::shared_ptr<SessionControl>& control);

  Context context_;
  core::TaskGroup farewells_;
  std::atomic<std::size_t> posted_{0};  // handlers of begin_drain() that have not run yet: they refer to us
  mutable std::mutex mutex_;
  Entries sessions_;
};

}  // namespace postern::smtp
