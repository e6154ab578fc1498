#pragma once
// app/tls_report_commands.h: `postern reports list|show --tls`: the TLS reports that we send.
// Thread-safety: any executor.  Errors: core::Errc::kInvalid for what was asked wrongly, those of the store.
// Limits: kTlsReportsListMax rows; then has_more.
#include "app/json.h"
#include "app/services.h"

namespace postern::app {

inline constexpr std::size_t kTlsReportsListMax = 2000;

// `day`: only that one; nothing: all of them, or today's.
core::Result<Json> list_tls_reports(std::optional<std::uint64_t> day, Services& services);
core::Result<Json> show_tls_report(std::optional<std::uint64_t> day, const std::string& domain, Services& services);

}  // namespace postern::app
