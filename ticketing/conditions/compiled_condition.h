#pragma once
// ticketing/conditions/compiled_condition.h: one condition, checked and parsed, and how it is asked. For this folder and views.
// Thread-safety: values and pure functions; evaluate() asks the FactSource.  Errors: those of the FactSource.
#include <optional>
#include <string>
#include <vector>

#include "ticketing/conditions/condition_fields.h"

namespace postern::ticketing {

struct CompiledCondition {
  ConditionField field = ConditionField::kStatus;
  ConditionOperator op = ConditionOperator::kIs;
  ConditionValue value = ConditionValue::kNone;
  std::uint64_t custom = 0;            // of kCustomField
  std::uint32_t status = 0;            // of kHoursInStatus
  std::vector<std::uint64_t> numbers;  // ids, words by their number; hours in milliseconds
  std::vector<std::string> texts;      // folded words, tags, values of fields, addresses
  // Values that are known when it is asked.
  bool is_current_user = false;
  bool is_current_groups = false;
  bool is_requester = false;
  bool is_assignee = false;
};

struct CompiledConditions::State {
  std::vector<CompiledCondition> all;
  std::vector<CompiledCondition> any;
  ConditionParts parts = 0;
  bool depends_on_time = false;
};

// `where` begins the place of a problem ("all[0]").
std::optional<CompiledCondition> compile_condition(const schema::Condition& from, ConditionContext context, const ConditionLimits& limits,
                                                   const std::string& where, std::vector<ConditionProblem>& problems);

// Bits of ConditionParts.
inline constexpr ConditionParts kPartDeleted = ConditionParts{1} << 47U;
ConditionParts part_of(ConditionField field, std::uint64_t custom = 0);

// Of a field that is a number, an id or a word with a number.
std::uint64_t number_of(const schema::Ticket& ticket, ConditionField field);
// When what an hours field counts from happened; nothing: it has not, or the ticket is in another status.
std::optional<std::int64_t> time_of(const schema::Ticket& ticket, ConditionField field, std::uint32_t status);

core::Result<bool> evaluate_condition(const CompiledCondition& condition, const TicketFacts& facts);
// Puts into `earliest` when the outcome may change by time alone, if that is earlier.
void keep_earliest_flip(const CompiledCondition& condition, const TicketFacts& facts, std::optional<std::int64_t>& earliest);

}  // namespace postern::ticketing
