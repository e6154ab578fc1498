#pragma once
// ticketing/detail/codec.h: our value types to and from storage/schema/ticket.proto, and texts that are inline or in a
// blob. Thread-safety: pure. Errors: those of the store and the vault.
#include "pipeline/api/redacted_message.h"
#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/services.h"
#include "ticketing/tickets.h"

namespace postern::ticketing::codec {

void encode(const pipeline::Verdicts& from, schema::Verdicts& to);
pipeline::Verdicts decode(const schema::Verdicts& from);
void encode(const pipeline::Redaction& from, schema::Redaction& to);
pipeline::Redaction decode(const schema::Redaction& from);
void encode(const pipeline::NamedAddress& from, schema::MailAddress& to);
pipeline::NamedAddress decode(const schema::MailAddress& from);
Ticket decode(const schema::Ticket& from);
Event decode(const schema::TicketEvent& from);
Attachment decode(const schema::Attachment& from);
// "failed" when a recipient's delivery failed, else the least advanced state; empty when nothing was sent.
std::string delivery_word(const schema::Comment& comment);

core::Result<void> put_text(storage::Transaction& transaction, const Basics& with, core::WorkspaceId workspace,
                            std::string_view text, schema::Text& to);
core::Result<std::string> get_text(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                   core::WorkspaceId workspace, const schema::Text& from);
core::Result<Comment> decode(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                             const schema::Comment& from);

}  // namespace postern::ticketing::codec
