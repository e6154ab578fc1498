#pragma once
// ticketing/senders/sender_lists.h: whom a workspace always lets in, whatever the spam score, and whom it keeps out:
// what they send waits in the suspended queue, cause "blocked". People keep the lists; they hold for every inbox,
// beside those of the configuration, which operators keep and which refuse in session. A pattern is an address, a
// domain with everything below it, or "*". Allow beats block, so that "*" blocked and some allowed is a list of the
// only ones let in. An allow entry helps only mail whose author is proven: anybody can write any From. Thread-safety:
// all methods from any executor.  Ownership: borrows the services and the redactor. Errors: Errc::kNotFound,
// Errc::kInvalid with a sentence; those of the store.  Limits: SenderListLimits.
#include <optional>
#include <string>
#include <vector>

#include "pipeline/api/redacted_message.h"
#include "storage/schema/intake.pb.h"
#include "ticketing/definitions/definitions.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

enum class SenderList { kAllow, kBlock };
std::string_view to_string(SenderList list);  // "allow", "block"
std::optional<SenderList> parse_sender_list(std::string_view word);

struct SenderListLimits {
  std::size_t entries_max = 2000;  // of both lists together, in a workspace
  std::size_t pattern_bytes_max = 254;
  std::size_t note_bytes_max = 500;
};

struct ListedSender {
  std::uint64_t id = 0;
  std::string pattern;
  SenderList list = SenderList::kBlock;
  std::string note;
  std::int64_t created_unix_ms = 0;
  std::int64_t updated_unix_ms = 0;
};

// The pattern in the one form in which it is kept and looked up; nullopt: it is none.
std::optional<std::string> normal_sender_pattern(std::string_view typed);

class SenderLists {
 public:
  SenderLists(Services with, const pipeline::TextRedactor& redactor, SenderListLimits limits = {});

  core::Result<std::vector<ListedSender>> all(core::WorkspaceId workspace) const;  // oldest first
  core::Result<ListedSender> find(core::WorkspaceId workspace, std::uint64_t id) const;
  // A pattern that is listed already moves to `list`.
  core::Task<core::Result<ListedSender>> add(auth::Principal by, std::string pattern, SenderList list,
                                             std::string note);
  core::Task<core::Result<ListedSender>> change(auth::Principal by, std::uint64_t id, std::optional<SenderList> list,
                                                std::optional<std::string> note);
  core::Task<core::Result<void>> remove(auth::Principal by, std::uint64_t id);
  const SenderListLimits& limits() const { return limits_; }

 private:
  const Services with_;
  const pipeline::TextRedactor& redactor_;
  const SenderListLimits limits_;
  Definitions<schema::SenderEntry> entries_;
};

// What the lists say of one message; reads a key for each pattern that may fit, however long the lists are.
enum class Listed { kNowhere, kAllowed, kBlocked };
struct MailSource {
  pipeline::EmailAddress from;       // the author that people see
  pipeline::EmailAddress mail_from;  // of the envelope; may be empty
  bool is_proven = false;            // the author
};
core::Result<Listed> look_up_sender(storage::Transaction& transaction, core::WorkspaceId workspace,
                                    const MailSource& source);

}  // namespace postern::ticketing
