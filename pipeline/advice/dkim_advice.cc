// DKIM: the public half of each key that signs our replies (RFC 6376 section 3.6.1).
#include "pipeline/advice/records.h"
#include "pipeline/sender/dkim_key_record.h"
#include "pipeline/sender/dkim_tags.h"

namespace postern::pipeline {
namespace {

// The public key as base64; empty when the text is no key record.
std::string key_of(const std::string& text) {
  const std::optional<DkimTagList> tags = DkimTagList::parse(text);
  return tags ? without_white_space(tags->value_or("p", "")) : std::string();
}

void judge(const DkimKeyAdvice& ours, RecordAdvice& record) {
  const std::string& owner = record.publish.owner;
  if (record.found.size() > 1) {
    return settle(record, AdviceState::kDifferent,
                  std::to_string(record.found.size()) + " TXT records stand at " + owner + ", where receivers expect one; remove the others");
  }
  const std::string published = record.found.empty() ? std::string() : record.found.front();
  DkimSignature signature;
  signature.algorithm = to_string(ours.key.algorithm);
  signature.domain = ours.key.domain;
  signature.identity_domain = ours.key.domain;
  const DkimKeyReading reading = read_dkim_key({published}, signature, DkimLimits{});
  if (!reading.record) {
    const bool is_revoked = DkimTagList::parse(published) && key_of(published).empty();
    return settle(record, AdviceState::kDifferent,
                  is_revoked ? "the published record revokes the key (empty p=), so that our signatures fail"
                             : "receivers cannot use the published record: " + reading.reason);
  }
  if (key_of(published) != key_of(ours.txt.value)) {
    return settle(record, AdviceState::kDifferent,
                  "another key is published at " + owner + ", so that our signatures fail; is it cut short or of an older set-up?");
  }
  if (reading.record->is_testing) {
    return settle(record, AdviceState::kWarning,
                  "the key is ours, but t=y tells receivers that it is a test and its signatures need not count");
  }
  settle(record, AdviceState::kOk, "the published key is ours");
}

core::Task<RecordAdvice> check_key(const AdviceRun& run, DkimKeyAdvice ours) {
  std::string why = "Lets receivers verify the signature on our replies.";
  if (ours.key.state == DkimKeyState::kRetiring) why = "Lets receivers verify mail that this key has signed and that is still on its way.";
  RecordAdvice record = run.start("dkim", ours.txt.owner, "TXT", ours.txt.value, std::move(why));
  record.is_required = ours.key.state != DkimKeyState::kRetiring;
  const net::DnsAnswer answer = co_await run.ask(ours.txt.owner, net::DnsType::kTxt);
  if (ends_here(answer, ours.txt.owner, record)) co_return record;
  record.found = answer.txt();
  cut_to(record.found, run.limits.found_max);
  if (!answer.canonical_name.empty()) record.notes.push_back("The name is an alias of " + answer.canonical_name + ".");
  judge(ours, record);
  co_return record;
}

}  // namespace

core::Task<std::vector<RecordAdvice>> advise_dkim(const AdviceRun& run) {
  std::vector<RecordAdvice> out;
  for (const DkimKeyAdvice& key : run.subject.dkim) out.push_back(co_await check_key(run, key));
  if (out.empty()) {
    RecordAdvice record = run.start("dkim", "<selector>._domainkey." + run.subject.domain, "TXT", "",
                                    "Lets receivers verify the signature on our replies.");
    settle(record, AdviceState::kMissing,
           "this server has no signing key for the domain; make one with \"postern dkim new " + run.subject.domain + "\"");
    out.push_back(std::move(record));
  }
  co_return out;
}

}  // namespace postern::pipeline
