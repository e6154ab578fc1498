#pragma once
// app/report_commands.h: what operators see of the DMARC aggregate reports that we send, as JSON: what was counted on
// which day about which domain, what became of it, and the XML as it was or would be sent.
// Errors: core::Errc::kInvalid for a request that makes no sense, those of the store.
#include "app/json.h"
#include "app/services.h"

namespace postern::app {

// `action`: "list" (day: none, or of the form 2026-11-21) or "show" (domain; day: today when not given).
core::Task<core::Result<Json>> run_report_command(std::string action, JsonObject request, Services& services);

}  // namespace postern::app
