#include "ticketing/imports/import_marks.h"

#include "storage/key.h"

namespace postern::ticketing {
namespace {

core::Result<std::optional<schema::ImportMark>> parse_mark(const std::optional<std::string>& value) {
  if (!value) return std::optional<schema::ImportMark>();
  schema::ImportMark mark;
  POSTERN_CHECK(storage::parse_record(*value, mark));
  return std::optional(std::move(mark));
}

}  // namespace

core::Result<std::string> import_key(const storage::Vault& vault, core::WorkspaceId workspace, ImportKind kind, core::InboxId inbox,
                                     std::string_view what) {
  POSTERN_TRY(const std::string digest, vault.content_hash(workspace, "import:" + std::string(what)));
  storage::KeyBuilder key(workspace, storage::Space::kImport);
  key.u64(static_cast<std::uint64_t>(kind)).u64(inbox.value).text(digest);
  return std::move(key).take();
}

core::Result<std::optional<schema::ImportMark>> find_import(storage::Transaction& transaction, const std::string& key) {
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  return parse_mark(value);
}

core::Result<std::optional<schema::ImportMark>> find_import(const storage::Snapshot& snapshot, const std::string& key) {
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  return parse_mark(value);
}

core::Result<void> mark_import(storage::Transaction& transaction, std::string key, std::uint64_t object, core::CommentId comment,
                               std::int64_t now_unix_ms) {
  schema::ImportMark mark;
  mark.set_object(object);
  mark.set_comment(comment.value);
  mark.set_at_unix_ms(now_unix_ms);
  return storage::put_plain(transaction, std::move(key), mark);
}

}  // namespace postern::ticketing
