#pragma once
// net/tcp_stream.h: private to net/: the real Stream over a connected socket whose executor is its strand.
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "net/stream.h"

namespace postern::net {

std::unique_ptr<Stream> make_tcp_stream(boost::asio::ip::tcp::socket socket, core::Clock& clock);

}  // namespace postern::net
