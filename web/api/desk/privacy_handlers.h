#pragma once
// web/api/desk/privacy_handlers.h: handlers of privacy_routes.cc; see web/api/handlers.h.
#include "web/api/handlers.h"

namespace postern::web::api {

// deleted_users.cc
Answer delete_user(Request& request, Context& context);
Answer list_deleted_users(Request& request, Context& context);
Answer show_deleted_user(Request& request, Context& context);
Answer erase_user(Request& request, Context& context);
Answer preview_erasure(Request& request, Context& context);
Answer show_personal_data(Request& request, Context& context);

}  // namespace postern::web::api
