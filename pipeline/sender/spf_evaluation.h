#pragma once
// pipeline/sender/spf_evaluation.h: check_host() of RFC 7208 section 4 for one message: walks the terms of the records
// that spf_record parsed, asks DNS as it goes, and counts what section 4.6.4 limits.
// Thread-safety: one coroutine at a time.  Ownership: borrows the resolver; the object outlives its coroutines.
// Errors: none; what ended the evaluation early is its result and reason().
// Limits: SpfLimits. Includes nest no deeper than lookups_max, for each one costs a look-up.
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/deadline.h"
#include "core/task.h"
#include "net/dns.h"
#include "net/ip.h"
#include "pipeline/api/verdict.h"
#include "pipeline/sender/options.h"
#include "pipeline/sender/spf_macro.h"
#include "pipeline/sender/spf_record.h"

namespace postern::pipeline {

// Whose mail is judged. `domain` is the one whose record is evaluated first.
struct SpfSubject {
  net::IpAddress ip;
  std::string helo;
  std::string local;
  std::string domain;
  std::string unix_time;  // %{t} of explanations
};

class SpfEvaluation {
 public:
  SpfEvaluation(net::DnsResolver& resolver, SpfSubject subject, SpfLimits limits, core::Deadline by)
      : resolver_(resolver), subject_(std::move(subject)), limits_(limits), by_(by) {}
  SpfEvaluation(const SpfEvaluation&) = delete;
  SpfEvaluation& operator=(const SpfEvaluation&) = delete;

  core::Task<AuthResult> check();
  // Why the result is an error; empty otherwise.
  const std::string& reason() const { return reason_; }
  // After "fail": the publisher's text (section 6.2), expanded; empty when there is none or anything is odd about it.
  core::Task<std::string> explanation();

 private:
  using Key = std::pair<std::string, net::DnsType>;
  struct Deciding {  // the record whose term matched
    std::string domain;
    std::optional<std::string> explanation;
  };

  core::Task<AuthResult> check_host(std::string domain, bool is_included);
  core::Task<std::optional<SpfRecord>> find_record(std::string domain);
  core::Task<bool> matches(const SpfTerm& term, const std::string& domain);
  core::Task<bool> matches_include(std::string target);
  core::Task<bool> matches_address(std::string target, const SpfTerm& term);
  core::Task<bool> matches_mx(std::string target, const SpfTerm& term);
  core::Task<bool> matches_ptr(std::string target);
  core::Task<bool> matches_exists(std::string target);
  // Names of the client's address that lead back to it and are `ancestor` or below it; empty: any name.
  core::Task<std::vector<std::string>> validated_names(std::string ancestor);
  core::Task<std::string> ptr_value(std::string domain);
  core::Task<SpfMacroValues> macro_values(std::string_view text, std::string domain);
  core::Task<std::string> target_of(std::string_view domain_spec, const std::string& domain);

  // The answer of one question; each is asked once. nullptr: it cannot be asked, or one too many.
  core::Task<const net::DnsAnswer*> look_up(std::string name, net::DnsType type);
  core::Task<void> look_up_all(std::vector<std::string> names, net::DnsType type);
  bool contains_client(const std::vector<net::IpAddress>& addresses, const SpfTerm& term) const;
  bool count_lookup();
  void count_void(const net::DnsAnswer* answer);
  void end_with(AuthResult error, std::string_view reason);
  net::DnsType address_type() const { return subject_.ip.is_v4() ? net::DnsType::kA : net::DnsType::kAaaa; }

  net::DnsResolver& resolver_;
  const SpfSubject subject_;
  const SpfLimits limits_;
  const core::Deadline by_;
  std::map<Key, net::DnsAnswer> answers_;
  std::optional<AuthResult> error_;
  std::string reason_;
  std::optional<Deciding> deciding_;
  std::uint32_t lookups_ = 0;
  std::uint32_t void_lookups_ = 0;
  std::uint32_t questions_ = 0;
};

}  // namespace postern::pipeline
