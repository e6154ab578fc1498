#pragma once
// pipeline/runner/mask.h: card numbers in what a peer wrote outside the message: HELO, addresses, and the domains,
// selectors and records that verdicts name. From here on they are stored and shown (invariant 2).
// Thread-safety: pure. Time: linear.
#include "pipeline/api/envelope.h"
#include "pipeline/api/verdict.h"

namespace postern::pipeline {

void mask_envelope(Envelope& envelope);
// All but the DNS steps, which are masked when they are made (dns_trail.h).
void mask_verdicts(AuthVerdicts& verdicts);

}  // namespace postern::pipeline
