#pragma once
// ticketing/people/person_merge.h: two end users are one: the one that is merged gives its tickets, copies, comments, ratings, addresses,
// organisations, notes, tags and values to the survivor, and stays as an empty place that leads there.
// In one transaction: addresses lead to the survivor (mail from there is his, and is threaded as his), what is known of both
// is his, and whoever is merged is mailed where he is. Tickets follow one by one, each in a transaction with its indexes, so
// that searches, views and counts are exact at any moment; those that they requested or are copied on first (a few in the request
// itself), then every ticket of the workspace is looked at for comments of theirs, deleted ones too, so that a later erasure
// finds everything. What is on the way is in the store: a restart goes on with it.
// Accounts are neither merged nor merged into. It is not undone.
// Thread-safety: any executor; rounds of one workspace one at a time.  Ownership: borrows its services.
// Errors: Errc::kNotFound, Errc::kInvalid (the context begins with the field), auth::Errc::kForbidden (no tickets:write, or limited
// to inboxes: a merge reaches beyond them), those of the store.  Limits: PersonMergeLimits.
#include <atomic>

#include "auth/accounts.h"
#include "auth/principal.h"
#include "core/task.h"
#include "storage/schema/people.pb.h"
#include "ticketing/detail/services.h"
#include "ticketing/people/people.h"
#include "ticketing/people/people_changes.h"

namespace postern::ticketing {

struct PersonMergeLimits {
  std::size_t at_once_max = 20;                  // tickets that the request itself moves
  std::size_t round_tickets_max = 2000;          // that one round of the background looks at
  std::size_t comments_per_transaction_max = 100;
  std::size_t addresses_max = 100;               // of one person
  std::size_t merged_max = 500;                  // people who become one
  std::size_t note_bytes_max = 16384;            // of details, and of notes, together: the rest is cut
};

// Never renumber: stored.
enum class MergeStage : std::uint32_t { kRequested = 0, kCopied = 1, kAll = 2 };

// The address of whoever was merged, at the end: nothing is sent there (RFC 2606).
inline constexpr std::string_view kMergedDomain = "@merged.invalid";

class PersonMerges {
 public:
  explicit PersonMerges(const Services& with, PersonMergeLimits limits = {}) : with_(with), limits_(limits) {}
  // Before the first call; without it nobody is told of merges.
  void use(TellPeopleChange tell) { tell_ = std::move(tell); }

  // Merges `from` into `into`. The survivor's own name, phone, id of another system and values win; what he lacks he gets.
  core::Task<core::Result<void>> merge(auth::Principal by, core::UserId from, core::UserId into) const;
  // A round of the chore; how many tickets it looked at.
  core::Task<core::Result<std::size_t>> round(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) const;

 private:
  core::Result<void> begin(storage::Transaction& transaction, const auth::Principal& by, core::UserId from, core::UserId into) const;
  core::Result<void> move_profile(storage::Transaction& transaction, core::WorkspaceId workspace, const auth::User& gone, const auth::User& stays) const;
  core::Task<core::Result<std::size_t>> go_on(core::WorkspaceId workspace, core::UserId from, std::size_t most, const std::atomic<bool>& is_stopping) const;
  core::Task<core::Result<bool>> stage_step(core::WorkspaceId workspace, schema::PersonMerge* plan, std::size_t* left, const std::atomic<bool>& is_stopping) const;
  core::Task<core::Result<void>> move_ticket(core::WorkspaceId workspace, schema::PersonMerge* plan, core::TicketId ticket) const;
  core::Task<core::Result<void>> keep(core::WorkspaceId workspace, const schema::PersonMerge* plan) const;
  core::Task<core::Result<void>> finish(core::WorkspaceId workspace, const schema::PersonMerge* plan) const;

  const Services with_;
  TellPeopleChange tell_;
  const PersonMergeLimits limits_;
};

// Before an address becomes an account's. kInvalid "email: …" when it leads to somebody whom others were merged into: the account
// would answer for their addresses, which nobody sees there.
core::Result<void> check_has_one_address(const People& people, core::WorkspaceId workspace, std::string_view email);

}  // namespace postern::ticketing
