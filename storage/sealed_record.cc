#include "storage/sealed_record.h"

#include <zstd.h>

#include <memory>

#include "core/assert.h"
#include "core/random.h"
#include "storage/aead.h"

namespace postern::storage {
namespace {

constexpr unsigned char kVersion = 1;
constexpr unsigned char kFlagZstd = 1;
constexpr std::size_t kHeadBytes = 6;  // version, flags, key number: authenticated with the record's key
constexpr std::size_t kOverheadBytes = kHeadBytes + kNonceBytes + kTagBytes;
constexpr int kZstdLevel = 1;
// Up to a few KB most of the time goes into the table of codes for literals, which this level leaves out: a third less of it, and
// a mail of 3.4 KB takes 1,673 bytes instead of 1,442.
constexpr int kZstdLevelOfSmall = -1;
constexpr std::size_t kSmallBytesMax = 8U << 10U;

// Nonces may be known, so many are drawn at once: a call of the generator costs as much as sealing a small record.
std::string next_nonce() {
  constexpr std::size_t kDrawnAtOnce = 64;
  thread_local std::string drawn;
  thread_local std::size_t used = 0;
  if (used == drawn.size()) {
    drawn = core::random_bytes(kDrawnAtOnce * kNonceBytes);
    used = 0;
  }
  std::string out = drawn.substr(used, kNonceBytes);
  used += kNonceBytes;
  return out;
}

// Compressed form of `plain`, or empty when that is not smaller.
std::string compress(std::string_view plain) {
  if (plain.size() < kCompressBytesMin) return {};
  using Context = std::unique_ptr<ZSTD_CCtx, decltype([](ZSTD_CCtx* c) { ZSTD_freeCCtx(c); })>;
  thread_local const Context context(ZSTD_createCCtx());
  POSTERN_ASSERT(context);
  std::string out(plain.size() - 1, '\0');  // anything larger does not help
  const int level = plain.size() <= kSmallBytesMax ? kZstdLevelOfSmall : kZstdLevel;
  const std::size_t got = ZSTD_compressCCtx(context.get(), out.data(), out.size(), plain.data(), plain.size(), level);
  if (ZSTD_isError(got) != 0U) return {};
  out.resize(got);
  return out;
}

core::Result<std::string> decompress(std::string_view packed) {
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > kPlainBytesMax) {
    return core::fail(Errc::kCorrupt, "compressed record");
  }
  using Context = std::unique_ptr<ZSTD_DCtx, decltype([](ZSTD_DCtx* c) { ZSTD_freeDCtx(c); })>;
  thread_local const Context context(ZSTD_createDCtx());
  POSTERN_ASSERT(context);
  std::string out(size, '\0');
  const std::size_t got = ZSTD_decompressDCtx(context.get(), out.data(), out.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0U || got != size) return core::fail(Errc::kCorrupt, "compressed record");
  return out;
}

}  // namespace

core::Result<std::string> seal_record(std::string_view data_key, std::uint32_t key_number, std::string_view record_key,
                                      std::string_view plain) {
  if (plain.size() > kPlainBytesMax) return core::fail(Errc::kTooLarge, "record");
  const std::string packed = compress(plain);
  const std::string_view body = packed.empty() ? plain : std::string_view(packed);
  std::string out;
  out.reserve(kOverheadBytes + body.size());
  out += static_cast<char>(kVersion);
  out += static_cast<char>(packed.empty() ? 0 : kFlagZstd);
  for (unsigned shift = 32; shift > 0; shift -= 8) out += static_cast<char>(key_number >> (shift - 8) & 0xffU);
  const std::string nonce = next_nonce();
  out += nonce;
  const std::string head = out.substr(0, kHeadBytes);
  gcm_seal(data_key, nonce, {head, record_key}, body, out);
  return out;
}

core::Result<std::uint32_t> sealed_key_number(std::string_view sealed) {
  if (sealed.size() < kOverheadBytes || sealed[0] == 0) return core::fail(Errc::kCorrupt, "sealed record");
  if (static_cast<unsigned char>(sealed[0]) > kVersion) return core::fail(Errc::kSchema, "sealed record");
  std::uint32_t number = 0;
  for (char c : sealed.substr(2, 4)) number = number << 8U | static_cast<unsigned char>(c);
  return number;
}

core::Result<std::string> open_sealed_record(std::string_view data_key, std::string_view record_key,
                                             std::string_view sealed) {
  POSTERN_CHECK(sealed_key_number(sealed));
  const std::string_view head = sealed.substr(0, kHeadBytes);
  const std::string_view nonce = sealed.substr(kHeadBytes, kNonceBytes);
  const auto body = gcm_open(data_key, nonce, {head, record_key}, sealed.substr(kHeadBytes + kNonceBytes));
  if (!body) return core::fail(Errc::kCorrupt, "sealed record");
  const auto flags = static_cast<unsigned char>(head[1]);
  if (flags == kFlagZstd) return decompress(core::view(*body));
  if (flags != 0) return core::fail(Errc::kSchema, "sealed record");
  return std::string(core::view(*body));
}

}  // namespace postern::storage
