#include "pipeline/spam/classifier.h"

#include <algorithm>
#include <cmath>

#include "core/assert.h"
#include "core/encoding.h"
#include "pipeline/api/message.h"
#include "pipeline/mime/part.h"
#include "pipeline/spam/links.h"
#include "pipeline/spam/spoof.h"

namespace postern::pipeline {
namespace {

// Faults of form alone stay below the suspending score together: old software and phones commit them all. So does each
// sign of spoofing but the first: namesakes, ticket systems and neighbours in the dictionary write honest mail. One of
// our own domains without any proof is no accident.
constexpr double kParseWeightMax = 1.5;  // of all that is wrong with the structure, together
constexpr double kDegradedWeight = 0.8;
constexpr SpamRule kRules[] = {
    {"SPF_PASS", -0.2, "the sending host may send for the envelope domain"},
    {"SPF_FAIL", 2.5, "the envelope domain forbids the sending host"},
    {"SPF_SOFTFAIL", 1.0, "the envelope domain doubts the sending host"},
    {"SPF_NONE", 0.4, "the envelope domain publishes no SPF"},
    {"SPF_ERROR", 0.5, "the SPF record is broken"},
    {"DKIM_PASS", -0.2, "a signature verifies"},
    {"DKIM_FAIL", 1.0, "signatures are present and none verifies"},
    {"DKIM_NONE", 0.3, "the message is not signed"},
    {"DMARC_PASS", -0.5, "the From domain is authenticated"},
    {"DMARC_FAIL", 2.0, "the From domain is not authenticated, and publishes no wish"},
    {"DMARC_QUARANTINE", 6.0, "the From domain asks to set such mail aside"},
    {"DMARC_REJECT", 8.0, "the From domain asks to refuse such mail"},
    {"ARC_TRUSTED", -0.5, "a forwarder that we trust has seen the From domain authenticated"},
    {"FORWARDER_TRUSTED", 0.0, "a forwarder that we trust passed it on, after which SPF and DKIM say nothing"},
    {"IPREV_FAIL", 0.8, "reverse and forward DNS of the client disagree"},
    {"HELO_FAIL", 0.5, "the HELO name does not lead to the client"},
    {"DNS_LIST", 2.0, "a list of spam senders in DNS knows the client"},
    {"DNS_LIST_MORE", 1.5, "several lists of spam senders in DNS know the client"},
    {"DNS_ALLOW", -1.0, "a list of good senders in DNS knows the client"},
    {"SPOOF_OWN_DOMAIN", 6.5, "From is one of our domains, and nothing proves it"},
    {"SPOOF_COLLEAGUE", 3.1, "the sender has the name of an agent and an address that is not ours"},
    {"SPOOF_NAME_ADDRESS", 2.0, "the sender's name shows another address or domain than the real one"},
    {"LOOKALIKE_DOMAIN", 3.9, "From or Reply-To has a domain that looks like ours"},
    {"REPLYTO_ELSEWHERE", 1.0, "answers go to another domain than From, which is not authenticated"},
    {"MISSING_FROM", 1.5, "no From address"},
    {"MISSING_DATE", 0.4, "no usable Date"},
    {"MISSING_MESSAGE_ID", 0.4, "no Message-ID"},
    {"PARSE_DEGRADED", kDegradedWeight, "the structure passed a limit"},
    {"MIME_AMBIGUOUS", kParseWeightMax, "readers see different messages; weighs more the more they differ, and less what degraded does"},
    {"PARSE_DEFECTS", 0.2, "the structure is faulty"},
    {"HELO_LITERAL", 0.5, "HELO is an address"},
    {"HELO_NOT_FQDN", 0.5, "HELO is no full host name"},
    {"MANY_RCPTS", 1.0, "very many addressees"},
    {"SUBJECT_ALL_CAPS", 1.0, "the subject shouts"},
    {"SUBJECT_EMPTY", 0.3, "no subject"},
    {"HTML_ONLY", 0.4, "HTML without a text part"},
    {"LINK_MISMATCH", 3.0, "a link shows one host and leads to another"},
    {"REPLYTO_FREEMAIL", 2.0, "answers to a company go to a free mailbox"},
    {"BAD_ATTACHMENT", 4.0, "an attachment that systems execute"},
    {"DOUBLE_EXTENSION", 3.0, "an attachment that hides what it is"},
    {"BOUNCE", 0.0, "a delivery report"},
    {"BULK", 0.0, "bulk or list mail"},
    {"AUTO_SUBMITTED", 0.0, "sent by a machine"},
};

constexpr std::string_view kFreemail[] = {"gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com",
                                          "live.com",  "aol.com",        "gmx.de",    "gmx.net",     "web.de",
                                          "mail.ru",   "yandex.ru",      "qq.com",    "163.com",     "icloud.com",
                                          "proton.me", "protonmail.com", "zoho.com",  "mail.com",    "laposte.net"};
constexpr std::string_view kExecuted[] = {".exe", ".scr", ".pif", ".com", ".bat", ".cmd", ".vbs", ".vbe", ".js",
                                          ".jse", ".wsf", ".wsh", ".hta", ".lnk", ".msi", ".jar", ".ps1", ".cpl",
                                          ".iso", ".img", ".reg", ".scf", ".chm", ".xll", ".vhd"};
constexpr std::string_view kHarmlessBefore[] = {".pdf", ".doc", ".docx", ".xls", ".xlsx",
                                                ".jpg", ".png", ".txt",  ".zip", ".htm"};

template <std::size_t N>
bool contains(const std::string_view (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

class Score {
 public:
  void add(std::string_view symbol) {
    const auto rule = std::find_if(std::begin(kRules), std::end(kRules),
                                   [symbol](const SpamRule& one) { return one.symbol == symbol; });
    POSTERN_ASSERT(rule != std::end(kRules));
    verdict_.symbols.push_back({std::string(symbol), rule->weight});
    verdict_.score += rule->weight;
  }
  // A symbol that tells degrees.
  void add_part(std::string_view symbol, double weight) {
    weight = std::round(weight * 100) / 100;
    verdict_.symbols.push_back({std::string(symbol), weight});
    verdict_.score += weight;
  }
  void add_if(bool applies, std::string_view symbol) {
    if (applies) add(symbol);
  }
  SpamVerdict take() { return std::move(verdict_); }

 private:
  SpamVerdict verdict_;
};

// What the last hop's SPF and DKIM say of the author; after a forwarder they speak of the forwarder.
void judge_authentication(const AuthVerdicts& auth, Score& score) {
  score.add_if(auth.spf.result == AuthResult::kFail, "SPF_FAIL");
  score.add_if(auth.spf.result == AuthResult::kSoftFail, "SPF_SOFTFAIL");
  score.add_if(auth.spf.result == AuthResult::kNone, "SPF_NONE");
  score.add_if(auth.spf.result == AuthResult::kPermError, "SPF_ERROR");
  const bool has_signature = std::any_of(auth.dkim.begin(), auth.dkim.end(),
                                         [](const DkimVerdict& one) { return one.result != AuthResult::kNone; });
  const bool has_good = std::any_of(auth.dkim.begin(), auth.dkim.end(),
                                    [](const DkimVerdict& one) { return one.result == AuthResult::kPass; });
  if (!has_good) score.add(has_signature ? "DKIM_FAIL" : "DKIM_NONE");
  if (auth.dmarc.result == AuthResult::kFail) {
    score.add(auth.dmarc.disposition == DmarcPolicy::kReject       ? "DMARC_REJECT"
              : auth.dmarc.disposition == DmarcPolicy::kQuarantine ? "DMARC_QUARANTINE"
                                                                   : "DMARC_FAIL");
  }
}

void judge_sender(const AuthVerdicts& auth, Score& score) {
  const bool has_good = std::any_of(auth.dkim.begin(), auth.dkim.end(),
                                    [](const DkimVerdict& one) { return one.result == AuthResult::kPass; });
  score.add_if(auth.spf.result == AuthResult::kPass, "SPF_PASS");
  score.add_if(has_good, "DKIM_PASS");
  score.add_if(auth.dmarc.result == AuthResult::kPass, "DMARC_PASS");
  if (auth.dmarc.result != AuthResult::kPass && is_from_trusted_forwarder(auth)) {
    score.add(is_proven_by_seal(auth) ? "ARC_TRUSTED" : "FORWARDER_TRUSTED");
  } else {
    judge_authentication(auth, score);
  }
}

// The machine that brought the mail.
void judge_client(const AuthVerdicts& auth, Score& score) {
  score.add_if(auth.iprev == AuthResult::kFail, "IPREV_FAIL");
  score.add_if(auth.helo == AuthResult::kFail, "HELO_FAIL");
  const auto denying = std::count_if(auth.lists.begin(), auth.lists.end(), [](const DnsListHit& hit) { return !hit.is_allow; });
  score.add_if(denying >= 1, "DNS_LIST");
  score.add_if(denying >= 2, "DNS_LIST_MORE");
  score.add_if(denying != static_cast<std::ptrdiff_t>(auth.lists.size()), "DNS_ALLOW");
}

void judge_helo(const Envelope& envelope, Score& score) {
  if (envelope.helo.empty()) return;
  const bool is_literal =
      envelope.helo.front() == '[' || envelope.helo.find_first_not_of("0123456789.") == std::string::npos;
  score.add_if(is_literal, "HELO_LITERAL");
  score.add_if(!is_literal && envelope.helo.find('.') == std::string::npos, "HELO_NOT_FQDN");
}

bool is_shouting(std::string_view subject, std::uint32_t letters_min) {
  std::size_t upper = 0;
  std::size_t lower = 0;
  for (char c : subject) {
    upper += c >= 'A' && c <= 'Z';
    lower += c >= 'a' && c <= 'z';
  }
  return upper >= letters_min && lower == 0;
}

void judge_form(const MessageContent& content, const ParseReport& parse, const SpamOptions& options, Score& score) {
  score.add_if(content.from.empty(), "MISSING_FROM");
  score.add_if(content.date.empty(), "MISSING_DATE");
  score.add_if(content.message_id.empty(), "MISSING_MESSAGE_ID");
  score.add_if(parse.degraded, "PARSE_DEGRADED");
  if (parse.ambiguity > 0) {
    constexpr double kAmbiguityMax = 100;
    const double most = kParseWeightMax - (parse.degraded ? kDegradedWeight : 0);
    score.add_part("MIME_AMBIGUOUS", std::min(most, kParseWeightMax * parse.ambiguity / kAmbiguityMax));
  }
  score.add_if(parse.ambiguity == 0 && !parse.degraded && !parse.defects.empty(), "PARSE_DEFECTS");
  score.add_if(content.to.size() + content.cc.size() >= options.rcpts_many, "MANY_RCPTS");
  score.add_if(core::trim_ascii(content.subject).empty(), "SUBJECT_EMPTY");
  score.add_if(is_shouting(content.subject, options.caps_letters_min), "SUBJECT_ALL_CAPS");
}

void judge_replies(const MessageContent& content, Score& score) {
  if (content.from.empty() || content.reply_to.empty()) return;
  const std::string from = content.from.front().address.domain_lower();
  const std::string reply = content.reply_to.front().address.domain_lower();
  score.add_if(from != reply && contains(kFreemail, reply) && !contains(kFreemail, from), "REPLYTO_FREEMAIL");
}

bool has_text_part(const RedactedMessage& message) {
  const auto bytes = Message::copy_of(message.raw());
  const MimeTree tree = parse_mime(*bytes, {}, SecondOpinion::kSkip);
  bool found = false;
  for_each_part(tree.root, [&found](const Part& part, std::size_t) {
    found = found || (part.is_leaf() && part.is_text() && part.media_subtype != "html" && !part.is_attachment());
  });
  return found;
}

void judge_attachments(const MessageContent& content, Score& score) {
  bool is_bad = false;
  bool hides = false;
  for (const RedactedAttachment& attachment : content.attachments) {
    const std::string name = core::to_lower_ascii(core::trim_ascii(attachment.name));
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos || !contains(kExecuted, std::string_view(name).substr(dot))) continue;
    is_bad = true;
    const std::size_t before = dot == 0 ? std::string::npos : name.rfind('.', dot - 1);
    hides = hides || (before != std::string::npos &&
                      contains(kHarmlessBefore, std::string_view(name).substr(before, dot - before)));
  }
  score.add_if(is_bad, "BAD_ATTACHMENT");
  score.add_if(hides, "DOUBLE_EXTENSION");
}

}  // namespace

std::span<const SpamRule> spam_rules() { return kRules; }

SpamClassifier::SpamClassifier(SpamOptions options, const KnownNames* names)
    : options_(options), spoof_(names == nullptr ? nullptr : std::make_shared<const SpoofDetector>(*names)) {}

SpamVerdict SpamClassifier::classify(const RedactedMessage& message, const Envelope& envelope) const {
  Score score;
  const MessageContent& content = message.content();
  const AuthVerdicts& auth = message.verdicts().auth;
  judge_sender(auth, score);
  judge_client(auth, score);
  if (spoof_) {
    for (std::string_view symbol : spoof_->find(content, auth, envelope)) score.add(symbol);
  }
  judge_helo(envelope, score);
  judge_form(content, message.verdicts().parse, options_, score);
  judge_replies(content, score);
  judge_attachments(content, score);
  if (!content.html.empty()) {
    score.add_if(!has_text_part(message), "HTML_ONLY");
    score.add_if(has_misleading_link(content.html, options_.links_max), "LINK_MISMATCH");
  }
  score.add_if(content.machine.is_bounce, "BOUNCE");
  score.add_if(content.machine.is_bulk, "BULK");
  score.add_if(content.machine.is_auto_submitted, "AUTO_SUBMITTED");
  SpamVerdict verdict = score.take();
  verdict.score = std::round(verdict.score * 100) / 100;
  verdict.action = verdict.score >= options_.reject_score    ? SpamAction::kReject
                   : verdict.score >= options_.suspend_score ? SpamAction::kSuspend
                                                             : SpamAction::kAccept;
  return verdict;
}

}  // namespace postern::pipeline
