#include "storage/records.h"

namespace postern::storage {
namespace {

std::string uses_key(core::WorkspaceId workspace, std::string_view address) {
  KeyBuilder key(workspace, Space::kBlobUses);
  key.text(address);
  return std::move(key).take();
}

}  // namespace

std::string blob_key(core::WorkspaceId workspace, std::string_view address) {
  KeyBuilder key(workspace, Space::kBlob);
  key.text(address);
  return std::move(key).take();
}

core::Result<void> put_sealed(Transaction& transaction, const Vault& vault, core::WorkspaceId workspace,
                              std::string key, const google::protobuf::MessageLite& record) {
  std::string plain;
  if (record.ByteSizeLong() > kRecordBytesMax || !record.SerializeToString(&plain))
    return core::fail(Errc::kTooLarge, "record");
  POSTERN_TRY(auto sealed, vault.seal(workspace, key, plain));
  transaction.put(std::move(key), std::move(sealed));
  return {};
}

core::Result<void> put_plain(Transaction& transaction, std::string key, const google::protobuf::MessageLite& record) {
  std::string value;
  if (record.ByteSizeLong() > kRecordBytesMax || !record.SerializeToString(&value))
    return core::fail(Errc::kTooLarge, "record");
  transaction.put(std::move(key), std::move(value));
  return {};
}

core::Result<void> open_record(const Vault& vault, core::WorkspaceId workspace, std::string_view key,
                               std::string_view value, google::protobuf::MessageLite& record) {
  POSTERN_TRY(const std::string plain, vault.open(workspace, key, value));
  return parse_record(plain, record);
}

core::Result<void> parse_record(std::string_view value, google::protobuf::MessageLite& record) {
  if (value.size() > kRecordBytesMax || !record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return core::fail(Errc::kCorrupt, std::string(record.GetTypeName()));
  }
  return {};
}

core::Result<std::string> put_blob(Transaction& transaction, const Vault& vault, core::WorkspaceId workspace,
                                   std::string_view content) {
  POSTERN_TRY(std::string address, vault.content_hash(workspace, content));
  std::string key = blob_key(workspace, address);
  std::string uses = uses_key(workspace, address);
  // Absence is not part of the read set: two transactions may bring the same attachment. Presence is: the last other use may
  // be released meanwhile, and the blob erased with it.
  POSTERN_TRY(auto existing, transaction.snapshot().get(key));
  if (existing) {
    POSTERN_TRY(existing, transaction.get(key));
  }
  if (existing) {
    POSTERN_TRY(const auto counted, transaction.snapshot().get(uses));  // adding never conflicts, reading would
    if (counted) transaction.add(std::move(uses), 1);
    return address;
  }
  transaction.add(std::move(uses), 1);
  POSTERN_TRY(auto sealed, vault.seal(workspace, key, content));
  transaction.put(std::move(key), std::move(sealed));
  return address;
}

core::Result<bool> release_blob(Transaction& transaction, core::WorkspaceId workspace, std::string_view address) {
  std::string uses = uses_key(workspace, address);
  POSTERN_TRY(const auto counted, transaction.get(uses));
  if (!counted) return false;
  if (decode_counter(counted) > 1) {
    transaction.add(std::move(uses), -1);
    return false;
  }
  transaction.erase(std::move(uses));
  transaction.erase(blob_key(workspace, address));
  return true;
}

core::Result<std::string> get_blob(const Snapshot& snapshot, const Vault& vault, core::WorkspaceId workspace,
                                   std::string_view address) {
  const std::string key = blob_key(workspace, address);
  POSTERN_TRY(const auto sealed, snapshot.get(key));
  if (!sealed) return core::fail(Errc::kNotFound, "blob");
  return vault.open(workspace, key, *sealed);
}

}  // namespace postern::storage
