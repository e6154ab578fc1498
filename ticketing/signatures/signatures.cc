#include "ticketing/signatures/signatures.h"

#include "auth/audit.h"
#include "core/encoding.h"
#include "storage/schema/people.pb.h"
#include "ticketing/automation/placeholders.h"
#include "ticketing/html_words.h"
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

core::Result<SignatureForm> read_signature(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace, core::InboxId inbox) {
  const std::string key = inbox_signature_key(workspace, inbox);
  POSTERN_TRY(const auto value, snapshot.get(key));
  if (!value) return SignatureForm();
  schema::Signature record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  return SignatureForm{record.text(), record.html()};
}

SignatureForm own_of(const schema::Profile& profile) { return {profile.signature(), profile.signature_html()}; }

// As it stands in a mail of HTML: that of a plain one is its text.
std::string paragraph(std::string_view text) { return text.empty() ? std::string() : "<p>" + as_html(text) + "</p>"; }

}  // namespace

core::Result<SignatureForm> Signatures::of_inbox(core::WorkspaceId workspace, core::InboxId inbox) const {
  return read_signature(*parts_.with.store.snapshot(), parts_.with.vault, workspace, inbox);
}

core::Task<core::Result<SignatureForm>> Signatures::set_of_inbox(auth::Principal by, core::InboxId inbox, SignatureForm typed, Guard guard) {
  POSTERN_CO_TRY(const SignatureForm form, clean_signature(parts_.redactor, typed, by.workspace, inbox, limits_));
  auto change = [this, by, inbox, form, guard](storage::Transaction& transaction) -> core::Result<SignatureForm> {
    const std::string key = inbox_signature_key(by.workspace, inbox);
    POSTERN_TRY(const auto before, transaction.get(key));
    if (guard) {
      schema::Signature stored;
      if (before) POSTERN_CHECK(storage::open_record(parts_.with.vault, by.workspace, key, *before, stored));
      POSTERN_CHECK(guard({stored.text(), stored.html()}));
    }
    if (form.text.empty()) {
      if (!before) return form;
      transaction.erase(key);
    } else {
      schema::Signature record;
      record.set_text(form.text);
      record.set_html(form.html);
      record.set_updated_unix_ms(parts_.with.now_ms());
      record.set_updated_by(by.user.value);
      POSTERN_CHECK(storage::put_sealed(transaction, parts_.with.vault, by.workspace, key, record));
    }
    POSTERN_CHECK(auth::audit(transaction, parts_.with.vault, parts_.with.ids, parts_.with.clock, by, "inbox.signature",
                              "inbox/" + std::to_string(inbox.value), form.text.empty() ? "none" : "changed"));
    return form;
  };
  co_return co_await transact_people(parts_.with, std::move(change));
}

core::Result<SignatureForm> Signatures::filled(TicketDraft& ticket, core::UserId author, const SignatureForm& own) const {
  const core::InboxId inbox{ticket.record().inbox()};
  POSTERN_TRY(const SignatureForm of_all, read_signature(ticket.transaction().snapshot(), parts_.with.vault, ticket.workspace(), inbox));
  TicketText words(parts_, ticket, author);
  SignatureForm out;
  for (const SignatureForm* each : {&own, &of_all}) {
    POSTERN_TRY(const std::string text, words.fill(each->text, Readers::kCustomers));
    if (!out.text.empty() && !text.empty()) out.text += "\n\n";
    out.text += text;
    POSTERN_TRY(const std::string html, words.fill_html(each->html, Readers::kCustomers));
    out.html += html.empty() ? paragraph(text) : "<div>" + html + "</div>";
  }
  if (own.html.empty() && of_all.html.empty()) out.html = paragraph(out.text);
  // What was filled into an attribute may have made another of it.
  out.html = parts_.redactor.redact_html(out.html, {"signature", ticket.workspace(), inbox}).html();
  return out;
}

core::Result<ReplyBody> Signatures::signed_body(TicketDraft& ticket, core::UserId author, const ReplyBody& body) const {
  POSTERN_TRY(const schema::Profile profile, read_profile(ticket.transaction().snapshot(), parts_.with.vault, ticket.workspace(), author));
  POSTERN_TRY(const SignatureForm signature, filled(ticket, author, own_of(profile)));
  if (signature.text.empty() || core::trim_ascii(body.text).ends_with(signature.text)) return body;
  std::string_view written = body.text;
  while (written.ends_with('\n') || written.ends_with('\r') || written.ends_with(' ')) written.remove_suffix(1);
  ReplyBody out{std::string(written) + std::string(kSeparator) + signature.text, body.html};
  if (!out.html.empty()) out.html += "\n<div>-- <br></div>\n" + (signature.html.empty() ? paragraph(signature.text) : signature.html);
  return out;
}

core::Result<SignatureForm> Signatures::preview(const auth::Principal& by, core::TicketId id, const std::optional<SignatureForm>& typed) const {
  std::optional<SignatureForm> own;
  if (typed) {
    POSTERN_TRY(own, clean_signature(parts_.redactor, *typed, by.workspace, {}, limits_));
  }
  storage::Transaction transaction = parts_.with.store.begin();  // never committed
  POSTERN_TRY(TicketDraft ticket, TicketDraft::open(parts_.with, transaction, by.workspace, id));
  const bool is_there = ticket.record().deleted_unix_ms() == 0 && by.inboxes.has(core::InboxId{ticket.record().inbox()});
  if (!is_there) return core::fail(Errc::kNotFound, "ticket/" + std::to_string(id.value));
  POSTERN_TRY(const schema::Profile profile, read_profile(transaction.snapshot(), parts_.with.vault, by.workspace, by.user));
  return filled(ticket, by.user, own ? *own : own_of(profile));
}

}  // namespace postern::ticketing
