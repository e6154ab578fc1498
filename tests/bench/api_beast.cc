// api_beast: as little as a server on Boost.Beast can be: TLS 1.3, keep-alive, a thread a core, and for each request a kilobyte of JSON
// that is built anew. What Postern's HTTP layer is measured beside.
//   api_beast PORT THREADS CERTIFICATE KEY
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

std::string answer_to(std::string_view target) {
  std::string out = "{\"id\":\"" + std::string(target.substr(target.rfind('/') + 1)) + "\",\"status\":\"open\",\"comments\":[";
  for (int i = 0; i < 6; ++i) {
    out += (i == 0 ? "" : ",") + std::string("{\"number\":") + std::to_string(i) +
           ",\"from\":\"alice@sender.example\",\"text\":\"The engine stops after a while and nobody can say why it does, so would you please have a look at it.\"}";
  }
  return out + "]}";
}

// Lives as long as its next step, which holds it.
class Session {
 public:
  using Self = std::shared_ptr<Session>;
  Session(tcp::socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}
  static void run(Self self) {
    auto& stream = self->stream_;
    stream.async_handshake(asio::ssl::stream_base::server, [self](beast::error_code error) {
      if (!error) read(self);
    });
  }

 private:
  static void read(Self self) {
    self->request_ = {};
    http::async_read(self->stream_, self->buffer_, self->request_, [self](beast::error_code error, std::size_t) {
      if (!error) answer(self);
    });
  }
  static void answer(Self self) {
    auto& response = self->response_;
    response = {http::status::ok, self->request_.version()};
    response.set(http::field::content_type, "application/json");
    response.keep_alive(self->request_.keep_alive());
    response.body() = answer_to({self->request_.target().data(), self->request_.target().size()});
    response.prepare_payload();
    http::async_write(self->stream_, response, [self](beast::error_code error, std::size_t) {
      if (!error && self->response_.keep_alive()) read(self);
    });
  }

  beast::ssl_stream<tcp::socket> stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

class Listener {
 public:
  Listener(asio::io_context& io, unsigned short port, asio::ssl::context& context) : acceptor_(io), context_(context) {
    acceptor_.open(tcp::v4());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.set_option(ReusePort(true));
    acceptor_.bind({asio::ip::make_address("127.0.0.1"), port});
    acceptor_.listen(1024);
    accept();
  }

 private:
  void accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (!error) {
        socket.set_option(tcp::no_delay(true));
        Session::run(std::make_shared<Session>(std::move(socket), context_));
      }
      accept();
    });
  }
  tcp::acceptor acceptor_;
  asio::ssl::context& context_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  asio::ssl::context context(asio::ssl::context::tls_server);
  context.use_certificate_chain_file(argv[3]);
  context.use_private_key_file(argv[4], asio::ssl::context::pem);
  std::vector<std::thread> threads;
  for (int i = 0; i < std::atoi(argv[2]); ++i) {
    threads.emplace_back([&] {
      asio::io_context io(1);
      Listener listener(io, static_cast<unsigned short>(std::atoi(argv[1])), context);
      io.run();
    });
  }
  for (std::thread& each : threads) each.join();
  return 0;
}
