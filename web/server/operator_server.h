#pragma once
// web/server/operator_server.h: what operators and their monitoring ask, as plain HTTP on a listener of its own that
// the network does not reach: /metrics (Prometheus text), /healthz (alive), /readyz (able to work, or why not).
// Thread-safety: run_session() on each stream's strand; the checks are called from any of them and must not block.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "web/server/connection.h"

namespace postern::web {

// One condition of readiness. The name is shown when it does not hold: "store", "draining".
struct ReadyCheck {
  std::string name;
  std::function<bool()> holds;
};

class OperatorServer final : private Application {
 public:
  OperatorServer(WebOptions options, std::vector<ReadyCheck> checks, core::Clock& clock, core::IdSource& ids);
  ~OperatorServer() override;
  core::Task<void> run_session(std::unique_ptr<net::Stream> stream);
  void begin_drain();

 private:
  core::Task<Response> respond(Exchange& exchange) override;
  Response ready() const;

  WebOptions options_;
  std::vector<ReadyCheck> checks_;
  DrainSignal drain_;
  ServerShare share_;
};

}  // namespace postern::web
