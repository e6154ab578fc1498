#pragma once
// ticketing/bulk/job_codec.h: what a job is to do and who wants it, to and from its record. What was typed is redacted on the way
// in, by the rules of every inbox that it may come to stand in (design invariant 2).
// Thread-safety: pure.  Errors: Errc::kInvalid for an address that holds what must not be stored.
#include <vector>

#include "auth/accounts.h"
#include "pipeline/api/redacted_message.h"
#include "storage/schema/bulk.pb.h"
#include "ticketing/bulk/note.h"
#include "ticketing/detail/services.h"
#include "ticketing/tickets.h"

namespace postern::ticketing::job_codec {

core::Result<schema::JobChange> encode(const pipeline::TextRedactor& redactor, Tickets::Update change, core::WorkspaceId workspace,
                                       const std::vector<core::InboxId>& inboxes);
Tickets::Update decode(const schema::JobChange& from);
// How much was typed: what encode() has to look through, once for each inbox.
std::size_t typed_bytes(const Tickets::Update& change);
// A comment alone.
schema::JobChange encode(const CleanNote& note, bool is_public);
CleanNote decode_note(const schema::JobChange& from);
CleanNote clean_note_for_all(const pipeline::TextRedactor& redactor, const std::string& text, core::WorkspaceId workspace,
                             const std::vector<core::InboxId>& inboxes);

schema::JobAuthor encode(const auth::Principal& by);
// What the author may do now, and never more than he might then. A session may have ended since: people sign out while a job
// goes on. Errors: auth::Errc::kForbidden with the reason when he is gone or suspended, or the token that he used is.
core::Result<auth::Principal> author_now(const Services& with, core::WorkspaceId workspace, const schema::JobAuthor& author);

}  // namespace postern::ticketing::job_codec
