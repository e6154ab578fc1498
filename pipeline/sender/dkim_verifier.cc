#include "pipeline/sender/dkim_verifier.h"

#include <optional>

#include "core/encoding.h"
#include "core/offload.h"
#include "pipeline/sender/dkim_check.h"
#include "pipeline/sender/dkim_coverage.h"
#include "pipeline/sender/header_fields.h"
#include "pipeline/sender/resolve_all.h"

namespace postern::pipeline {
namespace {

// A signature that waits for its key, with its place among the verdicts.
struct Pending {
  std::size_t verdict = 0;
  std::size_t field = 0;
  DkimSignature signature;
};

// Reads the signature fields; those that need no key have their final verdict afterwards.
std::vector<Pending> read_signatures(std::string_view message, const HeaderLayout& layout, const DkimLimits& limits,
                                     core::WallTime now, std::vector<DkimVerdict>& verdicts) {
  std::vector<Pending> pending;
  for (std::size_t i = 0; i < layout.fields.size() && verdicts.size() < limits.signatures_max; ++i) {
    const SignedField& field = layout.fields[i];
    if (!core::equals_ignoring_case(message.substr(field.name.begin, field.name.size()), "dkim-signature")) continue;
    DkimReading reading = read_dkim_signature(message.substr(field.whole.begin, field.whole.size()), limits, now);
    if (layout.is_truncated) {
      reading.verdict.result = AuthResult::kPolicy;
      reading.verdict.reason = "too many header fields";
    }
    if (reading.is_usable()) pending.push_back({verdicts.size(), i, std::move(reading.signature)});
    verdicts.push_back(std::move(reading.verdict));
  }
  return pending;
}

// Everything that takes as long as the message is large.
std::vector<DkimOutcome> check_now(const Message& message, const std::vector<DkimCandidate>& candidates,
                                   const DkimLimits& limits) {
  core::SecretBuffer copy;
  const std::string_view bytes = as_crlf_lines(message.bytes(), copy);
  const HeaderLayout layout = split_header(bytes, limits.header_fields_max);
  std::vector<DkimOutcome> outcomes = limits.engine == DkimEngine::kOpenSsl
                                          ? check_with_openssl(bytes, layout, candidates)
                                          : check_with_opendkim(bytes, layout, candidates);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].result != AuthResult::kPass) continue;
    const std::optional<std::string> name = find_uncovered_field(bytes, layout, candidates[i].signature.names);
    if (name) outcomes[i] = {AuthResult::kPolicy, "another " + *name + " field stands above the signed one"};
  }
  return outcomes;
}

}  // namespace

DkimVerifier::DkimVerifier(net::DnsResolver& resolver, core::Clock& clock, DkimLimits limits, core::WorkPool* cpu)
    : resolver_(resolver), clock_(clock), limits_(limits), cpu_(cpu) {}
DkimVerifier::~DkimVerifier() = default;

core::Task<std::vector<DkimVerdict>> DkimVerifier::verify(std::shared_ptr<const Message> message, core::Deadline by) {
  std::vector<DkimVerdict> verdicts;
  std::vector<Pending> pending;
  {
    const HeaderPart header = read_header(message->bytes(), limits_.header_bytes_max, limits_.header_fields_max);
    pending = read_signatures(core::view(header.bytes), header.layout, limits_, clock_.wall_now(), verdicts);
  }
  std::vector<DkimCandidate> candidates;
  std::vector<std::size_t> places;
  std::vector<net::DnsQuestion> questions;
  for (const Pending& waiting : pending) questions.emplace_back(waiting.signature.key_name(), net::DnsType::kTxt);
  const std::vector<net::DnsAnswer> answers = co_await resolve_all(resolver_, std::move(questions), by);
  for (std::size_t i = 0; i < pending.size(); ++i) {
    Pending& waiting = pending[i];
    const net::DnsAnswer& answer = answers[i];
    DkimVerdict& verdict = verdicts[waiting.verdict];
    if (answer.is_transient_failure()) {
      verdict.result = AuthResult::kTempError;
      verdict.reason = "key could not be fetched";
      continue;
    }
    DkimKeyReading key = read_dkim_key(answer.txt(), waiting.signature, limits_);
    if (!key.record) {
      verdict.result = key.result;
      verdict.reason = std::move(key.reason);
      continue;
    }
    verdict.key_bits = key.record->bits;
    places.push_back(waiting.verdict);
    candidates.push_back({waiting.field, std::move(waiting.signature), std::move(*key.record)});
  }
  if (candidates.empty()) co_return verdicts;
  const std::vector<DkimOutcome> outcomes = co_await check(std::move(message), std::move(candidates));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    verdicts[places[i]].result = outcomes[i].result;
    verdicts[places[i]].reason = outcomes[i].reason;
  }
  co_return verdicts;
}

core::Task<std::vector<DkimOutcome>> DkimVerifier::check(std::shared_ptr<const Message> message,
                                                         std::vector<DkimCandidate> candidates) {
  if (cpu_ == nullptr || message->size() < limits_.inline_bytes_max) co_return check_now(*message, candidates, limits_);
  const std::size_t count = candidates.size();
  auto job = [message = std::move(message), candidates = std::move(candidates), limits = limits_] {
    return check_now(*message, candidates, limits);
  };
  core::Result<std::vector<DkimOutcome>> done = co_await core::offload(*cpu_, std::move(job));
  if (done) co_return std::move(*done);
  co_return std::vector<DkimOutcome>(count, {AuthResult::kTempError, "too busy to check the signature"});
}

}  // namespace postern::pipeline
