#pragma once
// web/api/file_answer.h: the bytes of a stored file as a download that no browser runs, for agents and for customers.
// Thread-safety: pure.
#include "ticketing/tickets.h"
#include "web/server/message.h"

namespace postern::web {

Response file_answer(const ticketing::Attachment& file, std::string content);

}  // namespace postern::web
