#include "auth/passwords/breached_list.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/encoding.h"
#include "core/errc.h"
#include "core/secret.h"

namespace postern::auth {
namespace {

constexpr std::size_t kHashDigits = 40;
constexpr int kProbes = 64;  // places looked at when the file is opened

char upper(char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; }

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (upper(c) >= 'A' && upper(c) <= 'F');
         });
}

bool is_before(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(a, b, {}, upper, upper);
}

std::string sha1_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return {};
  std::string bytes(digest.begin(), digest.begin() + size);
  std::string out = core::to_hex(bytes);
  core::wipe(bytes.data(), bytes.size());
  return out;
}

}  // namespace

core::Result<std::shared_ptr<const BreachedList>> BreachedList::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return core::fail(core::Errc::kIo, path);
  struct stat facts{};
  void* bytes = MAP_FAILED;
  const bool is_file = ::fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0;
  const auto size = static_cast<std::size_t>(is_file ? facts.st_size : 0);
  if (is_file) bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  ::close(file);
  if (bytes == MAP_FAILED) return core::fail(core::Errc::kInvalid, path + ": not a file, or empty");
  std::shared_ptr<const BreachedList> list(new BreachedList(static_cast<const char*>(bytes), size));
  (void)::madvise(bytes, size, MADV_RANDOM);
  std::string_view before;
  for (int probe = 0; probe < kProbes; ++probe) {
    const std::string_view hash = list->hash_at(list->line_start(size / kProbes * static_cast<std::size_t>(probe)));
    if (!is_hash(hash)) return core::fail(core::Errc::kInvalid, path + ": lines of 40 hexadecimal digits are expected");
    if (!before.empty() && is_before(hash, before)) return core::fail(core::Errc::kInvalid, path + ": not sorted by hash");
    before = hash;
  }
  return list;
}

BreachedList::~BreachedList() { ::munmap(const_cast<char*>(bytes_), size_); }

std::string_view BreachedList::hash_at(std::size_t position) const {
  return std::string_view(bytes_, size_).substr(position, kHashDigits);
}

// Of the line that holds the byte.
std::size_t BreachedList::line_start(std::size_t position) const {
  const std::size_t newline = position == 0 ? std::string_view::npos : std::string_view(bytes_, size_).rfind('\n', position - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

bool BreachedList::contains(std::string_view password) const {
  std::string wanted = sha1_hex(password);
  std::size_t low = 0;
  std::size_t high = size_;  // the answer's line begins in [low, high)
  bool is_found = false;
  while (low < high && !is_found) {
    const std::size_t middle = line_start(low + (high - low) / 2);
    const std::string_view hash = hash_at(middle);
    if (is_before(hash, wanted)) {
      const std::size_t newline = std::string_view(bytes_, size_).find('\n', middle);
      low = newline == std::string_view::npos ? size_ : newline + 1;
    } else {
      is_found = !is_before(wanted, hash) && hash.size() == kHashDigits;
      high = middle;
    }
  }
  core::wipe(wanted.data(), wanted.size());
  return is_found;
}

}  // namespace postern::auth
