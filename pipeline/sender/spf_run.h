#pragma once
// pipeline/sender/spf_run.h: one evaluation of SPF seen from DNS. Answers what the evaluator asks from a table of
// fetched answers, notes what is missing, and counts what RFC 7208 section 4.6.4 limits. Records are parsed strictly
// and rewritten for the evaluator with every macro expanded and every name replaced by an alias of ours, so nothing
// that a peer wrote reaches it except the addresses and the PTR names. Thread-safety: one thread.  Ownership: borrows
// the table during the evaluation.
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/dns.h"
#include "net/ip.h"
#include "pipeline/sender/options.h"
#include "pipeline/sender/spf_macro.h"
#include "pipeline/sender/spf_record.h"

namespace postern::pipeline {

// DNS answers fetched for one check.
class SpfDnsTable {
 public:
  void add(const net::DnsQuestion& question, net::DnsAnswer answer);
  const net::DnsAnswer* find(const std::string& name, net::DnsType type) const;

 private:
  std::map<std::pair<std::string, net::DnsType>, net::DnsAnswer> answers_;
};

// Whose mail is judged. `domain` is the one whose record is evaluated first.
struct SpfSubject {
  net::IpAddress ip;
  std::string helo;
  std::string local;
  std::string domain;
};

// What the evaluator is told. Values are addresses, names or records by type of question.
struct SpfReply {
  enum class Status { kOk, kNoData, kNxDomain, kTryAgain };
  Status status = Status::kTryAgain;
  std::vector<std::string> values;
  std::vector<net::IpAddress> addresses;
};

class SpfRun {
 public:
  SpfRun(const SpfSubject& subject, const SpfDnsTable& table, const SpfLimits& limits);

  // The name under which the evaluator is to start.
  const std::string& initial_name() const { return initial_name_; }
  // `type` is one of TXT, A, AAAA, MX, PTR.
  SpfReply answer(const std::string& name, net::DnsType type);

  const std::vector<net::DnsQuestion>& missing() const { return missing_; }
  bool has_permanent_error() const { return !permanent_error_.empty(); }
  const std::string& permanent_error() const { return permanent_error_; }
  bool has_temporary_error() const { return has_temporary_error_; }
  bool has_record() const { return has_record_; }
  // Where the explanation of a "fail" is published (exp= of the record that decides); empty when none.
  const std::string& explanation_name() const { return explanation_name_; }
  const std::string& explanation_domain() const { return explanation_domain_; }
  SpfMacroValues macro_values(const std::string& domain) const;
  // Value of %{p}; nullopt while answers are missing.
  std::optional<std::string> validated_name(const std::string& domain);

 private:
  enum class Purpose { kInitial, kInclude, kRedirect, kA, kMx, kMxHost, kExists };
  struct Target {
    Purpose purpose = Purpose::kInitial;
    std::string name;
    bool is_in_include = false;
    bool matches_any = false;  // a /0 prefix: any address of the client's family matches
  };
  struct Context;  // the record being rewritten

  std::string alias(Target target);
  const Target* target_of(const std::string& name) const;
  SpfReply record_reply(const Target& target);
  SpfReply host_reply(const Target& target, net::DnsType type);
  SpfReply mx_reply(const Target& target);
  SpfReply ptr_reply();
  SpfReply ptr_host_reply(const std::string& name, net::DnsType type);
  std::optional<std::string> rewrite(const SpfRecord& record, const Target& target);
  std::string rewrite_term(const SpfTerm& term, const Target& target, const SpfMacroValues& values);
  // The answer, or nullptr with the question noted as missing.
  const net::DnsAnswer* look_up(const std::string& name, net::DnsType type);
  bool count_lookup();
  void count_void();
  SpfReply refuse(std::string_view reason);
  net::DnsType address_type() const { return subject_.ip.is_v4() ? net::DnsType::kA : net::DnsType::kAaaa; }

  const SpfSubject& subject_;
  const SpfDnsTable& table_;
  const SpfLimits& limits_;
  std::vector<Target> targets_;
  std::string initial_name_;
  std::vector<net::DnsQuestion> missing_;
  std::string permanent_error_;
  bool has_temporary_error_ = false;
  bool has_record_ = false;
  std::string explanation_name_;
  std::string explanation_domain_;
  std::uint32_t lookups_ = 0;
  std::uint32_t void_lookups_ = 0;
};

}  // namespace postern::pipeline
