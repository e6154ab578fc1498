#include "app/pipeline_stack.h"

namespace postern::app {
namespace {

core::Task<pipeline::AuthVerdicts> prove_nothing(pipeline::Envelope, std::shared_ptr<const pipeline::Message>, core::Deadline) {
  co_return pipeline::AuthVerdicts();
}

}  // namespace

core::Result<std::unique_ptr<PipelineStack>> PipelineStack::build(boost::asio::io_context& io, Services& services) {
  return build(io, Parts{services.options(), services.redactor(), services.intake(), services.cpu(), services.clock(),
                         &services.names(), services.options().reports.is_enabled() ? &services.ledger() : nullptr});
}

core::Result<std::unique_ptr<PipelineStack>> PipelineStack::build(boost::asio::io_context& io, Parts parts) {
  std::unique_ptr<PipelineStack> made(new PipelineStack());
  const pipeline::PipelineOptions& options = parts.options.pipeline;
  POSTERN_TRY(made->resolver_, net::UnboundResolver::start(io, parts.options.dns, parts.clock));
  pipeline::AuthOptions auth = options.auth;
  auth.dkim.inline_bytes_max = options.runner.inline_bytes_max;
  made->authenticator_ = std::make_unique<pipeline::SenderAuthenticator>(*made->resolver_, parts.clock, auth, &parts.cpu);
  made->classifier_ = std::make_unique<pipeline::SpamClassifier>(options.spam, parts.names);
  auto authenticate = [sender = made->authenticator_.get()](pipeline::Envelope envelope, std::shared_ptr<const pipeline::Message> message,
                                                            core::Deadline by) {
    return sender->authenticate(std::move(envelope), std::move(message), by);
  };
  pipeline::RunnerOptions runner = options.runner;
  runner.authserv_id = parts.options.process.hostname;
  made->runner_ = std::make_unique<pipeline::Runner>(std::move(authenticate), parts.redactor, *made->classifier_, parts.sink, parts.cpu,
                                                     parts.clock, runner, parts.observer);
  made->form_runner_ = std::make_unique<pipeline::Runner>(prove_nothing, parts.redactor, *made->classifier_, parts.sink, parts.cpu, parts.clock, runner);
  return made;
}

PipelineStack::~PipelineStack() = default;

void PipelineStack::stop() { resolver_->stop(); }

}  // namespace postern::app
