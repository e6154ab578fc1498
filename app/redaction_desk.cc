#include "app/redaction_desk.h"

namespace postern::app {
namespace {

PurgeTaskOptions purge_options(const ticketing::Options& from) {
  PurgeTaskOptions out;
  out.interval = from.purge_interval;
  return out;
}

}  // namespace

RedactionDesk::RedactionDesk(const Parts& parts)
    : hider_(parts.options.pipeline.redaction, parts.options.pipeline.mime, parts.options.pipeline.redaction_options, parts.extractor),
      sets_(parts.store, parts.vault, parts.directory, parts.ids, parts.clock, parts.book, parts.redactor, parts.options.ticketing,
            &parts.cpu),
      findings_(parts.store, parts.directory, parts.clock, parts.options.ticketing.findings),
      feedback_(parts.store, parts.vault, parts.tickets, parts.ids, parts.clock, parts.options.ticketing),
      replays_(parts.store, parts.vault, sets_, parts.ids, parts.clock, parts.options.ticketing.replays, &parts.cpu),
      bench_{sets_, findings_, feedback_, replays_},
      comments_(parts.store, parts.vault, parts.directory, hider_, parts.ids, parts.clock, parts.options.ticketing, &parts.cpu),
      purge_(parts.store, parts.vault, parts.ids, parts.clock, purge_options(parts.options.ticketing)) {}

void RedactionDesk::start(boost::asio::any_io_executor executor) {
  findings_.start(executor);
  purge_.start(std::move(executor));
}

core::Task<void> RedactionDesk::stop(core::Deadline by) {
  co_await replays_.stop(by);
  co_await findings_.stop(by);
}

}  // namespace postern::app
