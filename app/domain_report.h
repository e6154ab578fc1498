#pragma once
// app/domain_report.h: the advice of `postern dns` for a terminal and as JSON, and the advisor's settings as the
// configuration has them.
// Thread-safety: free functions.
#include <string>
#include <vector>

#include "app/json.h"
#include "conf/options.h"
#include "pipeline/advice/advisor.h"

namespace postern::app {

// For the command line and for the server alike.
pipeline::AdvisorOptions advisor_options(const conf::GatewayOptions& options);

// First a line a record with its verdict, then what to paste where something is wrong, the SPF look-ups, and whether
// replies pass. What DNS said is printed without control characters.
std::vector<std::string> domain_report(const pipeline::DomainAdvice& advice);
// One object a record; the last one, of the purpose "reply", foretells whether replies pass.
std::vector<Json> domain_report_json(const pipeline::DomainAdvice& advice);

}  // namespace postern::app
