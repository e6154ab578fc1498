#include "ticketing/signatures/signatures.h"

#include "auth/audit.h"
#include "core/encoding.h"
#include "storage/schema/people.pb.h"
#include "ticketing/automation/placeholders.h"
#include "ticketing/people/profile_records.h"
#include "ticketing/people/transact.h"

namespace postern::ticketing {
namespace {

// A kind of kPeople beside those of people_keys.h; never renumber.
constexpr std::uint64_t kInboxSignature = 30;
constexpr std::string_view kSeparator = "\n\n-- \n";  // RFC 3676 section 4.3

std::string inbox_signature_key(core::WorkspaceId workspace, core::InboxId inbox) {
  return storage::KeyBuilder(workspace, storage::Space::kPeople).u64(kInboxSignature).u64(inbox.value).bytes();
}

core::Result<std::string> read_signature(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace, core::InboxId inbox) {
  const std::string key = inbox_signature_key(workspace, inbox);
  POSTERN_TRY(const auto value, snapshot.get(key));
  if (!value) return std::string();
  schema::Signature record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return record.text();
}

}  // namespace

core::Result<void> check_signature(std::string_view text, const SignatureLimits& limits) {
  if (text.size() > limits.bytes_max) return core::fail(Errc::kInvalid, "too long");
  return check_placeholders(text);
}

core::Result<std::string> Signatures::of_inbox(core::WorkspaceId workspace, core::InboxId inbox) const {
  return read_signature(*parts_.with.store.snapshot(), parts_.with.vault, workspace, inbox);
}

core::Task<core::Result<std::string>> Signatures::set_of_inbox(auth::Principal by, core::InboxId inbox, std::string text) {
  text = std::string(core::trim_ascii(parts_.redactor.redact_text(text, {"signature", by.workspace, inbox}).text()));
  if (const auto checked = check_signature(text, limits_); !checked) co_return core::fail(Errc::kInvalid, "body: " + checked.error().context());
  auto change = [this, by, inbox, text](storage::Transaction& transaction) -> core::Result<std::string> {
    const std::string key = inbox_signature_key(by.workspace, inbox);
    POSTERN_TRY(const auto before, transaction.get(key));
    if (text.empty()) {
      if (!before) return text;
      transaction.erase(key);
    } else {
      schema::Signature record;
      record.set_text(text);
      record.set_updated_unix_ms(parts_.with.now_ms());
      record.set_updated_by(by.user.value);
      POSTERN_CHECK(storage::put_sealed(transaction, parts_.with.vault, by.workspace, key, record));
    }
    POSTERN_CHECK(auth::audit(transaction, parts_.with.vault, parts_.with.ids, parts_.with.clock, by, "inbox.signature",
                              "inbox/" + std::to_string(inbox.value), text.empty() ? "none" : "changed"));
    return text;
  };
  co_return co_await transact_people(parts_.with, std::move(change));
}

core::Result<std::string> Signatures::filled(TicketDraft& ticket, core::UserId author, const std::string& own) const {
  POSTERN_TRY(const std::string of_all, read_signature(ticket.transaction().snapshot(), parts_.with.vault, ticket.workspace(),
                                                       core::InboxId{ticket.record().inbox()}));
  TicketText text(parts_, ticket, author);
  POSTERN_TRY(std::string out, text.fill(own, Readers::kCustomers));
  POSTERN_TRY(const std::string below, text.fill(of_all, Readers::kCustomers));
  if (!out.empty() && !below.empty()) out += "\n\n";
  return out + below;
}

core::Result<std::string> Signatures::signed_text(TicketDraft& ticket, core::UserId author, const std::string& text) const {
  POSTERN_TRY(const schema::Profile profile, read_profile(ticket.transaction().snapshot(), parts_.with.vault, ticket.workspace(), author));
  POSTERN_TRY(const std::string signature, filled(ticket, author, profile.signature()));
  if (signature.empty() || core::trim_ascii(text).ends_with(signature)) return text;
  std::string_view written = text;
  while (written.ends_with('\n') || written.ends_with('\r') || written.ends_with(' ')) written.remove_suffix(1);
  return std::string(written) + std::string(kSeparator) + signature;
}

core::Result<std::string> Signatures::preview(const auth::Principal& by, core::TicketId id, const std::optional<std::string>& body) const {
  if (body) {
    if (const auto checked = check_signature(*body, limits_); !checked) return core::fail(Errc::kInvalid, "body: " + checked.error().context());
  }
  storage::Transaction transaction = parts_.with.store.begin();  // never committed
  POSTERN_TRY(TicketDraft ticket, TicketDraft::open(parts_.with, transaction, by.workspace, id));
  const bool is_there = ticket.record().deleted_unix_ms() == 0 && by.inboxes.has(core::InboxId{ticket.record().inbox()});
  if (!is_there) return core::fail(Errc::kNotFound, "ticket/" + std::to_string(id.value));
  POSTERN_TRY(const schema::Profile profile, read_profile(transaction.snapshot(), parts_.with.vault, by.workspace, by.user));
  return filled(ticket, by.user, body ? parts_.redactor.redact_text(*body, {"signature", by.workspace, {}}).text() : profile.signature());
}

}  // namespace postern::ticketing
