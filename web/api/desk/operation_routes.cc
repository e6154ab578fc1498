// Routes of what mail admins and operators look after, and their schemas.
#include "web/api/desk/operation_handlers.h"
#include "web/api/desk/tables.h"
#include "web/api/route_words.h"

namespace postern::web {
namespace {

using auth::Permission;
using route_words::audited;
using route_words::change;
using route_words::costly;
using route_words::freshly;
using route_words::get;
using route_words::speaks;
using route_words::within;
using Need = SchemaField::Need;
using Type = FieldType;

constexpr auto kManage = Permission::kSettingsManage;

constexpr Route kRoutes[] = {
    costly(speaks(get("/api/v2/mail_domains/{domain}/dkim_keys", kManage, api::list_dkim_keys,
                      "Signing keys of a domain, newest first, each looked for in DNS, and what comes next for it"),
                  "DkimKeysAnswer")),
    costly(audited(speaks(freshly(change(Verb::kPost, "/api/v2/mail_domains/{domain}/dkim_keys", kManage, Body::kJson, api::rotate_dkim_keys,
                                         "Make the next keys, which sign once their records are seen; with `now` at once: a key was stolen")),
                          "DkimKeysAnswer", "DkimRotationBody"),
                   "dkim.rotated")),
    costly(audited(speaks(freshly(change(Verb::kPost, "/api/v2/mail_domains/{domain}/dkim_keys/retire", kManage, Body::kJson, api::retire_dkim_key,
                                         "Take a key one step out of use: it signs no more, then its record may go")),
                          "DkimKeysAnswer", "DkimRetirementBody"),
                   "dkim.retired")),
    speaks(get("/api/v2/certificates", kManage, api::list_certificates, "Certificates of the mail and web listeners: names, end, chain"), "CertificatesAnswer"),
    audited(speaks(freshly(change(Verb::kPost, "/api/v2/certificates/reload", kManage, Body::kNone, api::reload_certificates,
                                  "Read certificates, DKIM keys and the log level again, together or not at all")),
                   "ReloadAnswer"),
            "certificates.reloaded"),
    within(costly(speaks(get("/api/v2/traces", Permission::kTicketsRead, api::list_traces,
                             "Where is my mail: messages by sender, recipient, Message-ID, ticket or time, newest first",
                             "sender,recipient,message_id,ticket_id,start_time,end_time,page[size],page[after]"),
                         "TracesAnswer"))),
    costly(speaks(get("/api/v2/system/metrics", kManage, api::show_system_metrics, "Throughput, latencies, queue and memory of the process"), "SystemMetricsAnswer")),
};

constexpr SchemaField kRecord[] = {{"name", Type::kText, {}}, {"type", Type::kText, {}}, {"value", Type::kText, {}}};
constexpr SchemaField kKey[] = {{"selector", Type::kText, {}},
                                {"algorithm", Type::kText, "rsa-sha256,ed25519-sha256"},
                                {"state", Type::kText, "waiting,active,retiring,retired"},
                                {"in_dns", Type::kText, "seen,absent,different,unknown"},
                                {"next", Type::kText, {}},
                                {"next_at", Type::kTime, {}, Need::kNullable},
                                {"explanation", Type::kText, {}},
                                {"record", Type::kObject, "DkimRecord", Need::kNullable},
                                {"created_at", Type::kTime, {}},
                                {"activated_at", Type::kTime, {}, Need::kNullable},
                                {"stopped_at", Type::kTime, {}, Need::kNullable},
                                {"retired_at", Type::kTime, {}, Need::kNullable},
                                {"seen_since", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kKeys[] = {{"domain", Type::kText, {}}, {"count", Type::kInteger, {}}, {"dkim_keys", Type::kObjects, "DkimKey"}};
constexpr SchemaField kRotation[] = {{"now", Type::kFlag, {}}};
constexpr SchemaField kRotationBody[] = {{"rotation", Type::kObject, "DkimRotation"}};
constexpr SchemaField kRetirement[] = {{"selector", Type::kText, {}, Need::kRequired}, {"force", Type::kFlag, {}}};
constexpr SchemaField kRetirementBody[] = {{"dkim_key", Type::kObject, "DkimRetirement", Need::kRequired}};
constexpr SchemaField kCertificate[] = {{"listener", Type::kText, "smtp,web"},
                                        {"names", Type::kTexts, {}},
                                        {"subject", Type::kText, {}},
                                        {"issuer", Type::kText, {}},
                                        {"chain_length", Type::kInteger, {}},
                                        {"self_signed", Type::kFlag, {}},
                                        {"not_before", Type::kTime, {}, Need::kNullable},
                                        {"not_after", Type::kTime, {}, Need::kNullable},
                                        {"problem", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kCertificates[] = {{"count", Type::kInteger, {}}, {"certificates", Type::kObjects, "Certificate"}, {"may_reload", Type::kFlag, {}}};
constexpr SchemaField kTrace[] = {{"url", Type::kText, {}},
                                  {"id", Type::kText, {}},
                                  {"direction", Type::kText, "in,out"},
                                  {"created_at", Type::kTime, {}},
                                  {"size", Type::kInteger, {}},
                                  {"ticket_ids", Type::kIntegers, {}},
                                  {"state", Type::kText, {}, Need::kNullable},
                                  {"state_at", Type::kTime, {}, Need::kNullable},
                                  {"detail", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kTraces[] = {{"traces", Type::kObjects, "TraceSummary"}, {"meta", Type::kAny, {}}, {"links", Type::kAny, {}}};
constexpr SchemaField kReload[] = {{"reloaded", Type::kFlag, {}}, {"restart_needed", Type::kTexts, {}}};
constexpr SchemaField kBucket[] = {{"le", Type::kNumber, {}}, {"count", Type::kInteger, {}}};
constexpr SchemaField kReading[] = {{"name", Type::kText, {}},
                                    {"help", Type::kText, {}},
                                    {"labels", Type::kAny, {}},
                                    {"type", Type::kText, "counter,gauge,histogram"},
                                    {"value", Type::kInteger, {}},
                                    {"count", Type::kInteger, {}},
                                    {"sum_seconds", Type::kNumber, {}},
                                    {"buckets", Type::kObjects, "MetricBucket"}};
constexpr SchemaField kOutboxDepth[] = {{"waiting", Type::kInteger, {}}, {"due", Type::kInteger, {}}, {"held", Type::kInteger, {}}, {"complete", Type::kFlag, {}}};
constexpr SchemaField kMetrics[] = {{"at", Type::kTime, {}},
                                    {"resident_bytes", Type::kInteger, {}},
                                    {"outbox", Type::kObject, "OutboxDepth"},
                                    {"readings", Type::kObjects, "MetricReading"}};
constexpr SchemaField kMetricsAnswer[] = {{"system_metrics", Type::kObject, "SystemMetrics"}};

constexpr Schema kSchemas[] = {{"DkimRecord", kRecord},
                               {"DkimKey", kKey},
                               {"DkimKeysAnswer", kKeys},
                               {"DkimRotation", kRotation},
                               {"DkimRotationBody", kRotationBody},
                               {"DkimRetirement", kRetirement},
                               {"DkimRetirementBody", kRetirementBody},
                               {"Certificate", kCertificate},
                               {"CertificatesAnswer", kCertificates},
                               {"TraceSummary", kTrace},
                               {"TracesAnswer", kTraces},
                               {"ReloadAnswer", kReload},
                               {"MetricBucket", kBucket},
                               {"MetricReading", kReading},
                               {"OutboxDepth", kOutboxDepth},
                               {"SystemMetrics", kMetrics},
                               {"SystemMetricsAnswer", kMetricsAnswer}};

}  // namespace

std::span<const Route> operation_routes() { return kRoutes; }
std::span<const Schema> operation_schemas() { return kSchemas; }

}  // namespace postern::web
