#pragma once
// pipeline/advice/spf_budget.h: what an SPF record costs a receiver that finds no match before its end: the look-ups that
// RFC 7208 section 4.6.4 limits to ten, void ones to two, term by term through all includes.
// Thread-safety: free function, any executor.  Errors: none; what cannot be followed makes the count incomplete.
// Limits: AdviceLimits::spf_lookups_max, spf_terms_max.
#include <string>

#include "pipeline/advice/run.h"

namespace postern::pipeline {

// `record` must be valid; it stands at `domain`.
core::Task<SpfBudget> count_spf_lookups(const AdviceRun& run, std::string domain, std::string record);

}  // namespace postern::pipeline
