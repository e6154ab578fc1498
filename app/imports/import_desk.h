#pragma once
// app/imports/import_desk.h: one import at a time, in steps of a few seconds that the command line asks for: it goes on as long as
// somebody waits for it, and ends with him. How far it is stands in the store after each step; what a killed one did behind
// that is known by its digests and not done twice.
// Begin and end are audited ("import.begun", "import.finished") with counts, never with what was imported.
// Thread-safety: all methods from one executor, that of the commands.  Ownership: borrows Services.
// Errors: core::Errc::kInvalid for a wish that makes no sense, an import that is not running, or another one that is; those of
// the store.  Limits: kStepMax.
#include <memory>

#include "app/imports/import_source.h"
#include "app/json.h"
#include "core/result.h"

namespace postern::app {

class Services;

class ImportDesk {
 public:
  explicit ImportDesk(Services& services);
  ~ImportDesk();

  // Replaces one that nobody goes on with. `resumes`: behind what an earlier run of the same import has done.
  core::Task<core::Result<Json>> begin(ImportWish wish, bool resumes);
  // Goes on with it for a while; {"import", "state": "looking" | "importing" | "finished", "done", "total", counts …}.
  core::Task<core::Result<Json>> step(std::uint64_t import);

 private:
  struct Run;
  core::Task<core::Result<void>> go_on(Run& run);
  core::Task<core::Result<void>> keep(const Run& run, bool has_ended);
  core::Result<void> read_progress(Run& run) const;
  std::vector<std::string> shown_examples(const Run& run) const;
  core::Task<core::Result<void>> audit(const Run& run, std::string_view action);

  Services& services_;
  std::unique_ptr<Run> run_;
};

// `action`: begin (kind, path, inbox, workspace, status, dry_run, resume) or step (import).
core::Task<core::Result<Json>> run_import_command(std::string action, JsonObject request, auth::Principal by, Services& services);

}  // namespace postern::app
