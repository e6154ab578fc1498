#include "app/tls_report_commands.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/dmarc_reporter.h"
#include "app/tls_reporter.h"
#include "core/errc.h"

namespace postern::app {
namespace {

constexpr std::size_t kTlsPage = 100;

JsonObject tls_day(const ticketing::TlsLedgerEntry& of, std::uint64_t today) {
  const std::string state = !of.outcome.empty() ? of.outcome : of.day < today ? "due" : "counting";
  return {{"day", day_text(of.day)}, {"domain", of.domain}, {"successes", of.successes()}, {"failures", of.failures()},
          {"sessions_dropped", of.sessions_dropped}, {"state", state}, {"detail", of.detail}, {"tries", of.tries},
          {"ended_at", of.ended_unix_ms == 0 ? Json(nullptr) : Json(core::to_rfc3339(core::from_unix_ms(of.ended_unix_ms)))}};
}

}  // namespace

core::Result<Json> list_tls_reports(std::optional<std::uint64_t> day, Services& services) {
  const std::uint64_t today = ticketing::utc_day(services.clock().wall_now());
  JsonArray out;
  bool has_more = false;
  for (std::optional<ticketing::TlsLedgerEntry> last; !has_more;) {
    POSTERN_TRY(const auto page, services.tls_ledger().list(kTlsPage, last));
    for (const auto& of : page) {
      if (day && of.day != *day) continue;
      has_more = out.size() == kTlsReportsListMax;
      if (has_more) break;
      out.emplace_back(tls_day(of, today));
    }
    if (page.size() < kTlsPage) break;
    last = page.back();
  }
  return Json(JsonObject{{"enabled", services.options().reports.sends_tls()}, {"reports", std::move(out)}, {"has_more", has_more}});
}

core::Result<Json> show_tls_report(std::optional<std::uint64_t> day, const std::string& domain, Services& services) {
  const std::uint64_t today = ticketing::utc_day(services.clock().wall_now());
  const auto of = services.tls_ledger().find(day.value_or(today), domain);
  if (!of && of.error() == ticketing::Errc::kNotFound) {
    return core::fail(core::Errc::kInvalid, fmt::format("no session for {} was counted on {} (see reports list --tls)", domain, day_text(day.value_or(today))));
  }
  if (!of) return of.error();
  JsonObject out = tls_day(*of, today);
  out["json"] = pipeline::write_tls_report(make_tls_report(*of, services.options().reports));
  return Json(std::move(out));
}

}  // namespace postern::app
