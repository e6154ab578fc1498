#include "core/tar.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/assert.h"
#include "core/errc.h"

namespace postern::core {
namespace {

// Fields of a head: where they begin and how long they are.
struct Slot {
  std::size_t at, size;
};
constexpr Slot kName{0, 100}, kMode{100, 8}, kUid{108, 8}, kGid{116, 8}, kSize{124, 12}, kChanged{136, 12}, kSum{148, 8}, kMagic{257, 8}, kPrefix{345, 155};
constexpr std::size_t kType = 156;
constexpr std::size_t kNameBytesReadMax = 4096;

std::string octal(std::uint64_t number, std::size_t digits) {
  std::string out(digits, '0');
  for (std::size_t i = digits; i > 0 && number != 0; number >>= 3U) out[--i] = static_cast<char>('0' + (number & 7U));
  return out;
}

std::uint64_t sum_of(std::string_view head) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < kTarBlock; ++i) {
    const bool is_sum = i >= kSum.at && i < kSum.at + kSum.size;
    out += is_sum ? static_cast<unsigned char>(' ') : static_cast<unsigned char>(head[i]);
  }
  return out;
}

std::string_view text_in(std::string_view head, Slot slot) {
  const std::string_view field = head.substr(slot.at, slot.size);
  return field.substr(0, std::min(field.find('\0'), field.size()));
}

// Octal digits between blanks, or base 256 where the first bit is set (GNU).
std::optional<std::uint64_t> number_in(std::string_view head, Slot slot) {
  std::string_view field = head.substr(slot.at, slot.size);
  if ((static_cast<unsigned char>(field.front()) & 0x80U) != 0) {
    std::uint64_t out = 0;
    for (const char c : field.substr(field.size() - 8)) out = (out << 8U) | static_cast<unsigned char>(c);
    return out;
  }
  field = field.substr(0, std::min(field.find('\0'), field.size()));
  while (field.starts_with(' ')) field.remove_prefix(1);
  while (field.ends_with(' ')) field.remove_suffix(1);
  std::uint64_t out = 0;
  if (field.empty()) return out;
  const auto [end, wrong] = std::from_chars(field.data(), field.data() + field.size(), out, 8);
  return wrong == std::errc() && end == field.data() + field.size() ? std::optional(out) : std::nullopt;
}

bool has_good_sum(std::string_view head) { return number_in(head, kSum) == sum_of(head); }

// "path" of records as "27 path=…\n".
std::string path_in(std::string_view records) {
  std::string out;
  while (!records.empty()) {
    std::size_t length = 0;
    const auto [end, wrong] = std::from_chars(records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<std::size_t>(end - records.data());
    if (wrong != std::errc() || length <= digits + 1 || length > records.size()) break;
    const std::string_view record = records.substr(digits + 1, length - digits - 2);
    if (record.starts_with("path=")) out = record.substr(5);
    records.remove_prefix(length);
  }
  return out;
}

// Without what leads out of the archive.
std::string plain_name(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    const std::string_view part = name.substr(at, end - at);
    if (!part.empty() && part != "." && part != "..") out += (out.empty() ? "" : "/") + std::string(part);
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string tar_head(std::string_view name, std::uint64_t size, std::int64_t changed_unix_ms) {
  POSTERN_ASSERT(name.size() <= kTarNameBytesMax);
  std::string out(kTarBlock, '\0');
  const auto put = [&out](Slot slot, std::string_view text) { std::ranges::copy(text.substr(0, slot.size), out.begin() + static_cast<std::ptrdiff_t>(slot.at)); };
  put(kName, name);
  put(kMode, "0000600");
  put(kUid, "0000000");
  put(kGid, "0000000");
  put(kSize, octal(size, kSize.size - 1));
  put(kChanged, octal(static_cast<std::uint64_t>(std::max<std::int64_t>(changed_unix_ms, 0) / 1000), kChanged.size - 1));
  out[kType] = '0';
  put(kMagic, std::string_view("ustar\00000", 8));
  put(kSum, octal(sum_of(out), 6) + std::string("\0 ", 2));
  return out;
}

std::string tar_padding(std::uint64_t size) { return std::string((kTarBlock - size % kTarBlock) % kTarBlock, '\0'); }
std::string tar_end() { return std::string(2 * kTarBlock, '\0'); }

bool is_tar(std::string_view bytes) { return bytes.size() >= kTarBlock && bytes.substr(kMagic.at, 5) == "ustar" && has_good_sum(bytes); }

Result<std::vector<TarFile>> read_tar(std::string_view bytes, std::size_t files_max) {
  std::vector<TarFile> out;
  std::string long_name;
  for (std::size_t at = 0; at + kTarBlock <= bytes.size();) {
    const std::string_view head = bytes.substr(at, kTarBlock);
    if (std::ranges::all_of(head, [](char c) { return c == '\0'; })) break;
    const auto size = number_in(head, kSize);
    const auto changed = number_in(head, kChanged);
    at += kTarBlock;
    if (!has_good_sum(head) || !size || !changed) return fail(Errc::kInvalid, "the archive is damaged");
    if (*size > bytes.size() - at) return fail(Errc::kInvalid, "the archive ends within a file");
    const std::string_view content = bytes.substr(at, static_cast<std::size_t>(*size));
    const char type = head[kType];
    if (type == 'x') long_name = path_in(content);
    if (type == 'L') long_name = content.substr(0, std::min(content.find('\0'), content.size()));
    if (type == '0' || type == '\0') {
      const std::string_view prefix = head.substr(kMagic.at, 6) == std::string_view("ustar\0", 6) ? text_in(head, kPrefix) : std::string_view();
      std::string name = plain_name(!long_name.empty() ? long_name : prefix.empty() ? std::string(text_in(head, kName)) : std::string(prefix) + "/" + std::string(text_in(head, kName)));
      if (out.size() == files_max) return fail(Errc::kInvalid, "the archive has too many files");
      if (name.size() > kNameBytesReadMax) return fail(Errc::kInvalid, "the archive has a name that is too long");
      if (!name.empty()) out.push_back({std::move(name), at, *size, static_cast<std::int64_t>(*changed) * 1000});
    }
    if (type != 'x' && type != 'L' && type != 'g') long_name.clear();
    at += static_cast<std::size_t>(*size);
    at += std::min<std::size_t>((kTarBlock - at % kTarBlock) % kTarBlock, bytes.size() - at);
  }
  return out;
}

}  // namespace postern::core
