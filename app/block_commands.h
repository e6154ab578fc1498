#pragma once
// app/block_commands.h: what operators do with blocked networks, as JSON in and out.
//   list      what people added and what the edge blocked by itself; how many are listed by configuration and feeds
//   add       network, reason; for_seconds (0 or absent: for good)
//   remove    network
//   test      address: whether and why it is blocked
// Errors: core::Errc::kInvalid for what makes no sense, those of auth::BlockBook.
#include "app/json.h"
#include "app/services.h"

namespace postern::app {

core::Task<core::Result<Json>> run_block_command(std::string action, JsonObject request, Services& services);

}  // namespace postern::app
