#include "app/imports/mail_archive.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/encoding.h"
#include "core/errc.h"
#include "pipeline/mime/date.h"

namespace postern::app {
namespace {

constexpr std::size_t kHeaderReadMax = 256U << 10U;  // of a message, in search of its date
constexpr std::size_t kPlacesPerLook = 256;          // between two looks at the clock
constexpr std::string_view kSeparator = "From ";

core::Error cannot_read(const std::string& path) { return core::fail(core::Errc::kIo, path + ": cannot be read"); }

std::optional<std::int64_t> date_in(std::string_view text) {
  const auto found = pipeline::parse_mail_date(core::trim_ascii(text));
  return found ? std::optional(core::to_unix_ms(*found)) : std::nullopt;
}

// The Date field, as the lines of a header come by.
class DateField {
 public:
  // False behind the header.
  bool take(std::string_view line) {
    if (line == "\n" || line == "\r\n" || line.empty()) return false;
    const bool is_folded = line.front() == ' ' || line.front() == '\t';
    if (is_folded && is_open_) value_ += line;
    if (is_folded) return true;
    is_open_ = value_.empty() && line.size() > 5 && core::equals_ignoring_case(line.substr(0, 5), "date:");
    if (is_open_) value_ = line.substr(5);
    return true;
  }
  std::optional<std::int64_t> date() const { return value_.empty() ? std::nullopt : date_in(value_); }

 private:
  std::string value_;
  bool is_open_ = false;
};

// "From somebody Sat Jan  3 01:05:34 1996": a body line rarely has a time of day as well.
bool is_separator(std::string_view line) {
  if (!line.starts_with(kSeparator)) return false;
  for (std::size_t at = line.find(':'); at != std::string_view::npos; at = line.find(':', at + 1)) {
    const auto digit = [&line](std::size_t i) { return i < line.size() && line[i] >= '0' && line[i] <= '9'; };
    if (at > 0 && digit(at - 1) && digit(at + 1)) return true;
  }
  return false;
}

std::optional<std::int64_t> date_of_separator(std::string_view line) {
  line.remove_prefix(kSeparator.size());
  const auto blank = line.find(' ');
  return blank == std::string_view::npos ? std::nullopt : date_in(line.substr(blank));
}

std::string_view without_quote(std::string_view line) {
  const auto quote = line.find_first_not_of('>');
  const bool is_quoted = quote != 0 && quote != std::string_view::npos && line.substr(quote).starts_with(kSeparator);
  return is_quoted ? line.substr(1) : line;
}

// Line ends of SMTP; of an mbox without its quotes and without the blank line behind a message.
core::SecretBuffer as_message(std::string_view bytes, bool is_mbox) {
  if (is_mbox && bytes.ends_with("\n\n")) bytes.remove_suffix(1);
  if (is_mbox && bytes.ends_with("\n\r\n")) bytes.remove_suffix(2);
  core::SecretBuffer out;
  out.reserve(bytes.size() + bytes.size() / 30 + 2);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    std::string_view line = bytes.substr(at, end - at);
    if (is_mbox) line = without_quote(line);
    if (line.ends_with('\r')) line.remove_suffix(1);
    for (const char each : line) {
      out.push_back(each);
      if (each == '\r') out.push_back('\n');  // a bare one ends a line for some readers
    }
    out.push_back('\r');
    out.push_back('\n');
    at = end + 1;
  }
  return out;
}

}  // namespace

std::optional<ArchiveForm> parse_archive_form(std::string_view word) {
  if (word == "mbox") return ArchiveForm::kMbox;
  if (word == "maildir") return ArchiveForm::kMaildir;
  if (word == "eml") return ArchiveForm::kEml;
  return std::nullopt;
}

// An mbox, line by line: a message lies between two separators.
struct MailArchive::Scan {
  ArchivedFile file;
  core::SecretBuffer buffer;
  std::size_t from = 0;          // what is left of the buffer
  std::size_t to = 0;
  std::uint64_t offset = 0;      // of `from` in the file
  bool is_after_blank = true;
  bool is_continued = false;     // the line that comes is the rest of a longer one
  bool is_in_header = false;
  std::optional<Place> open;     // the message that we are in
  std::int64_t outer_date = 0;   // of its separator, or of the message before
  DateField date;

