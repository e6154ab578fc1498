#pragma once
// net/datagram.h: a connected UDP socket that only sends.
// Thread-safety: one strand at a time.  Errors: Errc::kConnect (transient): no route, or the peer's machine says that nobody
// listens there, of an earlier datagram; what the network drops is not told.  Limits: a datagram holds at most 65,507 bytes.
#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string_view>

#include "core/deadline.h"
#include "core/result.h"
#include "core/task.h"
#include "net/ip.h"

namespace postern::net {

class DatagramSender {
 public:
  static core::Result<std::unique_ptr<DatagramSender>> connect(boost::asio::any_io_executor executor, Endpoint to);
  virtual ~DatagramSender() = default;
  // `bytes` are kept alive by the caller.
  virtual core::Task<core::Result<void>> send(std::string_view bytes) = 0;
};

}  // namespace postern::net
