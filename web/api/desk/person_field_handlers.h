#pragma once
// web/api/desk/person_field_handlers.h: handlers of person_field_routes.cc; see web/api/handlers.h.
#include "web/api/handlers.h"

namespace postern::web::api {

Answer list_user_fields(Request& request, Context& context);
Answer count_user_fields(Request& request, Context& context);
Answer show_user_field(Request& request, Context& context);
Answer create_user_field(Request& request, Context& context);
Answer update_user_field(Request& request, Context& context);
Answer delete_user_field(Request& request, Context& context);
Answer reorder_user_fields(Request& request, Context& context);
Answer list_organization_fields(Request& request, Context& context);
Answer count_organization_fields(Request& request, Context& context);
Answer show_organization_field(Request& request, Context& context);
Answer create_organization_field(Request& request, Context& context);
Answer update_organization_field(Request& request, Context& context);
Answer delete_organization_field(Request& request, Context& context);
Answer reorder_organization_fields(Request& request, Context& context);

}  // namespace postern::web::api
