#pragma once
// ticketing/views/view_shape.h: a view's conditions and order, compiled; and where a ticket stands in it, for everybody at once.
// Conditions on the current user or his groups are not asked of each agent: they say in which agent's, or which group's, list
// a ticket stands ("assignee is current_user": in the list of its assignee). An agent's view is the union of his lists.
// Thread-safety: immutable, values.  Errors: Errc::kInvalid with the place of the first problem.  Limits: ViewLimits.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/schema/views.pb.h"
#include "ticketing/conditions/condition_fields.h"
#include "ticketing/views/view_columns.h"

namespace postern::ticketing {

struct ViewLimits {
  std::size_t views_max = 500;              // of a workspace, personal ones too
  std::size_t personal_views_max = 50;      // of one agent
  std::size_t columns_max = 15;
  std::size_t conditions_max = 30;
  std::size_t title_bytes_max = 200;
  std::size_t description_bytes_max = 2000;
  std::size_t groups_max = 50;              // that one view is restricted to
  std::size_t lists_max = 2000;             // that one page or count is made of: groups of the agent times his inboxes
  std::size_t page_size_max = 100;
  std::size_t sorted_max = 1000;            // tickets of a view that are sorted on request, otherwise than the view is
  std::size_t preview_scan_max = 2000;      // tickets that a preview looks at
  std::size_t counted_at_once_max = 100;    // views of one count_many
  std::size_t filled_at_once = 100;         // tickets of one step that fills a view
  std::size_t steps_a_round = 1000;         // of filling and erasing
  std::size_t erased_at_once = 500;         // keys of one step that erases
  std::size_t moved_at_once = 50;           // tickets of one step that follows the clock
};

// Whose list: of a user, of a group, or both; 0 and 0: everybody's.
struct ViewList {
  std::uint64_t user = 0;
  std::uint64_t group = 0;
  friend auto operator<=>(const ViewList&, const ViewList&) = default;
};

// Where a ticket stands in a view.
struct ViewPosition {
  std::vector<ViewList> lists;  // empty: nowhere
  std::uint64_t inbox = 0;
  std::uint64_t group_key = 0;  // keys of its order, as they sort
  std::uint64_t sort_key = 0;
  std::uint64_t ticket_key = 0;
  friend bool operator==(const ViewPosition&, const ViewPosition&) = default;
};

class CompiledView {
 public:
  static core::Result<CompiledView> compile(const schema::ViewShape& shape, const ViewLimits& limits);

  core::Result<ViewPosition> position_of(const schema::Ticket& ticket, std::int64_t now_ms) const;
  // When the position may change by time alone.
  std::optional<std::int64_t> next_flip(const schema::Ticket& ticket, std::int64_t now_ms) const;
  ConditionParts parts() const { return parts_; }
  bool depends_on_time() const { return all_.depends_on_time() || any_.depends_on_time(); }
  std::uint64_t ticket_of(std::uint64_t ticket_key) const { return is_descending_ ? ~ticket_key : ticket_key; }

  // The lists whose union is the view as this agent sees it.
  std::vector<ViewList> lists_of(core::UserId user, const std::vector<std::uint64_t>& groups) const;
  // Lists that only count what stands in two lists of the same agent, and would be counted twice.
  std::vector<ViewList> doubles_of(core::UserId user, const std::vector<std::uint64_t>& groups) const;
  bool asks_for_groups() const { return is_group_required_ || is_group_offered_; }

 private:
  std::vector<ViewList> offered_lists(const schema::Ticket& ticket) const;

  CompiledConditions all_;  // without those on the current user
  CompiledConditions any_;  // the same
  bool has_any_ = false;    // beside those on the current user
  std::vector<ConditionField> required_users_;  // of `all`: fields that are the current user
  bool is_group_required_ = false;              // of `all`: the group is one of his
  std::vector<ConditionField> offered_users_;   // the same of `any`
  bool is_group_offered_ = false;
  std::optional<ViewColumn> group_by_;
  ViewColumn sort_by_ = ViewColumn::kNumber;
  bool is_group_descending_ = false;
  bool is_descending_ = false;
  ConditionParts parts_ = 0;
};

// All that is wrong with a shape, as condition_problems() tells it, beside what views demand.
std::vector<ConditionProblem> view_problems(const schema::ViewShape& shape, const ViewLimits& limits);

}  // namespace postern::ticketing
