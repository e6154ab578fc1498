#include "pipeline/sender/spf_evaluation.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/resolve_all.h"

namespace postern::pipeline {
namespace {

// A name that some server could hold; others are absent without asking (RFC 7208 section 4.8 leaves them undefined).
bool is_askable(const std::string& name) {
  return is_dns_name(name) &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
}

AuthResult result_of(char qualifier) {
  switch (qualifier) {
    case '-': return AuthResult::kFail;
    case '~': return AuthResult::kSoftFail;
    case '?': return AuthResult::kNeutral;
    default: return AuthResult::kPass;
  }
}

// True when the first `bits` of two addresses are the same; never across families.
bool share_prefix(const boost::asio::ip::address& a, const boost::asio::ip::address& b, unsigned bits) {
  if (a.is_v4() != b.is_v4()) return false;
  const auto same = [bits](const auto& left, const auto& right) {
    for (unsigned at = 0; at < bits; at += 8) {
      const unsigned kept = std::min(8U, bits - at);
      const unsigned mask = (0xff00U >> kept) & 0xffU;
      if (((left[at / 8] ^ right[at / 8]) & mask) != 0) return false;
    }
    return true;
  };
  return a.is_v4() ? same(a.to_v4().to_bytes(), b.to_v4().to_bytes()) : same(a.to_v6().to_bytes(), b.to_v6().to_bytes());
}

}  // namespace

void SpfEvaluation::end_with(AuthResult error, std::string_view reason) {
  if (error_) return;
  error_ = error;
  reason_ = reason;
}

bool SpfEvaluation::count_lookup() {
  if (++lookups_ <= limits_.lookups_max) return true;
  end_with(AuthResult::kPermError, "more than " + std::to_string(limits_.lookups_max) + " DNS lookups");
  return false;
}

// Section 4.6.4 limits the terms for which DNS has nothing, so what counts is the term's own question.
void SpfEvaluation::count_void(const net::DnsAnswer* answer) {
  if (answer == nullptr || !answer->is_absent() || ++void_lookups_ <= limits_.void_lookups_max) return;
  end_with(AuthResult::kPermError, "more than " + std::to_string(limits_.void_lookups_max) + " void DNS lookups");
}

core::Task<void> SpfEvaluation::look_up_all(std::vector<std::string> names, net::DnsType type) {
  std::vector<net::DnsQuestion> questions;
  for (const std::string& name : names) {
    net::DnsQuestion question(net::normalize_name(name), type);
    if (!is_askable(question.name) || answers_.contains({question.name, type})) continue;
    if (std::find(questions.begin(), questions.end(), question) != questions.end()) continue;
    if (++questions_ > limits_.questions_max) {
      end_with(AuthResult::kPermError, "too many DNS questions");
      co_return;
    }
    questions.push_back(std::move(question));
  }
  std::vector<net::DnsAnswer> answers = co_await resolve_all(resolver_, questions, by_);
  for (std::size_t i = 0; i < questions.size(); ++i)
    answers_.insert_or_assign({std::move(questions[i].name), type}, std::move(answers[i]));
}

core::Task<const net::DnsAnswer*> SpfEvaluation::look_up(std::string name, net::DnsType type) {
  std::vector<std::string> names{name};
  co_await look_up_all(std::move(names), type);
  const auto found = answers_.find({net::normalize_name(name), type});
  co_return found == answers_.end() ? nullptr : &found->second;
}

core::Task<AuthResult> SpfEvaluation::check() {
  std::string domain = subject_.domain;
  const AuthResult result = co_await check_host(std::move(domain), false);
  co_return error_.value_or(result);
}

core::Task<std::optional<SpfRecord>> SpfEvaluation::find_record(std::string domain) {
  const net::DnsAnswer* answer = co_await look_up(std::move(domain), net::DnsType::kTxt);
  if (answer == nullptr) co_return std::nullopt;
  if (answer->is_transient_failure()) {
    end_with(AuthResult::kTempError, "DNS did not answer");
    co_return std::nullopt;
  }
  std::vector<std::string> records = answer->txt();
  std::erase_if(records, [](const std::string& text) { return !is_spf_record(text); });
  if (records.empty()) co_return std::nullopt;
  std::optional<SpfRecord> record;
  if (records.size() > 1) {
    end_with(AuthResult::kPermError, "more than one SPF record");
  } else if (records[0].size() > limits_.record_bytes_max) {
    end_with(AuthResult::kPermError, "record too long");
  } else if (record = parse_spf_record(records[0]); !record) {
    end_with(AuthResult::kPermError, "record syntax error");
  }
  co_return record;
}

core::Task<AuthResult> SpfEvaluation::check_host(std::string domain, bool is_included) {
  // Section 4.3: a domain that cannot be one, or has a single label, has no record.
  if (!is_askable(domain) || count_labels(domain) < 2) co_return AuthResult::kNone;
  const std::optional<SpfRecord> record = co_await find_record(domain);
  if (!record) co_return AuthResult::kNone;
  for (const SpfTerm& term : record->terms) {
    const bool is_match = co_await matches(term, domain);
    if (error_) co_return *error_;
    if (!is_match) continue;
    if (!is_included) deciding_ = Deciding{domain, record->explanation};
    co_return result_of(term.qualifier);
  }
  if (!record->redirect) co_return AuthResult::kNeutral;
  if (!count_lookup()) co_return *error_;
  std::string target = co_await target_of(*record->redirect, domain);
  const AuthResult result = co_await check_host(std::move(target), is_included);
  if (result == AuthResult::kNone) end_with(AuthResult::kPermError, "redirect to a domain without SPF record");
  co_return error_.value_or(result);
}

core::Task<bool> SpfEvaluation::matches(const SpfTerm& term, const std::string& domain) {
  switch (term.mechanism) {
    case SpfMechanism::kAll: co_return true;
    case SpfMechanism::kIp4: co_return share_prefix(term.network, subject_.ip.asio(), term.bits_v4);
    case SpfMechanism::kIp6: co_return share_prefix(term.network, subject_.ip.asio(), term.bits_v6);
    default: break;
  }
  if (!count_lookup()) co_return false;
  std::string target = domain;
  if (!term.domain_spec.empty()) target = co_await target_of(term.domain_spec, domain);
  switch (term.mechanism) {
    case SpfMechanism::kInclude: co_return co_await matches_include(std::move(target));
    case SpfMechanism::kA: co_return co_await matches_address(std::move(target), term);
    case SpfMechanism::kMx: co_return co_await matches_mx(std::move(target), term);
    case SpfMechanism::kPtr: co_return co_await matches_ptr(std::move(target));
    default: co_return co_await matches_exists(std::move(target));
  }
}

core::Task<bool> SpfEvaluation::matches_include(std::string target) {
  const AuthResult result = co_await check_host(std::move(target), true);
  if (result == AuthResult::kNone) end_with(AuthResult::kPermError, "include of a domain without SPF record");
  co_return result == AuthResult::kPass;
}

bool SpfEvaluation::contains_client(const std::vector<net::IpAddress>& addresses, const SpfTerm& term) const {
  const unsigned bits = subject_.ip.is_v4() ? term.bits_v4 : term.bits_v6;
  return std::any_of(addresses.begin(), addresses.end(), [&](const net::IpAddress& address) {
    return share_prefix(address.asio(), subject_.ip.asio(), bits);
  });
}

core::Task<bool> SpfEvaluation::matches_address(std::string target, const SpfTerm& term) {
  const net::DnsAnswer* answer = co_await look_up(std::move(target), address_type());
  if (answer == nullptr) co_return false;
  if (answer->is_transient_failure()) end_with(AuthResult::kTempError, "DNS did not answer");
  count_void(answer);
  co_return contains_client(answer->addresses(), term);
}

core::Task<bool> SpfEvaluation::matches_mx(std::string target, const SpfTerm& term) {
  const net::DnsAnswer* answer = co_await look_up(std::move(target), net::DnsType::kMx);
  if (answer == nullptr) co_return false;
  if (answer->is_transient_failure()) end_with(AuthResult::kTempError, "DNS did not answer");
  count_void(answer);
  std::vector<std::string> hosts;
  for (const net::DnsAnswer::Mx& mx : answer->mx()) hosts.push_back(mx.exchange);
  if (hosts.size() > limits_.mx_names_max) {
    end_with(AuthResult::kPermError, "more than " + std::to_string(limits_.mx_names_max) + " MX records");
  }
  if (error_) co_return false;
  std::vector<std::string> asked = hosts;
  co_await look_up_all(std::move(asked), address_type());
  // "If any address matches, the mechanism matches" (section 5.4), whatever became of the other hosts.
  bool is_unsure = false;
  for (const std::string& host : hosts) {
    const auto found = answers_.find({net::normalize_name(host), address_type()});
    if (found == answers_.end()) continue;
    if (contains_client(found->second.addresses(), term)) co_return true;
    if (found->second.is_transient_failure()) is_unsure = true;
  }
  if (is_unsure) end_with(AuthResult::kTempError, "DNS did not answer");
  co_return false;
}

core::Task<bool> SpfEvaluation::matches_ptr(std::string target) {
  const std::string ancestor = core::to_lower_ascii(target);
  if (ancestor.empty()) co_return false;
  const net::DnsAnswer* answer = co_await look_up(subject_.ip.to_reverse_name(), net::DnsType::kPtr);
  count_void(answer);
  const std::vector<std::string> names = co_await validated_names(ancestor);
  co_return !names.empty();
}

core::Task<bool> SpfEvaluation::matches_exists(std::string target) {
  // An A question for IPv6 clients too (section 5.7).
  const net::DnsAnswer* answer = co_await look_up(std::move(target), net::DnsType::kA);
  if (answer == nullptr) co_return false;
  if (answer->is_transient_failure()) end_with(AuthResult::kTempError, "DNS did not answer");
  count_void(answer);
  co_return answer->is_ok();
}

core::Task<std::vector<std::string>> SpfEvaluation::validated_names(std::string ancestor) {
  std::vector<std::string> names;
  const net::DnsAnswer* answer = co_await look_up(subject_.ip.to_reverse_name(), net::DnsType::kPtr);
  // A failing reverse zone means no match, and a failing name is skipped (section 5.5).
  if (answer == nullptr || !answer->is_ok()) co_return names;
  names = answer->names();
  if (names.size() > limits_.ptr_names_max) names.resize(limits_.ptr_names_max);
  std::erase_if(names, [&](const std::string& name) { return !ancestor.empty() && !is_same_or_subdomain(name, ancestor); });
  std::vector<std::string> asked = names;
  co_await look_up_all(std::move(asked), address_type());
  std::erase_if(names, [this](const std::string& name) {
    const auto found = answers_.find({net::normalize_name(name), address_type()});
    if (found == answers_.end()) return true;
    const std::vector<net::IpAddress> addresses = found->second.addresses();
    return std::find(addresses.begin(), addresses.end(), subject_.ip) == addresses.end();
  });
  co_return names;
}

// Section 7.3: the domain itself, then a name below it, then any.
core::Task<std::string> SpfEvaluation::ptr_value(std::string domain) {
  const std::string own = core::to_lower_ascii(domain);
  const std::vector<std::string> names = co_await validated_names(std::string());
  if (names.empty()) co_return "unknown";
  if (std::find(names.begin(), names.end(), own) != names.end()) co_return own;
  const auto below = std::find_if(names.begin(), names.end(), [&](const auto& it) { return is_same_or_subdomain(it, own); });
  co_return below == names.end() ? names[0] : *below;
}

core::Task<SpfMacroValues> SpfEvaluation::macro_values(std::string_view text, std::string domain) {
  SpfMacroValues values;
  values.local = subject_.local;
  values.sender_domain = subject_.domain;
  values.domain = domain;
  values.helo = subject_.helo;
  values.ip = subject_.ip;
  values.unix_time = subject_.unix_time;
  if (uses_ptr_macro(text)) values.ptr = co_await ptr_value(std::move(domain));
  co_return values;
}

core::Task<std::string> SpfEvaluation::target_of(std::string_view domain_spec, const std::string& domain) {
  const SpfMacroValues values = co_await macro_values(domain_spec, domain);
  co_return expand_domain_spec(domain_spec, values);
}

core::Task<std::string> SpfEvaluation::explanation() {
  if (!deciding_ || !deciding_->explanation) co_return std::string();
  std::string name = co_await target_of(*deciding_->explanation, deciding_->domain);
  const net::DnsAnswer* answer = co_await look_up(std::move(name), net::DnsType::kTxt);
  if (answer == nullptr || !answer->is_ok()) co_return std::string();
  const std::vector<std::string> texts = answer->txt();
  if (texts.size() != 1 || texts[0].size() > limits_.record_bytes_max) co_return std::string();
  if (!is_macro_string(texts[0], SpfMacroUse::kExplanation)) co_return std::string();
  const SpfMacroValues values = co_await macro_values(texts[0], deciding_->domain);
  std::string text = expand_macros(texts[0], values);
  const bool is_printable = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
  if (!is_printable || text.size() > limits_.explanation_bytes_max) co_return std::string();
  co_return text;
}

}  // namespace postern::pipeline
