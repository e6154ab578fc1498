#include "app/security_checklist.h"

#include <fmt/format.h>

#include <algorithm>

#include "auth/audit_trail/shipping/shipper.h"
#include "auth/second_factors/factor_records.h"
#include "net/certificate.h"
#include "pipeline/api/domain_advice.h"

namespace postern::app {
namespace {

using web::CheckState;
using web::SecurityCheck;

constexpr std::int64_t kDayMs = 86'400'000;

// One look at one workspace; rows are added in the order of the page.
class Looker {
 public:
  Looker(Services& services, core::WorkspaceId workspace, ChecklistLimits limits)
      : services_(services), shipper_(services.live().shipper), workspace_(workspace), limits_(limits),
        now_(core::to_unix_ms(services.clock().wall_now())) {}
  core::Result<void> look();
  void add_domain(const std::string& domain, const core::Result<pipeline::DomainAdvice>* advice);
  web::SecurityChecklist list;

 private:
  SecurityCheck& add(std::string id, std::string title, std::string why, std::uint32_t weight);
  core::Result<void> look_at_people();
  core::Result<void> look_at_passwords();
  core::Result<void> look_at_tokens();
  core::Result<void> look_at_networks();
  core::Result<void> look_at_audit();
  void look_at_shipping();
  void look_at_certificate();
  void look_at_machine();
  void look_at_redaction();