  // The next line with its end; empty at the end of the file.
  core::Result<std::string_view> next() {
    const auto rest = [this] { return std::string_view(buffer.data() + from, to - from); };
    std::size_t end = rest().find('\n');
    if (end == std::string_view::npos && to - from < buffer.size()) {
      std::copy(buffer.begin() + static_cast<std::ptrdiff_t>(from), buffer.begin() + static_cast<std::ptrdiff_t>(to), buffer.begin());
      to -= from;
      from = 0;
      to += std::fread(buffer.data() + to, 1, buffer.size() - to, file.get());
      if (std::ferror(file.get()) != 0) return core::fail(core::Errc::kIo, "the archive cannot be read");
      end = rest().find('\n');
    }
    const std::string_view line = rest().substr(0, end == std::string_view::npos ? std::string_view::npos : end + 1);
    from += line.size();
    offset += line.size();
    return line;
  }
};

MailArchive::MailArchive(ArchiveForm form, ArchiveLimits limits) : form_(form), limits_(limits) {}
MailArchive::~MailArchive() = default;

core::Result<std::unique_ptr<MailArchive>> MailArchive::open(ArchiveForm form, const std::filesystem::path& path, ArchiveLimits limits) {
  std::unique_ptr<MailArchive> made(new MailArchive(form, limits));
  POSTERN_CHECK(made->find_files(path));
  if (made->files_.empty()) return core::fail(core::Errc::kInvalid, path.string() + ": no mail of that form");
  return made;
}

core::Result<std::unique_ptr<MailArchive>> MailArchive::open(ArchiveForm form, std::shared_ptr<const PackedFiles> packed, ArchiveLimits limits) {
  std::unique_ptr<MailArchive> made(new MailArchive(form, limits));
  for (const core::TarFile& each : packed->files()) {
    if (!made->is_meant(each.name)) continue;
    if (made->files_.size() == limits.files_max) return core::fail(core::Errc::kInvalid, "the archive has too many files");
    made->files_.push_back(each.name);
  }
  if (made->files_.empty()) return core::fail(core::Errc::kInvalid, "no mail of that form is in the archive");
  made->packed_ = std::move(packed);
  return made;
}

bool MailArchive::is_meant(const std::filesystem::path& file) const {
  const std::string folder = file.parent_path().filename().string();
  if (form_ == ArchiveForm::kMaildir) return folder == "cur" || folder == "new";
  if (form_ == ArchiveForm::kEml) return core::equals_ignoring_case(file.extension().string(), ".eml");
  return file.extension() == ".mbox" || file.extension().empty();
}

core::Result<void> MailArchive::find_files(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code wrong;
  if (!fs::is_directory(path, wrong)) {
    if (!fs::is_regular_file(path, wrong)) return cannot_read(path.string());
    files_.push_back(path.string());
    return {};
  }
  fs::recursive_directory_iterator at(path, wrong);
  for (; !wrong && at != fs::recursive_directory_iterator(); at.increment(wrong)) {
    if (at->is_symlink(wrong) || !at->is_regular_file(wrong) || !is_meant(at->path())) continue;  // a link may lead anywhere on this machine
    if (files_.size() == limits_.files_max) return core::fail(core::Errc::kInvalid, path.string() + ": too many files");
    files_.push_back(at->path().string());
  }
  if (wrong) return core::fail(core::Errc::kIo, path.string() + ": " + wrong.message());
  std::ranges::sort(files_);
  return {};
}

core::Result<void> MailArchive::add(Place place) {
  if (places_.size() == limits_.messages_max) return core::fail(core::Errc::kInvalid, "the archive has too many messages; import parts of it");
  places_.push_back(place);
  return {};
}

