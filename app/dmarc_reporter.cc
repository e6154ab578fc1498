#include "app/dmarc_reporter.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <cstring>

#include "core/log.h"
#include "core/metrics.h"
#include "core/random.h"
#include "pipeline/reports/aggregate_xml.h"
#include "pipeline/reports/errc.h"
#include "pipeline/reports/report_mail.h"

#ifndef POSTERN_VERSION
#define POSTERN_VERSION "unknown"
#endif

namespace postern::app {

namespace asio = boost::asio;

namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::size_t kDaysAtATime = 500;

std::string submitter_of(const pipeline::ReportOptions& options) { return pipeline::split_address(options.address).domain_lower(); }

struct ComposedReport {
  std::string packed;
  std::string message;
  std::optional<core::Error> error;
};

// Copies of all that it needs: it runs on the pool.
struct ReportComposer {
  pipeline::AggregateReport report;
  pipeline::ReportMail mail;
  std::size_t bytes_max = 0;

  ComposedReport operator()() const {
    ComposedReport out;
    out.packed = pipeline::gzip(pipeline::write_aggregate_xml(report));
    auto message = pipeline::compose_report_mail(mail, report, out.packed, bytes_max);
    if (message) out.message = std::move(*message);
    else out.error = message.error();
    return out;
  }
};

// So that the reports of the world do not all leave at the same moment.
core::Duration random_below(core::Duration range) {
  std::uint64_t random = 0;
  std::memcpy(&random, core::random_bytes(sizeof random).data(), sizeof random);
  return range <= core::Duration() ? core::Duration() : core::Duration(static_cast<std::int64_t>(random % static_cast<std::uint64_t>(range.count())));
}

void join(std::string& list, std::string_view item) {
  if (!list.empty()) list += "; ";
  list += item;
}

}  // namespace

std::string day_text(std::uint64_t day) {
  return core::to_rfc3339(core::from_unix_ms(static_cast<std::int64_t>(day) * kDaySeconds * 1000)).substr(0, 10);
}

std::optional<std::uint64_t> parse_day(std::string_view text) {
  int numbers[3] = {};
  const std::size_t begins[] = {0, 5, 8}, sizes[] = {4, 2, 2};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  for (std::size_t i = 0; i < 3; ++i) {
    const char* end = text.data() + begins[i] + sizes[i];
    const auto [at, wrong] = std::from_chars(text.data() + begins[i], end, numbers[i]);
    if (wrong != std::errc() || at != end) return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(numbers[0]), std::chrono::month(static_cast<unsigned>(numbers[1])),
                                         std::chrono::day(static_cast<unsigned>(numbers[2]))};
  if (!date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return days < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(days));
}

core::Result<pipeline::AggregateReport> make_aggregate_report(const ticketing::DmarcLedger& ledger, std::uint64_t day,
                                                              const std::string& domain, const pipeline::ReportOptions& options) {
  POSTERN_TRY(const ticketing::DmarcDay of, ledger.find(day, domain));
  pipeline::AggregateReport out;
  POSTERN_TRY(out.rows, ledger.rows(day, domain));
  out.policy = of.policy;
  const std::string submitter = submitter_of(options);
  out.metadata.org_name = options.organisation.empty() ? submitter : options.organisation;
  out.metadata.email = options.contact.empty() ? options.address : options.contact;
  out.metadata.extra_contact_info = options.extra_contact_info;
  // The same whenever it is made, so that receivers know a repeated one (RFC 9990 section 3.5.1).
  out.metadata.report_id = day_text(day) + "_" + domain + "@" + submitter;
  out.metadata.begin_unix = static_cast<std::int64_t>(day) * kDaySeconds;
  out.metadata.end_unix = out.metadata.begin_unix + kDaySeconds - 1;
  out.metadata.generator = std::string("Postern ") + POSTERN_VERSION;
  return out;
}

DmarcReporter::DmarcReporter(asio::any_io_executor executor, Parts parts, pipeline::ReportOptions options,
                             pipeline::DmarcLimits dmarc, ticketing::LedgerOptions ledger)
    : parts_(parts),
      options_(std::move(options)),
      dmarc_(dmarc),
      spread_(random_below(options_.start_spread)),
      keep_days_(std::max(ledger.keep_days, options_.catch_up_days + 1)),
      strand_(asio::make_strand(executor)),
      tasks_("dmarc_reporter", parts.clock) {}

