#pragma once
// smtp/server/admission.h: who a connection belongs to, and whether its owner gets a session.
// Thread-safety: the connection's strand; what is asked of the Context is safe from any thread.
#include <optional>

#include "net/stream.h"
#include "smtp/server/answer.h"
#include "smtp/server/context.h"

namespace postern::smtp {

// The client of a connection: its peer, or whom a load balancer names in its PROXY header. Nothing when that header is not
// of its form or late: there is nobody to whom that could be said.
core::Task<std::optional<net::IpAddress>> identify(const Context& context, net::Stream& stream);

// Why a blocked client is refused; nothing when it is not blocked.
std::optional<Answer> find_block(const Context& context, const net::IpAddress& client);
// The same, and connections over the client's allowance. Counts the connection.
std::optional<Answer> turn_away(const Context& context, const net::IpAddress& client);

}  // namespace postern::smtp
