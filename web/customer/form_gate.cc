#include "web/customer/form_gate.h"

#include "web/errc.h"

namespace postern::web::customer {
namespace {

constexpr double kSecondsPerMinute = 60;

RateOptions pace_of(const WebOptions& options) {
  const auto seconds = static_cast<double>(options.form_seconds_min.count());
  return {1, seconds > 0 ? kSecondsPerMinute / seconds : kSecondsPerMinute};
}

}  // namespace

FormGate::FormGate(const WebOptions& options, const core::Clock& clock)
    : forms_("customer forms", options.rate_customer_forms, options.rate_keys_max, clock),
      has_pace_(options.form_seconds_min.count() > 0),
      pace_("customer pace", pace_of(options), options.rate_keys_max, clock) {}

core::Result<void> FormGate::take(Request& request) {
  const RateLimit::Outcome outcome = forms_.take(network_key(request.client_ip));
  Response carrier;
  add_rate_fields(forms_, outcome, carrier);
  request.rate_fields = std::move(carrier.fields);
  request.rate_remaining = outcome.remaining;
  if (outcome.is_allowed) return {};
  return core::fail_transient(Errc::kRateLimited, forms_.name());
}

bool FormGate::is_too_fast(const Request& request) { return has_pace_ && !pace_.take(network_key(request.client_ip)).is_allowed; }

}  // namespace postern::web::customer
