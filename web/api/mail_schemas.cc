// What held mail, the queue, own domains and the reports of others look like.
#include "web/api/mail_schemas.h"

namespace postern::web {
namespace {

using Need = SchemaField::Need;
using Type = FieldType;

#define POSTERN_PAGE {"meta", Type::kObject, "PageMeta"}, {"links", Type::kObject, "PageLinks"}

constexpr SchemaField kAuthor[] = {{"id", Type::kInteger, {}, Need::kNullable}, {"email", Type::kText, {}}};
constexpr SchemaField kHeldFile[] = {{"file_name", Type::kText, {}}, {"content_type", Type::kText, {}}, {"size", Type::kInteger, {}}, {"replaced", Type::kFlag, {}}};
// The last three: of one message.
constexpr SchemaField kHeldMail[] = {{"url", Type::kText, {}},
                                     {"id", Type::kText, {}},
                                     {"author", Type::kObject, "SuspendedAuthor"},
                                     {"subject", Type::kText, {}},
                                     {"recipient", Type::kText, {}, Need::kNullable},
                                     {"inbox_id", Type::kInteger, {}},
                                     {"cause", Type::kText, {}},
                                     {"score", Type::kNumber, {}},
                                     {"verdicts", Type::kObject, "MailVerdicts"},
                                     {"redactions", Type::kObjects, "FoundValues"},
                                     {"via", Type::kObject, "CommentVia"},
                                     {"created_at", Type::kTime, {}},
                                     {"updated_at", Type::kTime, {}},
                                     {"content", Type::kText, {}},
                                     {"content_truncated", Type::kFlag, {}},
                                     {"attachments", Type::kObjects, "HeldFile"}};
constexpr SchemaField kHeldPage[] = {{"suspended_tickets", Type::kObjects, "SuspendedTicket"}, POSTERN_PAGE};
constexpr SchemaField kHeldOne[] = {{"suspended_ticket", Type::kObject, "SuspendedTicket"}};
constexpr SchemaField kCount[] = {{"value", Type::kInteger, {}}, {"has_more", Type::kFlag, {}}, {"refreshed_at", Type::kTime, {}}};
constexpr SchemaField kCountAnswer[] = {{"count", Type::kObject, "SuspendedCount"}};
constexpr SchemaField kRecovered[] = {{"ticket", Type::kObject, "Ticket"}};

constexpr SchemaField kQueueEntry[] = {{"id", Type::kInteger, {}},
                                       {"trace_id", Type::kText, {}},
                                       {"ticket_id", Type::kInteger, {}, Need::kNullable},
                                       {"purpose", Type::kText, {}},
                                       {"damaged", Type::kFlag, {}},
                                       {"recipient", Type::kText, {}},
                                       {"attempts", Type::kInteger, {}},
                                       {"held", Type::kFlag, {}},
                                       {"last_reply", Type::kText, {}},
                                       {"created_at", Type::kTime, {}},
                                       {"due_at", Type::kTime, {}},
                                       {"leased_until", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kQueuePage[] = {{"outbox", Type::kObjects, "OutboxEntry"}, POSTERN_PAGE};
constexpr SchemaField kQueueOne[] = {{"outbox_entry", Type::kObject, "OutboxEntry"}};

#define POSTERN_SUMS                                                                                                        \
  {"messages", Type::kInteger, {}}, {"passed", Type::kInteger, {}}, {"pass_rate", Type::kNumber, {}, Need::kNullable},      \
      {"dkim_aligned", Type::kInteger, {}}, {"spf_aligned", Type::kInteger, {}}, {"quarantined", Type::kInteger, {}}, {     \
    "rejected", Type::kInteger, {}                                                                                          \
  }
#define POSTERN_SESSIONS                                                                       \
  {"sessions", Type::kInteger, {}}, {"successes", Type::kInteger, {}}, {"failures", Type::kInteger, {}}, { \
    "success_rate", Type::kNumber, {}, Need::kNullable                                         \
  }
#define POSTERN_PERIOD {"from", Type::kDate, {}}, {"to", Type::kDate, {}}, {"unauthenticated", Type::kFlag, {}}

constexpr SchemaField kReporter[] = {{"domain", Type::kText, {}}, {"organization", Type::kText, {}}, {"reports", Type::kInteger, {}},
                                     {"messages", Type::kInteger, {}}, {"sessions", Type::kInteger, {}}};
constexpr SchemaField kDmarcDay[] = {{"date", Type::kDate, {}}, POSTERN_SUMS};
constexpr SchemaField kDmarcDomain[] = {{"domain", Type::kText, {}}, POSTERN_SUMS, {"days", Type::kObjects, "DmarcDay"}, {"reporters", Type::kObjects, "MailReporter"}};
constexpr SchemaField kAggregate[] = {POSTERN_PERIOD, {"domains_left_out", Type::kInteger, {}}, {"domains", Type::kObjects, "DmarcDomain"}};
constexpr SchemaField kSource[] = {{"source_ip", Type::kText, {}, Need::kNullable}, POSTERN_SUMS};
constexpr SchemaField kSources[] = {POSTERN_PERIOD, {"domain", Type::kText, {}}, {"count", Type::kInteger, {}}, {"sources", Type::kObjects, "MailSource"}, POSTERN_PAGE};
constexpr SchemaField kTlsDay[] = {{"date", Type::kDate, {}}, POSTERN_SESSIONS};
constexpr SchemaField kTlsType[] = {{"policy_type", Type::kText, {}}, POSTERN_SESSIONS};
constexpr SchemaField kTlsFailures[] = {{"result_type", Type::kText, {}}, {"receiving_host", Type::kText, {}}, {"sessions", Type::kInteger, {}}};
constexpr SchemaField kTlsDomain[] = {{"domain", Type::kText, {}},
                                      POSTERN_SESSIONS,
                                      {"days", Type::kObjects, "TlsDay"},
                                      {"policies", Type::kObjects, "TlsPolicySums"},
                                      {"failure_types", Type::kObjects, "TlsFailureSums"},
                                      {"reporters", Type::kObjects, "MailReporter"}};
constexpr SchemaField kTls[] = {POSTERN_PERIOD, {"domains_left_out", Type::kInteger, {}}, {"domains", Type::kObjects, "TlsDomain"}};

constexpr SchemaField kSigned[] = {{"domain", Type::kText, {}}, {"selector", Type::kText, {}}, {"result", Type::kText, {}}};
constexpr SchemaField kScoped[] = {{"domain", Type::kText, {}}, {"scope", Type::kText, {}}, {"result", Type::kText, {}}};
constexpr SchemaField kReason[] = {{"type", Type::kText, {}}, {"comment", Type::kText, {}}};
constexpr SchemaField kRow[] = {{"source_ip", Type::kText, {}},
                                {"messages", Type::kInteger, {}},
                                {"disposition", Type::kText, {}},
                                {"dkim_aligned", Type::kFlag, {}},
                                {"spf_aligned", Type::kFlag, {}},
                                {"header_from", Type::kText, {}},
                                {"envelope_from", Type::kText, {}, Need::kNullable},
                                {"envelope_to", Type::kText, {}},
                                {"reasons", Type::kObjects, "ReportedReason"},
                                {"dkim", Type::kObjects, "ReportedDkim"},
                                {"spf", Type::kObjects, "ReportedSpf"}};
constexpr SchemaField kFailure[] = {{"result_type", Type::kText, {}},    {"sending_ip", Type::kText, {}},   {"receiving_host", Type::kText, {}},
                                    {"receiving_helo", Type::kText, {}}, {"receiving_ip", Type::kText, {}}, {"sessions", Type::kInteger, {}},
                                    {"reason_code", Type::kText, {}}};
constexpr SchemaField kPolicy[] = {{"policy_type", Type::kText, {}}, {"domain", Type::kText, {}}, {"mx_hosts", Type::kTexts, {}}, POSTERN_SESSIONS,
                                   {"failure_details", Type::kObjects, "TlsFailure"}};
constexpr SchemaField kReported[] = {{"domain", Type::kText, {}}, {"p", Type::kText, {}},    {"sp", Type::kText, {}},
                                     {"np", Type::kText, {}},     {"adkim", Type::kText, {}}, {"aspf", Type::kText, {}},
                                     {"fo", Type::kText, {}},     {"testing", Type::kText, {}}, {"discovery_method", Type::kText, {}}};
// From left_out on: of one report. DMARC has messages, TLS sessions.
constexpr SchemaField kReport[] = {{"url", Type::kText, {}},
                                   {"id", Type::kInteger, {}},
                                   {"kind", Type::kText, {}},
                                   {"received_at", Type::kTime, {}},
                                   {"trace", Type::kText, {}},
                                   {"inbox_id", Type::kInteger, {}},
                                   {"reporter", Type::kText, {}},
                                   {"authenticated", Type::kFlag, {}},
                                   {"counted", Type::kFlag, {}},
                                   {"not_counted", Type::kText, {}, Need::kNullable},
                                   {"organization", Type::kText, {}},
                                   {"contact", Type::kText, {}},
                                   {"report_id", Type::kText, {}},
                                   {"begins_at", Type::kTime, {}},
                                   {"ends_at", Type::kTime, {}},
                                   {"domains", Type::kTexts, {}},
                                   {"messages", Type::kInteger, {}},
                                   {"sessions", Type::kInteger, {}},
                                   {"passed", Type::kInteger, {}},
                                   {"left_out", Type::kInteger, {}},
                                   {"policies", Type::kObjects, "TlsPolicyReport"},
                                   {"published", Type::kObject, "ReportedPolicy"},
                                   {"errors", Type::kTexts, {}},
                                   {"rows", Type::kObjects, "ReportRow"}};
constexpr SchemaField kReportPage[] = {{"mail_reports", Type::kObjects, "MailReport"}, POSTERN_PAGE};
constexpr SchemaField kReportOne[] = {{"mail_report", Type::kObject, "MailReport"}};

constexpr std::string_view kAdviceStates = "ok,missing,different,warning,unknown";
constexpr SchemaField kDomainLine[] = {{"url", Type::kText, {}},      {"domain", Type::kText, {}}, {"state", Type::kText, kAdviceStates, Need::kNullable},
                                       {"problems", Type::kTexts, {}}, {"reply", Type::kText, {}},  {"checked_at", Type::kTime, {}}};
constexpr SchemaField kDomainList[] = {{"count", Type::kInteger, {}}, {"mail_domains", Type::kObjects, "MailDomainLine"}};
constexpr SchemaField kRecord[] = {{"purpose", Type::kText, {}},   {"state", Type::kText, kAdviceStates}, {"required", Type::kFlag, {}},
                                   {"owner", Type::kText, {}},     {"host", Type::kText, {}},             {"type", Type::kText, {}},
                                   {"ttl", Type::kInteger, {}},    {"value", Type::kText, {}},            {"zone_text", Type::kText, {}},
                                   {"why", Type::kText, {}},       {"explanation", Type::kText, {}},      {"found", Type::kTexts, {}},
                                   {"notes", Type::kTexts, {}}};
constexpr SchemaField kTerm[] = {{"depth", Type::kInteger, {}}, {"term", Type::kText, {}}, {"lookups", Type::kInteger, {}}, {"void", Type::kFlag, {}}, {"problem", Type::kText, {}}};
constexpr SchemaField kBudget[] = {{"lookups", Type::kInteger, {}},          {"lookups_max", Type::kInteger, {}}, {"void_lookups", Type::kInteger, {}},
                                   {"void_lookups_max", Type::kInteger, {}}, {"complete", Type::kFlag, {}},       {"terms", Type::kObjects, "SpfTerm"}};
constexpr SchemaField kPath[] = {{"passes", Type::kFlag, {}}, {"certain", Type::kFlag, {}}, {"domain", Type::kText, {}}, {"reason", Type::kText, {}}};
constexpr SchemaField kForecast[] = {{"from", Type::kText, {}}, {"state", Type::kText, kAdviceStates}, {"summary", Type::kText, {}},
                                     {"spf", Type::kObject, "ForecastPath"}, {"dkim", Type::kObject, "ForecastPath"}};
constexpr SchemaField kDomain[] = {{"domain", Type::kText, {}},
                                   {"hostname", Type::kText, {}},
                                   {"zone", Type::kText, {}},
                                   {"state", Type::kText, kAdviceStates},
                                   {"checked_at", Type::kTime, {}},
                                   {"records", Type::kObjects, "DnsAdvice"},
                                   {"spf_budget", Type::kObject, "SpfBudget"},
                                   {"reply", Type::kObject, "ReplyForecast"},
                                   {"mta_sts_policy", Type::kText, {}},
                                   {"notes", Type::kTexts, {}}};
constexpr SchemaField kDomainOne[] = {{"mail_domain", Type::kObject, "MailDomainAdvice"}};
#undef POSTERN_PAGE
#undef POSTERN_SUMS
#undef POSTERN_SESSIONS
#undef POSTERN_PERIOD

constexpr Schema kSchemas[] = {
    {"SuspendedAuthor", kAuthor},      {"HeldFile", kHeldFile},          {"SuspendedTicket", kHeldMail},      {"SuspendedTicketsAnswer", kHeldPage},
    {"SuspendedTicketAnswer", kHeldOne}, {"SuspendedCount", kCount},          {"SuspendedCountAnswer", kCountAnswer}, {"RecoveredTicketAnswer", kRecovered},
    {"OutboxEntry", kQueueEntry},      {"OutboxAnswer", kQueuePage},          {"OutboxEntryAnswer", kQueueOne},    {"MailReporter", kReporter},
    {"DmarcDay", kDmarcDay},           {"DmarcDomain", kDmarcDomain},         {"AggregateReportsAnswer", kAggregate}, {"MailSource", kSource},
    {"MailSourcesAnswer", kSources},   {"TlsDay", kTlsDay},                   {"TlsPolicySums", kTlsType},         {"TlsFailureSums", kTlsFailures},
    {"TlsDomain", kTlsDomain},         {"TlsReportsAnswer", kTls},            {"ReportedDkim", kSigned},           {"ReportedSpf", kScoped},
    {"ReportedReason", kReason},       {"ReportRow", kRow},                   {"TlsFailure", kFailure},            {"TlsPolicyReport", kPolicy},
    {"ReportedPolicy", kReported},     {"MailReport", kReport},               {"MailReportsAnswer", kReportPage},  {"MailReportAnswer", kReportOne},
    {"MailDomainLine", kDomainLine},   {"MailDomainsAnswer", kDomainList},    {"DnsAdvice", kRecord},              {"SpfTerm", kTerm},
    {"SpfBudget", kBudget},            {"ForecastPath", kPath},               {"ReplyForecast", kForecast},        {"MailDomainAdvice", kDomain},
    {"MailDomainAnswer", kDomainOne}};

}  // namespace

std::span<const Schema> mail_schemas() { return kSchemas; }

}  // namespace postern::web
