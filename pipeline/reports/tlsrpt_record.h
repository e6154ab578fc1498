#pragma once
// pipeline/reports/tlsrpt_record.h: where a domain wants its TLS reports: the TXT record at _smtp._tls (RFC 8460 section 3), read
// strictly: one that breaks its grammar, or is one of several, is none.
// Thread-safety: pure. Errors: none.  Limits: `most` addresses and URLs together, kTlsRptRecordMax, kTlsRptUrlMax.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/address.h"

namespace postern::pipeline {

inline constexpr std::size_t kTlsRptRecordMax = 4096;
inline constexpr std::size_t kTlsRptUrlMax = 1024;

struct TlsRptRecord {
  std::vector<EmailAddress> mail;  // of mailto:, domains as A-labels in lower case, each once
  std::vector<std::string> https;  // URLs, each once
};

// `txt`: all TXT records of the name. What a domain names besides mailto: and https: is left out.
std::optional<TlsRptRecord> find_tlsrpt(const std::vector<std::string>& txt, std::size_t most);

}  // namespace postern::pipeline
