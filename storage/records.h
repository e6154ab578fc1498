#pragma once
// storage/records.h: Protocol Buffers records in a transaction, sealed or plain, so that no caller forgets to seal.
// Content of customers (anything typed or mailed) is always sealed; index entries hold ids only.
// Thread-safety: pure, apart from the transaction.  Errors: those of the vault and the snapshot; kTooLarge.
#include <google/protobuf/message_lite.h>

#include "storage/key.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace postern::storage {

constexpr std::size_t kRecordBytesMax = 64U << 20U;  // of one serialised record; larger content is a blob

core::Result<void> put_sealed(Transaction& transaction, const Vault& vault, core::WorkspaceId workspace,
                              std::string key, const google::protobuf::MessageLite& record);
core::Result<void> put_plain(Transaction& transaction, std::string key, const google::protobuf::MessageLite& record);

// Parse what get() returned. kCorrupt when it does not parse or open.
core::Result<void> open_record(const Vault& vault, core::WorkspaceId workspace, std::string_view key,
                               std::string_view value, google::protobuf::MessageLite& record);
core::Result<void> parse_record(std::string_view value, google::protobuf::MessageLite& record);

// Content-addressed, sealed bytes (bodies, attachments). Returns the address (32 bytes) to keep in the record. Each call is
// one use, which release_blob() takes back.
core::Result<std::string> put_blob(Transaction& transaction, const Vault& vault, core::WorkspaceId workspace,
                                   std::string_view content);
// One record less refers to it; with the last one the blob is erased, and true returned. Of a blob that was stored before
// its uses were counted nobody knows who else refers to it: it stays, and the answer is false.
core::Result<bool> release_blob(Transaction& transaction, core::WorkspaceId workspace, std::string_view address);
std::string blob_key(core::WorkspaceId workspace, std::string_view address);
core::Result<std::string> get_blob(const Snapshot& snapshot, const Vault& vault, core::WorkspaceId workspace,
                                   std::string_view address);

}  // namespace postern::storage
