#pragma once
// app/imports/uploaded_imports.h: imports of archives that came through the API (web/archive_imports.h), in the background: each is
// an ImportDesk of its own, stepped to its end. Its bytes stand in wiped memory until then and nowhere else; how far it is stands
// in memory too: after a restart the archive is sent again, and what came is known.
// An end that is none of its own is audited as well ("import.stopped", "import.failed").
// Thread-safety: all methods from any thread; begin() resumes on its caller's executor.  Ownership: borrows Services; stop() before
// it goes and before the store is closed.  Errors: ticketing::Errc::kConflict while another one of the workspace is at work, those
// of the port.  Limits: UploadedLimits, PackedLimits.
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "app/json.h"
#include "core/deadline.h"
#include "core/task_group.h"
#include "web/archive_imports.h"

namespace postern::app {

class Services;

struct UploadedLimits {
  std::size_t running_max = 2;  // in all workspaces: each holds its archive in memory
  std::size_t kept_max = 10;    // that are told of in a workspace
};

class UploadedImports final : public web::ArchiveImports {
 public:
  UploadedImports(boost::asio::any_io_executor executor, Services& services, UploadedLimits limits = {});
  ~UploadedImports() override;
  core::Task<core::Result<web::ArchiveImport>> begin(web::ArchiveWish wish) override;
  std::vector<web::ArchiveImport> list(core::WorkspaceId workspace) const override;
  std::optional<web::ArchiveImport> find(core::WorkspaceId workspace, std::uint64_t id) const override;
  bool stop(core::WorkspaceId workspace, std::uint64_t id) override;
  // Ends what is at work behind the item that it is at.
  core::Task<void> stop_all(core::Deadline by);

 private:
  struct Run;
  core::Result<std::shared_ptr<Run>> enter(const web::ArchiveWish& wish);
  core::Task<core::Result<Json>> open(std::shared_ptr<Run> run, web::ArchiveWish wish);
  core::Task<void> work(std::shared_ptr<Run> run);
  void note(Run& run, const Json& told);
  void end(Run& run, const char* state, std::string error);
  std::string clean(core::WorkspaceId workspace, const std::string& text) const;  // without what must not be kept
  core::Task<void> audit_end(auth::Principal by, web::ArchiveImport told);

  const boost::asio::any_io_executor executor_;
  Services& services_;
  const UploadedLimits limits_;
  mutable std::mutex mutex_;
  std::map<core::WorkspaceId, std::deque<std::shared_ptr<Run>>> runs_;  // newest first
  std::size_t running_ = 0;
  std::atomic<bool> stops_{false};
  core::TaskGroup tasks_;
};

}  // namespace postern::app
