#pragma once
// app/pipeline_stack.h: resolver, sender authentication, spam classifier and runner, wired: the same for a running
// server (with ticketing as the sink) and for `postern scan` (without one).
// Ownership: borrows the event loop, the redactor, the sink and the pool.  stop() before the event loop ends.
#include <boost/asio/io_context.hpp>
#include <memory>

#include "app/services.h"
#include "net/unbound_resolver.h"
#include "pipeline/runner/runner.h"
#include "pipeline/sender/authenticator.h"

namespace postern::app {

class PipelineStack {
 public:
  struct Parts {
    const conf::GatewayOptions& options;
    const pipeline::Redactor& redactor;
    pipeline::MessageSink& sink;
    core::WorkPool& cpu;
    core::Clock& clock;
    const pipeline::KnownNames* names = nullptr;      // none: no signs of spoofing
    pipeline::VerdictObserver* observer = nullptr;  // none: nothing is counted for reports
  };
  static core::Result<std::unique_ptr<PipelineStack>> build(boost::asio::io_context& io, Services& services);
  static core::Result<std::unique_ptr<PipelineStack>> build(boost::asio::io_context& io, Parts parts);
  ~PipelineStack();

  pipeline::Runner& intake() { return *runner_; }
  // Of what people write into forms: nobody is asked who they are, and nothing is counted for reports.
  pipeline::Runner& web_forms() { return *form_runner_; }
  net::DnsResolver& resolver() { return *resolver_; }
  void stop();

 private:
  PipelineStack() = default;
  std::unique_ptr<net::UnboundResolver> resolver_;
  std::unique_ptr<pipeline::SenderAuthenticator> authenticator_;
  std::unique_ptr<pipeline::SpamClassifier> classifier_;
  std::unique_ptr<pipeline::Runner> runner_;
  std::unique_ptr<pipeline::Runner> form_runner_;
};

}  // namespace postern::app
