#include "auth/second_factors/challenge.h"

#include "auth/detail/keys.h"
#include "auth/errc.h"
#include "core/encoding.h"
#include "core/random.h"
#include "storage/key.h"

namespace postern::auth {
namespace {

constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kEndBytes = 8;
constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kSweptAtOnce = 16;  // each answer takes away more than it leaves

std::string mac_of(std::string_view key, std::string_view head, ChallengeFor purpose, std::string_view bound_to) {
  std::string text(head);
  text += static_cast<char>(purpose);
  text += bound_to;
  return core::hmac_sha256(key, text).substr(0, kMacBytes);
}

}  // namespace

std::string make_challenge(std::string_view key, ChallengeFor purpose, std::string_view bound_to, std::int64_t expires_unix_ms) {
  std::string head = core::random_bytes(kNonceBytes);
  for (int shift = 56; shift >= 0; shift -= 8) head += static_cast<char>(static_cast<std::uint64_t>(expires_unix_ms) >> static_cast<unsigned>(shift));
  return head + mac_of(key, head, purpose, bound_to);
}

core::Result<Challenge> open_challenge(std::string_view key, std::string_view challenge, ChallengeFor purpose,
                                       std::string_view bound_to, std::int64_t now_unix_ms) {
  if (challenge.size() != kNonceBytes + kEndBytes + kMacBytes) return core::fail(Errc::kExpired, "challenge");
  const std::string_view head = challenge.substr(0, kNonceBytes + kEndBytes);
  if (!core::equals_in_constant_time(mac_of(key, head, purpose, bound_to), challenge.substr(head.size()))) {
    return core::fail(Errc::kExpired, "challenge");
  }
  Challenge out;
  out.nonce = std::string(head.substr(0, kNonceBytes));
  std::uint64_t end = 0;
  for (const char c : head.substr(kNonceBytes)) end = (end << 8U) | static_cast<unsigned char>(c);
  out.expires_unix_ms = static_cast<std::int64_t>(end);
  if (out.expires_unix_ms <= now_unix_ms) return core::fail(Errc::kExpired, "challenge");
  return out;
}

core::Result<void> spend_challenge(storage::Transaction& transaction, const Challenge& challenge, std::int64_t now_unix_ms) {
  const std::string key = keys::spent_challenge(challenge.expires_unix_ms, challenge.nonce);
  POSTERN_TRY(const std::optional<std::string> spent, transaction.get(key));
  if (spent) return core::fail(Errc::kExpired, "challenge");
  POSTERN_TRY(const std::vector<storage::Entry> oldest,
              transaction.snapshot().scan(keys::spent_challenges_prefix(), storage::Direction::kForward, kSweptAtOnce));
  const std::string now_key = keys::spent_challenge(now_unix_ms, {});
  for (const storage::Entry& entry : oldest) {
    if (entry.key < now_key) transaction.erase(entry.key);
  }
  transaction.put(key, {});
  return {};
}

}  // namespace postern::auth
