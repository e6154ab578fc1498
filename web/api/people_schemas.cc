// Schemas of people, their ways in, and what the audit log tells of them; see schemas.h.
#include "web/api/schemas.h"

namespace postern::web {
namespace {

using Need = SchemaField::Need;
using Type = FieldType;

constexpr std::string_view kPasswordLevels = "recommended,low,medium,high,custom";
constexpr std::string_view kRequiredOf = "none,admins,everybody";

constexpr SchemaField kUser[] = {{"url", Type::kText, {}},
                                 {"id", Type::kInteger, {}},
                                 {"name", Type::kText, {}},
                                 {"email", Type::kText, {}},
                                 {"role", Type::kText, "end-user,agent,admin"},
                                 {"is_owner", Type::kFlag, {}},
                                 {"custom_role_id", Type::kInteger, {}, Need::kNullable},
                                 {"inbox_ids", Type::kIntegers, {}, Need::kNullable},
                                 {"active", Type::kFlag, {}},
                                 {"suspended", Type::kFlag, {}},
                                 {"alias", Type::kText, {}, Need::kNullable},
                                 {"phone", Type::kText, {}, Need::kNullable},
                                 {"details", Type::kText, {}, Need::kNullable},
                                 {"notes", Type::kText, {}, Need::kNullable},
                                 {"external_id", Type::kText, {}, Need::kNullable},
                                 {"locale", Type::kText, {}, Need::kNullable},
                                 {"time_zone", Type::kText, {}, Need::kNullable},
                                 {"signature", Type::kText, {}, Need::kNullable}, {"signature_html", Type::kText, {}, Need::kNullable},
                                 {"tags", Type::kTexts, {}},
                                 {"verified", Type::kFlag, {}},
                                 {"shared", Type::kFlag, {}},
                                 {"organization_id", Type::kInteger, {}, Need::kNullable},
                                 {"user_fields", Type::kAny, {}},
                                 {"other_emails", Type::kTexts, {}, Need::kReadOnly},
                                 {"merged_into_id", Type::kInteger, {}, Need::kNullable},
                                 {"default_group_id", Type::kInteger, {}, Need::kNullable},
                                 {"two_factor_enabled", Type::kFlag, {}, Need::kReadOnly},
                                 {"created_at", Type::kTime, {}},
                                 {"updated_at", Type::kTime, {}}};
constexpr SchemaField kUserAnswer[] = {{"user", Type::kObject, "User"}};
constexpr SchemaField kInbox[] = {{"id", Type::kInteger, {}}, {"name", Type::kText, {}}, {"address", Type::kText, {}}};
constexpr SchemaField kInboxesAnswer[] = {{"workspace", Type::kText, {}}, {"count", Type::kInteger, {}}, {"inboxes", Type::kObjects, "Inbox"}};
constexpr SchemaField kUserInboxes[] = {{"inbox_ids", Type::kIntegers, {}, Need::kNullable}};
constexpr SchemaField kUserInboxesBody[] = {{"user", Type::kObject, "UserInboxes", Need::kRequired}};
constexpr SchemaField kWorkspaceName[] = {{"name", Type::kText, {}, Need::kRequired}};
constexpr SchemaField kWipeBody[] = {{"workspace", Type::kObject, "WorkspaceName", Need::kRequired}};
constexpr SchemaField kWipeAnswer[] = {{"description", Type::kText, {}}};
constexpr SchemaField kSignedOut[] = {{"signed_out", Type::kInteger, {}}, {"spared", Type::kInteger, {}}};
constexpr SchemaField kSession[] = {{"id", Type::kInteger, {}},
                                    {"user_id", Type::kInteger, {}},
                                    {"authenticated_at", Type::kTime, {}},
                                    {"last_seen_at", Type::kTime, {}},
                                    {"ip_address", Type::kText, {}},
                                    {"user_agent", Type::kText, {}},
                                    {"methods", Type::kTexts, {}},
                                    {"current", Type::kFlag, {}},
                                    {"csrf_token", Type::kText, {}},
                                    {"fresh_until", Type::kTime, {}, Need::kNullable},
                                    {"must_enrol", Type::kFlag, {}}};
constexpr SchemaField kSessionsAnswer[] = {{"sessions", Type::kObjects, "Session"}};
constexpr SchemaField kSessionAnswer[] = {{"session", Type::kObject, "Session", Need::kNullable},
                                          {"user", Type::kObject, "User"},
                                          {"permissions", Type::kTexts, {}},
                                          {"sign_in", Type::kObject, "PendingSignIn"}};
constexpr SchemaField kPendingSignIn[] = {{"token", Type::kText, {}},
                                          {"expires_at", Type::kTime, {}},
                                          {"methods", Type::kTexts, "totp,security_key,recovery_code,text_message"},
                                          {"text_message_to", Type::kText, {}},
                                          {"may_remember_device", Type::kFlag, {}}};
constexpr SchemaField kSignInBody[] = {{"email", Type::kText, {}, Need::kRequired}, {"password", Type::kText, {}, Need::kRequired}};
constexpr SchemaField kEmailBody[] = {{"email", Type::kText, {}, Need::kRequired}};
constexpr SchemaField kLinkBody[] = {{"token", Type::kText, {}, Need::kRequired}, {"password", Type::kText, {}, Need::kRequired}};
constexpr SchemaField kPasswordBody[] = {{"previous_password", Type::kText, {}, Need::kRequired}, {"password", Type::kText, {}, Need::kRequired}};
constexpr SchemaField kNameBody[] = {{"name", Type::kText, {}, Need::kRequired}};
constexpr SchemaField kCodeBody[] = {{"code", Type::kText, {}, Need::kRequired}};

constexpr SchemaField kTwoFactor[] = {{"enabled", Type::kFlag, {}},
                                      {"required", Type::kFlag, {}},
                                      {"required_by", Type::kTime, {}, Need::kNullable},
                                      {"fresh_until", Type::kTime, {}, Need::kNullable},
                                      {"totp", Type::kObject, "TotpState"},
                                      {"passkeys", Type::kObjects, "Passkey"},
                                      {"recovery_codes", Type::kObject, "RecoveryState"},
                                      {"text_messages", Type::kObject, "TextMessageState"}};
constexpr SchemaField kTextMessageState[] = {{"available", Type::kFlag, {}},
                                             {"number", Type::kText, {}, Need::kNullable},
                                             {"since", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kTextMessage[] = {{"number", Type::kText, {}}, {"expires_at", Type::kTime, {}}};
constexpr SchemaField kTextMessageAnswer[] = {{"text_message", Type::kObject, "TextMessage"}};
constexpr SchemaField kPhoneBody[] = {{"number", Type::kText, {}, Need::kRequired}};
constexpr SchemaField kPendingBody[] = {{"token", Type::kText, {}, Need::kRequired}};
constexpr SchemaField kTwoFactorAnswer[] = {{"two_factor", Type::kObject, "TwoFactor"}};
constexpr SchemaField kTotpState[] = {{"enabled", Type::kFlag, {}}, {"since", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kPasskey[] = {{"id", Type::kInteger, {}},
                                    {"name", Type::kText, {}},
                                    {"created_at", Type::kTime, {}},
                                    {"last_used_at", Type::kTime, {}, Need::kNullable},
                                    {"passwordless", Type::kFlag, {}}};
constexpr SchemaField kRecoveryState[] = {{"left", Type::kInteger, {}}, {"created_at", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kTotpOffer[] = {{"secret", Type::kText, {}}, {"uri", Type::kText, {}}, {"qr_svg", Type::kText, {}}};
constexpr SchemaField kTotpOfferAnswer[] = {{"totp", Type::kObject, "TotpOffer"}};
constexpr SchemaField kFactorAnswer[] = {{"recovery_codes", Type::kTexts, {}}, {"passkey_id", Type::kInteger, {}}};
constexpr SchemaField kDevice[] = {{"id", Type::kInteger, {}},          {"name", Type::kText, {}},
                                   {"ip_address", Type::kText, {}},     {"created_at", Type::kTime, {}},
                                   {"last_used_at", Type::kTime, {}},   {"methods", Type::kTexts, {}},
                                   {"remembered_until", Type::kTime, {}, Need::kNullable}, {"current", Type::kFlag, {}}};
constexpr SchemaField kDevicesAnswer[] = {{"devices", Type::kObjects, "Device"}};

constexpr SchemaField kSecondFactorPolicy[] = {{"required_of", Type::kText, kRequiredOf},
                                               {"required_since", Type::kTime, {}, Need::kNullable},
                                               {"grace_days", Type::kInteger, {}},
                                               {"trusted_devices", Type::kFlag, {}},
                                               {"text_messages", Type::kFlag, {}}};
constexpr SchemaField kSecurityPolicy[] = {{"revision", Type::kInteger, {}, Need::kReadOnly}, {"second_factor", Type::kObject, "SecondFactorPolicy"}};
constexpr SchemaField kSecurityPolicyWrite[] = {{"revision", Type::kInteger, {}}, {"confirm_lockout", Type::kFlag, {}}, {"second_factor", Type::kObject, "SecondFactorPolicy"}};
constexpr SchemaField kSecurityPolicyBody[] = {{"security_policy", Type::kObject, "SecurityPolicyWrite", Need::kRequired}};
constexpr SchemaField kSecurityPolicyAnswer[] = {{"security_policy", Type::kObject, "SecurityPolicy", Need::kRequired}};
constexpr SchemaField kMissingFactor[] = {{"user", Type::kObject, "User"}, {"required_by", Type::kTime, {}}};
constexpr SchemaField kMissingAnswer[] = {{"count", Type::kInteger, {}}, {"missing", Type::kObjects, "MissingFactor"}};

constexpr SchemaField kRole[] = {{"id", Type::kInteger, {}, Need::kNullable},
                                 {"name", Type::kText, {}},
                                 {"description", Type::kText, {}},
                                 {"permissions", Type::kTexts, {}},
                                 {"built_in", Type::kFlag, {}, Need::kReadOnly},
                                 {"created_at", Type::kTime, {}, Need::kReadOnly},
                                 {"updated_at", Type::kTime, {}, Need::kReadOnly}};
constexpr SchemaField kRoleWrite[] = {{"name", Type::kText, {}, Need::kRequired}, {"description", Type::kText, {}}, {"permissions", Type::kTexts, {}}};
constexpr SchemaField kRoleBody[] = {{"custom_role", Type::kObject, "CustomRoleWrite", Need::kRequired}};
constexpr SchemaField kRoleAnswer[] = {{"custom_role", Type::kObject, "CustomRole"}};
constexpr SchemaField kPermission[] = {{"name", Type::kText, {}}, {"description", Type::kText, {}}};
constexpr SchemaField kRolesAnswer[] = {{"count", Type::kInteger, {}},
                                        {"custom_roles", Type::kObjects, "CustomRole"},
                                        {"permissions", Type::kObjects, "PermissionInfo"}};
constexpr SchemaField kUserRole[] = {{"role", Type::kText, "agent,admin,owner", Need::kRequired}, {"custom_role_id", Type::kInteger, {}}};
constexpr SchemaField kUserRoleBody[] = {{"user", Type::kObject, "UserRole", Need::kRequired}};

constexpr SchemaField kPasswordPolicy[] = {{"level", Type::kText, kPasswordLevels, Need::kRequired},
                                           {"raised_at", Type::kTime, {}, Need::kNullable},
                                           {"length_min", Type::kInteger, {}},
                                           {"needs_digit", Type::kFlag, {}},
                                           {"needs_mixed_case", Type::kFlag, {}},
                                           {"needs_special", Type::kFlag, {}},
                                           {"history", Type::kInteger, {}},
                                           {"expiry_days", Type::kInteger, {}},
                                           {"failures_max", Type::kInteger, {}},
                                           {"run_max", Type::kInteger, {}}};
constexpr SchemaField kPasswordPolicies[] = {{"agents", Type::kObject, "PasswordPolicy"}, {"end_users", Type::kObject, "PasswordPolicy"}};
constexpr SchemaField kPasswordPoliciesWrite[] = {{"agents", Type::kObject, "PasswordPolicy"}, {"end_users", Type::kObject, "PasswordPolicy"}, {"confirm_weaker", Type::kFlag, {}}};
constexpr SchemaField kPoliciesBody[] = {{"password_policies", Type::kObject, "PasswordPoliciesWrite", Need::kRequired}};
constexpr SchemaField kPoliciesAnswer[] = {{"password_policies", Type::kObject, "PasswordPolicies", Need::kRequired}};

constexpr SchemaField kNetworkRules[] = {{"allowed", Type::kTexts, {}}, {"end_users_too", Type::kFlag, {}}};
constexpr SchemaField kNetworkRulesAnswer[] = {{"network_rules", Type::kObject, "NetworkRules"}, {"your_address", Type::kText, {}}};
constexpr SchemaField kNetworkRulesWrite[] = {{"allowed", Type::kTexts, {}, Need::kRequired}, {"end_users_too", Type::kFlag, {}}, {"confirm_lockout", Type::kFlag, {}}};
constexpr SchemaField kNetworkRulesBody[] = {{"network_rules", Type::kObject, "NetworkRulesWrite", Need::kRequired}};

constexpr SchemaField kNetworkBlock[] = {{"network", Type::kText, {}}, {"reason", Type::kText, {}}, {"until", Type::kTime, {}, Need::kNullable}};
constexpr SchemaField kNetworkBlockAnswer[] = {{"network_block", Type::kObject, "NetworkBlock"}};
constexpr SchemaField kNetworkBlocksAnswer[] = {{"count", Type::kInteger, {}}, {"network_blocks", Type::kObjects, "NetworkBlock"}, {"listed_by_configuration", Type::kInteger, {}},
                                               {"feeds", Type::kObjects, "BlockFeed"}};
constexpr SchemaField kBlockFeed[] = {{"url", Type::kText, {}},
                                      {"holds_for", Type::kText, "mail,web"},
                                      {"networks", Type::kInteger, {}},
                                      {"fetched_at", Type::kTime, {}, Need::kNullable},
                                      {"problem", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kNetworkBlockWrite[] = {{"network", Type::kText, {}, Need::kRequired},
                                              {"reason", Type::kText, {}, Need::kRequired},
                                              {"hours", Type::kInteger, {}, Need::kNullable},
                                              {"confirm_lockout", Type::kFlag, {}}};
constexpr SchemaField kNetworkBlockBody[] = {{"network_block", Type::kObject, "NetworkBlockWrite", Need::kRequired}};

constexpr SchemaField kToken[] = {{"id", Type::kInteger, {}},
                                  {"user_id", Type::kInteger, {}},
                                  {"description", Type::kText, {}},
                                  {"created_at", Type::kTime, {}},
                                  {"last_used_at", Type::kTime, {}, Need::kNullable},
                                  {"last_used_ip", Type::kText, {}, Need::kNullable},
                                  {"expires_at", Type::kTime, {}, Need::kNullable},
                                  {"scopes", Type::kTexts, {}, Need::kNullable},
                                  {"networks", Type::kTexts, {}},
                                  {"token", Type::kText, {}}};
constexpr SchemaField kTokensAnswer[] = {{"api_tokens", Type::kObjects, "ApiToken"}};
constexpr SchemaField kTokenAnswer[] = {{"api_token", Type::kObject, "ApiToken"}};
constexpr SchemaField kTokenWrite[] = {{"description", Type::kText, {}, Need::kRequired},
                                       {"expires_in_days", Type::kInteger, {}},
                                       {"scopes", Type::kTexts, {}},
                                       {"read_only", Type::kFlag, {}},
                                       {"networks", Type::kTexts, {}}};
constexpr SchemaField kTokenBody[] = {{"api_token", Type::kObject, "ApiTokenWrite", Need::kRequired}};

constexpr SchemaField kAuditLog[] = {{"id", Type::kInteger, {}},
                                     {"url", Type::kText, {}},
                                     {"actor_id", Type::kInteger, {}, Need::kNullable},
                                     {"actor_name", Type::kText, {}},
                                     {"action", Type::kText, {}},
                                     {"action_label", Type::kText, {}},
                                     {"source_type", Type::kText, {}},
                                     {"source_id", Type::kInteger, {}, Need::kNullable},
                                     {"source_label", Type::kText, {}},
                                     {"change_description", Type::kText, {}},
                                     {"ip_address", Type::kText, {}},
                                     {"created_at", Type::kTime, {}},
                                     {"method", Type::kText, {}},
                                     {"role", Type::kText, {}},
                                     {"credential_id", Type::kInteger, {}, Need::kNullable},
                                     {"device", Type::kText, {}},
                                     {"request_id", Type::kText, {}, Need::kNullable},
                                     {"outcome", Type::kText, {}},
                                     {"changes", Type::kObjects, "AuditChange"},
                                     {"sequence", Type::kInteger, {}, Need::kNullable},
                                     {"hash", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kAuditChange[] = {{"field", Type::kText, {}}, {"before", Type::kText, {}}, {"after", Type::kText, {}}};
constexpr SchemaField kAuditMeta[] = {{"has_more", Type::kFlag, {}}, {"after_cursor", Type::kText, {}, Need::kNullable}, {"is_cut", Type::kFlag, {}}};
constexpr SchemaField kAuditLogsAnswer[] = {{"audit_logs", Type::kObjects, "AuditLog"}, {"meta", Type::kObject, "AuditPageMeta"}, {"links", Type::kObject, "PageLinks"}};
constexpr SchemaField kSignInsAnswer[] = {{"sign_ins", Type::kObjects, "AuditLog"}, {"meta", Type::kObject, "AuditPageMeta"}, {"links", Type::kObject, "PageLinks"}};
constexpr SchemaField kAuditLogAnswer[] = {{"audit_log", Type::kObject, "AuditLog"}};
constexpr SchemaField kChain[] = {{"sequence", Type::kInteger, {}},
                                  {"hash", Type::kText, {}},
                                  {"linked_at", Type::kTime, {}, Need::kNullable},
                                  {"waiting", Type::kInteger, {}},
                                  {"is_verifying", Type::kFlag, {}},
                                  {"verification", Type::kObject, "ChainVerification", Need::kNullable}};
constexpr SchemaField kVerification[] = {{"at", Type::kTime, {}},
                                         {"is_intact", Type::kFlag, {}},
                                         {"entries", Type::kInteger, {}},
                                         {"sequence", Type::kInteger, {}},
                                         {"hash", Type::kText, {}},
                                         {"fault", Type::kObject, "ChainFault", Need::kNullable}};
constexpr SchemaField kFault[] = {{"sequence", Type::kInteger, {}, Need::kNullable}, {"id", Type::kInteger, {}, Need::kNullable}, {"description", Type::kText, {}}};
constexpr SchemaField kChainAnswer[] = {{"chain", Type::kObject, "AuditChain"}};
constexpr SchemaField kContact[] = {{"email", Type::kText, {}, Need::kNullable}, {"pending_email", Type::kText, {}, Need::kNullable}};
constexpr SchemaField kContactAnswer[] = {{"security_contact", Type::kObject, "SecurityContact", Need::kRequired}};
constexpr SchemaField kGrant[] = {{"id", Type::kInteger, {}},
                                  {"user_id", Type::kInteger, {}},
                                  {"email", Type::kText, {}},
                                  {"role", Type::kText, {}},
                                  {"reason", Type::kText, {}},
                                  {"granted_by_id", Type::kInteger, {}, Need::kNullable},
                                  {"granted_at", Type::kTime, {}},
                                  {"until", Type::kTime, {}},
                                  {"is_active", Type::kFlag, {}},
                                  {"ended_at", Type::kTime, {}, Need::kNullable},
                                  {"ended_by_id", Type::kInteger, {}, Need::kNullable}};
constexpr SchemaField kEnrolmentLink[] = {{"token", Type::kText, {}}, {"path", Type::kText, {}}};
constexpr SchemaField kGrantsAnswer[] = {{"count", Type::kInteger, {}}, {"support_access", Type::kObjects, "SupportAccess"}};
constexpr SchemaField kGrantAnswer[] = {{"support_access", Type::kObject, "SupportAccess"}, {"enrolment", Type::kObject, "SupportEnrolment"}};
constexpr SchemaField kGrantWrite[] = {{"email", Type::kText, {}, Need::kRequired},
                                       {"name", Type::kText, {}},
                                       {"reason", Type::kText, {}, Need::kRequired},
                                       {"role", Type::kText, {}},
                                       {"hours", Type::kInteger, {}, Need::kRequired}};
constexpr SchemaField kGrantBody[] = {{"support_access", Type::kObject, "SupportAccessWrite", Need::kRequired}};
constexpr SchemaField kCheck[] = {{"id", Type::kText, {}}, {"title", Type::kText, {}}, {"why", Type::kText, {}}, {"state", Type::kText, {}},
                                  {"found", Type::kText, {}}, {"fix", Type::kText, {}}, {"page", Type::kText, {}, Need::kNullable},
                                  {"weight", Type::kInteger, {}}};
constexpr SchemaField kChecklist[] = {{"score", Type::kInteger, {}}, {"checks", Type::kObjects, "SecurityCheck"}};
constexpr SchemaField kChecklistAnswer[] = {{"security_checklist", Type::kObject, "SecurityChecklist"}};

constexpr Schema kSchemas[] = {{"User", kUser},
                               {"UserAnswer", kUserAnswer},
                               {"Inbox", kInbox},
                               {"InboxesAnswer", kInboxesAnswer},
                               {"UserInboxes", kUserInboxes},
                               {"UserInboxesBody", kUserInboxesBody},
                               {"SignedOutAnswer", kSignedOut},
                               {"WorkspaceName", kWorkspaceName},
                               {"WorkspaceWipeBody", kWipeBody},
                               {"WorkspaceWipeAnswer", kWipeAnswer},
                               {"Session", kSession},
                               {"SessionsAnswer", kSessionsAnswer},
                               {"SessionAnswer", kSessionAnswer},
                               {"PendingSignIn", kPendingSignIn},
                               {"SignInBody", kSignInBody},
                               {"EmailBody", kEmailBody},
                               {"EnrolmentBody", kLinkBody},
                               {"PasswordChangeBody", kPasswordBody},
                               {"NameBody", kNameBody},
                               {"CodeBody", kCodeBody},
                               {"TwoFactor", kTwoFactor},
                               {"TwoFactorAnswer", kTwoFactorAnswer},
                               {"TotpState", kTotpState},
                               {"TextMessageState", kTextMessageState},
                               {"TextMessage", kTextMessage},
                               {"TextMessageAnswer", kTextMessageAnswer},
                               {"PhoneBody", kPhoneBody},
                               {"PendingBody", kPendingBody},
                               {"Passkey", kPasskey},
                               {"RecoveryState", kRecoveryState},
                               {"TotpOffer", kTotpOffer},
                               {"TotpOfferAnswer", kTotpOfferAnswer},
                               {"FactorAnswer", kFactorAnswer},
                               {"Device", kDevice},
                               {"DevicesAnswer", kDevicesAnswer},
                               {"SecondFactorPolicy", kSecondFactorPolicy},
                               {"SecurityPolicy", kSecurityPolicy},
                               {"SecurityPolicyAnswer", kSecurityPolicyAnswer},
                               {"SecurityPolicyWrite", kSecurityPolicyWrite},
                               {"SecurityPolicyBody", kSecurityPolicyBody},
                               {"MissingFactor", kMissingFactor},
                               {"MissingFactorsAnswer", kMissingAnswer},
                               {"CustomRole", kRole},
                               {"CustomRoleWrite", kRoleWrite},
                               {"CustomRoleBody", kRoleBody},
                               {"CustomRoleAnswer", kRoleAnswer},
                               {"PermissionInfo", kPermission},
                               {"CustomRolesAnswer", kRolesAnswer},
                               {"UserRole", kUserRole},
                               {"UserRoleBody", kUserRoleBody},
                               {"PasswordPolicy", kPasswordPolicy},
                               {"PasswordPolicies", kPasswordPolicies},
                               {"PasswordPoliciesAnswer", kPoliciesAnswer},
                               {"PasswordPoliciesWrite", kPasswordPoliciesWrite},
                               {"PasswordPoliciesBody", kPoliciesBody},
                               {"NetworkRules", kNetworkRules},
                               {"NetworkRulesAnswer", kNetworkRulesAnswer},
                               {"NetworkRulesWrite", kNetworkRulesWrite},
                               {"NetworkRulesBody", kNetworkRulesBody},
                               {"NetworkBlock", kNetworkBlock},
                               {"NetworkBlockAnswer", kNetworkBlockAnswer},
                               {"NetworkBlocksAnswer", kNetworkBlocksAnswer},
                               {"BlockFeed", kBlockFeed},
                               {"NetworkBlockWrite", kNetworkBlockWrite},
                               {"NetworkBlockBody", kNetworkBlockBody},
                               {"ApiToken", kToken},
                               {"ApiTokensAnswer", kTokensAnswer},
                               {"ApiTokenAnswer", kTokenAnswer},
                               {"ApiTokenWrite", kTokenWrite},
                               {"ApiTokenBody", kTokenBody},
                               {"AuditLog", kAuditLog},
                               {"AuditChange", kAuditChange},
                               {"AuditPageMeta", kAuditMeta},
                               {"AuditLogsAnswer", kAuditLogsAnswer},
                               {"SignInsAnswer", kSignInsAnswer},
                               {"AuditLogAnswer", kAuditLogAnswer},
                               {"AuditChain", kChain},
                               {"ChainVerification", kVerification},
                               {"ChainFault", kFault},
                               {"AuditChainAnswer", kChainAnswer},
                               {"SupportAccess", kGrant},
                               {"SupportEnrolment", kEnrolmentLink},
                               {"SupportAccessListAnswer", kGrantsAnswer},
                               {"SupportAccessAnswer", kGrantAnswer},
                               {"SupportAccessWrite", kGrantWrite},
                               {"SupportAccessBody", kGrantBody},
                               {"SecurityCheck", kCheck},
                               {"SecurityChecklist", kChecklist},
                               {"SecurityChecklistAnswer", kChecklistAnswer},
                               {"SecurityContact", kContact},
                               {"SecurityContactAnswer", kContactAnswer}};

}  // namespace

std::span<const Schema> people_schemas() { return kSchemas; }

}  // namespace postern::web
