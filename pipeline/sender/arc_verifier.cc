#include "pipeline/sender/arc_verifier.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/offload.h"
#include "pipeline/sender/arc_chain.h"
#include "pipeline/sender/arc_results.h"
#include "pipeline/sender/dkim_check.h"
#include "pipeline/sender/dkim_coverage.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/header_fields.h"
#include "pipeline/sender/resolve_all.h"

namespace postern::pipeline {

struct ArcCheck {
  AuthResult result = AuthResult::kFail;
  std::string reason;
  std::string gap;  // what the newest signature leaves open although the chain passes; empty: nothing
};

namespace {

std::string of_set(std::size_t instance) { return " of ARC set " + std::to_string(instance); }

bool covers_from(const DkimSignature& signature) {
  return !signature.length && std::ranges::find(signature.names, "from") != signature.names.end();
}

std::string find_gap(std::string_view message, const HeaderLayout& layout, const DkimSignature& newest) {
  if (!covers_from(newest)) return "the newest ARC-Message-Signature does not cover From and the whole body";
  const std::optional<std::string> name = find_uncovered_field(message, layout, newest.names);
  return name ? "another " + *name + " field stands above the sealed one" : std::string();
}

// Everything that takes as long as the message is large. candidates[0] is the newest ARC-Message-Signature, the others
// are the seals from the oldest up.
ArcCheck check_now(const Message& message, const ArcChain& chain, const std::vector<DkimCandidate>& candidates,
                   const DkimLimits& limits) {
  core::SecretBuffer copy;
  const std::string_view bytes = as_crlf_lines(message.bytes(), copy);
  const HeaderLayout layout = split_header(bytes, limits.header_fields_max);
  const std::size_t count = chain.sets.size();
  const DkimOutcome newest = check_with_openssl(bytes, layout, {candidates[0]})[0];
  if (newest.result != AuthResult::kPass)
    return {AuthResult::kFail, "ARC-Message-Signature" + of_set(count) + ": " + newest.reason, {}};
  for (std::size_t i = count; i-- > 0;) {
    const DkimCandidate& seal = candidates[i + 1];
    if (!verify_signature(seal.signature, seal.key, sealed_data(chain.sets, i)))
      return {AuthResult::kFail, "ARC-Seal" + of_set(i + 1) + ": signature did not verify", {}};
  }
  return {AuthResult::kPass, {}, find_gap(bytes, layout, candidates[0].signature)};
}

// The signatures whose keys are needed, in the order of check_now().
std::vector<const DkimSignature*> needed(const ArcChain& chain) {
  std::vector<const DkimSignature*> signatures{&chain.sets.back().message.signature};
  for (const ArcSet& set : chain.sets) signatures.push_back(&set.seal.signature);
  return signatures;
}

struct ArcKeys {
  std::vector<DkimCandidate> candidates;
  ArcCheck trouble;  // when one is missing: a key that can never be had outweighs one that cannot be had now
  bool is_complete = true;
};

ArcKeys read_keys(const ArcChain& chain, const std::map<std::string, net::DnsAnswer>& answers,
                  const DkimLimits& limits) {
  ArcKeys keys;
  for (const DkimSignature* signature : needed(chain)) {
    const std::string name = signature->key_name();
    const net::DnsAnswer& answer = answers.at(name);
    if (answer.is_transient_failure()) {
      keys.is_complete = false;
      keys.trouble = {AuthResult::kTempError, "key " + name + " could not be fetched", {}};
      continue;
    }
    DkimKeyReading reading = read_dkim_key(answer.txt(), *signature, limits);
    if (!reading.record) {
      keys.is_complete = false;
      keys.trouble = {AuthResult::kFail, "key " + name + ": " + reading.reason, {}};
      return keys;
    }
    // The place of a seal is not asked for: it is checked against sealed_data().
    keys.candidates.push_back({chain.sets.back().message_field, *signature, std::move(*reading.record)});
  }
  return keys;
}

}  // namespace

ArcVerifier::ArcVerifier(net::DnsResolver& resolver, core::Clock& clock, DkimLimits dkim, ArcLimits arc,
                         std::vector<std::string> trusted_sealers, core::WorkPool* cpu)
    : resolver_(resolver), clock_(clock), dkim_(dkim), arc_(arc), cpu_(cpu) {
  for (const std::string& name : trusted_sealers) {
    if (std::optional<std::string> labels = to_a_labels(name); labels) trusted_sealers_.push_back(std::move(*labels));
  }
}
ArcVerifier::~ArcVerifier() = default;

core::Task<ArcVerdict> ArcVerifier::verify(std::shared_ptr<const Message> message, std::string author_domain,
                                           core::Deadline by) {
  ArcVerdict verdict;
  std::shared_ptr<const ArcChain> chain;
  {
    const HeaderPart header = read_header(message->bytes(), dkim_.header_bytes_max, dkim_.header_fields_max);
    chain = std::make_shared<const ArcChain>(
        read_arc_chain(core::view(header.bytes), header.layout, dkim_, arc_, clock_.wall_now()));
  }
  verdict.result = chain->result;
  verdict.instances = chain->instances;
  verdict.sealer = chain->sealer;
  verdict.reason = chain->reason;
  if (!chain->is_sound()) co_return verdict;

  // Sealers mostly use one key for both fields: each name is asked for once.
  std::map<std::string, net::DnsAnswer> answers;
  for (const DkimSignature* signature : needed(*chain)) answers[signature->key_name()];
  std::vector<net::DnsQuestion> questions;
  for (const auto& [name, answer] : answers) questions.emplace_back(name, net::DnsType::kTxt);
  std::vector<net::DnsAnswer> got = co_await resolve_all(resolver_, std::move(questions), by);
  std::size_t next = 0;
  for (auto& [name, answer] : answers) answer = std::move(got[next++]);

  ArcKeys keys = read_keys(*chain, answers, dkim_);
  ArcCheck checked = std::move(keys.trouble);
  if (keys.is_complete) checked = co_await check(message, chain, std::move(keys.candidates));
  verdict.result = checked.result;
  verdict.reason = std::move(checked.reason);
  if (verdict.result != AuthResult::kPass || !trusts(verdict.sealer)) co_return verdict;
  if (!checked.gap.empty()) {
    verdict.reason = "not trusted: " + checked.gap;
    co_return verdict;
  }
  verdict.is_trusted = true;
  verdict.sealed_dmarc = sealed_dmarc(*message, *chain, author_domain);
  co_return verdict;
}

core::Task<ArcCheck> ArcVerifier::check(std::shared_ptr<const Message> message, std::shared_ptr<const ArcChain> chain,
                                        std::vector<DkimCandidate> candidates) {
  if (cpu_ == nullptr || message->size() < dkim_.inline_bytes_max)
    co_return check_now(*message, *chain, candidates, dkim_);
  auto job = [message = std::move(message), chain = std::move(chain), candidates = std::move(candidates),
              limits = dkim_] { return check_now(*message, *chain, candidates, limits); };
  core::Result<ArcCheck> done = co_await core::offload(*cpu_, std::move(job));
  if (done) co_return std::move(*done);
  ArcCheck busy;
  busy.result = AuthResult::kTempError;
  busy.reason = "too busy to check the chain";
  co_return busy;
}

bool ArcVerifier::trusts(const std::string& sealer) const {
  return std::ranges::any_of(trusted_sealers_,
                             [&](const std::string& trusted) { return is_same_or_subdomain(sealer, trusted); });
}

// A lower set counts because the one above it, sealed by somebody trusted, says that the chain was whole when it came
// (cv=pass): its signature, which may fail today, held then. The newest set's word stands when none says pass.
// A lower set counts while nothing that readers see was added above what it covers.
AuthResult ArcVerifier::sealed_dmarc(const Message& message, const ArcChain& chain, const std::string& author_domain) const {
  const HeaderPart header = read_header(message.bytes(), dkim_.header_bytes_max, dkim_.header_fields_max);
  AuthResult newest = AuthResult::kNone;
  for (std::size_t i = chain.sets.size(); i-- > 0;) {
    const ArcSet& set = chain.sets[i];
    if (!trusts(set.seal.signature.domain)) break;
    if (!set.message.is_usable() || !covers_from(set.message.signature)) break;
    if (find_uncovered_field(core::view(header.bytes), header.layout, set.message.signature.names)) break;
    const std::optional<ResultsField> field = read_arc_results(set.results);
    const AuthResult said = field ? sealed_dmarc_of(*field, author_domain) : AuthResult::kNone;
    if (said == AuthResult::kPass) return said;
    if (i + 1 == chain.sets.size()) newest = said;
  }
  return newest;
}

}  // namespace postern::pipeline
