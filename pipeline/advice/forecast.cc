#include "pipeline/advice/forecast.h"

#include <algorithm>

namespace postern::pipeline {
namespace {

AlignmentForecast::Path foretell_spf(const AdviceRun& run, const SpfAdvice& spf) {
  AlignmentForecast::Path out;
  out.domain = run.subject.domain;
  out.is_certain = spf.is_certain && spf.record.state != AdviceState::kUnknown;
  out.passes = out.is_certain && spf.refused.empty() &&
               (spf.record.state == AdviceState::kOk || spf.record.state == AdviceState::kWarning);
  out.reason = spf.record.explanation;
  return out;
}

// Records and keys are in one order, but for the one record that stands for "no key".
AlignmentForecast::Path foretell_dkim(const AdviceRun& run, const std::vector<RecordAdvice>& dkim) {
  AlignmentForecast::Path out;
  out.domain = run.subject.domain;
  std::vector<std::string> good, bad;
  bool is_any_unknown = false;
  for (std::size_t i = 0; i < run.subject.dkim.size() && i < dkim.size(); ++i) {
    if (run.subject.dkim[i].key.state != DkimKeyState::kActive) continue;
    const bool is_live = dkim[i].state == AdviceState::kOk;
    (is_live ? good : bad).push_back(run.subject.dkim[i].key.selector);
    is_any_unknown = is_any_unknown || dkim[i].state == AdviceState::kUnknown;
  }
  out.passes = !good.empty();
  out.is_certain = out.passes || !is_any_unknown;
  if (out.passes) {
    out.reason = "signed with d=" + out.domain + " by " + join(good) + (good.size() == 1 ? ", whose key is" : ", whose keys are") + " live";
  } else if (is_any_unknown) {
    out.reason = "DNS did not answer for the keys";
  } else if (bad.empty()) {
    out.reason = "no key signs for the domain";
  } else {
    out.reason = "of " + join(bad) + " no key is live";
  }
  return out;
}

}  // namespace

AlignmentForecast foretell(const AdviceRun& run, const SpfAdvice& spf, const std::vector<RecordAdvice>& dkim,
                           const DmarcAdvice& dmarc) {
  AlignmentForecast out;
  out.from = run.subject.sender_local + "@" + run.subject.domain;
  out.spf = foretell_spf(run, spf);
  out.dkim = foretell_dkim(run, dkim);
  const std::string start = "a reply from " + out.from + " ";
  const std::string after = dmarc.policy.empty() || dmarc.policy == "none"
                                ? std::string("; receivers without a policy to follow judge it by themselves")
                                : "; the published policy is " + dmarc.policy;
  if (out.dkim.passes && out.spf.passes) {
    out.state = AdviceState::kOk;
    out.summary = start + "passes DMARC by DKIM and by SPF";
  } else if (out.dkim.passes) {
    out.state = AdviceState::kOk;
    out.summary = start + "passes DMARC by DKIM; SPF " + (out.spf.is_certain ? "would fail" : "is not known") + ": " + out.spf.reason;
  } else if (out.spf.passes) {
    out.state = AdviceState::kWarning;
    out.summary = start + "passes DMARC by SPF alone, which is lost when it is forwarded; DKIM " +
                  (out.dkim.is_certain ? "would fail" : "is not known") + ": " + out.dkim.reason;
  } else if (!out.spf.is_certain || !out.dkim.is_certain) {
    out.state = AdviceState::kUnknown;
    out.summary = "DNS does not tell whether " + start + "passes DMARC; SPF: " + out.spf.reason + "; DKIM: " + out.dkim.reason;
  } else {
    out.state = AdviceState::kDifferent;
    out.summary = start + "fails DMARC; SPF: " + out.spf.reason + "; DKIM: " + out.dkim.reason + after;
  }
  return out;
}

}  // namespace postern::pipeline
