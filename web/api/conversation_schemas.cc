// What comments, their files and the checks of their mail look like.
#include "web/api/mail_schemas.h"

namespace postern::web {
namespace {

using Need = SchemaField::Need;
using Type = FieldType;

constexpr SchemaField kSpf[] = {{"result", Type::kText, {}}, {"identity", Type::kText, {}}, {"domain", Type::kText, {}},
                                {"explanation", Type::kText, {}, Need::kNullable}, {"reason", Type::kText, {}}};
constexpr SchemaField kDkim[] = {{"result", Type::kText, {}},    {"domain", Type::kText, {}},      {"selector", Type::kText, {}}, {"identity", Type::kText, {}},
                                 {"algorithm", Type::kText, {}}, {"key_bits", Type::kInteger, {}}, {"reason", Type::kText, {}}};
constexpr SchemaField kPublished[] = {{"p", Type::kText, {}},    {"sp", Type::kText, {}},    {"np", Type::kText, {}},
                                      {"aspf", Type::kText, "r,s"}, {"adkim", Type::kText, "r,s"}, {"t", Type::kText, "y,n"}};
constexpr SchemaField kDmarc[] = {{"result", Type::kText, {}},
                                  {"policy", Type::kText, {}},
                                  {"disposition", Type::kText, {}},
                                  {"domain", Type::kText, {}},
                                  {"policy_domain", Type::kText, {}},
                                  {"aligned_by", Type::kTexts, {}},
                                  {"published", Type::kObject, "DmarcPublished"},
                                  {"overridden_by", Type::kText, {}, Need::kNullable},
                                  {"reason", Type::kText, {}}};
constexpr SchemaField kArc[] = {{"result", Type::kText, {}},     {"instances", Type::kInteger, {}}, {"sealer", Type::kText, {}},
                                {"is_trusted", Type::kFlag, {}}, {"sealed_dmarc", Type::kText, {}}, {"reason", Type::kText, {}}};
constexpr SchemaField kReverseName[] = {{"result", Type::kText, {}}, {"name", Type::kText, {}}};
constexpr SchemaField kHelo[] = {{"result", Type::kText, {}}};
constexpr SchemaField kListHit[] = {{"list", Type::kText, {}}, {"answer", Type::kText, {}}, {"is_allow", Type::kFlag, {}}};
constexpr SchemaField kDnsStep[] = {{"method", Type::kText, {}}, {"name", Type::kText, {}},      {"type", Type::kText, {}},
                                    {"status", Type::kText, {}}, {"is_secure", Type::kFlag, {}}, {"records", Type::kTexts, {}}};
constexpr SchemaField kSymbol[] = {{"name", Type::kText, {}}, {"weight", Type::kNumber, {}}};
constexpr SchemaField kSpam[] = {{"score", Type::kNumber, {}}, {"action", Type::kText, {}}, {"symbols", Type::kObjects, "SpamSymbol"}};
constexpr SchemaField kParse[] = {{"degraded", Type::kFlag, {}}, {"defects", Type::kTexts, {}}, {"ambiguity", Type::kNumber, {}}};
constexpr SchemaField kVerdicts[] = {{"spf", Type::kObject, "SpfVerdict"},         {"dkim", Type::kObjects, "DkimVerdict"},
                                     {"dmarc", Type::kObject, "DmarcVerdict"},     {"arc", Type::kObject, "ArcVerdict"},
                                     {"iprev", Type::kObject, "ReverseNameVerdict"}, {"helo", Type::kObject, "HeloVerdict"},
                                     {"dns_lists", Type::kObjects, "DnsListHit"},  {"dns", Type::kObjects, "DnsStep"},
                                     {"spam", Type::kObject, "SpamVerdict"},       {"parse", Type::kObject, "ParseReport"}};
constexpr SchemaField kRedaction[] = {{"rule", Type::kText, {}}, {"brand", Type::kText, {}}, {"part", Type::kText, {}}, {"where", Type::kText, {}}, {"count", Type::kInteger, {}}};

constexpr SchemaField kAttachment[] = {{"url", Type::kText, {}},          {"id", Type::kInteger, {}},  {"file_name", Type::kText, {}},
                                       {"content_type", Type::kText, {}}, {"content_url", Type::kText, {}}, {"size", Type::kInteger, {}},
                                       {"inline", Type::kFlag, {}},       {"content_id", Type::kText, {}}, {"replaced", Type::kFlag, {}}};
constexpr SchemaField kAttachmentAnswer[] = {{"attachment", Type::kObject, "Attachment"}};
constexpr SchemaField kVia[] = {{"channel", Type::kText, {}}};
constexpr SchemaField kComment[] = {{"id", Type::kInteger, {}},
                                    {"type", Type::kText, "Comment"},
                                    {"author_id", Type::kInteger, {}},
                                    {"body", Type::kText, {}},
                                    {"body_truncated", Type::kFlag, {}},
                                    {"quoted_lines", Type::kAny, {}},
                                    {"plain_body", Type::kText, {}},
                                    {"text_url", Type::kText, {}},
                                    {"html_body", Type::kText, {}, Need::kNullable},
                                    {"html_url", Type::kText, {}, Need::kNullable},
                                    {"raw_url", Type::kText, {}, Need::kNullable},
                                    {"public", Type::kFlag, {}},
                                    {"attachments", Type::kObjects, "Attachment"},
                                    {"via", Type::kObject, "CommentVia"},
                                    {"message_id", Type::kText, {}},
                                    {"trace_id", Type::kText, {}, Need::kNullable},
                                    {"hold_until", Type::kTime, {}, Need::kNullable},
                                    {"delivery", Type::kText, "failed,deferred,queued,delivered", Need::kNullable},
                                    {"verdicts", Type::kObject, "MailVerdicts", Need::kNullable},
                                    {"redactions", Type::kObjects, "FoundValues"},
                                    {"shadow_findings", Type::kObjects, "FoundValues"},
                                    {"created_at", Type::kTime, {}}};
constexpr SchemaField kCommentsAnswer[] = {{"comments", Type::kObjects, "Comment"}, {"meta", Type::kObject, "PageMeta"}, {"links", Type::kObject, "PageLinks"}};
constexpr SchemaField kOutcome[] = {{"count", Type::kInteger, {}}, {"also_in_comment_ids", Type::kIntegers, {}}, {"being_sent", Type::kFlag, {}}, {"kept_for_other_tickets", Type::kInteger, {}}};
constexpr SchemaField kCommentRedacted[] = {{"comment", Type::kObject, "Comment"}, {"redaction", Type::kObject, "RedactionOutcome"}};
constexpr SchemaField kAttachmentRedacted[] = {{"attachment", Type::kObject, "Attachment"}, {"redaction", Type::kObject, "RedactionOutcome"}};
constexpr SchemaField kEvent[] = {{"id", Type::kInteger, {}}, {"ticket_id", Type::kInteger, {}}, {"author_id", Type::kInteger, {}, Need::kNullable},
                                  {"kind", Type::kText, {}},  {"detail", Type::kText, {}},       {"created_at", Type::kTime, {}}};
constexpr SchemaField kEventsAnswer[] = {{"events", Type::kObjects, "TicketEvent"}, {"meta", Type::kObject, "PageMeta"}, {"links", Type::kObject, "PageLinks"}};

constexpr Schema kSchemas[] = {{"SpfVerdict", kSpf},
                               {"DkimVerdict", kDkim},
                               {"DmarcPublished", kPublished},
                               {"DmarcVerdict", kDmarc},
                               {"ArcVerdict", kArc},
                               {"ReverseNameVerdict", kReverseName},
                               {"HeloVerdict", kHelo},
                               {"DnsListHit", kListHit},
                               {"DnsStep", kDnsStep},
                               {"SpamSymbol", kSymbol},
                               {"SpamVerdict", kSpam},
                               {"ParseReport", kParse},
                               {"MailVerdicts", kVerdicts},
                               {"FoundValues", kRedaction},
                               {"Attachment", kAttachment},
                               {"AttachmentAnswer", kAttachmentAnswer},
                               {"CommentVia", kVia},
                               {"Comment", kComment},
                               {"CommentsAnswer", kCommentsAnswer},
                               {"RedactionOutcome", kOutcome},
                               {"CommentRedactionAnswer", kCommentRedacted},
                               {"AttachmentRedactionAnswer", kAttachmentRedacted},
                               {"TicketEvent", kEvent},
                               {"TicketEventsAnswer", kEventsAnswer}};

}  // namespace

std::span<const Schema> conversation_schemas() { return kSchemas; }

}  // namespace postern::web
