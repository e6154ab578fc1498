#pragma once
// ticketing/views/default_views.h: the views that a new workspace starts with, as Zendesk's has them.
// Thread-safety: pure.
#include <vector>

#include "storage/schema/views.pb.h"

namespace postern::ticketing {

// In their order; each with its number, by which it is made once only.
std::vector<schema::View> default_views();

}  // namespace postern::ticketing
