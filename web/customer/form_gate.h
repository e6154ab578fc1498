#pragma once
// web/customer/form_gate.h: how many requests a network may write without an account, on the page and over the API together, and
// whether one comes faster than people write.
// Thread-safety: all methods from any thread.  Errors: Errc::kRateLimited.  Limits: WebOptions::rate_customer_forms, form_seconds_min.
#include "web/server/rate_limit.h"

namespace postern::web::customer {

class FormGate {
 public:
  FormGate(const WebOptions& options, const core::Clock& clock);
  // Takes a place; says on `request` how many are left.
  core::Result<void> take(Request& request);
  // Another one of the same network within form_seconds_min. Asked once a request: it counts. The page asks its stamp instead.
  bool is_too_fast(const Request& request);

 private:
  RateLimit forms_;
  const bool has_pace_;
  RateLimit pace_;
};

}  // namespace postern::web::customer
