#pragma once
// pipeline/sender/dmarc_record.h: a DMARC policy record (RFC 9989 section 4.7), read as tolerantly as it asks: unknown
// tags are ignored, an invalid value of an optional tag counts as its default.
// Thread-safety: values and free functions.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/verdict.h"

namespace postern::pipeline {

enum class DmarcPsd { kUnsaid, kYes, kNo };

struct DmarcRecord {
  std::optional<DmarcPolicy> policy;              // p=; absent when missing or invalid
  std::optional<DmarcPolicy> subdomain_policy;    // sp=
  std::optional<DmarcPolicy> nonexistent_policy;  // np=
  bool is_dkim_strict = false;                    // adkim=s
  bool is_spf_strict = false;                     // aspf=s
  bool is_testing = false;                        // t=y
  DmarcPsd psd = DmarcPsd::kUnsaid;
  bool has_report_address = false;  // rua= holds at least one mailto: address
  // p= as it applies: without a valid one, a record with rua= is "none" and any other is no record (section 4.10.1).
  std::optional<DmarcPolicy> effective_policy() const;
};

// nullopt unless the text begins with "v=DMARC1" as its first tag.
std::optional<DmarcRecord> parse_dmarc_record(std::string_view text);
// The value of a tag as written, without blanks around it; the first of a repeated one. nullopt when there is none.
std::optional<std::string> find_dmarc_tag(std::string_view text, std::string_view name);
// The record among TXT answers: exactly one must be a DMARC record.
std::optional<DmarcRecord> select_dmarc_record(const std::vector<std::string>& txt, std::size_t bytes_max);

}  // namespace postern::pipeline
