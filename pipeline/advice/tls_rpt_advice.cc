// TLS-RPT: where senders report failures of TLS with us (RFC 8460 section 3).
#include <algorithm>

#include "core/encoding.h"
#include "pipeline/advice/records.h"
#include "pipeline/reports/tlsrpt_record.h"
#include "pipeline/sender/dkim_tags.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kVersion = "v=TLSRPTv1";

bool is_tls_rpt(const std::string& text) {
  return text.starts_with(kVersion) && (text.size() == kVersion.size() || text[kVersion.size()] == ';' || text[kVersion.size()] == ' ');
}

bool has_destination(const std::string& text) {
  const std::vector<std::string> tags = split_list(text, ';');
  return std::any_of(tags.begin(), tags.end(), [](const std::string& tag) {
    const std::string lower = core::to_lower_ascii(tag);
    return lower.starts_with("rua=") && (lower.find("mailto:") != std::string::npos || lower.find("https:") != std::string::npos);
  });
}

}  // namespace

core::Task<RecordAdvice> advise_tls_rpt(const AdviceRun& run) {
  const std::string owner = "_smtp._tls." + run.subject.domain;
  RecordAdvice record = run.start("tls_rpt", owner, "TXT", "v=TLSRPTv1; rua=mailto:" + run.report_address(),
                                  "Brings daily reports of senders that could not deliver over TLS.");
  record.is_required = false;
  const net::DnsAnswer answer = co_await run.ask(owner, net::DnsType::kTxt);
  if (ends_here(answer, owner, record)) co_return record;
  for (std::string& text : answer.txt()) {
    if (is_tls_rpt(text)) record.found.push_back(std::move(text));
  }
  cut_to(record.found, run.limits.found_max);
  if (record.found.empty()) {
    settle(record, AdviceState::kDifferent, "what is published is no TLS reporting record: it must begin with \"v=TLSRPTv1;\"");
  } else if (record.found.size() > 1) {
    settle(record, AdviceState::kDifferent, "more than one record is published, and senders ignore all of them; keep one");
  } else if (!has_destination(record.found[0])) {
    settle(record, AdviceState::kDifferent, "the record has no rua= with a mailto: or https: address");
  } else if (!find_tlsrpt(record.found, 1)) {
    settle(record, AdviceState::kDifferent, "the record breaks the grammar of RFC 8460 section 3: senders that read it strictly, as this server does, report nothing");
  } else {
    RecordAdvice live = run.start(record.purpose, owner, "TXT", record.found[0], record.why);
    record.publish = std::move(live.publish);
    settle(record, AdviceState::kOk, "senders know where to report to");
  }
  co_return record;
}

}  // namespace postern::pipeline
