#include "web/api/routes.h"

#include "web/api/audit_shapes.h"
#include "web/api/handlers.h"

namespace postern::web {
namespace {

using auth::Permission;

constexpr Route open(Verb verb, std::string_view pattern, Body body, Handler handler, std::string_view summary, Rate rate) {
  Route route;
  route.verb = verb;
  route.pattern = pattern;
  route.access = Access::kPublic;
  route.inboxes = Inboxes::kNone;
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
  route.inboxes = Inboxes::kNone;
  route.handler = handler;
  route.summary = summary;
  return route;
}

constexpr Route own_with_body(Verb verb, std::string_view pattern, Handler handler, std::string_view summary) {
  Route route = own(verb, pattern, handler, summary);
  route.body = Body::kJson;
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

// Other permissions that open the route as well.
constexpr Route or_with(Route route, auth::PermissionSet others) {
  route.or_any = others;
  return route;
}

constexpr Route replaying(Route route) {
  route.replays = true;
  return route;
}

// What its bodies look like: names of api/schemas.h.
constexpr Route speaks(Route route, std::string_view response, std::string_view request = {}) {
  route.request_schema = request;
  route.response_schema = response;
  return route;
}

// What gives somebody a way in.
constexpr Route signed_in_only(Route route) {
  route.session_only = true;
  return route;
}

// The same, shortly after its owner proved that it is them (ASVS 7.5.3).
constexpr Route freshly(Route route) {
  route.session_only = true;
  route.fresh_factor = true;
  return route;
}

// Of sessions only, without a permission; also for those who have to set up a second factor first.
constexpr Route enrolling(Verb verb, std::string_view pattern, Body body, Handler handler, std::string_view summary) {
  Route route = own(verb, pattern, handler, summary);
  route.body = body;
  route.session_only = true;
  route.helps_enrol = true;
  return route;
}

constexpr Route for_all(Route route) {
  route.helps_enrol = true;
  return route;
}

constexpr Route with_body(Route route) {
  route.body = Body::kJson;
  return route;
}

constexpr Route proving(Route route) {
  route.rate = Rate::kSignIn;
  return route;
}

// Works for seconds, or asks others to.
constexpr Route costly(Route route) {
  route.rate = Rate::kCostly;
  return route;
}

// What the server writes into the audit log after the handler: reads of what is sensitive (ASVS 16.3), and what changes nothing
// in the store. Tickets and attachments are read all day long and are not among them.
constexpr Route audited(Route route, std::string_view action) {
  route.audit_as = action;
  return route;
}

constexpr Route owners(Route route) {
  route.owner_only = true;
  return route;
}

// For those who are limited to inboxes too: what is theirs of it, …
constexpr Route within(Route route) {
  route.inboxes = Inboxes::kWithin;
  return route;
}

// … and what belongs to no inbox.
constexpr Route aside(Route route) {
  route.inboxes = Inboxes::kNone;
  return route;
}

constexpr Route kRoutes[] = {
    speaks(open(Verb::kPost, "/api/v2/session", Body::kJson, api::sign_in, "Sign in with email and password", Rate::kSignIn),
           "SessionAnswer", "SignInBody"),
    speaks(for_all(own(Verb::kGet, "/api/v2/session", api::show_session, "Who am I, with the CSRF token of a session")),
           "SessionAnswer"),
    for_all(own(Verb::kDelete, "/api/v2/session", api::sign_out, "Sign out")),
    speaks(open(Verb::kPost, "/api/v2/session/second_factor", Body::kJson, api::answer_sign_in,
         "The second step of signing in: a code, a recovery code or a key", Rate::kSignIn),
           "SessionAnswer"),
    open(Verb::kPost, "/api/v2/session/challenge", Body::kJson, api::sign_in_challenge,
         "What navigator.credentials.get() needs to sign in: with a token, beside the password; without one, instead of it", Rate::kSignIn),
    speaks(open(Verb::kPost, "/api/v2/session/passkey", Body::kJson, api::sign_in_with_passkey, "Sign in with a passkey", Rate::kSignIn),
           "SessionAnswer"),
    enrolling(Verb::kPost, "/api/v2/session/proof/challenge", Body::kNone, api::proof_challenge,
              "What navigator.credentials.get() needs to prove again that it is you"),
    speaks(proving(enrolling(Verb::kPost, "/api/v2/session/proof", Body::kJson, api::prove_again,
                      "Prove again that it is you: with a second factor, or with the password if you have none")),
           "SessionAnswer"),
    speaks(open(Verb::kPost, "/api/v2/enrolment", Body::kJson, api::enrol, "Set a password with a one-time token", Rate::kSignIn),
           "SessionAnswer", "EnrolmentBody"),
    open(Verb::kPost, "/api/v2/enrolment/preview", Body::kJson, api::preview_enrolment, "Whom a one-time token is for",
         Rate::kSignIn),
    speaks(signed_in_only(own(Verb::kGet, "/api/v2/sessions", api::list_sessions, "Own sessions")),
           "SessionsAnswer"),
    signed_in_only(own(Verb::kDelete, "/api/v2/sessions", api::delete_all_sessions, "End all own sessions")),
    signed_in_only(own(Verb::kDelete, "/api/v2/sessions/{id}", api::delete_session, "End one own session")),
    speaks(for_all(own(Verb::kGet, "/api/v2/users/me", api::show_me, "The user behind the credential")),
           "UserAnswer"),
    speaks(signed_in_only(own(Verb::kGet, "/api/v2/users/me/sign_ins", api::list_own_sign_ins, "Own sign-ins, good and bad")),
           "SignInsAnswer"),

    speaks(enrolling(Verb::kGet, "/api/v2/two_factor", Body::kNone, api::show_two_factor, "Own second factors"),
           "TwoFactorAnswer"),
    speaks(freshly(enrolling(Verb::kPost, "/api/v2/two_factor/totp", Body::kNone, api::offer_totp, "A secret for an authenticator app, to be confirmed")),
           "TotpOfferAnswer"),
    speaks(freshly(enrolling(Verb::kPost, "/api/v2/two_factor/totp/confirm", Body::kJson, api::confirm_totp,
                      "Confirm it with a code; the first factor comes with recovery codes, shown once")),
           "FactorAnswer", "CodeBody"),
    freshly(enrolling(Verb::kDelete, "/api/v2/two_factor/totp", Body::kNone, api::remove_totp, "Remove the authenticator app")),
    freshly(enrolling(Verb::kPost, "/api/v2/two_factor/passkeys/challenge", Body::kNone, api::offer_passkey,
                      "What navigator.credentials.create() needs")),
    speaks(freshly(enrolling(Verb::kPost, "/api/v2/two_factor/passkeys", Body::kJson, api::add_passkey, "Add a security key or passkey")),
           "FactorAnswer"),
    speaks(enrolling(Verb::kPut, "/api/v2/two_factor/passkeys/{id}", Body::kJson, api::rename_passkey, "Rename one"),
           {}, "NameBody"),
    freshly(enrolling(Verb::kDelete, "/api/v2/two_factor/passkeys/{id}", Body::kNone, api::remove_passkey, "Remove one")),
    speaks(freshly(enrolling(Verb::kPost, "/api/v2/two_factor/recovery_codes", Body::kNone, api::new_recovery_codes,
                      "New recovery codes, shown once; the earlier ones end")),
           "FactorAnswer"),
    speaks(signed_in_only(own(Verb::kGet, "/api/v2/devices", api::list_devices, "Browsers from which you signed in")),
           "DevicesAnswer"),
    speaks(signed_in_only(with_body(own(Verb::kPut, "/api/v2/devices/{id}", api::rename_device, "Rename one"))),
           {}, "NameBody"),
    signed_in_only(own(Verb::kDelete, "/api/v2/devices/{id}", api::revoke_device, "Forget one: it has to prove a second factor again")),
    speaks(get("/api/v2/security_policy", Permission::kSecurityManage, api::show_security_policy, "What the workspace demands of sign-ins"),
           "SecurityPolicyAnswer"),
    speaks(freshly(change(Verb::kPut, "/api/v2/security_policy", Permission::kSecurityManage, Body::kJson, api::update_security_policy,
                   "Change it")),
           "SecurityPolicyAnswer", "SecurityPolicyAnswer"),
    speaks(get("/api/v2/security_policy/missing", Permission::kSecurityManage, api::list_missing_factors,
        "Who does not have the second factor that is demanded of them"),
           "MissingFactorsAnswer"),
    freshly(change(Verb::kDelete, "/api/v2/users/{id}/two_factor", Permission::kUsersManage, Body::kNone, api::reset_two_factor,
                   "Take all second factors from somebody who has lost them")),
    speaks(signed_in_only(own_with_body(Verb::kPut, "/api/v2/users/me/password", api::change_own_password,
                                 "Change one's own password; other sessions end")),
           {}, "PasswordChangeBody"),
    speaks(open(Verb::kPost, "/api/v2/password_resets", Body::kJson, api::ask_password_reset,
         "Have a link mailed with which a forgotten password is set anew", Rate::kSignIn),
           {}, "EmailBody"),

    within(get("/api/v2/tickets", Permission::kTicketsRead, api::list_tickets, "Tickets, newest update first",
        "status,assignee_id,requester_id,page[size],page[after]")),
    within(get("/api/v2/tickets/count", Permission::kTicketsRead, api::count_tickets, "Exact counts by status", "status")),
    within(get("/api/v2/tickets/{id}", Permission::kTicketsRead, api::show_ticket, "One ticket")),
    within(replaying(or_with(change(Verb::kPut, "/api/v2/tickets/{id}", Permission::kTicketsWrite, Body::kJson, api::update_ticket,
                             "Comment, change status or assignee"),
                      {Permission::kReply, Permission::kNotesWrite}))),
    within(get("/api/v2/tickets/{id}/comments", Permission::kTicketsRead, api::list_comments, "The conversation",
        "page[size],page[after]")),
    within(audited(get("/api/v2/tickets/{id}/comments/{comment_id}/raw", Permission::kTicketsRead, api::comment_raw,
                "The stored (redacted) message"), "comment.raw_read")),
    within(get("/api/v2/tickets/{id}/comments/{comment_id}/text", Permission::kTicketsRead, api::comment_text,
        "The whole text, where a list has shortened it")),
    within(get("/api/v2/tickets/{id}/comments/{comment_id}/html", Permission::kTicketsRead, api::comment_html,
        "The sanitised HTML as a sandboxed document")),
    within(change(Verb::kPut, "/api/v2/tickets/{id}/comments/{comment_id}/redact", Permission::kRedact, Body::kJson, api::redact_text,
           "Take a text out of a comment and all its copies, for good")),
    within(change(Verb::kPut, "/api/v2/tickets/{id}/comments/{comment_id}/attachments/{attachment_id}/redact", Permission::kRedact,
           Body::kNone, api::redact_attachment, "Remove a file from a comment and all its copies, for good")),
    within(change(Verb::kPut, "/api/v2/comment_redactions/{comment_id}", Permission::kRedact, Body::kJson, api::redact_comment,
           "The same for what is marked in the comment's HTML, and for files")),
    within(get("/api/v2/tickets/{id}/events", Permission::kTicketsRead, api::list_events, "What happened to a ticket",
        "page[size],page[after]")),
    within(get("/api/v2/attachments/{id}", Permission::kTicketsRead, api::show_attachment, "One attachment")),
    within(get("/api/v2/attachments/{id}/content", Permission::kTicketsRead, api::attachment_content, "Its bytes, as a download")),
    aside(audited(or_with(change(Verb::kPost, "/api/v2/uploads", Permission::kReply, Body::kUpload, api::create_upload,
                           "A file for a comment to come", "filename,token"),
                    {Permission::kNotesWrite}), "upload.received")),

    within(get("/api/v2/suspended_tickets", Permission::kTicketsWrite, api::list_suspended, "Mail held back, newest first",
        "page[size],page[after]")),
    within(get("/api/v2/suspended_tickets/count", Permission::kTicketsWrite, api::count_suspended, "How many, up to a limit")),
    within(get("/api/v2/suspended_tickets/{trace}-{inbox}", Permission::kTicketsWrite, api::show_suspended, "One held back message")),
    within(change(Verb::kPut, "/api/v2/suspended_tickets/{trace}-{inbox}/recover", Permission::kTicketsWrite, Body::kNone,
           api::recover_suspended, "Make a ticket of it, from its sender")),
    within(change(Verb::kDelete, "/api/v2/suspended_tickets/{trace}-{inbox}", Permission::kTicketsDelete, Body::kNone,
           api::delete_suspended, "Delete it for good")),

    within(get("/api/v2/traces/{trace_id}", Permission::kTicketsRead, api::show_trace,
        "What happened to a message, and the DNS records that its sender was judged by")),

    within(get("/api/v2/users", Permission::kUsersRead, api::list_users, "Agents or end users", "role")),
    within(get("/api/v2/users/show_many", Permission::kUsersRead, api::show_many_users, "Users by id", "ids")),
    speaks(within(get("/api/v2/users/{id}", Permission::kUsersRead, api::show_user, "One user")),
           "UserAnswer"),
    freshly(change(Verb::kPost, "/api/v2/users", Permission::kUsersManage, Body::kJson, api::create_user,
                          "Invite an agent")),
    freshly(change(Verb::kPut, "/api/v2/users/{id}", Permission::kUsersManage, Body::kJson, api::update_user,
                          "Suspend or reinstate an agent")),
    speaks(freshly(change(Verb::kPut, "/api/v2/users/{id}/role", Permission::kRolesManage, Body::kJson, api::set_user_role,
                          "Give somebody another role")),
           "UserAnswer", "UserRoleBody"),
    freshly(change(Verb::kPost, "/api/v2/users/{id}/unlock", Permission::kUsersManage, Body::kNone, api::unlock_user,
                          "End the locks of a login")),
    freshly(change(Verb::kPost, "/api/v2/users/{id}/password_link", Permission::kUsersManage, Body::kNone,
                          api::make_password_link, "A one-time link with which somebody sets a password")),
    speaks(freshly(change(Verb::kPut, "/api/v2/users/{id}/inboxes", Permission::kRolesManage, Body::kJson, api::set_user_inboxes,
                          "Limit an agent to inboxes, or lift that")),
           "UserAnswer", "UserInboxesBody"),
    freshly(change(Verb::kDelete, "/api/v2/users/{id}/sessions", Permission::kUsersManage, Body::kNone, api::end_user_sessions,
                   "End all sessions of somebody")),
    speaks(within(get("/api/v2/inboxes", Permission::kUsersRead, api::list_inboxes, "Inboxes")), "InboxesAnswer"),
    speaks(aside(get("/api/v2/custom_roles", Permission::kUsersRead, api::list_roles, "All roles, and the permissions there are")),
           "CustomRolesAnswer"),
    speaks(freshly(change(Verb::kPost, "/api/v2/custom_roles", Permission::kRolesManage, Body::kJson, api::create_role,
                          "Define a role")),
           "CustomRoleAnswer", "CustomRoleBody"),
    speaks(freshly(change(Verb::kPut, "/api/v2/custom_roles/{id}", Permission::kRolesManage, Body::kJson, api::update_role,
                          "Change a role, for everybody who has it")),
           "CustomRoleAnswer", "CustomRoleBody"),
    freshly(change(Verb::kDelete, "/api/v2/custom_roles/{id}", Permission::kRolesManage, Body::kNone, api::delete_role,
                          "Remove a role that nobody has")),
    speaks(get("/api/v2/password_policies", Permission::kSecurityManage, api::show_password_policies, "What is demanded of passwords"),
           "PasswordPoliciesAnswer"),
    speaks(freshly(change(Verb::kPut, "/api/v2/password_policies", Permission::kSecurityManage, Body::kJson,
                          api::change_password_policies, "Change what is demanded of passwords")),
           "PasswordPoliciesAnswer", "PasswordPoliciesAnswer"),
    speaks(freshly(change(Verb::kDelete, "/api/v2/workspace/sessions", Permission::kSecurityManage, Body::kNone, api::sign_everybody_out,
                          "Sign everybody out but oneself, after a break-in; tokens stay")),
           "SignedOutAnswer"),
    speaks(owners(freshly(change(Verb::kPost, "/api/v2/workspace/wipe", Permission::kSecurityManage, Body::kJson, api::wipe_workspace,
                                 "End the workspace with all that is in it, for good: with its name, as a confirmation"))),
           "WorkspaceWipeAnswer", "WorkspaceWipeBody"),
    speaks(get("/api/v2/network_rules", Permission::kSecurityManage, api::show_network_rules, "From which networks people come in"),
           "NetworkRulesAnswer"),
    speaks(freshly(change(Verb::kPut, "/api/v2/network_rules", Permission::kSecurityManage, Body::kJson,
                          api::change_network_rules, "Change that; who would shut out himself has to confirm")),
           "NetworkRulesAnswer", "NetworkRulesBody"),

    speaks(aside(get("/api/v2/api_tokens", Permission::kTokensManage, api::list_api_tokens, "Own API tokens")),
           "ApiTokensAnswer"),
    speaks(aside(freshly(change(Verb::kPost, "/api/v2/api_tokens", Permission::kTokensManage, Body::kJson, api::create_api_token,
                          "Make an API token; its secret is shown once"))),
           "ApiTokenAnswer", "ApiTokenBody"),
    aside(or_with(change(Verb::kDelete, "/api/v2/api_tokens/{id}", Permission::kTokensManage, Body::kNone, api::delete_api_token,
                   "Revoke an API token"),
            {Permission::kTokensOversee})),
    speaks(aside(freshly(change(Verb::kPost, "/api/v2/api_tokens/{id}/rotate", Permission::kTokensManage, Body::kNone,
                          api::rotate_api_token, "Another secret for a token of one's own; the old one ends"))),
           "ApiTokenAnswer"),
    speaks(get("/api/v2/api_tokens/all", Permission::kTokensOversee, api::list_all_api_tokens, "Everybody's API tokens"),
           "ApiTokensAnswer"),
    speaks(audited(get("/api/v2/audit_logs", Permission::kAuditRead, api::list_audit_logs, "Who did what, newest first", kAuditQuery), "audit.read"),
           "AuditLogsAnswer"),
    costly(audited(get("/api/v2/audit_logs/export", Permission::kAuditRead, api::export_audit_logs, "The same as a CSV or JSON Lines file",
                kAuditExportQuery), "audit.exported")),
    speaks(get("/api/v2/audit_logs/chain", Permission::kAuditRead, api::show_audit_chain, "The chain of hashes, and its last verification"),
           "AuditChainAnswer"),
    speaks(costly(audited(change(Verb::kPost, "/api/v2/audit_logs/chain/verify", Permission::kAuditRead, Body::kNone, api::verify_audit_chain,
                   "Verify the chain; the result is at audit_logs/chain"), "audit.verification_asked")),
           "AuditChainAnswer"),
    speaks(get("/api/v2/security_contact", Permission::kAuditRead, api::show_security_contact, "Who receives security notices"),
           "SecurityContactAnswer"),
    speaks(freshly(change(Verb::kPut, "/api/v2/security_contact", Permission::kSecurityManage, Body::kJson, api::set_security_contact,
                   "Name another one; it counts once its link was opened")),
           "SecurityContactAnswer", "SecurityContactAnswer"),
    speaks(open(Verb::kPost, "/api/v2/security_contact/verify", Body::kJson, api::verify_security_contact, "Open the mailed link", Rate::kSignIn),
           "SecurityContactAnswer"),
    speaks(get("/api/v2/support_access", Permission::kTicketsRead, api::list_support_access, "Who from outside is or was let in, until when, why and by whom"),
           "SupportAccessListAnswer"),
    speaks(freshly(change(Verb::kPost, "/api/v2/support_access", Permission::kUsersManage, Body::kJson, api::grant_support_access,
                          "Let somebody from outside in for some hours; the answer holds their link")),
           "SupportAccessAnswer", "SupportAccessBody"),
    speaks(freshly(change(Verb::kDelete, "/api/v2/support_access/{id}", Permission::kUsersManage, Body::kNone, api::end_support_access, "End it now")),
           "SupportAccessAnswer"),
    speaks(costly(get("/api/v2/security_checklist", Permission::kSecurityManage, api::show_security_checklist,
                      "How well the workspace is guarded: a score, and what to do better")),
           "SecurityChecklistAnswer"),
    speaks(get("/api/v2/audit_logs/{id}", Permission::kAuditRead, api::show_audit_log, "One entry"),
           "AuditLogAnswer"),
    speaks(get("/api/v2/users/{id}/sign_ins", Permission::kAuditRead, api::list_sign_ins, "Somebody's sign-ins, good and bad",
        "page[size],page[after]"),
           "SignInsAnswer"),

    within(get("/api/v2/outbox", Permission::kSettingsManage, api::list_outbox, "Mail that waits to be delivered", "page[size]")),
    within(change(Verb::kPut, "/api/v2/outbox/{id}/retry", Permission::kSettingsManage, Body::kNone, api::retry_outbox,
           "Try to deliver now")),
    within(change(Verb::kPut, "/api/v2/outbox/{id}/hold", Permission::kSettingsManage, Body::kNone, api::hold_outbox, "Hold back")),
    within(change(Verb::kDelete, "/api/v2/outbox/{id}/hold", Permission::kSettingsManage, Body::kNone, api::release_outbox,
           "Release what is held")),
    within(change(Verb::kDelete, "/api/v2/outbox/{id}", Permission::kSettingsManage, Body::kNone, api::drop_outbox,
           "Give up a delivery")),

    get("/api/v2/mail_reports", Permission::kSettingsManage, api::list_mail_reports,
        "DMARC and TLS reports that others sent us, newest first", "page[size],page[after]"),
    get("/api/v2/mail_reports/aggregate", Permission::kSettingsManage, api::show_aggregate_reports,
        "Mail in the name of our domains, by DMARC result", "domain,from,to,unauthenticated"),
    get("/api/v2/mail_reports/sources", Permission::kSettingsManage, api::list_report_sources,
        "Who sent mail in the name of a domain, most messages first", "domain,from,to,unauthenticated,page[size],page[after]"),
    get("/api/v2/mail_reports/tls", Permission::kSettingsManage, api::show_tls_reports,
        "TLS sessions with our mail servers and why they failed", "domain,from,to,unauthenticated"),
    get("/api/v2/mail_reports/{id}", Permission::kSettingsManage, api::show_mail_report, "One report with its rows"),

    costly(get("/api/v2/mail_domains", Permission::kSettingsManage, api::list_mail_domains,
        "Own domains, and whether what they publish in DNS lets mail flow")),
    costly(get("/api/v2/mail_domains/{domain}/dns", Permission::kSettingsManage, api::show_mail_domain_dns,
        "Every record to publish for a domain, checked live, the SPF look-ups, and whether a reply will pass DMARC")),

    speaks(get("/api/v2/redaction_rules", Permission::kRulesManage, api::list_redaction_rules,
        "Redaction rules in force, with what they found in seven days"),
           "RedactionRulesAnswer"),
    speaks(replaying(change(Verb::kPost, "/api/v2/redaction_rules", Permission::kRulesManage, Body::kJson, api::create_redaction_rule,
           "Add a rule: a new rule set is in force")),
           "RedactionChangeAnswer", "RedactionRuleBody"),
    costly(audited(speaks(change(Verb::kPost, "/api/v2/redaction_rules/check", Permission::kRulesManage, Body::kJson, api::check_redaction_rules,
           "What is wrong with a rule document; nothing is stored"),
           "RedactionCheckAnswer", "RedactionCheckBody"), "redaction.checked")),
    costly(audited(speaks(change(Verb::kPost, "/api/v2/redaction_rules/test", Permission::kRulesManage, Body::kJson, api::test_redaction_rules,
           "Try rules on a text; nothing is stored"),
           "RedactionTestAnswer", "RedactionTestBody"), "redaction.tested")),
    speaks(get("/api/v2/redaction_rules/{rule}", Permission::kRulesManage, api::show_redaction_rule, "One rule"),
           "RedactionRuleAnswer"),
    speaks(replaying(change(Verb::kPut, "/api/v2/redaction_rules/{rule}", Permission::kRulesManage, Body::kJson, api::update_redaction_rule,
           "Change the fields that are given")),
           "RedactionChangeAnswer", "RedactionRuleBody"),
    speaks(change(Verb::kDelete, "/api/v2/redaction_rules/{rule}", Permission::kRulesManage, Body::kNone, api::delete_redaction_rule,
           "Remove a rule, or what was changed of a shipped one"),
           "RedactionChangeAnswer"),
    speaks(replaying(change(Verb::kPost, "/api/v2/redaction_rules/{rule}/rollout", Permission::kRulesManage, Body::kJson,
           api::roll_out_redaction_rule, "Say where a rule is enforced")),
           "RedactionChangeAnswer", "RedactionRolloutBody"),
    speaks(get("/api/v2/redaction_rule_sets", Permission::kRulesManage, api::list_rule_sets, "Versions of the rules, newest first"),
           "RedactionRuleSetsAnswer"),
    speaks(replaying(change(Verb::kPost, "/api/v2/redaction_rule_sets", Permission::kRulesManage, Body::kJson, api::create_rule_set,
           "Store a rule document and put it in force, in place of the version it names (on_top_of or If-Match; 428 without)")),
           "RedactionChangeAnswer", "RedactionRuleSetBody"),
    speaks(replaying(change(Verb::kPost, "/api/v2/redaction_rule_sets/rollback", Permission::kRulesManage, Body::kNone, api::roll_back_rule_set,
           "Undo the last activation")),
           "RedactionChangeAnswer"),
    speaks(get("/api/v2/redaction_rule_sets/{number}", Permission::kRulesManage, api::show_rule_set, "One version with its document"),
           "RedactionRuleSetAnswer"),
    speaks(get("/api/v2/redaction_rule_sets/{number}/difference", Permission::kRulesManage, api::show_rule_set_difference,
        "What another version (the one in force unless told otherwise) changes, rule by rule", "to"),
           "RedactionDifferencesAnswer"),
    speaks(replaying(change(Verb::kPost, "/api/v2/redaction_rule_sets/{number}/activate", Permission::kRulesManage, Body::kNone,
           api::activate_rule_set, "Put a version in force")),
           "RedactionChangeAnswer"),
    speaks(get("/api/v2/redaction_stats", Permission::kRulesManage, api::show_redaction_stats,
        "What rules find in live traffic, enforced and in shadow", "from,to,rule,inbox_id"),
           "RedactionStatsAnswer"),
    speaks(get("/api/v2/redaction_feedback", Permission::kRulesManage, api::list_redaction_feedback,
        "Redactions that agents call wrong, newest first", "page[size],page[after]"),
           "RedactionFeedbacksAnswer"),
    within(speaks(get("/api/v2/tickets/{id}/comments/{comment_id}/redaction_feedback", Permission::kTicketsRead, api::show_comment_feedback,
        "Which redactions of a comment are called wrong"),
           "RedactionFeedbacksAnswer")),
    within(speaks(replaying(change(Verb::kPost, "/api/v2/tickets/{id}/comments/{comment_id}/redaction_feedback", Permission::kTicketsWrite, Body::kJson,
           api::mark_redaction, "Call a redaction wrong")),
           "RedactionFeedbackAnswer", "RedactionFeedbackBody")),
    within(change(Verb::kDelete, "/api/v2/tickets/{id}/comments/{comment_id}/redaction_feedback", Permission::kTicketsWrite, Body::kNone,
           api::withdraw_redaction_mark, "Take that back", "rule,part,where")),
    speaks(get("/api/v2/redaction_replays", Permission::kRulesManage, api::list_redaction_replays, "Replays of the last hours"),
           "RedactionReplaysAnswer"),
    costly(audited(speaks(replaying(change(Verb::kPost, "/api/v2/redaction_replays", Permission::kRulesManage, Body::kJson, api::start_redaction_replay,
           "Try a rule set over stored mail, beside the one in force")),
           "RedactionReplayAnswer", "RedactionReplayBody"), "redaction_replay.started")),
    speaks(get("/api/v2/redaction_replays/{id}", Permission::kRulesManage, api::show_redaction_replay, "How far it is, and what it found"),
           "RedactionReplayAnswer"),
    audited(change(Verb::kDelete, "/api/v2/redaction_replays/{id}", Permission::kRulesManage, Body::kNone, api::cancel_redaction_replay,
           "Stop it"), "redaction_replay.cancelled"),

    within(get("/api/v2/changes", Permission::kTicketsRead, api::list_changes, "The change feed as pages", "after,limit")),
    within(get("/api/v2/changes/stream", Permission::kTicketsRead, api::stream_changes, "The change feed as server-sent events",
        "after")),
    open(Verb::kGet, "/api/v2/openapi", Body::kNone, api::show_openapi, "This description (OpenAPI 3.1)", Rate::kNormal),
};

}  // namespace

std::span<const Route> api_routes() { return kRoutes; }

}  // namespace postern::web
