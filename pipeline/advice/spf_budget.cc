#include "pipeline/advice/spf_budget.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/advice/spf_merge.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/options.h"
#include "pipeline/sender/spf_record.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kMxNamesMax = SpfLimits{}.mx_names_max;

// A name that depends on the message cannot be looked at beforehand.
bool has_macro(const std::string& domain_spec) { return domain_spec.find('%') != std::string::npos; }

class Counter {
 public:
  explicit Counter(const AdviceRun& run) : run_(run) {
    budget_.lookups_max = SpfLimits{}.lookups_max;
    budget_.void_lookups_max = SpfLimits{}.void_lookups_max;
  }
  // Counts the terms of `record`, at `domain`; the names above it are in path_.
  core::Task<void> count(std::string domain, std::string record);
  SpfBudget take() { return std::move(budget_); }

 private:
  core::Task<void> count_term(std::string domain, std::string text, SpfRecord parsed, bool has_all);
  core::Task<void> follow(std::size_t row, std::string name);
  core::Task<void> look(std::size_t row, std::string name, bool is_mx);
  // The row is named by its place: deeper terms are added to the same list while it is worked on.
  SpfCost& at(std::size_t row) { return budget_.terms[row]; }
  bool is_full() const { return budget_.terms.size() >= run_.limits.spf_terms_max || budget_.lookups >= run_.limits.spf_lookups_max; }
  void note_void(std::size_t row) {
    at(row).is_void = true;
    ++budget_.void_lookups;
  }

  const AdviceRun& run_;
  SpfBudget budget_;
  std::vector<std::string> path_;
};

core::Task<void> Counter::count(std::string domain, std::string record) {
  path_.push_back(net::normalize_name(domain));
  const std::vector<std::string> terms = spf_terms(record);
  const std::optional<SpfRecord> whole = parse_spf_record(record);
  const bool has_all = whole && std::any_of(whole->terms.begin(), whole->terms.end(), [](const SpfTerm& term) {
    return term.mechanism == SpfMechanism::kAll;
  });
  for (const std::string& text : terms) {
    if (is_full()) {
      budget_.is_complete = false;
      break;
    }
    std::optional<SpfRecord> parsed = parse_spf_record("v=spf1 " + text);
    if (!parsed) continue;  // the caller has seen that the whole record is valid
    const bool is_all = !parsed->terms.empty() && parsed->terms[0].mechanism == SpfMechanism::kAll;
    co_await count_term(domain, text, std::move(*parsed), has_all);
    if (is_all) break;
  }
  path_.pop_back();
}

core::Task<void> Counter::count_term(std::string domain, std::string text, SpfRecord parsed, bool has_all) {
  const bool is_redirect = parsed.redirect.has_value();
  if (parsed.terms.empty() && !is_redirect) co_return;  // exp= and unknown modifiers cost nothing
  if (is_redirect && has_all) co_return;                // never followed (RFC 7208 section 6.1)
  const SpfMechanism mechanism = is_redirect ? SpfMechanism::kInclude : parsed.terms[0].mechanism;
  std::string name = is_redirect ? *parsed.redirect : parsed.terms[0].domain_spec;
  if (name.empty()) name = domain;
  const std::size_t row = budget_.terms.size();
  SpfCost cost;
  cost.depth = static_cast<std::uint32_t>(path_.size() - 1);
  cost.term = std::move(text);
  budget_.terms.push_back(std::move(cost));
  const bool is_free =
      mechanism == SpfMechanism::kAll || mechanism == SpfMechanism::kIp4 || mechanism == SpfMechanism::kIp6;
  if (is_free) co_return;
  const std::uint32_t before = budget_.lookups++;
  if (mechanism == SpfMechanism::kPtr) {
    at(row).problem = "is slow and should not be used (RFC 7208 section 5.5)";
  } else if (has_macro(name)) {
    if (mechanism == SpfMechanism::kInclude) budget_.is_complete = false;
  } else if (mechanism == SpfMechanism::kInclude) {
    co_await follow(row, std::move(name));
  } else if (mechanism == SpfMechanism::kA || mechanism == SpfMechanism::kMx) {
    co_await look(row, std::move(name), mechanism == SpfMechanism::kMx);
  }
  at(row).lookups = budget_.lookups - before;
}

core::Task<void> Counter::follow(std::size_t row, std::string name) {
  if (std::find(path_.begin(), path_.end(), net::normalize_name(name)) != path_.end()) {
    at(row).problem = "leads back to itself, which receivers answer with an error";
    co_return;
  }
  const net::DnsAnswer answer = co_await run_.ask(name, net::DnsType::kTxt);
  if (answer.is_transient_failure()) {
    at(row).problem = failure_sentence(answer, name);
    budget_.is_complete = false;
    co_return;
  }
  if (answer.is_absent()) note_void(row);
  std::vector<std::string> records = answer.txt();
  std::erase_if(records, [](const std::string& text) { return !is_spf_record(text); });
  if (records.size() != 1) {
    at(row).problem = records.empty() ? "has no SPF record, which receivers answer with an error"
                                      : "has more than one SPF record, which receivers answer with an error";
  } else if (!parse_spf_record(records[0])) {
    at(row).problem = "has a record with a syntax error";
  } else {
    co_await count(std::move(name), std::move(records[0]));
  }
}

core::Task<void> Counter::look(std::size_t row, std::string name, bool is_mx) {
  net::DnsAnswer answer = co_await run_.ask(name, is_mx ? net::DnsType::kMx : net::DnsType::kA);
  if (!is_mx && answer.is_absent()) answer = co_await run_.ask(name, net::DnsType::kAaaa);
  if (answer.is_transient_failure()) {
    at(row).problem = failure_sentence(answer, name);
    budget_.is_complete = false;
  } else if (answer.is_absent()) {
    note_void(row);
    at(row).problem = "matches nothing: " + name + (is_mx ? " has no MX record" : " has no address");
  } else if (is_mx && answer.mx().size() > kMxNamesMax) {
    at(row).problem = "has more than " + std::to_string(kMxNamesMax) + " MX records, which receivers answer with an error";
  }
}

}  // namespace

core::Task<SpfBudget> count_spf_lookups(const AdviceRun& run, std::string domain, std::string record) {
  Counter counter(run);
  co_await counter.count(std::move(domain), std::move(record));
  co_return counter.take();
}

}  // namespace postern::pipeline
