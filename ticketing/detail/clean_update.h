#pragma once
// ticketing/detail/clean_update.h: what somebody typed for a ticket, after the redactor: the only form in which it goes on
// (design invariant 2).
// Thread-safety: pure; files may take seconds.  Errors: Errc::kInvalid for an address that holds what must not be stored, and for
// HTML that says nothing.
#include "pipeline/api/redacted_message.h"
#include "ticketing/compose.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

struct CleanUpdate {
  bool has_comment = false;
  std::string text;
  std::string html;  // the same, formatted; empty: it is plain
  std::vector<pipeline::Redaction> redactions;       // of the comment
  std::vector<pipeline::Redaction> shadow_findings;
  std::vector<pipeline::Redaction> redactions_beside;  // of everything else
  std::vector<pipeline::Redaction> shadow_findings_beside;
  std::vector<std::string> tags;
  std::vector<OutgoingFile> files;
  TicketWishes wishes;
};

core::Result<CleanUpdate> clean(const pipeline::TextRedactor& redactor, const Tickets::Update& update, core::WorkspaceId workspace,
                                core::InboxId inbox);

}  // namespace postern::ticketing
