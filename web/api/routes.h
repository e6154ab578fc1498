#pragma once
// web/api/routes.h: the table of everything that the API answers. There is no other way to be reachable.
#include <span>

#include "web/server/router.h"

namespace postern::web {

std::span<const Route> api_routes();

}  // namespace postern::web