void DmarcReporter::start() {
  if (!options_.is_enabled()) return;
  if (submitter_of(options_).empty()) return core::log::error("dmarc_reporter.no_mail_address", {{"address", core::log::printable(options_.address)}});
  tasks_.spawn(strand_, flush_again_and_again());
  tasks_.spawn(strand_, report_daily());
}

core::Task<void> DmarcReporter::stop(core::Deadline by) {
  is_stopping_ = true;
  tasks_.cancel();
  co_await tasks_.drain(by);
  if (options_.is_enabled()) co_await flush();
}

// Not cancelled half-way: the ledger would not know whether the store has it.
core::Task<void> DmarcReporter::flush() {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  const auto written = co_await parts_.ledger.flush();
  if (!written) core::log::warn("dmarc_ledger.flush_failed", {{"what", written.error().describe()}});
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
}

core::Task<void> DmarcReporter::flush_again_and_again() {
  while (!is_stopping_) {
    co_await parts_.clock.sleep_for(options_.flush_interval);
    co_await flush();
  }
}

core::Instant DmarcReporter::start_of(std::uint64_t day) const {
  const core::WallTime midnight = core::from_unix_ms(static_cast<std::int64_t>(day) * kDaySeconds * 1000);
  return parts_.clock.now() + (midnight + options_.start_delay + spread_ - parts_.clock.wall_now());
}

core::Task<void> DmarcReporter::report_daily() {
  while (!is_stopping_) {
    const std::uint64_t today = ticketing::utc_day(parts_.clock.wall_now());
    co_await parts_.clock.sleep_until(start_of(today));
    const bool is_through = co_await pass(today);
    const core::Instant retry = parts_.clock.now() + options_.retry_after;
    const core::Instant tomorrow = start_of(today + 1);
    co_await parts_.clock.sleep_until(is_through ? tomorrow : std::min(retry, tomorrow));
  }
}

core::Task<bool> DmarcReporter::pass(std::uint64_t today) {
  co_await flush();
  if (today > keep_days_) {
    const auto erased = co_await parts_.ledger.erase_before(today - keep_days_);
    if (!erased) core::log::warn("dmarc_ledger.erase_failed", {{"what", erased.error().describe()}});
  }
  bool is_through = true;
  std::optional<ticketing::DmarcDay> last;
  for (;;) {
    const auto page = parts_.ledger.list(kDaysAtATime, last);
    if (!page) {
      core::log::warn("dmarc_reporter.ledger_unreadable", {{"what", page.error().describe()}});
      co_return false;
    }
    for (const ticketing::DmarcDay& of : *page) {
      if (is_stopping_ || of.day >= today) co_return is_through;
      if (!of.outcome.empty()) continue;
      const std::uint64_t age = today - of.day;
      Step step = Step::kDone;
      if (age > options_.catch_up_days) {
        step = co_await end(of, "expired", "no report could be made in time");
      } else {
        step = co_await report_one(of, age == options_.catch_up_days);
      }
      is_through = is_through && step != Step::kLater;
      if (step == Step::kSent) co_await parts_.clock.sleep_for(core::Duration(std::chrono::hours(1)) / std::max(1U, options_.per_hour_max));
    }
    if (page->size() < kDaysAtATime) break;
    last = page->back();
  }
  co_return is_through;
}

// Mail to our own addresses is never queued, and the ledger has what it would say.
std::string DmarcReporter::leave_out_own(pipeline::ReportDestinations& found) const {
  std::string remarks;
  for (const auto& refused : found.refused) join(remarks, refused.address + ": " + refused.reason);
  const auto is_own = [&](const pipeline::ReportUri& uri) {
    if (!parts_.directory.is_local_domain(uri.address.domain)) return false;
    join(remarks, uri.address.to_string() + ": our own domain");
    return true;
  };
  std::erase_if(found.accepted, is_own);
  return remarks;
}

