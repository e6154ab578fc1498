#include "ticketing/bulk/comment_removal.h"

#include "ticketing/detail/keys.h"
#include "ticketing/search/file_texts.h"

namespace postern::ticketing {

core::Result<std::vector<std::string>> release_comment_blobs(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                             const schema::Comment& comment) {
  std::vector<std::string> out;
  const auto release = [&](const std::string& address) -> core::Result<void> {
    if (address.empty()) return {};
    POSTERN_TRY(const bool is_gone, storage::release_blob(transaction, workspace, address));
    if (is_gone) out.push_back(storage::blob_key(workspace, address));
    return {};
  };
  POSTERN_CHECK(release(comment.text().blob()));
  POSTERN_CHECK(release(comment.html().blob()));
  POSTERN_CHECK(release(comment.raw_blob()));
  for (const schema::Attachment& each : comment.attachments()) {
    POSTERN_CHECK(release(each.blob()));
    POSTERN_TRY(std::optional<std::string> text, search::forget_file_text(transaction, workspace, each.id()));
    if (text) out.push_back(std::move(*text));
  }
  return out;
}

core::Result<void> remove_comments(TicketDraft& ticket, const google::protobuf::RepeatedField<std::uint64_t>& ids) {
  for (const std::uint64_t id : ids) {
    auto taken = ticket.take_comment(core::CommentId{id});
    if (!taken && taken.error() == Errc::kNotFound) continue;
    if (!taken) return taken.error();
    POSTERN_CHECK(release_comment_blobs(ticket.transaction(), ticket.workspace(), *taken));
    ticket.transaction().record(ticket.workspace(), {"comment.withdrawn", ticket.id().value, id});
  }
  return {};
}

core::Result<std::string> own_message_id_key(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
                                             core::InboxId inbox, const schema::Comment& comment) {
  if (comment.message_id().empty() || comment.via() != "mail") return std::string();
  POSTERN_TRY(const std::string hash, with.vault.content_hash(workspace, "message-id:" + comment.message_id()));
  std::string key = keys::message_id(workspace, inbox, hash);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return std::string();
  schema::MessageIdIndex index;
  POSTERN_CHECK(storage::parse_record(*value, index));
  return index.comment() == comment.id() ? key : std::string();
}

}  // namespace postern::ticketing
