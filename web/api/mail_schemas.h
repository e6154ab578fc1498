#pragma once
// web/api/mail_schemas.h: the shapes of comments, held mail, the queue and what others report about mail; part of schemas().
// Thread-safety: constant data.
#include <span>

#include "web/api/schemas.h"

namespace postern::web {

std::span<const Schema> conversation_schemas();
std::span<const Schema> mail_schemas();

}  // namespace postern::web
