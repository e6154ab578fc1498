#pragma once
// app/audit_settings.h: the [audit] settings as the shipper takes them, and what is wrong with them.
// Thread-safety: free functions.  Errors: none; complaints are sentences without secrets.
#include <string>
#include <vector>

#include "auth/audit_trail/shipping/options.h"
#include "conf/options.h"

namespace postern::app {

// Files are made absolute; the host name is the server's.
auth::ShipOptions ship_options(const conf::GatewayOptions& options);
// Reads the files that the settings name; empty when there is nothing to say.
std::vector<std::string> audit_setting_complaints(const conf::GatewayOptions& options);
// What works but could be better: the log in the clear, datagrams that may be lost.
std::vector<std::string> audit_setting_notes(const conf::GatewayOptions& options);

}  // namespace postern::app
