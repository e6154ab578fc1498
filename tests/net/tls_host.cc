#include "tests/net/tls_host.h"

#include "tests/net/rough_peer.h"

namespace postern::test {

namespace asio = boost::asio;
using std::chrono::seconds;
using tcp = asio::ip::tcp;

namespace {

core::Task<void> run_beside(Host& host, std::function<std::string(const net::Endpoint&)> client, std::string* into) {
  auto job = [to = host.at(), client = std::move(client)] { return client(to); };
  *into = (co_await core::offload(host.pool, std::move(job))).value();
}

core::Task<void> encrypt(Host& host, net::Stream* server) {
  (void)co_await server->start_tls_server(host.tls, within(seconds(5)));
}

}  // namespace

Host::Host(asio::io_context& io, int buffer_bytes)
    : files("mx.example.test"),
      tls(net::TlsContext::server(files.options()).value()),
      acceptor(io),
      pool("peer", 1, 16) {
  acceptor.open(tcp::v4());
  if (buffer_bytes != 0) {
    acceptor.set_option(asio::socket_base::receive_buffer_size(kReceiveTimes * buffer_bytes));
    acceptor.set_option(asio::socket_base::send_buffer_size(buffer_bytes));
  }
  acceptor.bind({asio::ip::address_v4::loopback(), 0});
  acceptor.listen();
}

net::Endpoint Host::at() const {
  return {net::IpAddress(acceptor.local_endpoint().address()), acceptor.local_endpoint().port()};
}

core::Task<std::unique_ptr<net::Stream>> Host::accept() {
  tcp::socket socket(acceptor.get_executor());
  co_await acceptor.async_accept(socket, core::kTuple);
  co_return net::make_tcp_stream(std::move(socket), core::system_clock());
}

Beside::Beside(Host& host, std::function<std::string(const net::Endpoint&)> client)
    : group_("peer", core::system_clock()) {
  group_.spawn(host.acceptor.get_executor(), run_beside(host, std::move(client), &said_));
}

core::Task<std::string> Beside::words() {
  co_await group_.drain(within(seconds(20)));
  co_return said_;
}

core::Task<std::pair<std::unique_ptr<net::Stream>, std::unique_ptr<net::Stream>>> pair_of(Host& host, bool is_tls) {
  auto connected = co_await net::connect_tcp(host.at(), within(seconds(5)), core::system_clock());
  std::unique_ptr<net::Stream> client = std::move(connected).value();
  std::unique_ptr<net::Stream> server = co_await host.accept();
  if (is_tls) {
    core::TaskGroup group("server", core::system_clock());
    group.spawn(server->executor(), encrypt(host, server.get()));
    auto context = net::TlsContext::client(false).value();
    EXPECT_TRUE(co_await client->start_tls_client(context, "", within(seconds(5))));
    co_await group.drain(within(seconds(5)));
    EXPECT_TRUE(server->is_tls());
  }
  co_return std::pair(std::move(client), std::move(server));
}

core::Task<void> send_pattern(net::Stream* stream, std::size_t bytes, bool* is_done) {
  const std::string all = pattern(0, bytes);
  *is_done = (co_await stream->write_all(all, within(seconds(20)))).has_value();
}

core::Task<bool> receives_pattern(net::Stream& stream, std::size_t bytes) {
  std::array<char, 5000> piece;
  for (std::size_t got = 0; got < bytes;) {
    const auto count = co_await stream.read_some(piece, within(seconds(20)));
    if (!count || std::string_view(piece.data(), *count) != pattern(got, *count)) co_return false;
    got += *count;
  }
  co_return true;
}

core::Task<core::Result<std::string>> read_text(net::Stream& stream, core::Duration how) {
  std::array<char, 64> buffer;
  POSTERN_CO_TRY(const std::size_t count, co_await stream.read_some(buffer, within(how)));
  co_return std::string(buffer.data(), count);
}

core::Task<std::string> words_of(net::Stream& stream) {
  const auto text = co_await read_text(stream);
  co_return text ? *text : text.error().context();
}

}  // namespace postern::test
