#pragma once
// web/api/permissions_page.h: who may call what, as a page of Markdown made from the table of routes and of permissions:
// docs/permissions.md, which a test compares with it. Thread-safety: pure.
#include <string>

namespace postern::web {

std::string permissions_page();

}  // namespace postern::web
