#include "app/tls_reporter.h"

#include <algorithm>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstring>

#include "app/dmarc_reporter.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/random.h"
#include "pipeline/reports/errc.h"

namespace postern::app {

namespace asio = boost::asio;

namespace {

constexpr std::int64_t kSecondsOfDay = 86'400;
constexpr std::size_t kEntriesAtATime = 50;
constexpr std::string_view kMailScheme = "mailto:";
constexpr std::uint32_t kDoublingsMax = 8;

std::string tls_submitter(const pipeline::ReportOptions& options) { return pipeline::split_address(options.tls_address).domain_lower(); }

// Copies of all that it needs: it runs on the pool.
struct TlsReportComposer {
  pipeline::OwnTlsReport report;
  pipeline::ReportMail mail;
  std::size_t bytes_max = 0;
};

// So that the reports of the world do not all leave at the same moment (section 4.1 of RFC 8460).
core::Duration some_part_of(core::Duration range) {
  if (range <= core::Duration()) return core::Duration();
  std::uint64_t random = 0;
  std::memcpy(&random, core::random_bytes(sizeof random).data(), sizeof random);
  return core::Duration(static_cast<std::int64_t>(random % static_cast<std::uint64_t>(range.count())));
}

void add_remark(std::string& list, std::string_view item) {
  if (!list.empty()) list += "; ";
  list += item;
}

bool has_it(const ticketing::TlsLedgerEntry& of, const std::string& destination) {
  return std::ranges::find(of.delivered, destination) != of.delivered.end();
}

std::string told(const std::vector<std::string>& delivered, const std::string& remarks) {
  std::string to;
  for (const std::string& each : delivered) add_remark(to, each);
  std::string out = to.empty() ? std::string() : "to " + to;
  if (!remarks.empty()) add_remark(out, "not to " + remarks);
  return out;
}

}  // namespace

pipeline::OwnTlsReport make_tls_report(const ticketing::TlsLedgerEntry& of, const pipeline::ReportOptions& options) {
  pipeline::OwnTlsReport out;
  const std::string submitter = tls_submitter(options);
  out.organization = options.organisation.empty() ? submitter : options.organisation;
  out.contact = options.contact.empty() ? options.tls_address : options.contact;
  // The same whenever it is made, so that receivers know a repeated one.
  out.report_id = "tls-" + day_text(of.day) + "_" + of.domain + "@" + submitter;
  out.domain = of.domain;
  out.begin_unix = static_cast<std::int64_t>(of.day) * kSecondsOfDay;
  out.end_unix = out.begin_unix + kSecondsOfDay - 1;
  out.policies = of.policies;
  return out;
}

TlsReporter::TlsReporter(asio::any_io_executor executor, Parts parts, pipeline::ReportOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      spread_(some_part_of(options_.start_spread)),
      strand_(asio::make_strand(executor)),
      tasks_("tls_reporter", parts_.clock) {}

void TlsReporter::start() {
  if (!options_.sends_tls()) return;
  if (tls_submitter(options_).empty()) return core::log::error("tls_reporter.no_mail_address", {{"address", core::log::printable(options_.tls_address)}});
  tasks_.spawn(strand_, flush_again_and_again());
  tasks_.spawn(strand_, report_daily());
}

core::Task<void> TlsReporter::stop(core::Deadline by) {
  is_stopping_ = true;
  tasks_.cancel();
  co_await tasks_.drain(by);
  if (options_.sends_tls()) co_await flush();
}

// Not cancelled half-way: the ledger would not know whether the store has it.
core::Task<void> TlsReporter::flush() {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  const auto written = co_await parts_.ledger.flush();
  if (!written) core::log::warn("tls_ledger.flush_failed", {{"what", written.error().describe()}});
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
}

core::Task<void> TlsReporter::flush_again_and_again() {
  while (!is_stopping_) {
    co_await parts_.clock.sleep_for(options_.flush_interval);
    co_await flush();
  }
}

core::Instant TlsReporter::start_of(std::uint64_t day) const {
  const core::WallTime midnight = core::from_unix_ms(static_cast<std::int64_t>(day) * kSecondsOfDay * 1000);
  return parts_.clock.now() + (midnight + options_.start_delay + spread_ - parts_.clock.wall_now());
}

core::Task<void> TlsReporter::report_daily() {
  while (!is_stopping_) {
    const std::uint64_t today = ticketing::utc_day(parts_.clock.wall_now());
    co_await parts_.clock.sleep_until(start_of(today));
    const bool is_through = co_await pass(today);
    if (is_stopping_) co_return;
    const core::Instant retry = parts_.clock.now() + options_.retry_after;
    const core::Instant tomorrow = start_of(today + 1);
    co_await parts_.clock.sleep_until(is_through ? tomorrow : std::min(retry, tomorrow));
  }
}

core::Task<bool> TlsReporter::pass(std::uint64_t today) {
  co_await flush();
  if (today > kKeepDays) {
    const auto erased = co_await parts_.ledger.erase_before(today - kKeepDays);
    if (!erased) core::log::warn("tls_ledger.erase_failed", {{"what", erased.error().describe()}});
  }
  bool is_through = true;
  std::optional<ticketing::TlsLedgerEntry> last;
  for (;;) {
    const auto page = parts_.ledger.list(kEntriesAtATime, last);
    if (!page) {
      core::log::warn("tls_reporter.ledger_unreadable", {{"what", page.error().describe()}});
      co_return false;
    }
    for (const ticketing::TlsLedgerEntry& of : *page) {
      if (is_stopping_ || of.day >= today) co_return is_through;
      if (!of.outcome.empty()) continue;
      const std::uint64_t age = today - of.day;
      Step step = Step::kLater;
      if (age > options_.catch_up_days) {
        const bool is_sent = !of.delivered.empty();
        step = co_await end(of, is_sent ? "sent" : "expired", is_sent ? told(of.delivered, "others: too late") : "no report could be made in time");
      } else if (of.next_try_unix_ms <= core::to_unix_ms(parts_.clock.wall_now())) {
        step = co_await report_one(of, age == options_.catch_up_days);
      }
      is_through = is_through && step != Step::kLater;
      if (step == Step::kSent && !is_stopping_) co_await parts_.clock.sleep_for(core::Duration(std::chrono::hours(1)) / std::max(1U, options_.per_hour_max));
    }
    if (page->size() < kEntriesAtATime) break;
    last = page->back();
  }
  co_return is_through;
}

// Mail to our own addresses is never queued, and the ledger has what it would say.
std::string TlsReporter::leave_out_own(pipeline::TlsRptRecord& found) const {
  std::string remarks;
  std::erase_if(found.mail, [&](const pipeline::EmailAddress& address) {
    if (!parts_.directory.is_local_domain(address.domain)) return false;
    add_remark(remarks, address.to_string() + ": our own domain");
    return true;
  });
  if (!parts_.post) {
    for (const std::string& url : found.https) add_remark(remarks, url + ": no trust store");
    found.https.clear();
  }
  return remarks;
}

core::Task<TlsReporter::Step> TlsReporter::report_one(ticketing::TlsLedgerEntry of, bool is_last_chance) {
  net::DnsQuestion question("_smtp._tls." + of.domain, net::DnsType::kTxt);
  const net::DnsAnswer answer = co_await parts_.resolver.query(std::move(question), core::Deadline::after(options_.dns_time_max, parts_.clock));
  if (answer.is_transient_failure()) {
    core::log::info("tls_report.dns_failed", {{"domain", core::log::printable(of.domain)}, {"day", day_text(of.day)}});
    co_return Step::kLater;
  }
  std::optional<pipeline::TlsRptRecord> found = pipeline::find_tlsrpt(answer.txt(), options_.destinations_max);
  if (!found) co_return co_await end(std::move(of), "unwanted", "the domain has no record that asks for TLS reports");
  std::string remarks = leave_out_own(*found);
  if (!found->mail.empty() || !found->https.empty()) co_return co_await send(std::move(of), std::move(*found), std::move(remarks), is_last_chance);
  if (remarks.empty()) co_return co_await end(std::move(of), "unwanted", "the record names no destination that can be used");
  co_return co_await end(std::move(of), "refused", std::move(remarks));
}

core::Task<core::Result<TlsReporter::Packed>> TlsReporter::compose(pipeline::OwnTlsReport report, std::vector<pipeline::EmailAddress> to) {
  TlsReportComposer work{std::move(report), {}, options_.message_bytes_max};
  work.mail.from = pipeline::split_address(options_.tls_address);
  work.mail.from_name = work.report.organization;
  work.mail.submitter = tls_submitter(options_);
  work.mail.date = parts_.clock.wall_now();
  work.mail.to = std::move(to);
  auto job = [work = std::move(work)] {
    Packed out;
    out.json = pipeline::gzip(pipeline::write_tls_report(work.report));
    if (work.mail.to.empty()) return out;
    auto message = pipeline::compose_tls_report_mail(work.mail, work.report, out.json, work.bytes_max);
    if (message) out.message = std::move(*message);
    else out.error = message.error();
    return out;
  };
  co_return co_await core::offload(parts_.cpu, std::move(job));
}

ticketing::SystemMail TlsReporter::mail_to(const pipeline::EmailAddress& rcpt, const ticketing::TlsLedgerEntry& of, std::string message) const {
  ticketing::SystemMail mail;
  mail.workspace = parts_.directory.workspaces().front();
  mail.purpose = "TLS report " + of.domain + " " + day_text(of.day);
  mail.mail_from = pipeline::split_address(options_.tls_address);
  mail.rcpt = rcpt;
  mail.from_domain = tls_submitter(options_);
  mail.message = std::move(message);
  mail.life = options_.life_max;
  return mail;
}

std::int64_t TlsReporter::next_try_unix_ms(std::uint32_t tries) const {
  const core::Duration pause = std::min<core::Duration>(options_.retry_after * (1U << std::min(tries, kDoublingsMax)), options_.retry_max);
  return core::to_unix_ms(parts_.clock.wall_now() + pause);
}

core::Task<TlsReporter::Step> TlsReporter::send(ticketing::TlsLedgerEntry of, pipeline::TlsRptRecord to, std::string remarks, bool is_last_chance) {
  const core::Result<Packed> packed = co_await compose(make_tls_report(of, options_), to.mail);
  if (!packed) co_return Step::kLater;  // the pool is full
  if (packed->error) {
    const bool is_large = *packed->error == pipeline::ReportErrc::kTooLarge;
    co_return co_await end(std::move(of), is_large ? "too_large" : "invalid", packed->error->describe());
  }
  ticketing::TlsLedger::Settlement settlement;
  bool is_cut = false;  // the server stops: the others are for its next start
  for (const pipeline::EmailAddress& address : to.mail) {
    std::string destination = std::string(kMailScheme) + address.to_string();
    if (has_it(of, destination)) continue;
    settlement.mails.push_back(mail_to(address, of, packed->message));
    settlement.delivered.push_back(std::move(destination));
  }
  for (const std::string& url : to.https) {
    if (has_it(of, url)) continue;
    if (is_stopping_) {
      is_cut = true;
      break;
    }
    const std::string problem = co_await parts_.post(url, packed->json);
    if (problem.empty()) {
      settlement.delivered.push_back(url);
      continue;
    }
    core::log::info("tls_report.not_taken", {{"domain", core::log::printable(of.domain)}, {"day", day_text(of.day)}, {"what", problem}});
    add_remark(remarks, url + ": " + problem);
    settlement.was_in_vain = true;
  }
  std::vector<std::string> all = of.delivered;
  all.insert(all.end(), settlement.delivered.begin(), settlement.delivered.end());
  settlement.detail = told(all, remarks);
  if (settlement.was_in_vain && !is_last_chance) settlement.next_try_unix_ms = next_try_unix_ms(of.tries);
  else if (!is_cut) settlement.outcome = all.empty() ? "undelivered" : "sent";
  co_return co_await settle(std::move(of), std::move(settlement));
}

core::Task<TlsReporter::Step> TlsReporter::end(ticketing::TlsLedgerEntry of, std::string outcome, std::string detail) {
  ticketing::TlsLedger::Settlement settlement;
  settlement.outcome = std::move(outcome);
  settlement.detail = std::move(detail);
  co_return co_await settle(std::move(of), std::move(settlement));
}

core::Task<TlsReporter::Step> TlsReporter::settle(ticketing::TlsLedgerEntry of, ticketing::TlsLedger::Settlement settlement) {
  // Not cancelled half-way: what was posted would be posted again.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  const std::size_t count = settlement.delivered.size();
  const std::string outcome = settlement.outcome;
  const auto settled = co_await parts_.ledger.settle(of.day, of.domain, std::move(settlement));
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  if (!settled) {
    core::log::warn("tls_report.not_recorded", {{"domain", core::log::printable(of.domain)}, {"what", settled.error().describe()}});
    co_return Step::kLater;
  }
  if (!*settled) co_return Step::kDone;
  if (outcome.empty()) co_return Step::kLater;
  core::metrics()
      .counter("postern_tls_reports_total", "Days of domains that were written to that are done with, by outcome.", "outcome=\"" + outcome + "\"")
      .add();
  core::log::info("tls_report.done", {{"domain", core::log::printable(of.domain)}, {"day", day_text(of.day)}, {"outcome", outcome},
                                      {"destinations", count}, {"successes", of.successes()}, {"failures", of.failures()}});
  co_return count > 0 ? Step::kSent : Step::kDone;
}

}  // namespace postern::app
