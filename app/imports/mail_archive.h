#pragma once
// app/imports/mail_archive.h: the messages of an archive: an mbox (mboxrd and what others call mbox), a Maildir with its
// folders, or .eml files below a folder, in the order of their dates, so that what answers comes behind what it answers.
// Only places and dates are kept, never content; what is read of a message stands in memory that is wiped.
// Thread-safety: look() by one owner; then read() and at() from any thread.  Blocking: for a pool.
// Errors: core::Errc::kIo, kInvalid beyond a limit.  Limits: ArchiveLimits.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/imports/packed_files.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"

namespace postern::app {

struct ArchiveLimits {
  std::size_t messages_max = 5'000'000;        // places of 40 bytes each
  std::size_t files_max = 5'000'000;
  std::size_t message_bytes_max = 100U << 20U; // larger ones are listed and not read
  std::size_t line_bytes_max = 1U << 20U;      // of an mbox; a longer one is several
};

enum class ArchiveForm { kMbox, kMaildir, kEml };
std::optional<ArchiveForm> parse_archive_form(std::string_view word);  // "mbox", "maildir", "eml"

class MailArchive {
 public:
  static core::Result<std::unique_ptr<MailArchive>> open(ArchiveForm form, const std::filesystem::path& path, ArchiveLimits limits = {});
  // The same of an archive in memory.
  static core::Result<std::unique_ptr<MailArchive>> open(ArchiveForm form, std::shared_ptr<const PackedFiles> packed, ArchiveLimits limits = {});
  ~MailArchive();
  // Looks through the archive until then; true when all of it has been seen. Only then there are messages.
  core::Result<bool> look(core::Instant until, const core::Clock& clock);

  struct Place {
    std::uint32_t file = 0;
    bool is_dated = false;          // by its Date field; otherwise by what is around it
    std::int64_t sent_unix_ms = 0;
    std::uint64_t begin = 0;        // in its file
    std::uint64_t end = 0;
  };
  std::size_t size() const { return places_.size(); }
  const Place& at(std::size_t i) const { return places_[i]; }
  std::string name_of(std::size_t i) const;  // "PATH@1234" for the message behind that byte of an mbox
  // With the line ends of SMTP, without what mbox adds.
  core::Result<core::SecretBuffer> read(std::size_t i) const;

 private:
  struct Scan;
  MailArchive(ArchiveForm form, ArchiveLimits limits);
  core::Result<void> find_files(const std::filesystem::path& path);
  bool is_meant(const std::filesystem::path& file) const;  // by its name
  core::Result<bool> look_into(std::uint32_t file, core::Instant until, const core::Clock& clock);
  core::Result<void> add(Place place);

  const ArchiveForm form_;
  const ArchiveLimits limits_;
  std::shared_ptr<const PackedFiles> packed_;  // null: files of the disk
  std::vector<std::string> files_;
  std::vector<Place> places_;
  std::uint32_t next_file_ = 0;
  std::unique_ptr<Scan> scan_;  // of the mbox that is being looked through
};

}  // namespace postern::app
