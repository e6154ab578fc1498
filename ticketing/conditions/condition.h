#pragma once
// ticketing/conditions/condition.h: conditions on a ticket ("status is less than solved, tags include vip"), as views, triggers,
// automations and service levels have them: checked and compiled once, then asked of one ticket after the other.
// Names, operators and values are Zendesk's; the table of them is condition_fields.h.
// Thread-safety: CompiledConditions is immutable and cheap to copy; a FactSource is used by one owner at a time.
// Ownership: TicketFacts borrows everything; it is made for one question.
// Errors: compile(): Errc::kInvalid, whose context is the first of condition_problems(). holds(): those of the FactSource.
// Limits: ConditionLimits.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/schema/conditions.pb.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/ticket_hooks.h"

namespace postern::ticketing {

// Where conditions stand: each place offers only what it can answer.
enum class ConditionContext : std::uint8_t {
  kView = 1,        // of the ticket's own record, and of time
  kTrigger = 2,     // of a change, too: what was before, who made it, what was written
  kAutomation = 4,  // as a view, for any ticket at any time
  kSla = 8,         // as a view, without time
};

struct ConditionLimits {
  std::size_t conditions_max = 50;    // of `all` and `any` together
  std::size_t values_max = 100;       // of one condition
  std::size_t value_bytes_max = 1000;
};

// What is not in the record of the ticket or of its change. Asked only when a condition needs it.
class FactSource {
 public:
  virtual ~FactSource() = default;
  // The text of a comment after fold_text() (words.h). The pointer lives as long as the source.
  virtual core::Result<const std::string*> folded_text(const schema::Comment& comment) const = 0;
  virtual core::Result<std::string> created_via(const schema::Ticket& ticket) const = 0;  // "mail", "api" …
  virtual core::Result<auth::Role> role_of(core::UserId user) const = 0;  // of somebody unknown: kContact
  virtual core::Result<std::vector<std::uint64_t>> groups_of(core::UserId user) const = 0;
  virtual std::string address_of(core::InboxId inbox) const = 0;  // lower case; empty when there is none
};

// A ticket as it is asked about; in a trigger also what becomes of it now.
struct TicketFacts {
  const schema::Ticket* before = nullptr;  // of a trigger; null: the ticket is new, or this is no change
  const schema::Ticket* after = nullptr;   // never null
  std::span<const schema::Comment> added;  // with this change
  const ChangeSource* source = nullptr;    // who "current_user" is; null: nobody
  const FactSource* more = nullptr;        // may be null in views and automations whose conditions need none
  std::int64_t now_ms = 0;
};

// What is wrong: where ("all[0].operator") and what ("is or is_not").
struct ConditionProblem {
  std::string where;
  std::string what;
};
std::vector<ConditionProblem> condition_problems(const schema::Conditions& conditions, ConditionContext context,
                                                 const ConditionLimits& limits = {});

// Parts of a ticket, as bits: which a condition looks at, which a change changed. A custom field has one bit of several
// that it shares with others.
using ConditionParts = std::uint64_t;
ConditionParts promise_parts();  // what is promised of times, and what came of it
ConditionParts changed_parts(const schema::Ticket& before, const schema::Ticket& after);

class CompiledConditions {
 public:
  CompiledConditions();  // no condition: always holds
  static core::Result<CompiledConditions> compile(const schema::Conditions& conditions, ConditionContext context,
                                                  const ConditionLimits& limits = {});
  core::Result<bool> holds(const TicketFacts& facts) const;
  // Each condition by itself: those of `all`, then those of `any`, in their order. For dry runs and "why did this fire".
  core::Result<std::vector<bool>> each(const TicketFacts& facts) const;

  bool depends_on_time() const;
  // When the outcome may change without any write; behind `now_ms`. Nothing: never.
  std::optional<std::int64_t> next_flip(const TicketFacts& facts) const;
  // The parts of the ticket that the outcome depends on, beside time and the change itself.
  ConditionParts parts() const;
  bool empty() const;

 private:
  struct State;
  explicit CompiledConditions(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;  // null: no condition
};

}  // namespace postern::ticketing
