#pragma once
// tests/sim/sim_receiver.h: the mail server of a customer, to which our replies go. It follows SMTP, and while there is
// a storm it defers, closes, stalls, and takes messages without saying so.
// Thread-safety: one io_context thread.  Ownership: borrows everything; sessions end with their streams.
#include <functional>
#include <memory>

#include "net/stream.h"
#include "tests/sim/weather.h"

namespace postern::sim {

class ReceivingHosts {
 public:
  using OnMail = std::function<void(const Arrival&)>;
  using Life = std::function<std::size_t()>;
  ReceivingHosts(core::Clock& clock, const Weather& weather, Ledger& ledger, OnMail on_mail, Life life)
      : clock_(clock), weather_(weather), ledger_(ledger), on_mail_(std::move(on_mail)), life_(std::move(life)) {}
  core::Task<void> serve(std::unique_ptr<net::Stream> stream, Chance chance);

 private:
  class Session;
  core::Clock& clock_;
  const Weather& weather_;
  Ledger& ledger_;
  OnMail on_mail_;
  Life life_;
};

}  // namespace postern::sim