core::Task<DmarcReporter::Step> DmarcReporter::report_one(ticketing::DmarcDay of, bool is_last_chance) {
  const auto by = core::Deadline::after(options_.dns_time_max, parts_.clock);
  pipeline::ReportDestinations found =
      co_await pipeline::find_destinations(parts_.resolver, of.domain, options_.destinations_max, dmarc_, by);
  if (found.has_failed && (found.accepted.empty() || !is_last_chance)) {
    core::log::info("dmarc_report.dns_failed", {{"domain", core::log::printable(of.domain)}, {"day", day_text(of.day)}});
    co_return Step::kLater;
  }
  std::string remarks = leave_out_own(found);
  if (!found.has_record) co_return co_await end(std::move(of), "unwanted", "the domain has no policy record any more");
  if (found.accepted.empty() && remarks.empty()) co_return co_await end(std::move(of), "unwanted", "the policy record names no address for reports");
  if (found.accepted.empty()) co_return co_await end(std::move(of), "refused", std::move(remarks));
  co_return co_await send(std::move(of), std::move(found.accepted), std::move(remarks));
}

core::Task<DmarcReporter::Step> DmarcReporter::send(ticketing::DmarcDay of, std::vector<pipeline::ReportUri> to, std::string remarks) {
  auto report = make_aggregate_report(parts_.ledger, of.day, of.domain, options_);
  if (!report) {
    core::log::warn("dmarc_reporter.ledger_unreadable", {{"what", report.error().describe()}});
    co_return Step::kLater;
  }
  if (report->rows.empty()) co_return co_await end(std::move(of), "invalid", "nothing could be counted");
  ReportComposer composer{std::move(*report), {}, options_.message_bytes_max};
  composer.mail.from = pipeline::split_address(options_.address);
  composer.mail.from_name = composer.report.metadata.org_name;
  composer.mail.submitter = submitter_of(options_);
  composer.mail.date = parts_.clock.wall_now();
  for (const pipeline::ReportUri& uri : to) composer.mail.to.push_back(uri.address);
  const core::Result<ComposedReport> composed = co_await core::offload(parts_.cpu, std::move(composer));
  if (!composed) co_return Step::kLater;  // the pool is full
  if (composed->error) {
    const bool is_large = *composed->error == pipeline::ReportErrc::kTooLarge;
    co_return co_await end(std::move(of), is_large ? "too_large" : "invalid", composed->error->describe());
  }
  std::vector<ticketing::SystemMail> mails;
  std::string sent_to;
  for (const pipeline::ReportUri& uri : to) {
    if (uri.bytes_max && composed->packed.size() > *uri.bytes_max) {
      join(remarks, fmt::format("{}: takes at most {} bytes, the report has {}", uri.address.to_string(), *uri.bytes_max, composed->packed.size()));
      continue;
    }
    ticketing::SystemMail mail;
    mail.workspace = parts_.directory.workspaces().front();
    mail.purpose = "DMARC report " + of.domain + " " + day_text(of.day);
    mail.mail_from = pipeline::split_address(options_.address);
    mail.rcpt = uri.address;
    mail.from_domain = submitter_of(options_);
    mail.message = composed->message;
    mail.life = options_.life_max;
    mails.push_back(std::move(mail));
    join(sent_to, uri.address.to_string());
  }
  if (mails.empty()) co_return co_await end(std::move(of), "too_large", std::move(remarks));
  std::string detail = "to " + sent_to;
  if (!remarks.empty()) detail += "; not to " + remarks;
  co_return co_await end(std::move(of), "sent", std::move(detail), std::move(mails));
}

core::Task<DmarcReporter::Step> DmarcReporter::end(ticketing::DmarcDay of, std::string outcome, std::string detail,
                                                   std::vector<ticketing::SystemMail> reports) {
  const std::size_t count = reports.size();
  const auto ended = co_await parts_.ledger.finish(of.day, of.domain, outcome, std::move(detail), std::move(reports));
  if (!ended) {
    core::log::warn("dmarc_report.not_recorded", {{"domain", core::log::printable(of.domain)}, {"what", ended.error().describe()}});
    co_return Step::kLater;
  }
  if (!*ended) co_return Step::kDone;
  core::metrics()
      .counter("postern_dmarc_reports_total", "Days of policy domains that are done with, by outcome.", "outcome=\"" + outcome + "\"")
      .add();
  core::log::info("dmarc_report.done", {{"domain", core::log::printable(of.domain)}, {"day", day_text(of.day)},
                                        {"outcome", outcome}, {"destinations", count}, {"rows", of.rows}});
  co_return count > 0 ? Step::kSent : Step::kDone;
}

}  // namespace postern::app