  Services& services_;
  const auth::AuditShipper* shipper_;
  const core::WorkspaceId workspace_;
  const ChecklistLimits limits_;
  const std::int64_t now_;
};

SecurityCheck& Looker::add(std::string id, std::string title, std::string why, std::uint32_t weight) {
  SecurityCheck row;
  row.id = std::move(id);
  row.title = std::move(title);
  row.why = std::move(why);
  row.weight = weight;
  list.checks.push_back(std::move(row));
  return list.checks.back();
}

void judge(SecurityCheck& row, CheckState state, std::string found, std::string fix = {}, std::string page = {}) {
  row.state = state;
  row.found = std::move(found);
  if (state != CheckState::kGood) row.fix = std::move(fix);
  row.page = std::move(page);
}

core::Result<void> Looker::look_at_people() {
  POSTERN_TRY(const std::vector<auth::User> all, services_.accounts().accounts(workspace_));
  const auto snapshot = services_.store().snapshot();
  std::size_t admins = 0;
  std::size_t admins_without = 0;
  std::size_t owners = 0;
  std::size_t from_outside = 0;
  for (const auth::User& each : all) {
    if (each.is_disabled) continue;
    if (each.support != 0) ++from_outside;
    if (each.role == auth::Role::kOwner) ++owners;
    if (each.role < auth::Role::kAdmin || !each.has_password) continue;
    ++admins;
    POSTERN_TRY(const auto factors, auth::read_factors(*snapshot, services_.vault(), workspace_, each.id));
    if (!auth::has_factor(factors)) ++admins_without;
  }
  judge(add("two_factor_admins", "Admins use a second factor", "A stolen password of an admin opens everything.", 5),
        admins == 0 ? CheckState::kUnknown : admins_without == 0 ? CheckState::kGood : CheckState::kBad, fmt::format("{} of {} admins and owners have one", admins - admins_without, admins),
        "Have them add an authenticator app or a security key, and require it.", "#/people");
  POSTERN_TRY(const auth::SecurityPolicy policy, services_.ways_in().policies.current(workspace_));
  const auth::RequiredOf of = policy.second_factor.required_of;
  judge(add("two_factor_required", "A second factor is required", "What is left to each person is left out by some.", 3),
        of == auth::RequiredOf::kEverybody ? CheckState::kGood : of == auth::RequiredOf::kAdmins ? CheckState::kWarning : CheckState::kBad,
        fmt::format("required of: {}", auth::to_string(of)), "Require it of everybody who answers tickets.", "#/settings");
  judge(add("owners", "Several owners, but few", "A single owner who is away, or gone, leaves nobody who can act.", 1),
        owners >= 2 && owners <= 5 ? CheckState::kGood : CheckState::kWarning, fmt::format("{} owners", owners), "Have two to five owners.", "#/people");
  judge(add("support_access", "Nobody from outside is let in", "Support access is for a case, and ends with it.", 1),
        from_outside == 0 ? CheckState::kGood : CheckState::kWarning, fmt::format("{} let in now", from_outside), "End it when the case is closed.", "#/support-access");
  return {};
}

core::Result<void> Looker::look_at_passwords() {
  POSTERN_TRY(const auth::PasswordPolicies policies, services_.accounts().password_policies(workspace_));
  const auth::PasswordRules rules = auth::rules_of(policies.agents, services_.options().auth);
  judge(add("password_policy", "Long passwords", "Length is what keeps guessing from working.", 2),
        rules.length_min >= 12 ? CheckState::kGood : rules.length_min >= 10 ? CheckState::kWarning : CheckState::kBad,
        fmt::format("level {}, at least {} characters", auth::to_string(policies.agents.level), rules.length_min), "Take the recommended level.", "#/policies");
  const bool has_list = !services_.options().auth.breached_passwords.empty();
  judge(add("leaked_passwords", "Leaked passwords are refused", "Attackers begin with what leaked elsewhere.", 1),
        has_list ? CheckState::kGood : CheckState::kWarning, has_list ? "a list is configured" : "only the most common ones are refused",
        "Set auth.breached_passwords to a list of leaked hashes.");
  return {};
}

core::Result<void> Looker::look_at_tokens() {
  POSTERN_TRY(const std::vector<auth::Token> tokens, services_.sessions().all_tokens(workspace_));
  std::size_t endless = 0;
  std::size_t idle = 0;
  std::size_t wide = 0;
  for (const auth::Token& each : tokens) {
    if (each.expires_unix_ms != 0 && each.expires_unix_ms <= now_) continue;
    if (each.expires_unix_ms == 0) ++endless;
    if (now_ - std::max(each.last_used_unix_ms, each.created_unix_ms) > limits_.token_idle_days_max * kDayMs) ++idle;
    if (!each.scopes && each.networks.empty()) ++wide;
  }
  judge(add("tokens_expire", "API tokens end", "A token that nobody remembers works for whoever finds it.", 2),
        endless == 0 ? CheckState::kGood : CheckState::kWarning, fmt::format("{} of {} never end", endless, tokens.size()), "Give tokens an end when you rotate them.", "#/people");
  judge(add("tokens_idle", "No unused API tokens", "What is not used is not missed when it is stolen.", 1),
        idle == 0 ? CheckState::kGood : CheckState::kWarning, fmt::format("{} were not used for {} days", idle, limits_.token_idle_days_max), "Revoke them.", "#/people");
  judge(add("tokens_limited", "API tokens are limited", "Scopes and networks bound what a stolen token can do.", 1),
        wide == 0 ? CheckState::kGood : CheckState::kWarning, fmt::format("{} may do all that their owner may, from anywhere", wide), "Give them scopes or networks.", "#/people");
  return {};
}

core::Result<void> Looker::look_at_networks() {
  POSTERN_TRY(const auth::NetworkRules rules, services_.networks().rules(workspace_));
  judge(add("allowed_networks", "Agents come from known networks", "Credentials that were stolen are of no use elsewhere.", 2),
        rules.allowed.empty() ? CheckState::kWarning : CheckState::kGood,
        rules.allowed.empty() ? "from everywhere" : fmt::format("{} ranges", rules.allowed.size()), "List your offices and VPN.", "#/policies");
  const std::size_t listed = services_.blocks().list()->listed();
  const std::vector<net::BlockFeedState> feeds = services_.blocks().feed_states();
  const auto is_stale = [this](const net::BlockFeedState& each) { return !each.fetched || now_ - core::to_unix_ms(*each.fetched) > limits_.feed_age_days_max * kDayMs; };
  const auto stale = static_cast<std::size_t>(std::ranges::count_if(feeds, is_stale));
  if (!feeds.empty()) {
    judge(add("blocked_feeds_fresh", "Deny lists are up to date", "Networks change hands: an old list shuts out the wrong ones.", 1),
          stale == 0 ? CheckState::kGood : CheckState::kWarning, fmt::format("{} of {} lists are old or missing", stale, feeds.size()),
          "See what GET /api/v2/network_blocks says of feeds.", "#/policies");
  }
  judge(add("blocked_feeds", "Known bad networks are blocked", "Much of what attacks comes from few networks.", 1),
        listed > 0 ? CheckState::kGood : CheckState::kWarning, fmt::format("{} networks are listed", listed), "Set smtp.block_feeds and web.block_feeds.");
  return {};
}

core::Result<void> Looker::look_at_audit() {
  POSTERN_TRY(const auth::SecurityContact contact, services_.security_contacts().get(workspace_));
  judge(add("security_contact", "A verified security contact", "Notices reach somebody, and finders of holes know where to write.", 3),
        contact.email.empty() ? CheckState::kBad : CheckState::kGood,
        contact.email.empty() ? (contact.pending.empty() ? "none" : "waits for its link to be opened") : contact.email, "Name one, and open the mailed link.", "#/audit");
  POSTERN_TRY(const auth::AuditTrail::State trail, services_.audit().state(workspace_));
  SecurityCheck& row = add("audit_verified", "The audit log was verified", "A log that somebody changed must not be believed.", 2);
  if (!trail.verified) {
    judge(row, CheckState::kWarning, "never", "Verify it now, and each week.", "#/audit");
  } else if (!trail.verified->is_intact()) {
    judge(row, CheckState::kBad, "BROKEN: " + trail.verified->fault->what, "Find out who could write to the store; compare with what was shipped.", "#/audit");
  } else {
    const std::int64_t days = (now_ - trail.verified->at_unix_ms) / kDayMs;
    judge(row, days <= limits_.verification_days_max ? CheckState::kGood : CheckState::kWarning, fmt::format("intact {} days ago", days),
          "Verify it each week.", "#/audit");
  }
  return {};
}

void Looker::look_at_shipping() {
  SecurityCheck& row = add("audit_shipping", "The audit log is kept elsewhere too", "Whoever has this machine can destroy what is on it.", 3);
  constexpr std::string_view kFix = "Set audit.ship_to to a log server that others run, with TLS.";
  const auto& receivers = services_.options().audit.shipping.receivers;
  if (receivers.empty()) return judge(row, CheckState::kBad, "shipped nowhere", std::string(kFix));
  if (shipper_ == nullptr) return judge(row, CheckState::kUnknown, fmt::format("{} receivers; a running server knows how it goes", receivers.size()));
  std::size_t failing = 0;
  std::size_t clear = 0;
  for (const auth::AuditShipper::State& each : shipper_->states()) {
    if (each.is_failing) ++failing;
    if (!each.is_encrypted) ++clear;
  }
  if (failing > 0) return judge(row, CheckState::kBad, fmt::format("{} of {} receivers cannot be reached", failing, receivers.size()), "The server's log tells why (audit.ship_failed).");
  judge(row, clear > 0 ? CheckState::kWarning : CheckState::kGood, fmt::format("{} receivers, {} of them without TLS", receivers.size(), clear), "Use syslog+tls, gelf+tls or https.");
}

void Looker::look_at_certificate() {
  SecurityCheck& row = add("certificate", "A certificate that browsers trust", "People who learn to click warnings away do it once too often.", 3);
  const auto facts = net::read_certificate(services_.options().resolve(services_.options().web_listen.certificate_file));
  if (!facts) return judge(row, CheckState::kUnknown, "it cannot be read");
  const std::int64_t days = (facts->not_after_unix_ms - now_) / kDayMs;
  if (facts->not_after_unix_ms <= now_) return judge(row, CheckState::kBad, "it has expired", "Renew it, then send SIGHUP.");
  if (facts->is_self_signed) return judge(row, CheckState::kBad, fmt::format("self-signed, {} days left", days), "Put one of a public authority over tls/cert.pem and tls/key.pem.");
  judge(row, days >= limits_.certificate_days_min ? CheckState::kGood : CheckState::kWarning, fmt::format("{} days left", days), "Renew it, then send SIGHUP.");
}

void Looker::look_at_machine() {
  const conf::GatewayOptions& options = services_.options();
  judge(add("encryption", "What is stored is encrypted", "A copied disk tells nothing.", 2), options.process.encrypt_files ? CheckState::kGood : CheckState::kBad,
        options.process.encrypt_files ? "AES-256" : "not encrypted", "Fixed when the store is made: make a new one with server.encrypt_files.");
  const bool is_private = options.operator_listen.port == 0 || options.operator_listen.address.is_loopback();
  judge(add("monitoring", "Monitoring is not public", "Metrics tell outsiders how the desk works.", 1), is_private ? CheckState::kGood : CheckState::kWarning,
        is_private ? "loopback or off" : "listens on " + options.operator_listen.to_string(), "Set operator.listen to loopback or a private network.");
}

void Looker::look_at_redaction() {
  const auto rules = services_.redaction().bench().sets.effective(workspace_);
  SecurityCheck& row = add("redaction", "Redaction rules are in force", "What is not stored cannot leak.", 2);
  if (!rules) return judge(row, CheckState::kUnknown, "not loaded");
  const auto enforced = std::ranges::count_if(rules->rules, [](const pipeline::RuleSpec& each) { return each.mode == pipeline::RuleMode::kEnforce; });
  const auto shadowed = std::ranges::count_if(rules->rules, [](const pipeline::RuleSpec& each) { return each.mode == pipeline::RuleMode::kShadow; });
  const bool is_right = enforced > 0 && !rules->is_fallback;
  judge(row, is_right ? CheckState::kGood : CheckState::kBad,
        rules->is_fallback ? "the published set cannot be used: the shipped rules stand in" : fmt::format("{} enforced, {} in shadow", enforced, shadowed),
        "Publish a set of rules: docs/redaction.md.");
}

core::Result<void> Looker::look() {
  POSTERN_CHECK(look_at_people());
  POSTERN_CHECK(look_at_passwords());
  POSTERN_CHECK(look_at_tokens());
  POSTERN_CHECK(look_at_networks());
  POSTERN_CHECK(look_at_audit());
  look_at_shipping();
  look_at_certificate();
  look_at_machine();
  look_at_redaction();
  return {};
}

CheckState state_of(pipeline::AdviceState state) {
  switch (state) {
    case pipeline::AdviceState::kOk: return CheckState::kGood;
    case pipeline::AdviceState::kWarning: return CheckState::kWarning;
    case pipeline::AdviceState::kMissing:
    case pipeline::AdviceState::kDifferent: return CheckState::kBad;
    case pipeline::AdviceState::kUnknown: break;
  }
  return CheckState::kUnknown;
}

// The worst of the records of SPF, DKIM and DMARC; null: nobody asked.
void Looker::add_domain(const std::string& domain, const core::Result<pipeline::DomainAdvice>* advice) {
  SecurityCheck& row = add("mail_domain:" + domain, "SPF, DKIM and DMARC of " + domain, "Without them anybody can write in your name.", 2);
  if (advice == nullptr || !*advice) return judge(row, CheckState::kUnknown, "not checked", "postern dns " + domain);
  std::string found;
  CheckState worst = CheckState::kUnknown;
  auto rank = [](CheckState state) { return state == CheckState::kBad ? 3 : state == CheckState::kWarning ? 2 : state == CheckState::kGood ? 1 : 0; };
  for (const pipeline::RecordAdvice& record : (*advice)->records) {
    if (record.purpose != "spf" && record.purpose != "dkim" && record.purpose != "dmarc") continue;
    found += fmt::format("{}{}: {}", found.empty() ? "" : ", ", record.purpose, pipeline::to_string(record.state));
    if (rank(state_of(record.state)) > rank(worst)) worst = state_of(record.state);
  }
  judge(row, worst, found, "postern dns " + domain + " says what to publish.");
}

}  // namespace

core::Task<core::Result<web::SecurityChecklist>> make_security_checklist(Services& services, core::WorkspaceId workspace, ChecklistLimits limits) {
  Looker looker(services, workspace, limits);
  POSTERN_CO_CHECK(looker.look());
  const core::Deadline by = core::Deadline::after(limits.check_max, services.clock());
  pipeline::DomainAdvisor* const advisor = services.live().advisor;
  const std::vector<std::string> domains = services.directory()->domains_of(workspace);
  for (std::size_t i = 0; i < domains.size(); ++i) {
    if (advisor == nullptr || i >= limits.domains_max) {
      looker.add_domain(domains[i], nullptr);
      continue;
    }
    const core::Result<pipeline::DomainAdvice> advice = co_await advisor->advise(domains[i], by);
    looker.add_domain(domains[i], &advice);
  }
  co_return std::move(looker.list);
}

}  // namespace postern::app
