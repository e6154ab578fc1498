#pragma once
// ticketing/bulk/job_codec.h: what a job is to do and who wants it, to and from its record. What was typed is redacted on the way
// in, by the rules of every inbox that it may come to stand in (design invariant 2).
// Thread-safety: pure.  Errors: Errc::kInvalid for an address that holds what must not be stored.
#include <vector>

#include "auth/accounts.h"
#include "pipeline/api/redacted_message.h"
#include "storage/schema/bulk.pb.h"
#include "ticketing/bulk/note.h"
#include "ticketing/tickets.h"

namespace postern::ticketing::job_codec {

core::Result<schema::JobChange> encode(const pipeline::TextRedactor& redactor, Tickets::Update change, core::WorkspaceId workspace,
                                       const std::vector<core::InboxId>& inboxes);
Tickets::Update decode(const schema::JobChange& from);
// A comment alone.
schema::JobChange encode(const CleanNote& note, bool is_public);
CleanNote decode_note(const schema::JobChange& from);
CleanNote clean_note_for_all(const pipeline::TextRedactor& redactor, const std::string& text, core::WorkspaceId workspace,
                             const std::vector<core::InboxId>& inboxes);

schema::JobAuthor encode(const auth::Principal& by);
// What the author may do now, and never more than he might then. Errors: auth::Errc::kForbidden when he is gone.
core::Result<auth::Principal> author_now(const auth::Accounts& accounts, core::WorkspaceId workspace, const schema::JobAuthor& author,
                                         std::int64_t now_unix_ms);

}  // namespace postern::ticketing::job_codec
