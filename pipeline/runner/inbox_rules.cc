#include "pipeline/runner/inbox_rules.h"

#include <algorithm>

#include "pipeline/api/author_proof.h"
#include "pipeline/runner/policy.h"

namespace postern::pipeline {
namespace {

// What one inbox wants, and the word for it when the message waits there.
struct Wish {
  SenderAction action = SenderAction::kAccept;
  const char* cause = "";
};

SenderAction published(const DmarcVerdict& dmarc, const RunnerOptions& options) {
  switch (dmarc.disposition) {
    case DmarcPolicy::kReject: return options.rejects_dmarc_fail ? SenderAction::kReject : SenderAction::kSuspend;
    case DmarcPolicy::kQuarantine: return SenderAction::kSuspend;
    case DmarcPolicy::kNone: return SenderAction::kAccept;
  }
  return SenderAction::kAccept;
}

Wish wish_of(const InboxPolicy& policy, const AuthVerdicts& auth, const RunnerOptions& options) {
  const DmarcVerdict& dmarc = auth.dmarc;
  if (dmarc.overridden_by == "trusted_forwarder") return {};
  switch (dmarc.result) {
    case AuthResult::kFail:
      return {policy.on_dmarc_fail == SenderAction::kPublished ? published(dmarc, options) : policy.on_dmarc_fail, "dmarc"};
    case AuthResult::kTempError:
      // A domain that asks for nothing gets nothing: its broken records must not keep its mail out.
      if (!dmarc.policy_domain.empty() && dmarc.policy == DmarcPolicy::kNone) return {};
      if (policy.on_temperror == SenderAction::kDefer && !options.defers_dmarc_temperror) return {};
      if (is_author_proven(auth, dmarc.domain)) return {};  // by a trusted seal
      return {policy.on_temperror, "temperror"};
    case AuthResult::kNone:
      return is_author_proven(auth, dmarc.domain) ? Wish{} : Wish{policy.on_no_dmarc, "unproven"};
    default: return {};
  }
}

SmtpVerdict refusal_for(const Wish& wish, const AuthVerdicts& auth) {
  const std::string author = reply_domain(auth.dmarc.domain);
  if (wish.cause == std::string_view("blocked")) return refusal(550, "5.7.1", "This sender is blocked here");
  // RFC 7372 section 3.3 has 5.7.26 for several failed checks, which a DMARC failure is.
  if (wish.cause == std::string_view("dmarc")) {
    const bool is_asked = auth.dmarc.policy == DmarcPolicy::kReject;
    return refusal(550, "5.7.26", "Not authenticated as " + author + (is_asked ? ", whose DMARC policy asks to refuse it" : ""));
  }
  return refusal(550, "5.7.26", "Neither SPF nor DKIM proves that this is from " + author);
}

SmtpVerdict deferral_for(const AuthVerdicts& auth) {
  const std::string author = reply_domain(auth.dmarc.domain);
  if (auth.dmarc.policy_domain.empty()) {
    return deferral("4.7.26", "The DMARC policy of " + author + " could not be looked up, try again later");
  }
  return deferral("4.7.26", "The SPF or DKIM records for " + author + " could not be looked up, try again later");
}

// Who sent the message is gathered when the first inbox with a list asks: most have none.
class ListReader {
 public:
  ListReader(const Envelope& envelope, const Message& message, const AuthVerdicts& auth, SenderListCache& lists)
      : envelope_(envelope), message_(message), auth_(auth), lists_(lists) {}
  ListVerdict read(const std::shared_ptr<const InboxPolicy>& policy) {
    if (!SenderListCache::has_entries(policy.get())) return ListVerdict::kNone;
    if (!facts_) facts_ = find_sender_facts(envelope_, message_, auth_);
    return lists_.match(policy, *facts_).verdict;
  }

 private:
  const Envelope& envelope_;
  const Message& message_;
  const AuthVerdicts& auth_;
  SenderListCache& lists_;
  std::optional<SenderFacts> facts_;
};

// What aggregate reports and the page say was done, where it is not what the author's domain asks for.
void set_disposition(DmarcVerdict& dmarc, DmarcPolicy done) {
  if (dmarc.result != AuthResult::kFail) return;
  if (done < dmarc.policy && dmarc.overridden_by.empty()) dmarc.overridden_by = "local_policy";
  dmarc.disposition = done;
}

}  // namespace

std::optional<SmtpVerdict> apply_inbox_rules(Envelope& envelope, AuthVerdicts& auth, const Message& message,
                                             const RunnerOptions& options, SenderListCache& lists) {
  static const InboxPolicy kDefaults;
  if (auth.dmarc.result == AuthResult::kPermError) {
    return refusal(550, "5.7.1", auth.dmarc.reason.empty() ? "The From field does not tell one author" : printable(auth.dmarc.reason));
  }
  ListReader reader(envelope, message, auth, lists);
  std::vector<Wish> wishes;
  for (Recipient& rcpt : envelope.rcpts) {
    const ListVerdict listed = reader.read(rcpt.policy);
    rcpt.is_allowed = listed == ListVerdict::kAllowed;
    if (listed == ListVerdict::kBlocked) {
      wishes.push_back({SenderAction::kReject, "blocked"});
    } else {
      wishes.push_back(rcpt.is_allowed ? Wish{} : wish_of(rcpt.policy ? *rcpt.policy : kDefaults, auth, options));
    }
  }
  if (wishes.empty()) wishes.push_back(wish_of(kDefaults, auth, options));  // postern scan without a recipient
  const auto wants = [&wishes](SenderAction action) {
    return std::ranges::count(wishes, action, &Wish::action);
  };
  if (wants(SenderAction::kDefer) > 0) return deferral_for(auth);
  if (static_cast<std::size_t>(wants(SenderAction::kReject)) == wishes.size()) {
    set_disposition(auth.dmarc, DmarcPolicy::kReject);
    return refusal_for(wishes.front(), auth);
  }
  for (std::size_t i = 0; i < envelope.rcpts.size(); ++i) {
    if (wishes[i].action != SenderAction::kAccept) envelope.rcpts[i].held_cause = wishes[i].cause;
  }
  set_disposition(auth.dmarc, wants(SenderAction::kAccept) > 0 ? DmarcPolicy::kNone : DmarcPolicy::kQuarantine);
  return std::nullopt;
}

}  // namespace postern::pipeline
