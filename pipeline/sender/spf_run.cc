#include "pipeline/sender/spf_run.h"

#include <algorithm>
#include <charconv>

#include "core/encoding.h"
#include "pipeline/sender/domain_name.h"

namespace postern::pipeline {
namespace {

// RFC 6761: "invalid" never exists, so no alias can be a name of the outside world.
constexpr std::string_view kAliasSuffix = ".alias.invalid";
constexpr std::string_view kNoName = "none.alias.invalid";

SpfReply reply_of(const net::DnsAnswer& answer) {
  SpfReply reply;
  reply.status = answer.status == net::DnsStatus::kNxDomain ? SpfReply::Status::kNxDomain : SpfReply::Status::kNoData;
  return reply;
}

// A name that libspf2 may see: labels of letters, digits, hyphens and underscores, the last one not a number.
bool is_plain_name(std::string_view name) {
  const std::optional<std::string> labels = to_a_labels(name);
  if (!labels || labels->ends_with(kAliasSuffix)) return false;
  const std::string top = last_labels(*labels, 1);
  return std::any_of(top.begin(), top.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

net::DnsAnswer absent() {
  net::DnsAnswer answer;
  answer.status = net::DnsStatus::kNxDomain;
  return answer;
}

}  // namespace

void SpfDnsTable::add(const net::DnsQuestion& question, net::DnsAnswer answer) {
  answers_.insert_or_assign({net::normalize_name(question.name), question.type}, std::move(answer));
}

const net::DnsAnswer* SpfDnsTable::find(const std::string& name, net::DnsType type) const {
  const auto it = answers_.find({name, type});
  return it == answers_.end() ? nullptr : &it->second;
}

SpfRun::SpfRun(const SpfSubject& subject, const SpfDnsTable& table, const SpfLimits& limits)
    : subject_(subject), table_(table), limits_(limits) {
  initial_name_ = alias({Purpose::kInitial, subject.domain, false, false});
}

std::string SpfRun::alias(Target target) {
  targets_.push_back(std::move(target));
  return std::to_string(targets_.size() - 1) + std::string(kAliasSuffix);
}

const SpfRun::Target* SpfRun::target_of(const std::string& name) const {
  if (!name.ends_with(kAliasSuffix)) return nullptr;
  std::size_t index = 0;
  const char* end = name.data() + (name.size() - kAliasSuffix.size());
  const auto [stop, error] = std::from_chars(name.data(), end, index);
  return error == std::errc() && stop == end && index < targets_.size() ? &targets_[index] : nullptr;
}

SpfReply SpfRun::refuse(std::string_view reason) {
  if (permanent_error_.empty()) permanent_error_ = reason;
  return {};
}

const net::DnsAnswer* SpfRun::look_up(const std::string& name, net::DnsType type) {
  static const net::DnsAnswer kAbsent = absent();
  const std::string key = net::normalize_name(name);
  // Names that no server can hold are absent without asking (RFC 7208 section 4.8).
  const bool is_askable = is_dns_name(key) && std::all_of(key.begin(), key.end(),
                                                          [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
  if (!is_askable) return &kAbsent;
  if (const net::DnsAnswer* answer = table_.find(key, type); answer != nullptr) return answer;
  net::DnsQuestion question(key, type);
  if (std::find(missing_.begin(), missing_.end(), question) == missing_.end()) missing_.push_back(std::move(question));
  return nullptr;
}

bool SpfRun::count_lookup() {
  if (++lookups_ <= limits_.lookups_max) return true;
  refuse("more than " + std::to_string(limits_.lookups_max) + " DNS lookups");
  return false;
}

void SpfRun::count_void() {
  if (++void_lookups_ <= limits_.void_lookups_max) return;
  refuse("more than " + std::to_string(limits_.void_lookups_max) + " void DNS lookups");
}

SpfReply SpfRun::answer(const std::string& name, net::DnsType type) {
  // What went wrong stops the evaluation: libspf2 reads kTryAgain as a temporary error and ends.
  if (has_permanent_error() || has_temporary_error_ || !missing_.empty()) return {};
  if (type == net::DnsType::kPtr) return ptr_reply();
  const Target* found = target_of(name);
  if (found == nullptr) return ptr_host_reply(name, type);
  const Target target = *found;  // rewriting adds targets
  switch (target.purpose) {
    case Purpose::kInitial:
    case Purpose::kInclude:
    case Purpose::kRedirect: return record_reply(target);
    case Purpose::kMx: return mx_reply(target);
    case Purpose::kA:
    case Purpose::kMxHost:
    case Purpose::kExists: return host_reply(target, type);
  }
  return {};
}

SpfReply SpfRun::record_reply(const Target& target) {
  const bool is_initial = target.purpose == Purpose::kInitial;
  if (!is_initial && !count_lookup()) return {};
  const net::DnsAnswer* answer = look_up(target.name, net::DnsType::kTxt);
  if (answer == nullptr) return {};
  if (answer->is_transient_failure()) {
    has_temporary_error_ = true;
    return {};
  }
  if (answer->is_absent() && !is_initial) count_void();
  std::vector<std::string> records = answer->txt();
  std::erase_if(records, [](const std::string& text) { return !is_spf_record(text); });
  if (records.size() > 1) return refuse("more than one SPF record");
  if (records.empty()) return reply_of(*answer);
  if (is_initial) has_record_ = true;
  if (records[0].size() > limits_.record_bytes_max) return refuse("record too long");
  const std::optional<SpfRecord> record = parse_spf_record(records[0]);
  if (!record) return refuse("record syntax error");
  const std::optional<std::string> text = rewrite(*record, target);
  if (!text) return {};
  SpfReply reply;
  reply.status = SpfReply::Status::kOk;
  reply.values.push_back(*text);
  return reply;
}

SpfReply SpfRun::host_reply(const Target& target, net::DnsType type) {
  const bool is_counted = target.purpose != Purpose::kMxHost;
  if (is_counted && !count_lookup()) return {};
  const net::DnsAnswer* answer = look_up(target.name, type);
  if (answer == nullptr) return {};
  if (answer->is_transient_failure()) {
    has_temporary_error_ = true;
    return {};
  }
  SpfReply reply;
  reply.addresses = answer->addresses();
  if (reply.addresses.empty()) {
    if (is_counted) count_void();
    return reply_of(*answer);
  }
  if (target.matches_any) reply.addresses.assign(1, subject_.ip);
  reply.status = SpfReply::Status::kOk;
  return reply;
}

SpfReply SpfRun::mx_reply(const Target& target) {
  if (!count_lookup()) return {};
  const net::DnsAnswer* answer = look_up(target.name, net::DnsType::kMx);
  if (answer == nullptr) return {};
  if (answer->is_transient_failure()) {
    has_temporary_error_ = true;
    return {};
  }
  const std::vector<net::DnsAnswer::Mx> exchanges = answer->mx();
  if (exchanges.empty()) {
    count_void();
    return reply_of(*answer);
  }
  if (exchanges.size() > limits_.mx_names_max) {
    return refuse("more than " + std::to_string(limits_.mx_names_max) + " MX records");
  }
  SpfReply reply;
  reply.status = SpfReply::Status::kOk;
  for (const net::DnsAnswer::Mx& mx : exchanges) {
    (void)look_up(mx.exchange, address_type());  // all at once, not one a round
    reply.values.push_back(alias({Purpose::kMxHost, mx.exchange, target.is_in_include, target.matches_any}));
  }
  if (!missing_.empty()) return {};
  return reply;
}

SpfReply SpfRun::ptr_reply() {
  if (!count_lookup()) return {};
  const net::DnsAnswer* answer = look_up(subject_.ip.to_reverse_name(), net::DnsType::kPtr);
  if (answer == nullptr) return {};
  SpfReply reply;
  reply.status = SpfReply::Status::kNoData;  // a failing reverse zone means no match (section 5.5)
  if (!answer->is_ok()) return reply;
  for (const std::string& name : answer->names()) {
    if (reply.values.size() >= limits_.ptr_names_max) break;
    if (!is_plain_name(name)) continue;
    (void)look_up(name, address_type());
    reply.values.push_back(name);
  }
  if (!missing_.empty()) return {};
  if (!reply.values.empty()) reply.status = SpfReply::Status::kOk;
  return reply;
}

SpfReply SpfRun::ptr_host_reply(const std::string& name, net::DnsType type) {
  SpfReply reply;
  reply.status = SpfReply::Status::kNoData;
  if (type != address_type()) return reply;
  const net::DnsAnswer* answer = look_up(name, type);
  if (answer == nullptr) return {};
  reply.addresses = answer->addresses();
  if (!reply.addresses.empty()) reply.status = SpfReply::Status::kOk;
  return reply;
}

SpfMacroValues SpfRun::macro_values(const std::string& domain) const {
  SpfMacroValues values;
  values.local = subject_.local;
  values.sender_domain = subject_.domain;
  values.domain = domain;
  values.helo = subject_.helo;
  values.ip = subject_.ip;
  return values;
}

std::optional<std::string> SpfRun::validated_name(const std::string& domain) {
  const net::DnsAnswer* answer = look_up(subject_.ip.to_reverse_name(), net::DnsType::kPtr);
  if (answer == nullptr) return std::nullopt;
  std::vector<std::string> names = answer->is_ok() ? answer->names() : std::vector<std::string>();
  if (names.size() > limits_.ptr_names_max) names.resize(limits_.ptr_names_max);
  const std::string own = core::to_lower_ascii(domain);
  std::string best = "unknown";
  int best_rank = 0;  // section 7.3: the domain itself, then a subdomain, then any
  for (const std::string& name : names) {
    const net::DnsAnswer* host = look_up(name, address_type());
    if (host == nullptr) continue;
    const std::vector<net::IpAddress> addresses = host->addresses();
    if (std::find(addresses.begin(), addresses.end(), subject_.ip) == addresses.end()) continue;
    const int rank = name == own ? 3 : is_same_or_subdomain(name, own) ? 2 : 1;
    if (rank > best_rank) {
      best_rank = rank;
      best = name;
    }
  }
  if (!missing_.empty()) return std::nullopt;
  return best;
}

std::optional<std::string> SpfRun::rewrite(const SpfRecord& record, const Target& target) {
  SpfMacroValues values = macro_values(target.name);
  const bool needs_ptr = (record.redirect && uses_ptr_macro(*record.redirect)) ||
                         (record.explanation && uses_ptr_macro(*record.explanation)) ||
                         std::any_of(record.terms.begin(), record.terms.end(),
                                     [](const SpfTerm& term) { return uses_ptr_macro(term.domain_spec); });
  if (needs_ptr) {
    const std::optional<std::string> name = validated_name(target.name);
    if (!name) return std::nullopt;
    values.ptr = *name;
  }
  std::string text = "v=spf1";
  bool has_all = false;
  for (const SpfTerm& term : record.terms) {
    text += rewrite_term(term, target, values);
    has_all = term.mechanism == SpfMechanism::kAll;
    if (has_all) break;  // what follows is ignored (section 5.1), redirect too
  }
  if (record.redirect && !has_all) {
    text += " redirect=" +
            alias({Purpose::kRedirect, expand_domain_spec(*record.redirect, values), target.is_in_include, false});
  }
  if (!target.is_in_include && target.purpose != Purpose::kInclude) {
    // The explanation is that of the record which decides, never that of an included one (section 6.2).
    explanation_name_ = record.explanation ? expand_domain_spec(*record.explanation, values) : std::string();
    explanation_domain_ = target.name;
  }
  return text;
}

std::string SpfRun::rewrite_term(const SpfTerm& term, const Target& target, const SpfMacroValues& values) {
  const bool is_v4 = subject_.ip.is_v4();
  const unsigned bits = is_v4 ? term.bits_v4 : term.bits_v6;
  const unsigned bits_max = is_v4 ? 32 : 128;
  const std::string name = term.domain_spec.empty() ? target.name : expand_domain_spec(term.domain_spec, values);
  const std::string start = std::string(" ") + term.qualifier;
  const auto named = [&](std::string_view mechanism, Purpose purpose, bool is_include, bool matches_any) {
    return start + std::string(mechanism) + ":" +
           alias({purpose, name, is_include || target.is_in_include, matches_any});
  };
  const std::string suffix =
      bits == 0 || bits == bits_max ? std::string() : (is_v4 ? "/" : "//") + std::to_string(bits);
  switch (term.mechanism) {
    case SpfMechanism::kAll: return start + "all";
    case SpfMechanism::kInclude: return named("include", Purpose::kInclude, true, false);
    case SpfMechanism::kExists: return named("exists", Purpose::kExists, false, false);
    case SpfMechanism::kA: return named("a", Purpose::kA, false, bits == 0) + suffix;
    case SpfMechanism::kMx: return named("mx", Purpose::kMx, false, bits == 0) + suffix;
    case SpfMechanism::kPtr:
      return start + "ptr:" + (is_plain_name(name) ? core::to_lower_ascii(name) : std::string(kNoName));
    case SpfMechanism::kIp4:
    case SpfMechanism::kIp6: {
      if ((term.mechanism == SpfMechanism::kIp4) != is_v4 || term.network.is_v4() != is_v4) return {};
      const std::string mechanism = is_v4 ? "ip4:" : "ip6:";
      if (bits == 0) return start + mechanism + subject_.ip.to_string();
      return start + mechanism + term.network.to_string() + (bits == bits_max ? "" : "/" + std::to_string(bits));
    }
  }
  return {};
}

}  // namespace postern::pipeline
