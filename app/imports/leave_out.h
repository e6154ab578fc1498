#pragma once
// app/imports/leave_out.h: a ticket of elsewhere without what is refused of it here, so that the rest comes.
// Thread-safety: pure.
#include <string>

#include "ticketing/imports/ticket_import.h"

namespace postern::app {

// Takes the attribute that was refused out of the ticket; empty: there is nothing to take out. `context`: of the refusal, which begins
// with the API's name of the field.
std::string leave_out(ticketing::ImportedTicket& ticket, const std::string& context);

}  // namespace postern::app