core::Result<bool> MailArchive::look(core::Instant until, const core::Clock& clock) {
  while (next_file_ < files_.size()) {
    POSTERN_TRY(const bool is_done, look_into(next_file_, until, clock));
    if (is_done) ++next_file_;
    if (clock.now() >= until && next_file_ < files_.size()) return false;
  }
  if (places_.empty() && form_ == ArchiveForm::kMbox) {
    const auto is_empty = [this](const std::string& file) { return archived_size(packed_.get(), file) == 0; };
    if (!std::ranges::all_of(files_, is_empty)) return core::fail(core::Errc::kInvalid, files_.front() + ": no mbox: none of its lines begins a message (\"From somebody Sat Jan  3 01:05:34 1996\")");
  }
  // Those of one moment in the order of the archive.
  std::ranges::sort(places_, {}, [](const Place& place) { return std::tuple(place.sent_unix_ms, place.file, place.begin); });
  return true;
}

// True when it has been seen to its end.
core::Result<bool> MailArchive::look_into(std::uint32_t file, core::Instant until, const core::Clock& clock) {
  const std::string& path = files_[file];
  if (!scan_) {
    scan_ = std::make_unique<Scan>();
    scan_->file = open_archived(packed_.get(), path);
    if (!scan_->file) return cannot_read(path);
    scan_->buffer.resize(limits_.line_bytes_max);
    scan_->outer_date = archived_change(packed_.get(), path);
    if (form_ != ArchiveForm::kMbox) {
      scan_->open = Place{file, false, scan_->outer_date, 0, 0};
      scan_->is_in_header = true;
    }
  }
  Scan& scan = *scan_;
  const auto finish = [&](std::uint64_t end) -> core::Result<void> {
    if (!scan.open) return {};
    const auto date = scan.date.date();
    scan.open->is_dated = date.has_value();
    scan.open->sent_unix_ms = date.value_or(scan.outer_date);
    scan.open->end = end;
    return add(*scan.open);
  };
  for (std::size_t lines = 1;; ++lines) {
    const std::uint64_t begin = scan.offset;
    POSTERN_TRY(const std::string_view line, scan.next());
    const bool is_over = line.empty() || (form_ != ArchiveForm::kMbox && !scan.is_in_header);
    if (is_over) {
      const std::uint64_t size = archived_size(packed_.get(), path);
      POSTERN_CHECK(finish(line.empty() || size == 0 ? scan.offset : size));
      scan_.reset();
      return true;
    }
    const bool begins = form_ == ArchiveForm::kMbox && scan.is_after_blank && !scan.is_continued && is_separator(line);
    if (begins) {
      POSTERN_CHECK(finish(begin));
      scan.open = Place{file, false, 0, scan.offset, 0};
      scan.outer_date = date_of_separator(line).value_or(scan.outer_date);
      scan.date = DateField();
      scan.is_in_header = true;
    } else if (scan.is_in_header && !scan.is_continued) {
      scan.is_in_header = scan.date.take(line) && scan.offset - (scan.open ? scan.open->begin : 0) < kHeaderReadMax;
    }
    scan.is_after_blank = !scan.is_continued && (line == "\n" || line == "\r\n");
    scan.is_continued = !line.ends_with('\n');
    if (lines % kPlacesPerLook == 0 && clock.now() >= until) return false;
  }
}

std::string MailArchive::name_of(std::size_t i) const {
  const Place& place = places_[i];
  std::string out = files_[place.file];
  if (form_ == ArchiveForm::kMbox) out += "@" + std::to_string(place.begin);
  return out;
}

core::Result<core::SecretBuffer> MailArchive::read(std::size_t i) const {
  const Place& place = places_[i];
  const std::string& path = files_[place.file];
  if (place.end - place.begin > limits_.message_bytes_max) return core::fail(core::Errc::kInvalid, "too_large");
  const ArchivedFile file = open_archived(packed_.get(), path);
  core::SecretBuffer bytes(place.end - place.begin);
  const bool is_there = file && ::fseeko(file.get(), static_cast<off_t>(place.begin), SEEK_SET) == 0;
  if (!is_there || std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) return core::fail(core::Errc::kInvalid, "unreadable");
  return as_message(core::view(bytes), form_ == ArchiveForm::kMbox);
}

}  // namespace postern::app
