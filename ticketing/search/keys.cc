#include "ticketing/search/keys.h"

#include <array>

#include "core/encoding.h"
#include "storage/key.h"

namespace postern::ticketing::search {
namespace {

// Never renumber: on disk.
enum class Kind : std::uint64_t { kWaiting = 1, kPostings = 2, kDictionary = 3, kAttribute = 4, kFill = 5, kFileText = 6 };

// Beginnings of a word by which the dictionary is sorted; on disk, never change.
constexpr std::array<std::size_t, 5> kLevels = {1, 2, 3, 5, 8};
constexpr std::size_t kLevelBytes = 4;
constexpr std::size_t kNumberBytes = 8;

storage::KeyBuilder key_of(core::WorkspaceId workspace, Kind kind) {
  storage::KeyBuilder out(workspace, storage::Space::kSearch);
  out.u64(static_cast<std::uint64_t>(kind));
  return out;
}

std::string_view beginning_of(std::string_view word, std::size_t letters) {
  std::size_t at = 0;
  for (std::size_t count = 0; at < word.size(); ++at) {
    if ((static_cast<unsigned char>(word[at]) & 0xC0U) == 0x80U) continue;
    if (count++ == letters) break;
  }
  return word.substr(0, at);
}

std::size_t letters_in(std::string_view word) {
  std::size_t out = 0;
  for (const char c : word) out += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
  return out;
}

std::uint64_t number_at(std::string_view key, std::size_t from_end) {
  std::uint64_t out = 0;
  if (key.size() < from_end) return 0;
  for (const char c : key.substr(key.size() - from_end, kNumberBytes)) out = (out << 8U) | static_cast<unsigned char>(c);
  return out;
}

}  // namespace

core::Result<WordKeys> WordKeys::open(const storage::Vault& vault, core::WorkspaceId workspace) {
  POSTERN_TRY(std::string key, vault.derive_key(workspace, "search"));
  return WordKeys(workspace, std::move(key));
}

std::uint64_t WordKeys::digest(std::string_view word) const {
  return number_at(std::string_view(core::blake2b_keyed(key_, word)).substr(0, kNumberBytes), kNumberBytes);
}

std::string WordKeys::postings_prefix(std::uint64_t digest) const { return key_of(workspace_, Kind::kPostings).u64(digest).bytes(); }

std::string WordKeys::postings(std::uint64_t digest, std::uint64_t range) const {
  return key_of(workspace_, Kind::kPostings).u64(digest).u64(range).bytes();
}

std::string WordKeys::entry(std::string_view word) const {
  std::string out = key_of(workspace_, Kind::kDictionary).bytes();
  for (const std::size_t level : kLevels) {
    const std::string of = std::to_string(level) + ' ' + std::string(beginning_of(word, level));
    out += core::blake2b_keyed(key_, of).substr(0, kLevelBytes);
  }
  return out + core::blake2b_keyed(key_, word).substr(0, kNumberBytes);
}

std::string WordKeys::entries_prefix(std::string_view beginning) const {
  std::string out = key_of(workspace_, Kind::kDictionary).bytes();
  const std::size_t letters = letters_in(beginning);
  for (const std::size_t level : kLevels) {
    if (level > letters) break;
    const std::string of = std::to_string(level) + ' ' + std::string(beginning_of(beginning, level));
    out += core::blake2b_keyed(key_, of).substr(0, kLevelBytes);
  }
  return out;
}

std::string WordKeys::attribute(std::string_view attribute, std::uint64_t ticket) const {
  return key_of(workspace_, Kind::kAttribute).u64(digest("attribute " + std::string(attribute))).u64_descending(ticket).bytes();
}

std::string waiting_prefix(core::WorkspaceId workspace) { return key_of(workspace, Kind::kWaiting).bytes(); }

std::string waiting_prefix(core::WorkspaceId workspace, core::TicketId ticket) {
  return key_of(workspace, Kind::kWaiting).u64(ticket.value).bytes();
}

std::string waiting(core::WorkspaceId workspace, core::TicketId ticket, std::uint64_t comment) {
  return key_of(workspace, Kind::kWaiting).u64(ticket.value).u64(comment).bytes();
}

std::string file_text_key(core::WorkspaceId workspace, std::uint64_t attachment) {
  return key_of(workspace, Kind::kFileText).u64(attachment).bytes();
}

std::string fill_state(core::WorkspaceId workspace) { return key_of(workspace, Kind::kFill).bytes(); }

std::uint64_t last_number(std::string_view key) { return number_at(key, kNumberBytes); }
std::uint64_t number_before_last(std::string_view key) { return number_at(key, 2 * kNumberBytes); }

}  // namespace postern::ticketing::search
