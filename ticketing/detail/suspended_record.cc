#include "ticketing/detail/suspended_record.h"

#include "ticketing/detail/codec.h"
#include "ticketing/detail/filing.h"
#include "ticketing/detail/keys.h"
#include "ticketing/purge.h"
#include "ticketing/search/file_texts.h"

namespace postern::ticketing {
namespace {

using Addresses = google::protobuf::RepeatedPtrField<schema::MailAddress>;

void encode_all(const std::vector<pipeline::NamedAddress>& from, Addresses& to) {
  for (const auto& one : from) codec::encode(one, *to.Add());
}

std::vector<pipeline::NamedAddress> decode_all(const Addresses& from) {
  std::vector<pipeline::NamedAddress> to;
  for (const auto& one : from) to.push_back(codec::decode(one));
  return to;
}

}  // namespace

core::Result<void> put_suspended(const Services& with, storage::Transaction& transaction, const Target& target,
                                 const IncomingMail& mail, std::string_view cause) {
  const auto& content = mail.content;
  schema::Suspended to;
  to.set_trace(mail.trace.value);
  to.set_inbox(target.inbox.value);
  to.set_at_unix_ms(with.now_ms());
  to.set_cause(std::string(cause));
  codec::encode(pipeline::NamedAddress{{}, mail.mail_from}, *to.mutable_mail_from());
  encode_all(content.from, *to.mutable_from());
  encode_all(content.sender, *to.mutable_sender());
  encode_all(content.reply_to, *to.mutable_reply_to());
  encode_all(content.to, *to.mutable_to());
  encode_all(content.cc, *to.mutable_cc());
  to.set_subject(content.subject);
  to.set_message_id(content.message_id);
  for (const auto& id : content.in_reply_to) to.add_in_reply_to(id);
  for (const auto& id : content.references) to.add_references(id);
  to.set_date(content.date);
  POSTERN_CHECK(codec::put_text(transaction, with, target.workspace, content.text, *to.mutable_text()));
  POSTERN_CHECK(codec::put_text(transaction, with, target.workspace, content.html, *to.mutable_html()));
  for (const auto& attachment : content.attachments) {
    POSTERN_TRY(*to.add_attachments(), store_attachment(with, transaction, target.workspace, attachment));
  }
  to.set_is_auto_submitted(content.machine.is_auto_submitted);
  to.set_is_bounce(content.machine.is_bounce);
  to.set_is_bulk(content.machine.is_bulk);
  to.set_wants_no_reply(content.machine.wants_no_reply);
  codec::encode(mail.verdicts, *to.mutable_verdicts());
  POSTERN_TRY(std::string raw, storage::put_blob(transaction, with.vault, target.workspace, mail.raw));
  to.set_raw_blob(std::move(raw));
  to.set_reply_token(target.reply_token);
  to.set_client_ip(mail.client_ip);
  to.set_requires_tls(mail.requires_tls);
  return storage::put_sealed(transaction, with.vault, target.workspace,
                             keys::suspended(target.workspace, mail.trace, target.inbox), to);
}

core::Result<pipeline::MessageContent> read_suspended_content(const Services& with, const storage::Snapshot& snapshot,
                                                              core::WorkspaceId workspace, const schema::Suspended& from) {
  pipeline::MessageContent to;
  to.from = decode_all(from.from());
  to.sender = decode_all(from.sender());
  to.reply_to = decode_all(from.reply_to());
  to.to = decode_all(from.to());
  to.cc = decode_all(from.cc());
  to.subject = from.subject();
  to.message_id = from.message_id();
  to.in_reply_to.assign(from.in_reply_to().begin(), from.in_reply_to().end());
  to.references.assign(from.references().begin(), from.references().end());
  to.date = from.date();
  POSTERN_TRY(to.text, codec::get_text(snapshot, with.vault, workspace, from.text()));
  POSTERN_TRY(to.html, codec::get_text(snapshot, with.vault, workspace, from.html()));
  for (const auto& one : from.attachments()) {
    pipeline::RedactedAttachment attachment{one.name(), one.media_type(), one.content_id(), one.is_inline(), {},
                                            one.was_replaced()};
    POSTERN_TRY(attachment.text, search::file_text(snapshot, with.vault, workspace, one.id()));
    POSTERN_TRY(attachment.content, storage::get_blob(snapshot, with.vault, workspace, one.blob()));
    to.attachments.push_back(std::move(attachment));
  }
  to.machine = {from.is_auto_submitted(), from.is_bounce(), from.is_bulk(), from.wants_no_reply()};
  return to;
}

namespace {

std::vector<std::string> blobs_of(const schema::Suspended& record) {
  std::vector<std::string> blobs;
  const auto add = [&blobs](const std::string& blob) {
    if (!blob.empty()) blobs.push_back(blob);
  };
  for (const std::string* each : {&record.text().blob(), &record.html().blob(), &record.raw_blob()}) add(*each);
  for (const auto& one : record.attachments()) add(one.blob());
  return blobs;
}

// Their keys.
core::Result<std::vector<std::string>> forget_file_texts(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                         const schema::Suspended& record) {
  std::vector<std::string> keys;
  for (const schema::Attachment& each : record.attachments()) {
    POSTERN_TRY(std::optional<std::string> key, search::forget_file_text(transaction, workspace, each.id()));
    if (key) keys.push_back(std::move(*key));
  }
  return keys;
}

}  // namespace

core::Result<void> erase_suspended(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                   const schema::Suspended& record) {
  const std::string key = keys::suspended(workspace, core::TraceId{record.trace()}, core::InboxId{record.inbox()});
  std::vector<std::string> gone{key};
  transaction.erase(key);
  for (const std::string& blob : blobs_of(record)) {
    POSTERN_TRY(const bool is_last, storage::release_blob(transaction, workspace, blob));
    if (is_last) gone.push_back(storage::blob_key(workspace, blob));
  }
  POSTERN_TRY(const std::vector<std::string> texts, forget_file_texts(transaction, workspace, record));
  gone.insert(gone.end(), texts.begin(), texts.end());
  return add_purge_due(transaction, workspace, {}, {}, std::move(gone), with.ids.next(), with.now_ms());
}

core::Result<void> release_suspended(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::Suspended& record) {
  for (const std::string& blob : blobs_of(record)) POSTERN_CHECK(storage::release_blob(transaction, workspace, blob));
  POSTERN_CHECK(forget_file_texts(transaction, workspace, record));
  return {};
}

}  // namespace postern::ticketing
