#pragma once
// ticketing/automation/macro_change.h: what a macro would do to a ticket as the change that an agent makes of it: what differs, and
// the comment. Tags, copies and followers as who comes and who goes, so that what others do to them meanwhile stays.
// Thread-safety: pure.
#include "ticketing/automation/macros.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

// A comment is public unless the macro says otherwise. Nothing to do: an update that changes nothing.
Tickets::Update change_of_macro(const Macros::Applied& applied);

}  // namespace postern::ticketing
