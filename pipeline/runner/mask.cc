#include "pipeline/runner/mask.h"

#include <initializer_list>

#include "pipeline/api/card_digits.h"

namespace postern::pipeline {
namespace {

void mask_all(std::initializer_list<std::string*> texts) {
  for (std::string* text : texts) *text = mask_card_digits(*text);
}

}  // namespace

void mask_envelope(Envelope& envelope) {
  mask_all({&envelope.helo, &envelope.client_name, &envelope.mail_from.local, &envelope.mail_from.domain, &envelope.dsn_envid});
  for (Recipient& rcpt : envelope.rcpts) mask_all({&rcpt.address.local, &rcpt.reply_token, &rcpt.dsn_orcpt});
}

void mask_verdicts(AuthVerdicts& verdicts) {
  mask_all({&verdicts.spf.domain, &verdicts.spf.explanation, &verdicts.spf.reason, &verdicts.iprev_name});
  for (DkimVerdict& one : verdicts.dkim) mask_all({&one.domain, &one.selector, &one.identity, &one.algorithm, &one.reason});
  mask_all({&verdicts.dmarc.domain, &verdicts.dmarc.policy_domain, &verdicts.dmarc.reason});
  mask_all({&verdicts.arc.sealer, &verdicts.arc.reason});
}

}  // namespace postern::pipeline
