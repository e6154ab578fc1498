#include "net/datagram.h"

#include <boost/asio/ip/udp.hpp>

#include "net/errc.h"

namespace postern::net {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

class UdpSender final : public DatagramSender {
 public:
  explicit UdpSender(udp::socket socket) : socket_(std::move(socket)) {}
  core::Task<core::Result<void>> send(std::string_view bytes) override {
    auto [code, count] = co_await socket_.async_send(asio::buffer(bytes.data(), bytes.size()), core::kTuple);
    if (code) co_return core::fail_transient(Errc::kConnect, code.message());
    co_return core::Result<void>();
  }

 private:
  udp::socket socket_;
};

}  // namespace

core::Result<std::unique_ptr<DatagramSender>> DatagramSender::connect(asio::any_io_executor executor, Endpoint to) {
  const udp::endpoint target(to.address.asio(), to.port);
  udp::socket socket(std::move(executor));
  boost::system::error_code code;
  socket.open(target.protocol(), code);
  if (!code) socket.connect(target, code);
  if (code) return core::fail_transient(Errc::kConnect, to.to_string() + ": " + code.message());
  return std::unique_ptr<DatagramSender>(std::make_unique<UdpSender>(std::move(socket)));
}

}  // namespace postern::net
