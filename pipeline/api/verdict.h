#pragma once
// pipeline/api/verdict.h: what the checks found, as data that is stored, shown and used in rules. Result words are
// those of RFC 8601. No field holds a value that was redacted.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "pipeline/api/redaction_rules.h"

namespace postern::pipeline {

// RFC 8601 result words of all methods; not every method uses every word.
enum class AuthResult { kNone, kPass, kFail, kSoftFail, kNeutral, kPolicy, kTempError, kPermError };
std::string_view to_string(AuthResult result);  // "none", "pass", "fail", "softfail", "neutral", "policy", "temperror", "permerror"

struct SpfVerdict {
  AuthResult result = AuthResult::kNone;
  std::string identity = "mailfrom";  // or "helo" (RFC 7208 section 2.4)
  std::string domain;                 // whose record was evaluated
  std::string explanation;            // publisher's exp= text, expanded safely; empty when none
  std::string reason;                 // ours, for people: "more than 10 DNS lookups"
};

struct DkimVerdict {
  AuthResult result = AuthResult::kNone;
  std::string domain;     // d=
  std::string selector;   // s=
  std::string identity;   // i=
  std::string algorithm;  // a=
  std::string reason;     // why not pass
  std::uint32_t key_bits = 0;
};

enum class DmarcPolicy { kNone, kQuarantine, kReject };
std::string_view to_string(DmarcPolicy policy);

// The policy record as published, for aggregate reports (RFC 9990) and for whoever asks why.
struct DmarcPublished {
  bool is_spf_strict = false;   // aspf=s
  bool is_dkim_strict = false;  // adkim=s
  bool is_testing = false;      // t=y
  std::string policy;            // p=, sp= and np= as words; empty when absent
  std::string subdomain_policy;
  std::string nonexistent_policy;
  friend bool operator==(const DmarcPublished&, const DmarcPublished&) = default;
};

struct DmarcVerdict {
  AuthResult result = AuthResult::kNone;
  DmarcPolicy policy = DmarcPolicy::kNone;       // what the domain publishes for this From
  DmarcPolicy disposition = DmarcPolicy::kNone;  // what we do
  std::string domain;                            // From domain
  std::string policy_domain;                     // where the record was found
  std::vector<std::string> aligned_by;           // "spf", "dkim"
  std::string reason;
  DmarcPublished published;
  // Why the disposition is milder than the policy, a word of RFC 9990: "trusted_forwarder", "local_policy",
  // "policy_test_mode"; empty when it is not.
  std::string overridden_by;
};

struct ArcVerdict {
  AuthResult result = AuthResult::kNone;  // of the chain (RFC 8617 section 5.2): none, pass, fail, temperror
  std::uint32_t instances = 0;            // sets present in the header
  std::string sealer;                     // d= of the newest seal
  std::string reason;                     // why not pass
  bool is_trusted = false;                // the chain passes and its newest sealer is one that the operator trusts
  // What the newest trusted sealer had found when the message reached it, of the author's domain: kNone when it says
  // nothing of it or is not trusted.
  AuthResult sealed_dmarc = AuthResult::kNone;
};

// A list in DNS that knows the client (RFC 5782).
struct DnsListHit {
  std::string list;    // its zone
  std::string answer;  // "127.0.0.2"
  bool is_allow = false;
};

// One question that a check asked DNS, and what came back: why a verdict is what it is.
struct DnsStep {
  std::string method;  // "spf", "dkim", "dmarc", "arc", "iprev", "helo"
  std::string name;
  std::string type;    // "TXT"
  std::string status;  // "ok", "nodata", "nxdomain", "servfail", "timeout", "bogus"
  bool is_secure = false;
  std::vector<std::string> records;  // as text, cut to TrailLimits
};

struct AuthVerdicts {
  SpfVerdict spf;
  std::vector<DkimVerdict> dkim;
  DmarcVerdict dmarc;
  ArcVerdict arc;
  AuthResult iprev = AuthResult::kNone;  // forward-confirmed reverse DNS (RFC 8601 section 2.7.3)
  std::string iprev_name;
  AuthResult helo = AuthResult::kNone;  // the HELO name leads to the client: pass, fail, temperror; none: no host name
  std::vector<DnsListHit> lists;
  std::vector<DnsStep> dns;             // in the order of the methods above
};

// One class of finding in one place; never the value.
struct Redaction {
  std::string rule;   // "card"
  std::string brand;  // "visa"; empty for other rules
  std::string part;   // MIME part path "1.2"; "0" for the header
  std::string where;  // media type, or "header:subject"
  std::uint32_t count = 0;
  friend bool operator==(const Redaction&, const Redaction&) = default;
};

// An enforced rule that matched, for what it wants done with the mail.
struct RuleHit {
  std::string rule;
  core::WorkspaceId workspace;            // whose rule it is
  std::vector<core::InboxId> inboxes;     // recipients' inboxes where it is enforced
  OnMatch on_match = OnMatch::kAccept;
  std::vector<std::string> tags;
};

// Whose a rule is that an operator has written. Its name is nobody else's business.
struct RuleOwners {
  std::string rule;
  std::vector<core::WorkspaceId> workspaces;
};

struct SpamSymbol {
  std::string name;  // "DMARC_FAIL"
  double weight = 0;
};

enum class SpamAction { kAccept, kSuspend, kReject };
std::string_view to_string(SpamAction action);

struct SpamVerdict {
  double score = 0;
  SpamAction action = SpamAction::kAccept;
  std::vector<SpamSymbol> symbols;
};

// Parsers that would not agree on this message: how far, as a score for spam and people.
struct ParseReport {
  bool degraded = false;             // the structure could not be trusted; content was taken as text
  std::vector<std::string> defects;  // stable words: "header_without_colon", "depth_limit", …
  std::uint32_t ambiguity = 0;       // weighted defects on which real readers disagree; 0 to 100
};

struct Verdicts {
  ParseReport parse;
  AuthVerdicts auth;
  std::vector<Redaction> redactions;
  std::vector<Redaction> shadow_findings;  // of rules that only count
  std::vector<RuleHit> rule_hits;          // what enforced rules ask for beyond rewriting
  SpamVerdict spam;
  std::vector<RuleOwners> rule_owners;     // of mail for several workspaces: of those rules among the findings; not stored
};

}  // namespace postern::pipeline
