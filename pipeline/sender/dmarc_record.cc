#include "pipeline/sender/dmarc_record.h"

#include "core/encoding.h"
#include "pipeline/sender/dkim_tags.h"

namespace postern::pipeline {
namespace {

std::optional<DmarcPolicy> read_policy(std::string_view value) {
  if (core::equals_ignoring_case(value, "none")) return DmarcPolicy::kNone;
  if (core::equals_ignoring_case(value, "quarantine")) return DmarcPolicy::kQuarantine;
  if (core::equals_ignoring_case(value, "reject")) return DmarcPolicy::kReject;
  return std::nullopt;
}

bool names_mailbox(std::string_view value) {
  for (const std::string& uri : split_list(value, ',')) {
    if (core::equals_ignoring_case(std::string_view(uri).substr(0, 7), "mailto:") && uri.find('@') != std::string::npos)
      return true;
  }
  return false;
}

void apply(std::string_view name, std::string_view value, DmarcRecord& record) {
  if (name == "p") record.policy = read_policy(value);
  if (name == "sp") record.subdomain_policy = read_policy(value);
  if (name == "np") record.nonexistent_policy = read_policy(value);
  if (name == "adkim") record.is_dkim_strict = core::equals_ignoring_case(value, "s");
  if (name == "aspf") record.is_spf_strict = core::equals_ignoring_case(value, "s");
  if (name == "t") record.is_testing = core::equals_ignoring_case(value, "y");
  if (name == "rua") record.has_report_address = names_mailbox(value);
  if (name == "psd") {
    record.psd = core::equals_ignoring_case(value, "y")   ? DmarcPsd::kYes
                 : core::equals_ignoring_case(value, "n") ? DmarcPsd::kNo
                                                          : DmarcPsd::kUnsaid;
  }
}

}  // namespace

std::optional<DmarcPolicy> DmarcRecord::effective_policy() const {
  if (policy) return policy;
  if (has_report_address) return DmarcPolicy::kNone;
  return std::nullopt;
}

std::optional<DmarcRecord> parse_dmarc_record(std::string_view text) {
  DmarcRecord record;
  bool is_first = true;
  std::vector<std::string> seen;
  for (const std::string& spec : split_list(text, ';')) {
    const std::size_t equals = spec.find('=');
    const std::string name = core::to_lower_ascii(core::trim_ascii(std::string_view(spec).substr(0, equals)));
    const std::string_view value =
        equals == std::string::npos ? std::string_view() : core::trim_ascii(std::string_view(spec).substr(equals + 1));
    if (is_first) {
      if (name != "v" || value != "DMARC1") return std::nullopt;
      is_first = false;
      continue;
    }
    if (equals == std::string::npos) continue;
    bool is_repeated = false;
    for (const std::string& other : seen) is_repeated = is_repeated || other == name;
    if (is_repeated) continue;  // the first of a repeated tag counts
    seen.push_back(name);
    apply(name, value, record);
  }
  return record;
}

std::optional<std::string> find_dmarc_tag(std::string_view text, std::string_view name) {
  for (const std::string& spec : split_list(text, ';')) {
    const std::size_t equals = spec.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view written(spec);
    if (core::equals_ignoring_case(core::trim_ascii(written.substr(0, equals)), name)) {
      return std::string(core::trim_ascii(written.substr(equals + 1)));
    }
  }
  return std::nullopt;
}

std::optional<DmarcRecord> select_dmarc_record(const std::vector<std::string>& txt, std::size_t bytes_max) {
  std::optional<DmarcRecord> found;
  for (const std::string& text : txt) {
    if (text.size() > bytes_max) continue;
    std::optional<DmarcRecord> record = parse_dmarc_record(text);
    if (!record) continue;
    if (found) return std::nullopt;  // more than one: none counts (section 4.10)
    found = record;
  }
  return found;
}

}  // namespace postern::pipeline
