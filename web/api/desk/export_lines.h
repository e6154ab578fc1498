#pragma once
// web/api/desk/export_lines.h: people, organisations, groups, tickets and mail as a full export has them: a line of JSON each, in
// Zendesk's shapes, which `postern import zendesk` takes back, and mboxrd. Both ways of exporting write these: into a folder
// (app/exports) and as the answer of a request (full_export.h).
// Thread-safety: pure, or over the store.  Errors: those of the store.
#include <string>
#include <vector>

#include "auth/accounts.h"
#include "storage/schema/fields.pb.h"
#include "ticketing/directory.h"
#include "ticketing/helpdesk.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"
#include "ticketing/tickets.h"
#include "web/api/json.h"

namespace postern::web {

std::string export_line(const json::object& object);  // with its end
std::string organization_line(const ticketing::Organization& from, const std::vector<schema::TicketField>& fields);
std::string group_line(const ticketing::Group& from);
std::string person_line(const auth::User& from, const ticketing::Profile& profile, const std::vector<schema::TicketField>& fields);
// `files`: its attachments, each by exported_file().
json::object exported_comment(const ticketing::Comment& from, json::array files);
json::object exported_file(const ticketing::Attachment& from);
std::string ticket_line(const ticketing::Ticket& from, const ticketing::Directory* directory, json::array comments);
// mboxrd: lines that begin like a separator get one more ">".
std::string mbox_message(std::string_view message, std::int64_t at_unix_ms);

}  // namespace postern::web
