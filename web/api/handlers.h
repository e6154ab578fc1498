#pragma once
// web/api/handlers.h: the handlers of all routes; routes.cc puts them in the table. Each runs after authentication and
// authorisation; request.body is complete and within its bound.
#include "web/api/context.h"

namespace postern::web::api {

using Answer = core::Task<core::Result<Response>>;

// sign_in.cc
Answer sign_in(Request& request, Context& context);
Answer sign_out(Request& request, Context& context);
Answer show_session(Request& request, Context& context);
Answer preview_enrolment(Request& request, Context& context);
Answer enrol(Request& request, Context& context);
// sign_in_steps.cc
Answer answer_sign_in(Request& request, Context& context);
Answer send_sign_in_text(Request& request, Context& context);
Answer sign_in_challenge(Request& request, Context& context);
Answer sign_in_with_passkey(Request& request, Context& context);
Answer proof_challenge(Request& request, Context& context);
Answer prove_again(Request& request, Context& context);
// two_factor.cc
Answer show_two_factor(Request& request, Context& context);
Answer offer_totp(Request& request, Context& context);
Answer confirm_totp(Request& request, Context& context);
Answer remove_totp(Request& request, Context& context);
Answer offer_passkey(Request& request, Context& context);
Answer add_passkey(Request& request, Context& context);
Answer rename_passkey(Request& request, Context& context);
Answer remove_passkey(Request& request, Context& context);
Answer offer_phone(Request& request, Context& context);
Answer confirm_phone(Request& request, Context& context);
Answer remove_phone(Request& request, Context& context);
Answer new_recovery_codes(Request& request, Context& context);
Answer reset_two_factor(Request& request, Context& context);
// devices.cc
Answer list_devices(Request& request, Context& context);
Answer rename_device(Request& request, Context& context);
Answer revoke_device(Request& request, Context& context);
// security_policy.cc
Answer show_security_policy(Request& request, Context& context);
Answer update_security_policy(Request& request, Context& context);
Answer list_missing_factors(Request& request, Context& context);
// sessions.cc
Answer list_sessions(Request& request, Context& context);
Answer delete_session(Request& request, Context& context);
Answer delete_all_sessions(Request& request, Context& context);
Answer end_user_sessions(Request& request, Context& context);
Answer sign_everybody_out(Request& request, Context& context);
// tickets.cc
Answer list_tickets(Request& request, Context& context);
Answer count_tickets(Request& request, Context& context);
Answer show_ticket(Request& request, Context& context);
Answer list_events(Request& request, Context& context);
// ticket_update.cc
Answer update_ticket(Request& request, Context& context);
Answer create_ticket(Request& request, Context& context);
// comments.cc
Answer list_comments(Request& request, Context& context);
Answer comment_raw(Request& request, Context& context);
Answer comment_text(Request& request, Context& context);
Answer comment_html(Request& request, Context& context);
// comment_pictures.cc
Answer comment_picture(Request& request, Context& context);
// comment_redactions.cc
Answer redact_comment(Request& request, Context& context);
Answer redact_text(Request& request, Context& context);
Answer redact_attachment(Request& request, Context& context);
// attachments.cc
Answer show_attachment(Request& request, Context& context);
Answer attachment_content(Request& request, Context& context);
// traces.cc
Answer show_trace(Request& request, Context& context);

// suspended.cc
Answer list_suspended(Request& request, Context& context);
Answer count_suspended(Request& request, Context& context);
Answer show_suspended(Request& request, Context& context);
Answer recover_suspended(Request& request, Context& context);
Answer delete_suspended(Request& request, Context& context);
// uploads.cc
Answer create_upload(Request& request, Context& context);
// users.cc
Answer show_me(Request& request, Context& context);
Answer show_user(Request& request, Context& context);
Answer show_many_users(Request& request, Context& context);
Answer list_users(Request& request, Context& context);
Answer create_user(Request& request, Context& context);
Answer update_user(Request& request, Context& context);
Answer update_me(Request& request, Context& context);
// api_tokens.cc
Answer list_api_tokens(Request& request, Context& context);
Answer create_api_token(Request& request, Context& context);
Answer delete_api_token(Request& request, Context& context);
Answer rotate_api_token(Request& request, Context& context);
Answer list_all_api_tokens(Request& request, Context& context);
// roles.cc
Answer list_roles(Request& request, Context& context);
Answer show_role(Request& request, Context& context);
Answer create_role(Request& request, Context& context);
Answer update_role(Request& request, Context& context);
Answer delete_role(Request& request, Context& context);
Answer set_user_role(Request& request, Context& context);
// workspace.cc
Answer wipe_workspace(Request& request, Context& context);
// inboxes.cc
Answer list_inboxes(Request& request, Context& context);
Answer set_user_inboxes(Request& request, Context& context);
// passwords.cc
Answer change_own_password(Request& request, Context& context);
Answer ask_password_reset(Request& request, Context& context);
Answer make_password_link(Request& request, Context& context);
Answer unlock_user(Request& request, Context& context);
Answer show_password_policies(Request& request, Context& context);
Answer change_password_policies(Request& request, Context& context);
// network_rules.cc
Answer show_network_rules(Request& request, Context& context);
Answer change_network_rules(Request& request, Context& context);
// network_blocks.cc
Answer list_network_blocks(Request& request, Context& context);
Answer add_network_block(Request& request, Context& context);
Answer remove_network_block(Request& request, Context& context);
// audit_logs.cc
Answer list_audit_logs(Request& request, Context& context);
Answer show_audit_log(Request& request, Context& context);
Answer show_audit_chain(Request& request, Context& context);
Answer verify_audit_chain(Request& request, Context& context);
Answer list_own_sign_ins(Request& request, Context& context);
Answer list_sign_ins(Request& request, Context& context);
// audit_contact.cc
Answer show_security_contact(Request& request, Context& context);
Answer set_security_contact(Request& request, Context& context);
Answer verify_security_contact(Request& request, Context& context);
// audit_export.cc
Answer export_audit_logs(Request& request, Context& context);
// support_access.cc
Answer list_support_access(Request& request, Context& context);
Answer grant_support_access(Request& request, Context& context);
Answer end_support_access(Request& request, Context& context);
// security_checklist.cc
Answer show_security_checklist(Request& request, Context& context);
// outbox.cc
Answer list_outbox(Request& request, Context& context);
Answer show_outbox(Request& request, Context& context);
Answer retry_outbox(Request& request, Context& context);
Answer hold_outbox(Request& request, Context& context);
Answer release_outbox(Request& request, Context& context);
Answer drop_outbox(Request& request, Context& context);
// mail_reports.cc
Answer list_mail_reports(Request& request, Context& context);
Answer show_mail_report(Request& request, Context& context);
Answer show_aggregate_reports(Request& request, Context& context);
Answer list_report_sources(Request& request, Context& context);
Answer show_tls_reports(Request& request, Context& context);
// domains.cc
Answer list_mail_domains(Request& request, Context& context);
Answer show_mail_domain_dns(Request& request, Context& context);
// redaction_rules.cc
Answer list_redaction_rules(Request& request, Context& context);
Answer show_redaction_rule(Request& request, Context& context);
Answer create_redaction_rule(Request& request, Context& context);
Answer update_redaction_rule(Request& request, Context& context);
Answer delete_redaction_rule(Request& request, Context& context);
Answer roll_out_redaction_rule(Request& request, Context& context);
Answer check_redaction_rules(Request& request, Context& context);
Answer test_redaction_rules(Request& request, Context& context);
// redaction_rule_sets.cc
Answer list_rule_sets(Request& request, Context& context);
Answer create_rule_set(Request& request, Context& context);
Answer show_rule_set(Request& request, Context& context);
Answer show_rule_set_difference(Request& request, Context& context);
Answer activate_rule_set(Request& request, Context& context);
Answer roll_back_rule_set(Request& request, Context& context);
// redaction_stats.cc
Answer show_redaction_stats(Request& request, Context& context);
Answer list_redaction_feedback(Request& request, Context& context);
Answer show_comment_feedback(Request& request, Context& context);
Answer mark_redaction(Request& request, Context& context);
Answer withdraw_redaction_mark(Request& request, Context& context);
// redaction_replays.cc
Answer start_redaction_replay(Request& request, Context& context);
Answer list_redaction_replays(Request& request, Context& context);
Answer show_redaction_replay(Request& request, Context& context);
Answer cancel_redaction_replay(Request& request, Context& context);
// changes.cc
Answer list_changes(Request& request, Context& context);
Answer stream_changes(Request& request, Context& context);
// openapi.cc
Answer show_openapi(Request& request, Context& context);

}  // namespace postern::web::api
