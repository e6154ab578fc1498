#pragma once
// ticketing/detail/finding_counts.h: counts what redaction rules found in a message or comment, in the transaction that
// stores it: counters merge and never conflict, so that hot keys cost nothing, a crash loses nothing, and what was not
// stored or came twice is not counted. A message without findings costs one counter for each of its inboxes.
// Keys are not sealed: they hold rule ids, and places and labels of a fixed vocabulary, never a sender's words.
// Thread-safety: one owner of the transaction. Errors: none. Limits: FindingLimits::kinds_per_message_max.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/verdict.h"
#include "storage/store.h"
#include "ticketing/rule_options.h"

namespace postern::ticketing {

struct FindingScene {
  core::WorkspaceId workspace;
  core::InboxId inbox;
  std::uint64_t day = 0;  // since 1970-01-01, UTC
};

void count_findings(storage::Transaction& transaction, const FindingScene& scene, const std::vector<pipeline::Redaction>& redactions,
                    const std::vector<pipeline::Redaction>& shadow_findings, const FindingLimits& limits);
// `by` more or fewer marks of a rule as wrong.
void count_false_positive(storage::Transaction& transaction, const FindingScene& scene, std::string_view rule, std::int64_t by);

// Redaction::where as a word of the vocabulary: "text/html", "header:subject", "image", "other".
std::string place_of(std::string_view where);

}  // namespace postern::ticketing
