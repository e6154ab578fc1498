// Attachments: what they are, and their bytes as a download that no browser runs.
#include "web/api/file_answer.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"

namespace postern::web::api {

Answer show_attachment(Request& request, Context& context) {
  auto id = id_param<core::AttachmentId>(request, "id");
  POSTERN_CO_TRY(auto found, context.services.tickets.attachment(request.who(), id));
  json::object out;
  out["attachment"] = attachment_json(found.first);
  co_return json_response(200, out);
}

Answer attachment_content(Request& request, Context& context) {
  auto id = id_param<core::AttachmentId>(request, "id");
  POSTERN_CO_TRY(auto found, context.services.tickets.attachment(request.who(), id));
  co_return file_answer(found.first, std::move(found.second));
}

}  // namespace postern::web::api
