// What tickets, their fields, forms and statuses look like.
#include "web/api/desk/tables.h"

namespace postern::web {
namespace {

using Need = SchemaField::Need;
using Type = FieldType;

constexpr std::string_view kTypes = "problem,incident,question,task";
constexpr std::string_view kPriorities = "low,normal,high,urgent";
constexpr std::string_view kStates = "new,open,pending,hold,solved,closed";
constexpr std::string_view kFieldTypes = "text,textarea,checkbox,date,integer,decimal,regexp,tagger,multiselect,subject,description,status,tickettype,priority,group,assignee";

constexpr SchemaField kFieldValue[] = {{"id", Type::kInteger, {}, Need::kRequired}, {"value", Type::kAny, {}}};
constexpr SchemaField kVia[] = {{"channel", Type::kText, {}}};
constexpr SchemaField kSatisfaction[] = {{"score", Type::kText, {}}};
constexpr SchemaField kTicket[] = {{"url", Type::kText, {}},
                                   {"id", Type::kInteger, {}},
                                   {"external_id", Type::kText, {}, Need::kNullable},
                                   {"subject", Type::kText, {}},
                                   {"raw_subject", Type::kText, {}},
                                   {"description", Type::kText, {}},
                                   {"type", Type::kText, kTypes, Need::kNullable},
                                   {"priority", Type::kText, kPriorities, Need::kNullable},
                                   {"status", Type::kText, kStates},
                                   {"custom_status_id", Type::kInteger, {}},
                                   {"requester_id", Type::kInteger, {}},
                                   {"submitter_id", Type::kInteger, {}},
                                   {"assignee_id", Type::kInteger, {}, Need::kNullable},
                                   {"group_id", Type::kInteger, {}, Need::kNullable},
                                   {"organization_id", Type::kInteger, {}, Need::kNullable},
                                   {"email_cc_ids", Type::kIntegers, {}},
                                   {"collaborator_ids", Type::kIntegers, {}},
                                   {"follower_ids", Type::kIntegers, {}},
                                   {"recipient", Type::kText, {}, Need::kNullable},
                                   {"inbox_id", Type::kInteger, {}},
                                   {"problem_id", Type::kInteger, {}, Need::kNullable},
                                   {"has_incidents", Type::kFlag, {}},
                                   {"is_public", Type::kFlag, {}},
                                   {"due_at", Type::kTime, {}, Need::kNullable},
                                   {"tags", Type::kTexts, {}},
                                   {"custom_fields", Type::kObjects, "CustomFieldValue"},
                                   {"fields", Type::kObjects, "CustomFieldValue"},
                                   {"ticket_form_id", Type::kInteger, {}, Need::kNullable},
                                   {"brand_id", Type::kInteger, {}, Need::kNullable},
                                   {"satisfaction_rating", Type::kObject, "TicketSatisfaction"},
                                   {"followup_ids", Type::kIntegers, {}},
                                   {"via", Type::kObject, "TicketVia"},
                                   {"comment_count", Type::kInteger, {}},
                                   {"claims_ticket_id", Type::kInteger, {}, Need::kNullable},
                                   {"follow_up_of_id", Type::kInteger, {}, Need::kNullable},
                                   {"merged_into_id", Type::kInteger, {}, Need::kNullable},
                                   {"forwarded_by_id", Type::kInteger, {}, Need::kNullable},
                                   {"forwarded_from_id", Type::kInteger, {}, Need::kNullable},
                                   {"version", Type::kInteger, {}},
                                   {"slas", Type::kAny, {}},
                                   {"created_at", Type::kTime, {}},
                                   {"updated_at", Type::kTime, {}}};
constexpr SchemaField kTicketAnswer[] = {{"ticket", Type::kObject, "Ticket"}, {"comment", Type::kAny, {}}, {"users", Type::kAny, {}}, {"groups", Type::kAny, {}}, {"organizations", Type::kAny, {}}, {"metric_sets", Type::kAny, {}}, {"warnings", Type::kTexts, {}}};
constexpr SchemaField kTicketsAnswer[] = {{"tickets", Type::kObjects, "Ticket"},
                                          {"users", Type::kAny, {}},
                                          {"groups", Type::kAny, {}},
                                          {"organizations", Type::kAny, {}},
                                          {"metric_sets", Type::kAny, {}},
                                          {"count", Type::kInteger, {}},
                                          {"next_page", Type::kText, {}, Need::kNullable},
                                          {"previous_page", Type::kText, {}, Need::kNullable},
                                          {"meta", Type::kAny, {}},
                                          {"links", Type::kAny, {}}};
constexpr SchemaField kComment[] = {{"body", Type::kText, {}}, {"html_body", Type::kText, {}}, {"public", Type::kFlag, {}},
                                    {"uploads", Type::kTexts, {}},              {"author_id", Type::kInteger, {}}};
constexpr SchemaField kPerson[] = {{"email", Type::kText, {}, Need::kRequired}, {"name", Type::kText, {}}};
constexpr SchemaField kPersonChange[] = {{"user_id", Type::kInteger, {}}, {"user_email", Type::kText, {}}, {"user_name", Type::kText, {}}, {"action", Type::kText, "put,delete"}};
constexpr SchemaField kTicketWrite[] = {{"subject", Type::kText, {}},
                                        {"comment", Type::kObject, "TicketCommentWrite"},
                                        {"description", Type::kText, {}},
                                        {"requester_id", Type::kInteger, {}},
                                        {"requester", Type::kObject, "TicketPerson"},
                                        {"type", Type::kText, kTypes, Need::kNullable},
                                        {"priority", Type::kText, kPriorities, Need::kNullable},
                                        {"status", Type::kText, kStates},
                                        {"custom_status_id", Type::kInteger, {}},
                                        {"assignee_id", Type::kInteger, {}, Need::kNullable},
                                        {"assignee_email", Type::kText, {}},
                                        {"submitter_id", Type::kInteger, {}},
                                        {"group_id", Type::kInteger, {}, Need::kNullable},
                                        {"organization_id", Type::kInteger, {}, Need::kNullable},
                                        {"external_id", Type::kText, {}, Need::kNullable},
                                        {"due_at", Type::kTime, {}, Need::kNullable},
                                        {"problem_id", Type::kInteger, {}, Need::kNullable},
                                        {"tags", Type::kTexts, {}},
                                        {"additional_tags", Type::kTexts, {}},
                                        {"remove_tags", Type::kTexts, {}},
                                        {"custom_fields", Type::kObjects, "CustomFieldValue"},
                                        {"ticket_form_id", Type::kInteger, {}},
                                        {"email_cc_ids", Type::kIntegers, {}},
                                        {"email_ccs", Type::kObjects, "TicketPersonChange"},
                                        {"follower_ids", Type::kIntegers, {}},
                                        {"followers", Type::kObjects, "TicketPersonChange"},
                                        {"inbox_id", Type::kInteger, {}},
                                        {"recipient", Type::kText, {}},
                                        {"safe_update", Type::kFlag, {}},
                                        {"updated_stamp", Type::kTime, {}}};
constexpr SchemaField kTicketBody[] = {{"ticket", Type::kObject, "TicketWrite", Need::kRequired}};
constexpr SchemaField kRelated[] = {{"url", Type::kText, {}},
                                    {"topic_id", Type::kInteger, {}, Need::kNullable},
                                    {"jira_issue_ids", Type::kTexts, {}},
                                    {"followup_source_ids", Type::kIntegers, {}},
                                    {"from_archive", Type::kFlag, {}},
                                    {"incidents", Type::kInteger, {}}};
constexpr SchemaField kRelatedAnswer[] = {{"ticket_related", Type::kObject, "TicketRelated"}};
constexpr SchemaField kHiddenInComment[] = {{"comment_id", Type::kInteger, {}}, {"count", Type::kInteger, {}}};
constexpr SchemaField kHiddenByRule[] = {{"rule", Type::kText, {}}, {"count", Type::kInteger, {}}, {"comments", Type::kObjects, "HiddenInComment"}};
constexpr SchemaField kTicketRedactions[] = {{"ticket_id", Type::kInteger, {}},
                                             {"count", Type::kInteger, {}},
                                             {"rules", Type::kObjects, "HiddenByRule"},
                                             {"shadow_rules", Type::kObjects, "HiddenByRule", Need::kOptional},
                                             {"comments_looked_at", Type::kInteger, {}},
                                             {"complete", Type::kFlag, {}}};
constexpr SchemaField kTicketRedactionsAnswer[] = {{"ticket_redactions", Type::kObject, "TicketRedactions"}};
constexpr SchemaField kAudit[] = {{"id", Type::kInteger, {}},
                                  {"ticket_id", Type::kInteger, {}},
                                  {"author_id", Type::kInteger, {}, Need::kNullable},
                                  {"created_at", Type::kTime, {}},
                                  {"via", Type::kObject, "TicketVia"},
                                  {"metadata", Type::kAny, {}},
                                  {"events", Type::kAny, {}}};
constexpr SchemaField kAuditsAnswer[] = {{"audits", Type::kObjects, "TicketAudit"}, {"meta", Type::kAny, {}}, {"links", Type::kAny, {}}};
constexpr SchemaField kTagRename[] = {{"name", Type::kText, {}, Need::kRequired}, {"new_name", Type::kText, {}, Need::kRequired}};
constexpr SchemaField kTagRenameBody[] = {{"tag", Type::kObject, "TagRename", Need::kRequired}};
constexpr SchemaField kTagRenameAnswer[] = {{"job_status", Type::kObject, "JobStatus"}, {"has_more", Type::kFlag, {}}};
constexpr SchemaField kTags[] = {{"tags", Type::kTexts, {}, Need::kRequired}};
constexpr SchemaField kTagCount[] = {{"name", Type::kText, {}}, {"count", Type::kInteger, {}}};
constexpr SchemaField kTagCounts[] = {{"tags", Type::kObjects, "TagCount"}, {"count", Type::kInteger, {}}, {"meta", Type::kAny, {}}, {"links", Type::kAny, {}}};
constexpr SchemaField kTagCompletion[] = {{"tags", Type::kTexts, {}}, {"count", Type::kInteger, {}}};

constexpr SchemaField kOption[] = {{"id", Type::kInteger, {}},   {"name", Type::kText, {}, Need::kRequired}, {"raw_name", Type::kText, {}, Need::kReadOnly},
                                   {"value", Type::kText, {}, Need::kRequired}, {"default", Type::kFlag, {}}, {"url", Type::kText, {}, Need::kReadOnly}};
constexpr SchemaField kSystemOption[] = {{"name", Type::kText, {}}, {"value", Type::kText, {}}};
constexpr SchemaField kOptionBody[] = {{"custom_field_option", Type::kObject, "FieldOption", Need::kRequired}};
constexpr SchemaField kOptions[] = {{"custom_field_options", Type::kObjects, "FieldOption"},
                                    {"count", Type::kInteger, {}},
                                    {"next_page", Type::kText, {}, Need::kNullable},
                                    {"previous_page", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kField[] = {{"url", Type::kText, {}, Need::kReadOnly},
                                  {"id", Type::kInteger, {}, Need::kReadOnly},
                                  {"type", Type::kText, kFieldTypes},
                                  {"title", Type::kText, {}},
                                  {"raw_title", Type::kText, {}, Need::kReadOnly},
                                  {"description", Type::kText, {}},
                                  {"raw_description", Type::kText, {}, Need::kReadOnly},
                                  {"agent_description", Type::kText, {}, Need::kNullable},
                                  {"title_in_portal", Type::kText, {}},
                                  {"raw_title_in_portal", Type::kText, {}, Need::kReadOnly},
                                  {"position", Type::kInteger, {}, Need::kReadOnly},
                                  {"active", Type::kFlag, {}},
                                  {"required", Type::kFlag, {}},
                                  {"required_in_portal", Type::kFlag, {}},
                                  {"visible_in_portal", Type::kFlag, {}},
                                  {"editable_in_portal", Type::kFlag, {}},
                                  {"collapsed_for_agents", Type::kFlag, {}, Need::kReadOnly},
                                  {"regexp_for_validation", Type::kText, {}, Need::kNullable},
                                  {"tag", Type::kText, {}, Need::kNullable},
                                  {"removable", Type::kFlag, {}, Need::kReadOnly},
                                  {"custom_field_options", Type::kObjects, "FieldOption"},
                                  {"system_field_options", Type::kObjects, "SystemFieldOption", Need::kReadOnly},
                                  {"created_at", Type::kTime, {}, Need::kReadOnly},
                                  {"updated_at", Type::kTime, {}, Need::kReadOnly}};
constexpr SchemaField kFieldBody[] = {{"ticket_field", Type::kObject, "TicketField", Need::kRequired}};
constexpr SchemaField kFieldAnswer[] = {{"ticket_field", Type::kObject, "TicketField"}};
constexpr SchemaField kFields[] = {{"ticket_fields", Type::kObjects, "TicketField"},
                                   {"count", Type::kInteger, {}},
                                   {"next_page", Type::kText, {}, Need::kNullable},
                                   {"previous_page", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kFieldOrder[] = {{"ticket_field_ids", Type::kIntegers, {}, Need::kRequired}};
constexpr SchemaField kForm[] = {{"url", Type::kText, {}, Need::kReadOnly},
                                 {"id", Type::kInteger, {}, Need::kReadOnly},
                                 {"name", Type::kText, {}},
                                 {"raw_name", Type::kText, {}, Need::kReadOnly},
                                 {"display_name", Type::kText, {}},
                                 {"raw_display_name", Type::kText, {}, Need::kReadOnly},
                                 {"position", Type::kInteger, {}, Need::kReadOnly},
                                 {"active", Type::kFlag, {}},
                                 {"default", Type::kFlag, {}},
                                 {"end_user_visible", Type::kFlag, {}},
                                 {"ticket_field_ids", Type::kIntegers, {}},
                                 {"in_all_brands", Type::kFlag, {}, Need::kReadOnly},
                                 {"restricted_brand_ids", Type::kIntegers, {}, Need::kReadOnly},
                                 {"agent_conditions", Type::kTexts, {}, Need::kReadOnly},
                                 {"end_user_conditions", Type::kTexts, {}, Need::kReadOnly},
                                 {"created_at", Type::kTime, {}, Need::kReadOnly},
                                 {"updated_at", Type::kTime, {}, Need::kReadOnly}};
constexpr SchemaField kFormBody[] = {{"ticket_form", Type::kObject, "TicketForm", Need::kRequired}};
constexpr SchemaField kFormAnswer[] = {{"ticket_form", Type::kObject, "TicketForm"}};
constexpr SchemaField kForms[] = {{"ticket_forms", Type::kObjects, "TicketForm"},
                                  {"count", Type::kInteger, {}},
                                  {"next_page", Type::kText, {}, Need::kNullable},
                                  {"previous_page", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kFormOrder[] = {{"ticket_form_ids", Type::kIntegers, {}, Need::kRequired}};
constexpr SchemaField kStatus[] = {{"url", Type::kText, {}, Need::kReadOnly},
                                   {"id", Type::kInteger, {}, Need::kReadOnly},
                                   {"status_category", Type::kText, "new,open,pending,hold,solved"},
                                   {"agent_label", Type::kText, {}},
                                   {"raw_agent_label", Type::kText, {}, Need::kReadOnly},
                                   {"end_user_label", Type::kText, {}},
                                   {"raw_end_user_label", Type::kText, {}, Need::kReadOnly},
                                   {"description", Type::kText, {}},
                                   {"end_user_description", Type::kText, {}},
                                   {"active", Type::kFlag, {}},
                                   {"default", Type::kFlag, {}},
                                   {"position", Type::kInteger, {}, Need::kReadOnly},
                                   {"built_in", Type::kFlag, {}, Need::kReadOnly},
                                   {"created_at", Type::kTime, {}, Need::kReadOnly},
                                   {"updated_at", Type::kTime, {}, Need::kReadOnly}};
constexpr SchemaField kStatusBody[] = {{"custom_status", Type::kObject, "CustomStatus", Need::kRequired}};
constexpr SchemaField kStatusAnswer[] = {{"custom_status", Type::kObject, "CustomStatus"}};
constexpr SchemaField kStatuses[] = {{"custom_statuses", Type::kObjects, "CustomStatus"},
                                     {"count", Type::kInteger, {}},
                                     {"next_page", Type::kText, {}, Need::kNullable},
                                     {"previous_page", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kStatusOrder[] = {{"custom_status_ids", Type::kIntegers, {}, Need::kRequired}};

constexpr Schema kSchemas[] = {{"CustomFieldValue", kFieldValue},
                               {"TicketVia", kVia},
                               {"TicketSatisfaction", kSatisfaction},
                               {"Ticket", kTicket},
                               {"TicketAnswer", kTicketAnswer},
                               {"TicketsAnswer", kTicketsAnswer},
                               {"TicketCommentWrite", kComment},
                               {"TicketPerson", kPerson},
                               {"TicketPersonChange", kPersonChange},
                               {"TicketWrite", kTicketWrite},
                               {"TicketBody", kTicketBody},
                               {"TicketRelated", kRelated},
                               {"TicketRelatedAnswer", kRelatedAnswer},
                               {"HiddenInComment", kHiddenInComment},
                               {"HiddenByRule", kHiddenByRule},
                               {"TicketRedactions", kTicketRedactions},
                               {"TicketRedactionsAnswer", kTicketRedactionsAnswer},
                               {"TicketAudit", kAudit},
                               {"TicketAuditsAnswer", kAuditsAnswer},
                               {"TagsBody", kTags},
                               {"TagRename", kTagRename},
                               {"TagRenameBody", kTagRenameBody},
                               {"TagRenameAnswer", kTagRenameAnswer},
                               {"TagCount", kTagCount},
                               {"TagCountsAnswer", kTagCounts},
                               {"TagCompletionAnswer", kTagCompletion},
                               {"FieldOption", kOption},
                               {"SystemFieldOption", kSystemOption},
                               {"FieldOptionBody", kOptionBody},
                               {"FieldOptionAnswer", kOptionBody},
                               {"FieldOptionsAnswer", kOptions},
                               {"TicketField", kField},
                               {"TicketFieldBody", kFieldBody},
                               {"TicketFieldAnswer", kFieldAnswer},
                               {"TicketFieldsAnswer", kFields},
                               {"TicketFieldOrder", kFieldOrder},
                               {"TicketForm", kForm},
                               {"TicketFormBody", kFormBody},
                               {"TicketFormAnswer", kFormAnswer},
                               {"TicketFormsAnswer", kForms},
                               {"TicketFormOrder", kFormOrder},
                               {"CustomStatus", kStatus},
                               {"CustomStatusBody", kStatusBody},
                               {"CustomStatusAnswer", kStatusAnswer},
                               {"CustomStatusesAnswer", kStatuses},
                               {"CustomStatusOrder", kStatusOrder}};

}  // namespace

std::span<const Schema> ticket_schemas() { return kSchemas; }

}  // namespace postern::web
