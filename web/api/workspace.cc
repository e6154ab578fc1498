// The workspace itself: its end.
#include "core/errc.h"
#include "ticketing/workspace_wipe.h"
#include "web/api/handlers.h"
#include "web/api/json.h"
#include "web/errc.h"
#include "web/server/authenticate.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kNameBytesMax = 200;

}  // namespace

// POST, with the name typed by hand: there is no way back.
Answer wipe_workspace(Request& request, Context& context) {
  if (context.services.wiper == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(json::object body, parse_object(request, context.options));
  Form outer(body, "");
  json::object object = outer.object("workspace");
  Form form(object, "workspace");
  std::string typed = form.required_text("name", kNameBytesMax);
  std::string name = context.services.directory()->name_of(request.who().workspace);
  if (form.ok() && typed != name) form.refuse("name", "InvalidValue", "is not the name of this workspace");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_CHECK(co_await context.services.wiper->wipe(request.who(), std::move(name), std::move(typed)));
  json::object out;
  out["description"] = "Nothing of the workspace can be read any more. What is left of it is being erased.";
  Response response = json_response(202, out);
  response.set("Set-Cookie", expired_session_cookie());
  response.set("Clear-Site-Data", "\"cache\", \"storage\"");
  co_return response;
}

}  // namespace postern::web::api
