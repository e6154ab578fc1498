#pragma once
// web/api/desk/full_export.h: everything of a workspace as one tar archive that is written as it is read (T-06), so that nothing of it
// ever stands on the server's disk: manifest.json, definitions, people and, page of tickets by page of tickets, files
// (attachments/ID), redacted mail (mail-N.mbox) and tickets-N.jsonl, N being the number of the page's last ticket; at the end
// end.json with counts. Unpacked, it is a folder that `postern import` reads.
// Whoever has the tickets of N goes on with `after` N in another archive. One that was cut off has no end.json; where the server
// itself had to stop, its last file is INCOMPLETE.txt.
// Thread-safety: one coroutine.  Ownership: borrows the services; outlives run().
// Errors: of run(), why it did not come to its end.  Limits: FullExportLimits.
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "ticketing/tickets.h"
#include "web/api/json.h"
#include "web/server/message.h"
#include "web/services.h"

namespace postern::web {

struct FullExportLimits {
  std::size_t tickets_per_page = 50;
  std::size_t page_bytes_max = 4U << 20U;  // of lines, and of mail; then a page ends earlier
};

struct FullExportWish {
  auth::Principal by;
  bool has_lines = true;
  bool has_mail = true;
  bool has_files = true;
  core::TicketId after;  // whoever goes on: the last ticket that he has
};

class FullExport {
 public:
  FullExport(Services& services, FullExportWish wish, FullExportLimits limits = {});
  // `may_go_on` is asked before each ticket.
  core::Task<core::Result<void>> run(ChunkWriter& out, std::function<bool()> may_go_on);
  core::TicketId last() const { return last_; }  // the tickets up to this one were written
  std::string counts() const;                    // "tickets 12, comments 30 …"

 private:
  core::Task<core::Result<void>> write_file(ChunkWriter& out, std::string name, std::string content);
  core::Task<core::Result<void>> write_set_up(ChunkWriter& out);
  core::Task<core::Result<void>> write_people(ChunkWriter& out);
  core::Task<core::Result<void>> write_tickets(ChunkWriter& out, const std::function<bool()>& may_go_on);
  core::Task<core::Result<void>> write_ticket(ChunkWriter& out, const ticketing::Ticket& ticket);
  core::Task<core::Result<json::array>> write_attachments(ChunkWriter& out, const ticketing::Comment& comment);
  core::Result<void> add_mail(const ticketing::Ticket& ticket, const ticketing::Comment& comment);
  core::Task<core::Result<void>> end_page(ChunkWriter& out);
  core::Task<core::Result<void>> write_all(ChunkWriter& out, const std::function<bool()>& may_go_on);
  json::object manifest() const;

  Services& services_;
  const FullExportWish wish_;
  const FullExportLimits limits_;
  core::TicketId last_;      // written
  core::TicketId page_end_;  // of the page that is being filled
  std::string lines_, mail_;
  std::map<std::string, std::uint64_t> counts_;
  bool is_gone_ = false;  // whoever took it
};

}  // namespace postern::web
