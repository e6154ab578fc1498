#include "ticketing/search/file_texts.h"

#include "ticketing/search/keys.h"

namespace postern::ticketing::search {
namespace {

core::Result<std::string> opened_text(const storage::Vault& vault, core::WorkspaceId workspace, const std::string& key,
                                      const std::optional<std::string>& sealed) {
  if (!sealed) return std::string();
  return vault.open(workspace, key, *sealed);
}

}  // namespace

core::Result<void> put_file_text(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                 std::uint64_t attachment, std::string_view text) {
  if (text.empty()) return {};
  std::string key = file_text_key(workspace, attachment);
  POSTERN_TRY(std::string sealed, vault.seal(workspace, key, text));
  transaction.put(std::move(key), std::move(sealed));
  return {};
}

core::Result<std::string> file_text(storage::Transaction& transaction, const storage::Vault& vault, core::WorkspaceId workspace,
                                    std::uint64_t attachment) {
  const std::string key = file_text_key(workspace, attachment);
  POSTERN_TRY(const std::optional<std::string> sealed, transaction.get(key));
  return opened_text(vault, workspace, key, sealed);
}

core::Result<std::string> file_text(const storage::Snapshot& snapshot, const storage::Vault& vault, core::WorkspaceId workspace,
                                    std::uint64_t attachment) {
  const std::string key = file_text_key(workspace, attachment);
  POSTERN_TRY(const std::optional<std::string> sealed, snapshot.get(key));
  return opened_text(vault, workspace, key, sealed);
}

core::Result<std::optional<std::string>> forget_file_text(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                          std::uint64_t attachment) {
  std::string key = file_text_key(workspace, attachment);
  POSTERN_TRY(const std::optional<std::string> sealed, transaction.get(key));
  if (!sealed) return std::optional<std::string>();
  transaction.erase(key);
  return std::optional(std::move(key));
}

}  // namespace postern::ticketing::search
