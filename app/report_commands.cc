#include "app/report_commands.h"

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/dmarc_reporter.h"
#include "app/tls_report_commands.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "pipeline/reports/aggregate_xml.h"

namespace postern::app {
namespace {

using core::Result;

constexpr std::size_t kListMax = 2000;
constexpr std::size_t kDaysAtATime = 500;

std::string text_of(const JsonObject& request, std::string_view key) {
  const Json* found = request.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

Result<std::optional<std::uint64_t>> day_of(const JsonObject& request) {
  const std::string text = text_of(request, "day");
  if (text.empty()) return std::optional<std::uint64_t>();
  const auto day = parse_day(text);
  if (!day) return core::fail(core::Errc::kInvalid, text + " is no day: write it as 2026-11-21");
  return day;
}

JsonObject show_day(const ticketing::DmarcDay& of, std::uint64_t today) {
  const std::string state = !of.outcome.empty() ? of.outcome : of.day < today ? "due" : "counting";
  return {{"day", day_text(of.day)}, {"domain", of.domain}, {"policy", of.policy.p}, {"messages", of.messages},
          {"rows", of.rows}, {"messages_dropped", of.messages_dropped}, {"state", state}, {"detail", of.detail},
          {"ended_at", of.ended_unix_ms == 0 ? Json(nullptr) : Json(core::to_rfc3339(core::from_unix_ms(of.ended_unix_ms)))}};
}

Result<Json> list_days(const JsonObject& request, Services& services) {
  POSTERN_TRY(const std::optional<std::uint64_t> day, day_of(request));
  const std::uint64_t today = ticketing::utc_day(services.clock().wall_now());
  JsonArray out;
  bool has_more = false;
  for (std::optional<ticketing::DmarcDay> last;;) {
    POSTERN_TRY(const auto page, services.ledger().list(kDaysAtATime, last));
    for (const auto& of : page) {
      if (day && of.day != *day) continue;
      has_more = out.size() == kListMax;
      if (has_more) break;
      out.emplace_back(show_day(of, today));
    }
    if (has_more || page.size() < kDaysAtATime) break;
    last = page.back();
  }
  return Json(JsonObject{{"enabled", services.options().reports.is_enabled()}, {"reports", std::move(out)}, {"has_more", has_more}});
}

Result<Json> show_report(const JsonObject& request, Services& services) {
  POSTERN_TRY(const std::optional<std::uint64_t> asked, day_of(request));
  const std::uint64_t today = ticketing::utc_day(services.clock().wall_now());
  const std::uint64_t day = asked.value_or(today);
  const std::string domain = core::to_lower_ascii(text_of(request, "domain"));
  if (domain.empty()) return core::fail(core::Errc::kInvalid, "domain is missing");
  const auto of = services.ledger().find(day, domain);
  if (!of && of.error() == ticketing::Errc::kNotFound) {
    return core::fail(core::Errc::kInvalid, fmt::format("no mail under the policy of {} was counted on {} (see reports list)", domain, day_text(day)));
  }
  if (!of) return of.error();
  POSTERN_TRY(const pipeline::AggregateReport report, make_aggregate_report(services.ledger(), day, domain, services.options().reports));
  JsonObject out = show_day(*of, today);
  out["xml"] = pipeline::write_aggregate_xml(report);
  return Json(std::move(out));
}

// What was counted up to now is shown too. Not to be cancelled half-way, by the end of the server for one (see DmarcLedger::flush()).
template <class Ledger>
core::Task<Result<void>> write_ledger(Ledger& ledger) {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  Result<void> written = co_await ledger.flush();
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_terminal_cancellation());
  co_return written;
}

core::Task<Result<Json>> run_tls_command(std::string action, JsonObject request, Services& services) {
  if (services.options().reports.sends_tls()) POSTERN_CO_CHECK(co_await write_ledger(services.tls_ledger()));
  POSTERN_CO_TRY(const std::optional<std::uint64_t> day, day_of(request));
  if (action == "list") co_return list_tls_reports(day, services);
  const std::string domain = core::to_lower_ascii(text_of(request, "domain"));
  if (domain.empty()) co_return core::fail(core::Errc::kInvalid, "domain is missing");
  co_return show_tls_report(day, domain, services);
}

}  // namespace

core::Task<Result<Json>> run_report_command(std::string action, JsonObject request, Services& services) {
  const Json* of_tls = request.if_contains("tls");
  const bool is_tls = of_tls != nullptr && of_tls->is_bool() && of_tls->as_bool();
  if (is_tls && (action == "list" || action == "show")) co_return co_await run_tls_command(std::move(action), std::move(request), services);
  if (services.options().reports.is_enabled()) POSTERN_CO_CHECK(co_await write_ledger(services.ledger()));
  if (action == "list") co_return list_days(request, services);
  if (action == "show") co_return show_report(request, services);
  co_return core::fail(core::Errc::kInvalid, "no such command: reports." + action);
}

}  // namespace postern::app
