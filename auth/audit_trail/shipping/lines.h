#pragma once
// auth/audit_trail/shipping/lines.h: one audit entry as receivers read it.
// A syslog message carries the line of a JSON export, so that `postern audit verify --export` proves what a log server kept.
// Everything is ASCII: other characters are escaped as JSON has it, so no byte order mark (RFC 5424 section 6.4) is due and
// nothing in an entry can end a line or a frame.
// Thread-safety: pure.  Limits: kDatagramBytesMax; what is larger loses its changes and says so ("cut").
#include <string>
#include <vector>

#include "auth/audit.h"

namespace postern::auth {

inline constexpr std::size_t kDatagramBytesMax = 60'000;  // of a message by UDP

// RFC 5424: facility 13 (log audit), severity 6 (informational), 4 (warning) for what was refused or failed.
std::string syslog_message(core::WorkspaceId workspace, const AuditEntry& entry, const std::string& hostname);
// RFC 6587 section 3.4.1.
std::string octet_counted(const std::string& message);
// GELF 1.1, one JSON object.
std::string gelf_message(core::WorkspaceId workspace, const AuditEntry& entry, const std::string& hostname);
// As an export has it, without a newline.
std::string json_message(core::WorkspaceId workspace, const AuditEntry& entry);
// Without its changes and its long texts, for a message that would not fit.
AuditEntry cut_for_datagram(const AuditEntry& entry);
// GELF datagrams: the message itself, or chunks of it. `message_id`: 8 random bytes.
std::vector<std::string> gelf_datagrams(const std::string& message, const std::string& message_id);

}  // namespace postern::auth
