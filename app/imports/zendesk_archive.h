#pragma once
// app/imports/zendesk_archive.h: documents of Zendesk's exports below a folder: JSON Lines (one object a line) and JSON files as the
// API answers them: pages of ticket_fields, groups, organizations, users, tickets, comments and ticket_events, and objects alone. Also what
// `postern export` writes. Only places are kept; a document is read again for each kind of thing in it.
// Thread-safety: look() by one owner; then the rest from any thread.  Blocking: for a pool.
// Errors: core::Errc::kIo, kInvalid beyond a limit.  Limits: ZendeskLimits.
#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/imports/packed_files.h"
#include "app/json.h"
#include "core/clock.h"
#include "core/result.h"

namespace postern::app {

struct ZendeskLimits {
  std::size_t document_bytes_max = 256U << 20U;  // larger ones are listed and not read
  std::size_t documents_max = 20'000'000;
};

// In the order in which they are imported: what is named stands before what names it.
enum class ZendeskKind : std::uint8_t { kTicketField, kGroup, kOrganization, kUser, kTicket, kComment };

struct ZendeskThing {
  ZendeskKind kind = ZendeskKind::kTicket;
  const JsonObject& object;
  std::uint64_t ticket = 0;  // of a comment: whose; 0 when the document does not tell
};

class ZendeskArchive {
 public:
  static core::Result<ZendeskArchive> open(const std::filesystem::path& path, ZendeskLimits limits = {});
  // The same of an archive in memory.
  static core::Result<ZendeskArchive> open(std::shared_ptr<const PackedFiles> packed, ZendeskLimits limits = {});
  core::Result<bool> look(core::Instant until, const core::Clock& clock);

  // A kind of thing in a document.
  std::size_t size() const { return items_.size(); }
  std::string name_of(std::size_t item) const;
  bool is_of_fields(std::size_t item) const { return items_[item].kind == ZendeskKind::kTicketField; }  // these come first
  // Every thing of that item. False: it cannot be read, with the reason in `why`.
  bool visit(std::size_t item, const std::function<void(const ZendeskThing&)>& each, std::string& why) const;
  // Whether comments of it stand somewhere, so that its description is one of them.
  bool has_comments(std::uint64_t ticket) const { return commented_.contains(ticket); }
  // The bytes of an attachment that was saved beside the documents, as attachments/ID or attachments/ID/NAME.
  core::Result<std::string> attachment(std::uint64_t id, std::size_t bytes_max) const;

 private:
  struct Document {
    std::uint32_t file = 0;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };
  struct Item {
    ZendeskKind kind;
    std::size_t document;
  };
  explicit ZendeskArchive(ZendeskLimits limits) : limits_(limits) {}
  core::Result<void> look_into(std::size_t document);
  core::Result<void> find_documents(std::uint32_t file);
  core::Result<std::string> read(const Document& document) const;
  core::Result<std::string> packed_attachment(std::uint64_t id, std::size_t bytes_max) const;

  ZendeskLimits limits_;
  std::shared_ptr<const PackedFiles> packed_;  // null: files of the disk
  std::map<std::uint64_t, const core::TarFile*> packed_attachments_;  // of it
  std::filesystem::path root_;
  std::vector<std::string> files_;
  std::vector<Document> documents_;
  std::vector<Item> items_;
  std::set<std::uint64_t> commented_;
  std::uint32_t next_file_ = 0;
  std::size_t next_document_ = 0;
};

}  // namespace postern::app
