#pragma once
// core/ids.h: strong ids. Mixing a ticket with a workspace does not compile.
// Tickets count 1, 2, 3 … in their workspace; every other id is a time-ordered number of 53 bits from IdSource.
#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>

#include "core/clock.h"

namespace postern::core {

template <class Tag>
struct Id {
  std::uint64_t value = 0;  // 0 is "none"
  explicit operator bool() const { return value != 0; }
  friend auto operator<=>(Id, Id) = default;
};

using WorkspaceId = Id<struct WorkspaceTag>;
using InboxId = Id<struct InboxTag>;
using TicketId = Id<struct TicketTag>;
using CommentId = Id<struct CommentTag>;
using AttachmentId = Id<struct AttachmentTag>;
using UserId = Id<struct UserTag>;        // a person or contact: agents and customers share one space
using SessionId = Id<struct SessionTag>;  // a signed-in browser
using TokenId = Id<struct TokenTag>;
using OutboxId = Id<struct OutboxTag>;
using TraceId = Id<struct TraceTag>;      // one received message, from first byte to last action
using AuditId = Id<struct AuditTag>;

// Time-ordered ids: 41 bits of milliseconds since 2025-01-01, 4 bits of node, 8 bits of sequence: 53 bits, which every
// JSON client reads exactly, JavaScript's included (RFC 7493 section 2.2). Thread-safety: all methods from any thread.
class IdSource {
 public:
  IdSource(const Clock& clock, std::uint16_t node);
  std::uint64_t next();
  // Every later id is above `last`, an id that was made before, by whatever node. Call it at start with the highest id
  // on record: the wall clock may have been set back since. A lower one than was seen already changes nothing.
  void start_after(std::uint64_t last);
  template <class IdType>
  IdType next_as() {
    return IdType{next()};
  }

 private:
  const Clock& clock_;
  const std::uint64_t node_;
  std::atomic<std::uint64_t> last_{0};  // milliseconds << 8 | sequence
};

// When an id was made, and the lowest id of that time.
std::int64_t made_unix_ms(std::uint64_t id);
std::uint64_t first_id_at(std::int64_t unix_ms);

// Short printable form of an id for logs, Received headers and SMTP replies: 13 lower-case base-32 digits.
std::string to_base32(std::uint64_t value);
// The inverse; 0 when `text` is not such a form.
std::uint64_t from_base32(std::string_view text);

}  // namespace postern::core

template <class Tag>
struct std::hash<postern::core::Id<Tag>> {
  std::size_t operator()(postern::core::Id<Tag> id) const noexcept { return std::hash<std::uint64_t>{}(id.value); }
};
