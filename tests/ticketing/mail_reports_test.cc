#include "ticketing/mail_reports.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/api/received_reports.h"
#include "tests/ticketing/desk.h"
#include "ticketing/detail/keys.h"
#include "ticketing/errc.h"
#include "ticketing/traces.h"

namespace postern::ticketing {
namespace {

using pipeline::AggregateReport;
using pipeline::ReceivedReports;
using pipeline::ReportRow;
using test::Mail;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kDay = 20'778;  // 2026-11-21
constexpr std::int64_t kMidnight = static_cast<std::int64_t>(kDay) * 86'400;

ReportRow row(const std::string& address, std::uint64_t count, bool dkim, bool spf,
              pipeline::ReportDisposition disposition = pipeline::ReportDisposition::kNone) {
  ReportRow out;
  out.source_ip = address;
  out.count = count;
  out.is_dkim_aligned = dkim;
  out.is_spf_aligned = spf;
  out.disposition = disposition;
  out.header_from = "acme.example";
  out.dkim = {{"acme.example", "s1", dkim ? pipeline::AuthResult::kPass : pipeline::AuthResult::kFail}};
  return out;
}

AggregateReport aggregate(const std::string& id, std::vector<ReportRow> rows, const std::string& domain = "acme.example", std::uint64_t day = kDay) {
  AggregateReport out;
  out.metadata.org_name = "Reporter Inc.";
  out.metadata.report_id = id;
  out.metadata.begin_unix = static_cast<std::int64_t>(day) * 86'400;
  out.metadata.end_unix = out.metadata.begin_unix + 86'399;
  out.policy.domain = domain;
  out.policy.p = "reject";
  out.rows = std::move(rows);
  return out;
}

pipeline::TlsReport tls(const std::string& id, std::vector<pipeline::TlsPolicyReport> policies) {
  return {"Reporter Inc.", "tls@reporter.example", id, kMidnight, kMidnight + 86'399, std::move(policies)};
}

// A helpdesk whose sales inbox takes reports; it is 2026-11-22.
class ReportDesk : public test::Desk {
 public:
  explicit ReportDesk(MailReportLimits limits = {}) : limits_(limits) {
    clock.advance(std::chrono::seconds(kMidnight + 86'400 + 3600) - std::chrono::milliseconds(core::to_unix_ms(clock.wall_now())));
    Options changed = options();
    changed.mail_reports = limits;
    changed.inboxes.at(1).senders.takes_reports = true;
    directory = run(Directory::load(*store, *vault, changed)).value();
    intake = std::make_unique<Intake>(*store, *vault, *accounts, *directory, ids, clock, changed);
    reports = std::make_unique<MailReports>(*store, *vault, limits);
  }

  core::Result<pipeline::Receipt> send(ReceivedReports received, Mail mail = {}, std::vector<std::string> rcpts = {"sales@acme.example"}) {
    clock.advance(std::chrono::seconds(1));
    if (mail.from == "ann@customer.example") mail.from = "noreply@reporter.example";
    mail.message_id = fmt::format("m{}@reporter.example", ++sent_);
    pipeline::RedactedMessage message = mail.build();
    message.set_reports(std::make_shared<const ReceivedReports>(std::move(received)));
    pipeline::Envelope arriving = envelope(mail, rcpts);
    last_trace = arriving.trace;
    return run(intake->accept(std::move(arriving), std::move(message)));
  }
  core::Result<pipeline::Receipt> send(AggregateReport report, Mail mail = {}, std::vector<std::string> rcpts = {"sales@acme.example"}) {
    ReceivedReports received;
    received.aggregate.push_back(std::move(report));
    return send(std::move(received), std::move(mail), std::move(rcpts));
  }
  core::Result<pipeline::Receipt> send(pipeline::TlsReport report) {
    ReceivedReports received;
    received.tls.push_back(std::move(report));
    return send(std::move(received));
  }
  std::string told() {
    for (const auto& step : find_trace(*store, *vault, {acme}, last_trace).value().steps) {
      if (step.what == "reports") return step.detail;
    }
    return "";
  }
  std::size_t tickets_made() { return tickets->list(acme, {}).value().tickets.size(); }
  std::vector<DomainSummary> summary(ReportQuestion question = {"acme.example", kDay, kDay, false}) {
    return reports->aggregate(acme, question).value();
  }

  std::unique_ptr<MailReports> reports;
  core::TraceId last_trace;

 private:
  MailReportLimits limits_;
  int sent_ = 0;
};

Mail unproven() {
  Mail mail;
  mail.dmarc = pipeline::AuthResult::kFail;
  mail.dmarc_domain = "reporter.example";
  return mail;
}

TEST(MailReports, AReadableReportIsCountedAndMakesNoTicket) {
  ReportDesk desk;
  const auto receipt = desk.send(aggregate("1", {row("192.0.2.1", 5, true, true), row("192.0.2.2", 3, false, true),
                                                 row("192.0.2.3", 2, false, false, pipeline::ReportDisposition::kReject)}));
  ASSERT_TRUE(receipt) << receipt.error().describe();
  EXPECT_THAT(receipt->tickets, IsEmpty());
  EXPECT_EQ(desk.tickets_made(), 0U);
  EXPECT_EQ(desk.told(), "aggregate of acme.example: counted");
  const auto domains = desk.summary();
  ASSERT_THAT(domains, SizeIs(1));
  EXPECT_EQ(domains[0].domain, "acme.example");
  EXPECT_EQ(domains[0].sums, (ReportSums{10, 8, 5, 8, 0, 2}));
  ASSERT_THAT(domains[0].days, SizeIs(1));
  EXPECT_EQ(domains[0].days[0].first, kDay);
  ASSERT_THAT(domains[0].reporters, SizeIs(1));
  EXPECT_EQ(domains[0].reporters[0].domain, "reporter.example");
  EXPECT_EQ(domains[0].reporters[0].organization, "Reporter Inc.");
  EXPECT_EQ(domains[0].reporters[0].total, 10U);
}

TEST(MailReports, OneIsShownWithItsRows) {
  ReportDesk desk;
  const auto sent = aggregate("1", {row("192.0.2.1", 5, true, true)});
  ASSERT_TRUE(desk.send(sent));
  const auto list = desk.reports->list(desk.acme, 10).value();
  ASSERT_THAT(list, SizeIs(1));
  EXPECT_EQ(list[0].kind, ReportKind::kAggregate);
  EXPECT_EQ(list[0].reporter, "reporter.example");
  EXPECT_TRUE(list[0].is_authenticated);
  EXPECT_EQ(list[0].not_counted, "");
  EXPECT_EQ(list[0].trace, desk.last_trace);
  EXPECT_THAT(list[0].domains, ElementsAre("acme.example"));
  EXPECT_EQ(list[0].total, 5U);
  const auto shown = desk.reports->get(desk.acme, list[0].id).value();
  EXPECT_EQ(shown.aggregate, sent);
  EXPECT_EQ(shown.left_out, 0U);
  EXPECT_EQ(desk.reports->get(desk.other, list[0].id).error(), Errc::kNotFound);
  EXPECT_EQ(desk.reports->get(desk.acme, 1).error(), Errc::kNotFound);
  EXPECT_THAT(desk.reports->list(desk.other, 10).value(), IsEmpty());
}

TEST(MailReports, WhatCannotBeReadIsATicketAndTheTraceSaysWhy) {
  ReportDesk desk;
  ReceivedReports unreadable;
  unreadable.problem = "report: malformed (line 3) in r.xml";
  EXPECT_THAT(desk.send(unreadable)->tickets, SizeIs(1));
  EXPECT_EQ(desk.told(), "not readable: report: malformed (line 3) in r.xml");
  ReceivedReports failure;
  failure.is_failure_report = true;
  EXPECT_THAT(desk.send(failure)->tickets, SizeIs(1));
  EXPECT_THAT(desk.told(), HasSubstr("failure report"));
  EXPECT_THAT(desk.send(ReceivedReports{})->tickets, SizeIs(1));
  EXPECT_EQ(desk.told(), "");
  EXPECT_EQ(desk.tickets_made(), 3U);
  EXPECT_THAT(desk.reports->list(desk.acme, 10).value(), IsEmpty());
}

TEST(MailReports, OnlyTheInboxThatTakesThemHasNoTicket) {
  ReportDesk desk;
  const auto receipt = desk.send(aggregate("1", {row("192.0.2.1", 5, true, true)}), {}, {"support@acme.example", "sales@acme.example"});
  EXPECT_THAT(receipt->tickets, SizeIs(1));
  EXPECT_THAT(desk.send(aggregate("2", {row("192.0.2.1", 5, true, true)}), {}, {"support@acme.example"})->tickets, SizeIs(1));
  EXPECT_EQ(desk.tickets_made(), 2U);
  EXPECT_THAT(desk.reports->list(desk.acme, 10).value(), SizeIs(1));
}

TEST(MailReports, MailForATicketOrHeldBackIsNotCounted) {
  ReportDesk desk;
  EXPECT_THAT(desk.send(aggregate("1", {row("192.0.2.1", 5, true, true)}), {}, {"sales+abc@acme.example"})->tickets, SizeIs(1));
  Mail spam;
  spam.spam = pipeline::SpamAction::kSuspend;
  EXPECT_THAT(desk.send(aggregate("2", {row("192.0.2.1", 5, true, true)}), spam)->tickets, IsEmpty());
  EXPECT_THAT(desk.suspended->list(desk.acme, 10).value(), SizeIs(1));
  EXPECT_THAT(desk.reports->list(desk.acme, 10).value(), IsEmpty());
}

TEST(MailReports, EachCountsOnceBySenderIdAndDomain) {
  ReportDesk desk;
  const auto report = aggregate("1", {row("192.0.2.1", 5, true, true)});
  ASSERT_TRUE(desk.send(report));
  ASSERT_TRUE(desk.send(report));
  EXPECT_EQ(desk.told(), "aggregate of acme.example: received before");
  EXPECT_EQ(desk.summary().at(0).sums.messages, 5U);
  Mail another;
  another.from = "noreply@second.example";
  ASSERT_TRUE(desk.send(report, another));
  ASSERT_TRUE(desk.send(aggregate("2", {row("192.0.2.1", 5, true, true)})));
  ASSERT_TRUE(desk.send(aggregate("1", {row("192.0.2.1", 7, true, true)}, "news.acme.example")));
  EXPECT_EQ(desk.summary().at(0).sums.messages, 15U);
  EXPECT_THAT(desk.reports->list(desk.acme, 10).value(), SizeIs(4));
}

// A forger who writes the next report's id first must not make the true one look like a repeat.
TEST(MailReports, WhatIsNotProvenIsFlaggedAndStandsApart) {
  ReportDesk desk;
  ASSERT_TRUE(desk.send(aggregate("1", {row("192.0.2.66", 1000, true, true)}), unproven()));
  EXPECT_EQ(desk.told(), "aggregate of acme.example, sender not proven: counted");
  EXPECT_THAT(desk.summary(), IsEmpty());
  ASSERT_TRUE(desk.send(aggregate("1", {row("192.0.2.1", 5, true, true)})));
  EXPECT_EQ(desk.summary().at(0).sums.messages, 5U);
  EXPECT_EQ(desk.summary({"acme.example", kDay, kDay, true}).at(0).sums.messages, 1005U);
  EXPECT_THAT(desk.reports->sources(desk.acme, {"acme.example", kDay, kDay, false}).value(), SizeIs(1));
  EXPECT_THAT(desk.reports->sources(desk.acme, {"acme.example", kDay, kDay, true}).value(), SizeIs(2));
  const auto list = desk.reports->list(desk.acme, 10).value();
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_TRUE(list[0].is_authenticated);
  EXPECT_FALSE(list[1].is_authenticated);
}

TEST(MailReports, SourcesAreAddedUpOverDaysAndSorted) {
  ReportDesk desk;
  ASSERT_TRUE(desk.send(aggregate("1", {row("192.0.2.1", 5, true, true), row("192.0.2.1", 2, false, false), row("192.0.2.2", 6, false, true)})));
  ASSERT_TRUE(desk.send(aggregate("2", {row("192.0.2.2", 6, false, true), row("2001:db8::1", 1, false, false)}, "acme.example", kDay - 1)));
  const auto sources = desk.reports->sources(desk.acme, {"acme.example", kDay - 1, kDay, false}).value();
  ASSERT_THAT(sources, SizeIs(3));
  EXPECT_EQ(sources[0].source_ip, "192.0.2.2");
  EXPECT_EQ(sources[0].sums, (ReportSums{12, 12, 0, 12, 0, 0}));
  EXPECT_EQ(sources[1].sums, (ReportSums{7, 5, 5, 5, 0, 0}));
  EXPECT_EQ(sources[2].source_ip, "2001:db8::1");
  const auto domains = desk.summary({"", kDay - 1, kDay, false});
  ASSERT_THAT(domains, SizeIs(1));
  ASSERT_THAT(domains[0].days, SizeIs(2));
  EXPECT_EQ(domains[0].days[0].second.messages, 7U);
  EXPECT_EQ(desk.reports->sources(desk.acme, {"", kDay, kDay, false}).error(), Errc::kInvalid);
}

TEST(MailReports, TlsFailuresAreAddedUpByTypeAndHost) {
  ReportDesk desk;
  const pipeline::TlsFailure expired{"certificate-expired", "192.0.2.9", "mx1.acme.example", "", "", 3, ""};
  const pipeline::TlsFailure none{"starttls-not-supported", "192.0.2.9", "mx2.acme.example", "", "", 4, ""};
  const auto sent = tls("1", {{"sts", "acme.example", {"mx1.acme.example"}, 90, 10, {expired, none}}, {"tlsa", "acme.example", {}, 5, 0, {}}});
  ASSERT_TRUE(desk.send(sent));
  EXPECT_EQ(desk.told(), "tls of acme.example: counted");
  ASSERT_TRUE(desk.send(tls("2", {{"sts", "acme.example", {}, 10, 2, {none}}})));
  ASSERT_TRUE(desk.send(sent));
  const auto domains = desk.reports->tls(desk.acme, {"", kDay, kDay, false}).value();
  ASSERT_THAT(domains, SizeIs(1));
  EXPECT_EQ(domains[0].successes, 105U);
  EXPECT_EQ(domains[0].failures, 12U);
  ASSERT_THAT(domains[0].policies, SizeIs(2));
  EXPECT_EQ(domains[0].policies[0].type, "sts");
  EXPECT_EQ(domains[0].policies[0].failures, 12U);
  ASSERT_THAT(domains[0].details, SizeIs(2));
  EXPECT_EQ(domains[0].details[0].result_type, "starttls-not-supported");
  EXPECT_EQ(domains[0].details[0].sessions, 8U);
  ASSERT_THAT(domains[0].days, SizeIs(1));
  EXPECT_EQ(domains[0].days[0].successes, 105U);
  const auto list = desk.reports->list(desk.acme, 10).value();
  ASSERT_THAT(list, SizeIs(2));
  EXPECT_EQ(desk.reports->get(desk.acme, list[1].id)->tls, sent);
}

TEST(MailReports, ReportsOfOtherTimesAreKeptButNotCounted) {
  ReportDesk desk;
  const auto outcome = [&](const std::string& id, std::uint64_t day) {
    EXPECT_TRUE(desk.send(aggregate(id, {row("192.0.2.1", 1, true, true)}, "acme.example", day)));
    return desk.told();
  };
  EXPECT_EQ(outcome("1", kDay + 1 - 400), "aggregate of acme.example: counted");
  EXPECT_EQ(outcome("2", kDay + 1 - 401), "aggregate of acme.example: not counted: period");
  EXPECT_EQ(outcome("3", kDay + 3), "aggregate of acme.example: counted");
  EXPECT_EQ(outcome("4", kDay + 4), "aggregate of acme.example: not counted: period");
  EXPECT_EQ(desk.reports->list(desk.acme, 10)->front().not_counted, "period");
}

TEST(MailReports, StrangersCannotFillADayWithDomains) {
  MailReportLimits limits;
  limits.foreign_domains_per_day_max = 2;
  ReportDesk desk(limits);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(desk.send(aggregate(std::to_string(i), {row("192.0.2.1", 1, true, true)}, fmt::format("d{}.example", i))));
    EXPECT_THAT(desk.told(), HasSubstr(i < 2 ? ": counted" : "not counted: limit"));
  }
  ASSERT_TRUE(desk.send(aggregate("5", {row("192.0.2.1", 1, true, true)}, "news.acme.example")));
  EXPECT_THAT(desk.told(), HasSubstr(": counted"));
  ASSERT_TRUE(desk.send(aggregate("6", {row("192.0.2.1", 1, true, true)}, "no domain")));
  EXPECT_THAT(desk.told(), HasSubstr("not counted: domain"));
  EXPECT_THAT(desk.summary({"", kDay, kDay, false}), SizeIs(3));
}

TEST(MailReports, BeyondTheLimitsSumsStayRight) {
  MailReportLimits limits;
  limits.sources_per_day_max = 2;
  limits.rows_kept_max = 3;
  limits.reporters_per_day_max = 1;
  limits.tls_failures_per_day_max = 1;
  ReportDesk desk(limits);
  std::vector<ReportRow> rows;
  for (int i = 0; i < 5; ++i) rows.push_back(row(fmt::format("192.0.2.{}", i), 1, true, true));
  ASSERT_TRUE(desk.send(aggregate("1", rows)));
  Mail another;
  another.from = "noreply@second.example";
  ASSERT_TRUE(desk.send(aggregate("2", rows), another));
  const auto sources = desk.reports->sources(desk.acme, {"acme.example", kDay, kDay, false}).value();
  ASSERT_THAT(sources, SizeIs(3));
  EXPECT_EQ(sources[0].source_ip, "");
  EXPECT_EQ(sources[0].sums.messages, 6U);
  EXPECT_EQ(desk.summary().at(0).sums.messages, 10U);
  EXPECT_THAT(desk.summary().at(0).reporters, SizeIs(1));
  const auto shown = desk.reports->get(desk.acme, desk.reports->list(desk.acme, 1)->front().id).value();
  EXPECT_THAT(shown.aggregate.rows, SizeIs(3));
  EXPECT_EQ(shown.left_out, 2U);
  ASSERT_TRUE(desk.send(tls("1", {{"sts", "acme.example", {}, 0, 3, {{"a", "", "x", "", "", 1, ""}, {"b", "", "x", "", "", 1, ""}, {"c", "", "x", "", "", 1, ""}}}})));
  const auto details = desk.reports->tls(desk.acme, {"acme.example", kDay, kDay, false})->front().details;
  ASSERT_THAT(details, SizeIs(2));
  EXPECT_EQ(details[0].result_type, "");
  EXPECT_EQ(details[0].sessions, 2U);
}

TEST(MailReports, QuestionsAreBounded) {
  MailReportLimits limits;
  limits.period_days_max = 10;
  limits.records_read_max = 2;
  ReportDesk desk(limits);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(desk.send(aggregate(std::to_string(i), {row("192.0.2.1", 1, true, true)}, fmt::format("d{}.example", i))));
  EXPECT_TRUE(desk.reports->aggregate(desk.acme, {"d1.example", kDay - 9, kDay, false}));
  EXPECT_EQ(desk.reports->aggregate(desk.acme, {"d1.example", kDay - 10, kDay, false}).error(), Errc::kInvalid);
  EXPECT_EQ(desk.reports->aggregate(desk.acme, {"d1.example", kDay, kDay - 1, false}).error(), Errc::kInvalid);
  EXPECT_EQ(desk.reports->aggregate(desk.acme, {"", kDay, kDay, false}).error(), Errc::kInvalid);
}

TEST(MailReports, OldReportsAndDaysAreErased) {
  MailReportLimits limits;
  limits.retention_days = 30;
  ReportDesk desk(limits);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(desk.send(aggregate(std::to_string(i), {row("192.0.2.1", 1, true, true)})));
  ASSERT_TRUE(desk.send(tls("t", {{"sts", "acme.example", {}, 1, 0, {}}})));
  const auto before = desk.reports->list(desk.acme, 10).value();
  desk.clock.advance(std::chrono::hours(24 * 40));
  ASSERT_TRUE(desk.send(aggregate("new", {row("192.0.2.1", 1, true, true)}, "acme.example", kDay + 40)));
  const auto list = desk.reports->list(desk.acme, 10).value();
  ASSERT_THAT(list, SizeIs(1));
  EXPECT_EQ(list[0].report_id, "new");
  EXPECT_EQ(desk.reports->get(desk.acme, before[0].id).error(), Errc::kNotFound);
  EXPECT_THAT(desk.summary(), IsEmpty());
  EXPECT_THAT(desk.reports->tls(desk.acme, {"", kDay, kDay, false}).value(), IsEmpty());
  const auto snapshot = desk.store->snapshot();
  const std::string space = storage::KeyBuilder(desk.acme, storage::Space::kMailReport).bytes();
  const std::size_t records = snapshot->scan(space, storage::Direction::kForward, 100)->size();
  EXPECT_EQ(records, 5U);  // the new report, its rows, its digest, its sums, its sources
  EXPECT_EQ(storage::decode_counter(snapshot->get(keys::mail_report_counter(desk.acme)).value()), 1);
}

TEST(MailReports, TheOldestMakeRoomForNewOnesAndTheirSumsStay) {
  MailReportLimits limits;
  limits.reports_max = 3;
  ReportDesk desk(limits);
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(desk.send(aggregate(std::to_string(i), {row("192.0.2.1", 1, true, true)})));
  const auto list = desk.reports->list(desk.acme, 10).value();
  ASSERT_THAT(list, SizeIs(4));  // the newest was not counted yet when room was made
  EXPECT_EQ(list.front().report_id, "5");
  EXPECT_EQ(desk.summary().at(0).sums.messages, 6U);
}

TEST(MailReports, ListsNewestFirstInPages) {
  ReportDesk desk;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(desk.send(aggregate(std::to_string(i), {row("192.0.2.1", 1, true, true)})));
  const auto first = desk.reports->list(desk.acme, 2).value();
  EXPECT_EQ(first.at(0).report_id, "4");
  const auto second = desk.reports->list(desk.acme, 10, first.back().id).value();
  ASSERT_THAT(second, SizeIs(3));
  EXPECT_EQ(second.front().report_id, "2");
}

TEST(MailReports, ARepeatedDeliveryStoresNothing) {
  ReportDesk desk;
  ReceivedReports received;
  received.aggregate.push_back(aggregate("1", {row("192.0.2.1", 1, true, true)}));
  Mail mail;
  mail.from = "noreply@reporter.example";
  const auto deliver = [&] {
    pipeline::RedactedMessage message = mail.build();
    message.set_reports(std::make_shared<const ReceivedReports>(received));
    return desk.run(desk.intake->accept(desk.envelope(mail, {"sales@acme.example"}), std::move(message)));
  };
  EXPECT_FALSE(deliver()->was_duplicate);
  EXPECT_TRUE(deliver()->was_duplicate);
  EXPECT_THAT(desk.reports->list(desk.acme, 10).value(), SizeIs(1));
}

}  // namespace
}  // namespace postern::ticketing
