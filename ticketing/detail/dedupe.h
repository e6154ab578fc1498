#pragma once
// ticketing/detail/dedupe.h: recognises a delivery that was stored before (a sender that lost our 250 tries again;
// mail.md trap 20). A keyed digest an inbox: the message without the trace fields that each attempt prepends. A copy that
// differs in anything else is another message: losing one that only looks alike would be worse than storing both.
// Thread-safety: pure over the transaction. Errors: those of the store and the vault.
#include <optional>
#include <vector>

#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/incoming.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

// The message without the one Return-Path, Received and Authentication-Results field that we put before it. Those of
// servers on the way stay: a sender that tries again sends them again.
std::string_view without_leading_trace(std::string_view raw);

core::Result<std::vector<std::string>> delivery_keys(const Basics& with, const Target& target, const IncomingMail& mail);
// What a delivery with one of the keys became; nullopt for a first one, or after Options::dedupe_life (without a
// Message-ID: dedupe_life_without_id).
core::Result<std::optional<schema::Delivery>> find_delivery(const Basics& with, storage::Transaction& transaction,
                                                            const IncomingMail& mail, const std::vector<std::string>& keys);
core::Result<void> remember_delivery(const Basics& with, storage::Transaction& transaction,
                                     const std::vector<std::string>& keys, core::TicketId ticket, core::CommentId comment);

}  // namespace postern::ticketing
