#include "app/imports/packed_files.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>

#include "core/errc.h"

namespace postern::app {
namespace {

constexpr std::size_t kUnpackStep = 1U << 20U;
constexpr int kGzip = 16 + MAX_WBITS;  // of zlib's window: with the head of gzip (RFC 1952)

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

struct Inflating {
  z_stream stream{};
  bool is_ready = ::inflateInit2(&stream, kGzip) == Z_OK;
  ~Inflating() {
    if (is_ready) ::inflateEnd(&stream);
  }
};

// Members one after the other are one file (RFC 1952 section 2.2).
core::Result<core::SecretBuffer> unpack_gzip(std::string_view packed, std::size_t bytes_max) {
  Inflating inflating;
  if (!inflating.is_ready) return core::fail(core::Errc::kOverloaded, "zlib");
  z_stream& stream = inflating.stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib's declaration; it only reads
  stream.avail_in = static_cast<uInt>(packed.size());
  core::SecretBuffer out;
  for (std::size_t filled = 0;;) {
    if (filled == out.size()) {
      if (out.size() >= bytes_max) return core::fail(core::Errc::kInvalid, "the archive is too large once it is unpacked; import parts of it");
      out.resize(std::min(std::max(out.size() * 2, kUnpackStep), bytes_max));
    }
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    stream.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size() - filled, kUnpackStep));
    const std::size_t room = stream.avail_out;
    const int state = ::inflate(&stream, Z_NO_FLUSH);
    filled += room - stream.avail_out;
    if (state == Z_STREAM_END && stream.avail_in == 0) {
      out.resize(filled);
      return out;
    }
    if (state == Z_STREAM_END && ::inflateReset(&stream) == Z_OK) continue;
    if (state != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) return core::fail(core::Errc::kInvalid, "the archive is damaged or ends too early");
  }
}

}  // namespace

core::Result<std::shared_ptr<const PackedFiles>> PackedFiles::unpack(core::SecretBuffer bytes, const std::string& alone, PackedLimits limits) {
  auto out = std::make_shared<PackedFiles>();
  out->bytes_ = std::move(bytes);
  if (is_gzip(core::view(out->bytes_))) {
    POSTERN_TRY(out->bytes_, unpack_gzip(core::view(out->bytes_), limits.unpacked_bytes_max));
  }
  const std::string_view all = core::view(out->bytes_);
  if (all.starts_with("PK\x03\x04")) return core::fail(core::Errc::kInvalid, "zip is not read; pack it as tar.gz");
  if (all.empty()) return core::fail(core::Errc::kInvalid, "the archive is empty");
  if (core::is_tar(all)) {
    POSTERN_TRY(out->files_, core::read_tar(all, limits.files_max));
  } else {
    out->files_.push_back({alone, 0, all.size(), 0});
  }
  // Of several with one name the last one counts, as tar unpacks them.
  std::ranges::sort(out->files_, [](const core::TarFile& a, const core::TarFile& b) { return a.name != b.name ? a.name < b.name : a.begin > b.begin; });
  const auto [from, to] = std::ranges::unique(out->files_, {}, &core::TarFile::name);
  out->files_.erase(from, to);
  return std::shared_ptr<const PackedFiles>(std::move(out));
}

const core::TarFile* PackedFiles::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(files_, name, {}, [](const core::TarFile& each) { return std::string_view(each.name); });
  return found != files_.end() && found->name == name ? &*found : nullptr;
}

ArchivedFile open_archived(const PackedFiles* packed, const std::string& name) {
  if (packed == nullptr) return ArchivedFile(std::fopen(name.c_str(), "rbe"));
  const core::TarFile* const file = packed->find(name);
  if (file == nullptr) return nullptr;
  const std::string_view content = packed->content(*file);
  if (content.empty()) return ArchivedFile(std::fopen("/dev/null", "rbe"));  // an empty buffer cannot be opened everywhere
  return ArchivedFile(::fmemopen(const_cast<char*>(content.data()), content.size(), "rb"));  // "r": it only reads
}

std::uint64_t archived_size(const PackedFiles* packed, const std::string& name) {
  if (packed != nullptr) {
    const core::TarFile* const file = packed->find(name);
    return file == nullptr ? 0 : file->size;
  }
  std::error_code wrong;
  const std::uint64_t size = std::filesystem::file_size(name, wrong);
  return wrong ? 0 : size;
}

std::int64_t archived_change(const PackedFiles* packed, const std::string& name) {
  if (packed != nullptr) {
    const core::TarFile* const file = packed->find(name);
    return file == nullptr ? 0 : file->changed_unix_ms;
  }
  struct stat facts{};
  return ::stat(name.c_str(), &facts) == 0 ? static_cast<std::int64_t>(facts.st_mtime) * 1000 : 0;
}

}  // namespace postern::app
