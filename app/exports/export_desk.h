#pragma once
// app/exports/export_desk.h: everything of a workspace in files (T-06): people, organisations, groups and tickets with all comments as
// JSON Lines in Zendesk's shapes, which `postern import zendesk` takes back; the redacted messages as an mbox, which `postern
// import mbox` takes back; files of attachments. In steps of a few seconds, resumable (export_folder.h). Tickets are read one
// after the other while others work: the manifest tells between which numbers of the change feed, from which an incremental
// export goes on. Deleted tickets are not in it.
// Begin and end are audited ("export.begun", "export.finished"), with counts.
// Thread-safety: all methods from one executor, that of the commands.  Ownership: borrows Services.
// Errors: core::Errc::kInvalid for a wish that makes no sense, kIo of the folder, those of the store.  Limits: below.
#include <memory>
#include <set>
#include <string>

#include "app/exports/export_folder.h"
#include "app/json.h"
#include "auth/principal.h"
#include "core/task.h"
#include "ticketing/tickets.h"

namespace postern::app {

class Services;

struct ExportWish {
  auth::Principal by;
  std::string folder;
  std::set<std::string> formats;  // of "jsonl", "mbox", "files"
};

class ExportDesk {
 public:
  explicit ExportDesk(Services& services);
  ~ExportDesk();
  core::Task<core::Result<Json>> begin(ExportWish wish, bool resumes);
  core::Task<core::Result<Json>> step(std::uint64_t id);

 private:
  struct Run;
  core::Result<void> go_on(Run& run, core::Instant until) const;
  core::Result<void> write_people(Run& run, core::Instant until) const;
  core::Result<void> write_organizations(Run& run) const;
  core::Result<void> write_tickets(Run& run, core::Instant until) const;
  core::Result<void> write_ticket(Run& run, const ticketing::Ticket& ticket) const;
  core::Result<void> write_mail(Run& run, const ticketing::Ticket& ticket, const ticketing::Comment& comment) const;
  core::Result<JsonObject> comment_line(Run& run, const ticketing::Ticket& ticket, const ticketing::Comment& comment) const;
  core::Result<void> finish(Run& run, core::Instant until) const;
  core::Task<core::Result<void>> audit(const Run& run, std::string_view action);

  Services& services_;
  std::unique_ptr<Run> run_;
};

// `action`: begin (folder, formats, workspace, resume) or step (export).
core::Task<core::Result<Json>> run_export_command(std::string action, JsonObject request, auth::Principal by, Services& services);

}  // namespace postern::app
