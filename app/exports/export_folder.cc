#include "app/exports/export_folder.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "core/encoding.h"
#include "core/errc.h"
#include "core/file.h"

namespace postern::app {
namespace {

constexpr std::string_view kProgressFile = "progress.json";
constexpr std::string_view kManifestFile = "manifest.json";
constexpr std::size_t kDigestBytes = 4U << 20U;  // between two looks at the clock
constexpr unsigned kOwnersOnly = 0600;
constexpr std::array<std::string_view, 5> kGrowing{"organizations.jsonl", "groups.jsonl", "users.jsonl", "tickets.jsonl", "mail.mbox"};

core::Error cannot(const std::filesystem::path& path, std::string_view what) {
  return core::fail(core::Errc::kIo, path.string() + ": cannot be " + std::string(what));
}

}  // namespace

struct ExportFolder::Digest {
  using Context = std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* context) { EVP_MD_CTX_free(context); })>;
  using File = std::unique_ptr<std::FILE, decltype([](std::FILE* file) { std::fclose(file); })>;
  std::string name;
  Context context;
  File file;
};

core::Result<ExportFolder> ExportFolder::open(const std::filesystem::path& path, bool resumes) {
  namespace fs = std::filesystem;
  std::error_code wrong;
  const bool is_there = fs::exists(path, wrong);
  if (!is_there) fs::create_directories(path, wrong);
  if (wrong) return core::fail(core::Errc::kIo, path.string() + ": " + wrong.message());
  if (!is_there) fs::permissions(path, fs::perms::owner_all, wrong);
  ExportFolder out(path);
  const bool has_begun = fs::exists(path / kProgressFile, wrong);
  const bool is_empty = fs::is_empty(path, wrong);
  if (wrong) return core::fail(core::Errc::kIo, path.string() + ": " + wrong.message());
  if (!is_empty && !has_begun) return core::fail(core::Errc::kInvalid, path.string() + ": is not empty, and no export has begun there");
  if (has_begun && !resumes) return core::fail(core::Errc::kInvalid, path.string() + ": an export has begun there; give --resume or another folder");
  if (has_begun) POSTERN_CHECK(out.read_progress());
  return out;
}

core::Result<void> ExportFolder::read_progress() {
  POSTERN_TRY(const std::string text, core::read_file(path_ / kProgressFile));
  boost::system::error_code wrong;
  const Json read = boost::json::parse(text, wrong);
  if (wrong || !read.is_object() || !read.as_object().contains("files") || !read.as_object().contains("progress")) {
    return core::fail(core::Errc::kInvalid, (path_ / kProgressFile).string() + ": is none of ours");
  }
  for (const auto& each : read.as_object().at("files").as_object()) sizes_[std::string(each.key())] = each.value().to_number<std::uint64_t>(wrong);
  for (const auto& each : read.as_object().at("progress").as_object()) {
    if (each.value().is_string()) progress_[std::string(each.key())] = std::string(each.value().as_string());
  }
  for (const auto& [name, size] : sizes_) {
    std::error_code failed;
    if (name.find('/') != std::string::npos || std::filesystem::is_symlink(path_ / name, failed)) return core::fail(core::Errc::kInvalid, name);
    std::filesystem::resize_file(path_ / name, size, failed);
    if (failed) return cannot(path_ / name, "cut to where the export was");
  }
  // What was begun behind the last note is begun again.
  for (const std::string_view name : kGrowing) {
    std::error_code failed;
    if (!sizes_.contains(std::string(name))) std::filesystem::remove(path_ / name, failed);
    if (failed) return cannot(path_ / name, "removed");
  }
  return {};
}

bool ExportFolder::is_finished() const {
  std::error_code wrong;
  return std::filesystem::exists(path_ / kManifestFile, wrong);
}

core::Result<void> ExportFolder::append(const std::string& file, std::string_view bytes) {
  const auto path = path_ / file;
  const int handle = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, kOwnersOnly);
  if (handle < 0) return cannot(path, "written");
  const std::size_t all = bytes.size();
  bool is_good = true;
  while (!bytes.empty() && is_good) {
    const ssize_t written = ::write(handle, bytes.data(), bytes.size());
    is_good = written > 0;
    if (is_good) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  is_good = ::close(handle) == 0 && is_good;
  if (!is_good) return cannot(path, "written");
  sizes_[file] += all;
  return {};
}

core::Result<void> ExportFolder::put(const std::string& folder, const std::string& name, std::string_view bytes) {
  std::error_code wrong;
  const auto place = path_ / folder;
  if (std::filesystem::is_symlink(place, wrong)) return cannot(place, "written into, as it is a link");
  std::filesystem::create_directories(place, wrong);
  if (wrong) return cannot(place, "made");
  return core::write_file(place / name, bytes, kOwnersOnly);
}

core::Result<void> ExportFolder::note(std::map<std::string, std::string> progress) {
  progress_ = std::move(progress);
  JsonObject files, where;
  for (const auto& [name, size] : sizes_) {
    const int handle = ::open((path_ / name).c_str(), O_RDONLY | O_CLOEXEC);
    const bool is_durable = handle >= 0 && ::fsync(handle) == 0;
    if (handle >= 0) ::close(handle);
    if (!is_durable) return cannot(path_ / name, "synced");
    files[name] = size;
  }
  for (const auto& [name, value] : progress_) where[name] = value;
  return core::write_file(path_ / kProgressFile, boost::json::serialize(JsonObject{{"files", files}, {"progress", where}}), kOwnersOnly);
}

core::Result<bool> ExportFolder::finish(JsonObject& manifest, core::Instant until, const core::Clock& clock) {
  std::vector<char> buffer(kDigestBytes);
  for (const auto& [name, size] : sizes_) {
    if (digests_.contains(name)) continue;
    if (!digest_) {
      digest_ = std::make_shared<Digest>();
      digest_->name = name;
      digest_->context.reset(EVP_MD_CTX_new());
      digest_->file.reset(std::fopen((path_ / name).c_str(), "rbe"));
      if (!digest_->file || EVP_DigestInit_ex(digest_->context.get(), EVP_sha256(), nullptr) != 1) return cannot(path_ / name, "read");
    }
    for (std::size_t got = 1; got > 0;) {
      got = std::fread(buffer.data(), 1, buffer.size(), digest_->file.get());
      EVP_DigestUpdate(digest_->context.get(), buffer.data(), got);
      if (got > 0 && clock.now() >= until) return false;
    }
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned length = 0;
    EVP_DigestFinal_ex(digest_->context.get(), reinterpret_cast<unsigned char*>(digest.data()), &length);
    digests_[name] = core::to_hex(std::string_view(digest).substr(0, length));
    digest_.reset();
  }
  JsonArray files;
  for (const auto& [name, size] : sizes_) files.emplace_back(JsonObject{{"name", name}, {"bytes", size}, {"sha256", digests_.at(name)}});
  manifest["files"] = std::move(files);
  POSTERN_CHECK(core::write_file(path_ / kManifestFile, boost::json::serialize(manifest) + "\n", kOwnersOnly));
  return true;
}

}  // namespace postern::app
