#pragma once
// pipeline/sender/spf_evaluator.h: libspf2 behind one function: it walks the rewritten records of an SpfRun and matches
// addresses. It never waits: when answers are missing, the evaluation is to be repeated with them.
// Thread-safety: free function, any thread.
#include "pipeline/api/verdict.h"
#include "pipeline/sender/spf_run.h"

namespace postern::pipeline {

// The result as libspf2 gives it; the run's own findings (errors, missing answers) go before it.
AuthResult evaluate_spf(SpfRun& run, const net::IpAddress& client_ip);

}  // namespace postern::pipeline
