// Two end users become one: whoever is in the path is merged into the one in the body.
#include "ticketing/people/person_merge.h"
#include "web/api/desk/people_handlers.h"

namespace postern::web::api {

Answer merge_user(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  const json::object object = outer.object("user");
  Form form(object, "user");
  refuse_others(form, object, "UserMergeWrite");
  const std::uint64_t into = form.id("id").value_or(0);
  if (into == 0) form.refuse("id", "BlankValue", "cannot be blank");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_CHECK(co_await desk->person_merges().merge(request.who(), id_param<core::UserId>(request, "id"), core::UserId{into}));
  POSTERN_CO_TRY(const auth::User survivor, seen_user(request, context, core::UserId{into}));
  json::object out;
  POSTERN_CO_TRY(out["user"], person_json(request, context, survivor));
  co_return json_response(200, out);
}

}  // namespace postern::web::api
