#include "ticketing/views/default_views.h"

#include <string>

namespace postern::ticketing {
namespace {

struct Term {
  const char* field;
  const char* op;
  const char* value;
};

schema::View make(std::uint32_t number, const char* title, const std::vector<Term>& all, const char* sort_by, bool is_descending) {
  schema::View out;
  out.set_default_number(number);  // never renumber: a deleted one stays deleted by its number
  out.set_title(title);
  out.set_is_active(true);
  for (const Term& term : all) {
    schema::Condition& condition = *out.mutable_shape()->mutable_conditions()->add_all();
    condition.set_field(term.field);
    condition.set_op(term.op);
    condition.add_values(term.value);
  }
  for (const char* column : {"status", "subject", "requester", "created", "updated", "group", "assignee"}) out.add_columns(column);
  out.mutable_shape()->set_sort_by(sort_by);
  out.mutable_shape()->set_sort_descending(is_descending);
  return out;
}

}  // namespace

std::vector<schema::View> default_views() {
  return {
      make(1, "Your unsolved tickets", {{"status", "less_than", "solved"}, {"assignee_id", "is", "current_user"}}, "created", false),
      make(2, "Unassigned tickets", {{"status", "less_than", "solved"}, {"assignee_id", "is", ""}}, "created", false),
      make(3, "All unsolved tickets", {{"status", "less_than", "solved"}}, "created", false),
      make(4, "Recently updated tickets", {{"status", "less_than", "closed"}, {"updated_at", "less_than", "24"}}, "updated", true),
      make(5, "New tickets in your groups", {{"status", "is", "new"}, {"group_id", "is", "current_groups"}}, "created", false),
      make(6, "Pending tickets", {{"status", "is", "pending"}}, "updated", true),
      make(7, "Recently solved tickets", {{"status", "is", "solved"}, {"SOLVED", "less_than", "48"}}, "solved", true),
  };
}

}  // namespace postern::ticketing
