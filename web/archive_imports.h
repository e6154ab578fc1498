#pragma once
// web/archive_imports.h: port to imports of archives that were uploaded; app fills it. The bytes stand in wiped memory until the
// import has ended; nothing of them reaches a disk but what the redactor let through.
// Thread-safety: all methods from any executor.  Errors: core::Errc::kInvalid with a sentence for people (nothing was begun),
// core::Errc::kOverloaded while another one is at work, those of the store.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "core/result.h"
#include "core/secret.h"
#include "core/task.h"
#include "ticketing/tickets.h"

namespace postern::web {

struct ArchiveWish {
  auth::Principal by;
  std::string kind;   // "mbox", "maildir", "eml", "zendesk"
  core::InboxId inbox;
  ticketing::Status status = ticketing::Status::kClosed;  // of tickets made of mail
  bool is_rehearsal = false;                              // nothing is stored
  core::SecretBuffer bytes;
};

struct ArchiveImport {
  std::uint64_t id = 0;
  std::string kind;
  core::InboxId inbox;
  bool is_rehearsal = false;
  std::string state;  // "looking", "importing", "finished", "stopped", "failed"
  std::uint64_t done = 0;
  std::optional<std::uint64_t> total;  // once all has been found
  std::uint64_t tickets = 0, comments = 0, people = 0, organizations = 0;
  std::map<std::string, std::uint64_t> passed_over;  // by reason
  std::vector<std::string> examples;                 // where, never what it says
  std::string error;                                 // of one that failed
  std::int64_t begun_unix_ms = 0;
  std::int64_t ended_unix_ms = 0;                    // 0: it goes on
};

class ArchiveImports {
 public:
  virtual ~ArchiveImports() = default;
  virtual core::Task<core::Result<ArchiveImport>> begin(ArchiveWish wish) = 0;
  // Newest first; the last few since the server started.
  virtual std::vector<ArchiveImport> list(core::WorkspaceId workspace) const = 0;
  virtual std::optional<ArchiveImport> find(core::WorkspaceId workspace, std::uint64_t id) const = 0;
  // Ends it behind the item that it is at; what came stays. False: there is none that goes on.
  virtual bool stop(core::WorkspaceId workspace, std::uint64_t id) = 0;
};

}  // namespace postern::web
