#pragma once
// web/server/connection.h: one HTTP/1.1 connection over a net::Stream: reads requests one after the other, lets an
// Application answer, writes the responses. Knows nothing of routes or users.
// Thread-safety: run() on the stream's strand.  Ownership: owns the stream; borrows everything else.
// Errors: answered to the peer where HTTP allows it; an exception of the application is a 500 and closes.
#include <atomic>
#include <memory>

#include "core/clock.h"
#include "core/ids.h"
#include "net/stream.h"
#include "web/options.h"
#include "web/server/drain_signal.h"
#include "web/server/request_parser.h"

namespace postern::web {

// One request on its way: the head is there; the body is read when the application has decided to want it.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual Request& request() = 0;
  // Reads the body into request().body, answering 100-continue first. Errors: kBodyTooLarge, kTimeout, kMalformed,
  // kUnavailable (the memory for all bodies is used up), net::Errc.
  virtual core::Task<core::Result<void>> read_body(std::size_t bytes_max) = 0;
};

class Application {
 public:
  virtual ~Application() = default;
  virtual core::Task<Response> respond(Exchange& exchange) = 0;
};

// What all connections of one server share.
struct ServerShare {
  const WebOptions& options;
  core::Clock& clock;
  core::IdSource& ids;
  DrainSignal& drain;
  std::atomic<std::size_t> body_bytes{0};  // reserved by requests whose body is being read or worked on
};

class Connection final : public Exchange, private ChunkWriter {
 public:
  Connection(std::unique_ptr<net::Stream> stream, ServerShare& share, Application& application);
  ~Connection() override;
  core::Task<void> run();

  Request& request() override { return parser_.request(); }
  core::Task<core::Result<void>> read_body(std::size_t bytes_max) override;

 private:
  struct Idle;
  enum class Next { kAnswer, kClose };

  core::Task<core::Result<Next>> read_head();
  core::Task<bool> serve_one();  // false: close
  core::Task<Response> respond_safely();
  core::Task<core::Result<void>> send(Response& response, bool keep_alive);
  core::Task<core::Result<void>> fill(core::Deadline by);
  core::Task<void> linger();
  core::Task<core::Result<void>> write(std::string chunk) override;
  std::string head_of(const Response& response, bool keep_alive) const;
  void release_body();

  std::unique_ptr<net::Stream> stream_;
  ServerShare& share_;
  Application& application_;
  RequestParser parser_;
  std::string buffer_;
  std::string incoming_;              // where reads land
  bool body_done_ = true;
  std::size_t served_ = 0;
  std::size_t reserved_ = 0;          // of share_.body_bytes
  std::shared_ptr<Idle> idle_;
  std::shared_ptr<void> drain_handle_;
};

}  // namespace postern::web
