#include "web/api/routes.h"

#include "web/api/handlers.h"

namespace postern::web {
namespace {

using auth::Permission;

constexpr Route open(Verb verb, std::string_view pattern, Body body, Handler handler, std::string_view summary, Rate rate) {
  Route route;
  route.verb = verb;
  route.pattern = pattern;
  route.access = Access::kPublic;
  route.body = body;
  route.handler = handler;
  route.summary = summary;
  route.rate = rate;
  return route;
}

constexpr Route own(Verb verb, std::string_view pattern, Handler handler, std::string_view summary) {
  Route route;
  route.verb = verb;
  route.pattern = pattern;
  route.access = Access::kSignedIn;
  route.handler = handler;
  route.summary = summary;
  return route;
}

constexpr Route get(std::string_view pattern, Permission permission, Handler handler, std::string_view summary,
                    std::string_view query = {}) {
  Route route;
  route.verb = Verb::kGet;
  route.pattern = pattern;
  route.access = Access::kPermission;
  route.permission = permission;
  route.handler = handler;
  route.summary = summary;
  route.query = query;
  return route;
}

constexpr Route change(Verb verb, std::string_view pattern, Permission permission, Body body, Handler handler,
                       std::string_view summary, std::string_view query = {}) {
  Route route = get(pattern, permission, handler, summary, query);
  route.verb = verb;
  route.body = body;
  return route;
}

constexpr Route replaying(Route route) {
  route.replays = true;
  return route;
}

// What gives somebody a way in.
constexpr Route signed_in_only(Route route) {
  route.session_only = true;
  return route;
}

constexpr Route kRoutes[] = {
    open(Verb::kPost, "/api/v2/session", Body::kJson, api::sign_in, "Sign in with email and password", Rate::kSignIn),
    own(Verb::kGet, "/api/v2/session", api::show_session, "Who am I, with the CSRF token of a session"),
    own(Verb::kDelete, "/api/v2/session", api::sign_out, "Sign out"),
    open(Verb::kPost, "/api/v2/enrolment", Body::kJson, api::enrol, "Set a password with a one-time token", Rate::kSignIn),
    open(Verb::kPost, "/api/v2/enrolment/preview", Body::kJson, api::preview_enrolment, "Whom a one-time token is for",
         Rate::kSignIn),
    own(Verb::kGet, "/api/v2/sessions", api::list_sessions, "Own sessions"),
    own(Verb::kDelete, "/api/v2/sessions", api::delete_all_sessions, "End all own sessions"),
    own(Verb::kDelete, "/api/v2/sessions/{id}", api::delete_session, "End one own session"),
    own(Verb::kGet, "/api/v2/users/me", api::show_me, "The user behind the credential"),

    get("/api/v2/tickets", Permission::kTicketsRead, api::list_tickets, "Tickets, newest update first",
        "status,assignee_id,requester_id,page[size],page[after]"),
    get("/api/v2/tickets/count", Permission::kTicketsRead, api::count_tickets, "Exact counts by status", "status"),
    get("/api/v2/tickets/{id}", Permission::kTicketsRead, api::show_ticket, "One ticket"),
    replaying(change(Verb::kPut, "/api/v2/tickets/{id}", Permission::kTicketsWrite, Body::kJson, api::update_ticket,
                     "Comment, change status or assignee")),
    get("/api/v2/tickets/{id}/comments", Permission::kTicketsRead, api::list_comments, "The conversation",
        "page[size],page[after]"),
    get("/api/v2/tickets/{id}/comments/{comment_id}/raw", Permission::kTicketsRead, api::comment_raw,
        "The stored (redacted) message"),
    get("/api/v2/tickets/{id}/comments/{comment_id}/text", Permission::kTicketsRead, api::comment_text,
        "The whole text, where a list has shortened it"),
    get("/api/v2/tickets/{id}/comments/{comment_id}/html", Permission::kTicketsRead, api::comment_html,
        "The sanitised HTML as a sandboxed document"),
    change(Verb::kPut, "/api/v2/tickets/{id}/comments/{comment_id}/redact", Permission::kRedact, Body::kJson, api::redact_text,
           "Take a text out of a comment and all its copies, for good"),
    change(Verb::kPut, "/api/v2/tickets/{id}/comments/{comment_id}/attachments/{attachment_id}/redact", Permission::kRedact,
           Body::kNone, api::redact_attachment, "Remove a file from a comment and all its copies, for good"),
    change(Verb::kPut, "/api/v2/comment_redactions/{comment_id}", Permission::kRedact, Body::kJson, api::redact_comment,
           "The same for what is marked in the comment's HTML, and for files"),
    get("/api/v2/tickets/{id}/events", Permission::kTicketsRead, api::list_events, "What happened to a ticket",
        "page[size],page[after]"),
    get("/api/v2/attachments/{id}", Permission::kTicketsRead, api::show_attachment, "One attachment"),
    get("/api/v2/attachments/{id}/content", Permission::kTicketsRead, api::attachment_content, "Its bytes, as a download"),
    change(Verb::kPost, "/api/v2/uploads", Permission::kTicketsWrite, Body::kUpload, api::create_upload,
           "A file for a comment to come", "filename,token"),

    get("/api/v2/suspended_tickets", Permission::kTicketsWrite, api::list_suspended, "Mail held back, newest first",
        "page[size],page[after]"),
    get("/api/v2/suspended_tickets/count", Permission::kTicketsWrite, api::count_suspended, "How many, up to a limit"),
    get("/api/v2/suspended_tickets/{trace}-{inbox}", Permission::kTicketsWrite, api::show_suspended, "One held back message"),
    change(Verb::kPut, "/api/v2/suspended_tickets/{trace}-{inbox}/recover", Permission::kTicketsWrite, Body::kNone,
           api::recover_suspended, "Make a ticket of it, from its sender"),
    change(Verb::kDelete, "/api/v2/suspended_tickets/{trace}-{inbox}", Permission::kTicketsWrite, Body::kNone,
           api::delete_suspended, "Delete it for good"),

    get("/api/v2/traces/{trace_id}", Permission::kTicketsRead, api::show_trace,
        "What happened to a message, and the DNS records that its sender was judged by"),

    get("/api/v2/users", Permission::kUsersRead, api::list_users, "Agents or end users", "role"),
    get("/api/v2/users/show_many", Permission::kUsersRead, api::show_many_users, "Users by id", "ids"),
    get("/api/v2/users/{id}", Permission::kUsersRead, api::show_user, "One user"),
    signed_in_only(change(Verb::kPost, "/api/v2/users", Permission::kUsersManage, Body::kJson, api::create_user,
                          "Invite an agent")),
    signed_in_only(change(Verb::kPut, "/api/v2/users/{id}", Permission::kUsersManage, Body::kJson, api::update_user,
                          "Suspend or reinstate an agent")),

    get("/api/v2/api_tokens", Permission::kTokensManage, api::list_api_tokens, "Own API tokens"),
    signed_in_only(change(Verb::kPost, "/api/v2/api_tokens", Permission::kTokensManage, Body::kJson, api::create_api_token,
                          "Make an API token; its secret is shown once")),
    change(Verb::kDelete, "/api/v2/api_tokens/{id}", Permission::kTokensManage, Body::kNone, api::delete_api_token,
           "Revoke an API token"),
    get("/api/v2/audit_logs", Permission::kAuditRead, api::list_audit_logs, "Who did what, newest first",
        "page[size],page[after]"),

    get("/api/v2/outbox", Permission::kSettingsManage, api::list_outbox, "Mail that waits to be delivered", "page[size]"),
    change(Verb::kPut, "/api/v2/outbox/{id}/retry", Permission::kSettingsManage, Body::kNone, api::retry_outbox,
           "Try to deliver now"),
    change(Verb::kPut, "/api/v2/outbox/{id}/hold", Permission::kSettingsManage, Body::kNone, api::hold_outbox, "Hold back"),
    change(Verb::kDelete, "/api/v2/outbox/{id}/hold", Permission::kSettingsManage, Body::kNone, api::release_outbox,
           "Release what is held"),
    change(Verb::kDelete, "/api/v2/outbox/{id}", Permission::kSettingsManage, Body::kNone, api::drop_outbox,
           "Give up a delivery"),

    get("/api/v2/mail_reports", Permission::kSettingsManage, api::list_mail_reports,
        "DMARC and TLS reports that others sent us, newest first", "page[size],page[after]"),
    get("/api/v2/mail_reports/aggregate", Permission::kSettingsManage, api::show_aggregate_reports,
        "Mail in the name of our domains, by DMARC result", "domain,from,to,unauthenticated"),
    get("/api/v2/mail_reports/sources", Permission::kSettingsManage, api::list_report_sources,
        "Who sent mail in the name of a domain, most messages first", "domain,from,to,unauthenticated,page[size],page[after]"),
    get("/api/v2/mail_reports/tls", Permission::kSettingsManage, api::show_tls_reports,
        "TLS sessions with our mail servers and why they failed", "domain,from,to,unauthenticated"),
    get("/api/v2/mail_reports/{id}", Permission::kSettingsManage, api::show_mail_report, "One report with its rows"),

    get("/api/v2/mail_domains", Permission::kSettingsManage, api::list_mail_domains,
        "Own domains, and whether what they publish in DNS lets mail flow"),
    get("/api/v2/mail_domains/{domain}/dns", Permission::kSettingsManage, api::show_mail_domain_dns,
        "Every record to publish for a domain, checked live, the SPF look-ups, and whether a reply will pass DMARC"),

    get("/api/v2/redaction_rules", Permission::kSettingsManage, api::list_redaction_rules,
        "Redaction rules in force, with what they found in seven days"),
    replaying(change(Verb::kPost, "/api/v2/redaction_rules", Permission::kSettingsManage, Body::kJson, api::create_redaction_rule,
           "Add a rule: a new rule set is in force")),
    change(Verb::kPost, "/api/v2/redaction_rules/check", Permission::kSettingsManage, Body::kJson, api::check_redaction_rules,
           "What is wrong with a rule document; nothing is stored"),
    change(Verb::kPost, "/api/v2/redaction_rules/test", Permission::kSettingsManage, Body::kJson, api::test_redaction_rules,
           "Try rules on a text; nothing is stored"),
    get("/api/v2/redaction_rules/{rule}", Permission::kSettingsManage, api::show_redaction_rule, "One rule"),
    replaying(change(Verb::kPut, "/api/v2/redaction_rules/{rule}", Permission::kSettingsManage, Body::kJson, api::update_redaction_rule,
           "Change the fields that are given")),
    change(Verb::kDelete, "/api/v2/redaction_rules/{rule}", Permission::kSettingsManage, Body::kNone, api::delete_redaction_rule,
           "Remove a rule, or what was changed of a shipped one"),
    replaying(change(Verb::kPost, "/api/v2/redaction_rules/{rule}/rollout", Permission::kSettingsManage, Body::kJson,
           api::roll_out_redaction_rule, "Say where a rule is enforced")),
    get("/api/v2/redaction_rule_sets", Permission::kSettingsManage, api::list_rule_sets, "Versions of the rules, newest first"),
    replaying(change(Verb::kPost, "/api/v2/redaction_rule_sets", Permission::kSettingsManage, Body::kJson, api::create_rule_set,
           "Store a rule document, and put it in force unless told otherwise")),
    replaying(change(Verb::kPost, "/api/v2/redaction_rule_sets/rollback", Permission::kSettingsManage, Body::kNone, api::roll_back_rule_set,
           "Undo the last activation")),
    get("/api/v2/redaction_rule_sets/{number}", Permission::kSettingsManage, api::show_rule_set, "One version with its document"),
    get("/api/v2/redaction_rule_sets/{number}/difference", Permission::kSettingsManage, api::show_rule_set_difference,
        "What another version (the one in force unless told otherwise) changes, rule by rule", "to"),
    replaying(change(Verb::kPost, "/api/v2/redaction_rule_sets/{number}/activate", Permission::kSettingsManage, Body::kNone,
           api::activate_rule_set, "Put a version in force")),
    get("/api/v2/redaction_stats", Permission::kSettingsManage, api::show_redaction_stats,
        "What rules find in live traffic, enforced and in shadow", "from,to,rule,inbox_id"),
    get("/api/v2/redaction_feedback", Permission::kSettingsManage, api::list_redaction_feedback,
        "Redactions that agents call wrong, newest first", "page[size],page[after]"),
    get("/api/v2/tickets/{id}/comments/{comment_id}/redaction_feedback", Permission::kTicketsRead, api::show_comment_feedback,
        "Which redactions of a comment are called wrong"),
    replaying(change(Verb::kPost, "/api/v2/tickets/{id}/comments/{comment_id}/redaction_feedback", Permission::kTicketsWrite, Body::kJson,
           api::mark_redaction, "Call a redaction wrong")),
    change(Verb::kDelete, "/api/v2/tickets/{id}/comments/{comment_id}/redaction_feedback", Permission::kTicketsWrite, Body::kNone,
           api::withdraw_redaction_mark, "Take that back", "rule,part,where"),
    get("/api/v2/redaction_replays", Permission::kSettingsManage, api::list_redaction_replays, "Replays of the last hours"),
    replaying(change(Verb::kPost, "/api/v2/redaction_replays", Permission::kSettingsManage, Body::kJson, api::start_redaction_replay,
           "Try a rule set over stored mail, beside the one in force")),
    get("/api/v2/redaction_replays/{id}", Permission::kSettingsManage, api::show_redaction_replay, "How far it is, and what it found"),
    change(Verb::kDelete, "/api/v2/redaction_replays/{id}", Permission::kSettingsManage, Body::kNone, api::cancel_redaction_replay,
           "Stop it"),

    get("/api/v2/changes", Permission::kTicketsRead, api::list_changes, "The change feed as pages", "after,limit"),
    get("/api/v2/changes/stream", Permission::kTicketsRead, api::stream_changes, "The change feed as server-sent events",
        "after"),
    open(Verb::kGet, "/api/v2/openapi", Body::kNone, api::show_openapi, "This description (OpenAPI 3.1)", Rate::kNormal),
};

}  // namespace

std::span<const Route> api_routes() { return kRoutes; }

}  // namespace postern::web
