#pragma once
// web/api/desk/view_shapes.h: views, their rows and their counts in the shapes of the Zendesk API.
// Thread-safety: pure.  Errors: collected in the form, by field.
#include "ticketing/views/views.h"
#include "web/api/context.h"
#include "web/api/json.h"

namespace postern::web {

core::Result<ticketing::Views*> views_of(Context& context);

json::object view_json(const schema::View& view);
// "column" of a ticket: what the API calls the value, and the value.
json::object view_row_json(const schema::View& view, const ticketing::Ticket& ticket, const json::object& shaped);
json::array view_columns_json(const schema::View& view);
json::object view_count_json(const ticketing::Views::Count& count);
core::Result<json::object> view_definitions(const Request& request, Context& context);

// What somebody wants a view to be: what is there.
class ViewWish {
 public:
  // Problems go to the form.
  ViewWish(Form& form, const json::object& from, const auth::Principal& by, const ticketing::ViewLimits& limits);
  void apply(schema::View& view) const;

 private:
  void read_output(Form& form, const json::object& output);
  void read_restriction(Form& form, const json::object& from, const auth::Principal& by);

  std::optional<std::string> title_, description_, group_by_, sort_by_;
  std::optional<bool> is_active_, is_group_descending_, is_descending_;
  std::optional<std::uint32_t> position_;
  std::optional<std::vector<std::string>> columns_;
  bool has_all_ = false;
  bool has_any_ = false;
  schema::Conditions conditions_;
  bool has_restriction_ = false;
  std::uint64_t owner_ = 0;
  std::vector<std::uint64_t> groups_;
};

// Conditions on and columns of custom fields that there are not.
core::Result<std::vector<ticketing::ConditionProblem>> unknown_fields(const Request& request, Context& context, const schema::View& view);
// Problems of a shape, under the names that its fields have in a request.
void refuse_problems(Form& form, const std::vector<ticketing::ConditionProblem>& problems);

}  // namespace postern::web
