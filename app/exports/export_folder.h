#pragma once
// app/exports/export_folder.h: the folder that an export is written to: files that grow, a file of how far it is, and at the end a
// manifest with sizes and SHA-256. What was written behind the last note of progress is cut off when an export is resumed, so
// that no line stands there twice.
// Files are the owner's only (0600, folder 0700): they hold what customers wrote.
// Thread-safety: one owner.  Blocking: for a pool.  Errors: core::Errc::kIo, kInvalid for a folder of something else.
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "app/json.h"
#include "core/clock.h"
#include "core/result.h"

namespace postern::app {

class ExportFolder {
 public:
  // An empty folder, or with `resumes` one that an export has begun in; made when it is not there.
  static core::Result<ExportFolder> open(const std::filesystem::path& path, bool resumes);
  // What note() told last; none when it begins.
  const std::map<std::string, std::string>& progress() const { return progress_; }
  bool is_finished() const;

  core::Result<void> append(const std::string& file, std::string_view bytes);
  // A file of its own, written whole. `name` has no folders but those given here.
  core::Result<void> put(const std::string& folder, const std::string& name, std::string_view bytes);
  // Durable up to here.
  core::Result<void> note(std::map<std::string, std::string> progress);
  // Goes on with the digests of the files until then; true: the manifest is written.
  core::Result<bool> finish(JsonObject& manifest, core::Instant until, const core::Clock& clock);

 private:
  explicit ExportFolder(std::filesystem::path path) : path_(std::move(path)) {}
  core::Result<void> read_progress();

  std::filesystem::path path_;
  std::map<std::string, std::uint64_t> sizes_;     // of the files that grow
  std::map<std::string, std::string> progress_;
  std::map<std::string, std::string> digests_;     // hexadecimal, of those that were read
  struct Digest;
  std::shared_ptr<Digest> digest_;                 // of the one that is being read
};

}  // namespace postern::app
