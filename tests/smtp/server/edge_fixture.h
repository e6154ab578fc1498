#pragma once
// tests/smtp/server/edge_fixture.h: one smtp::Server with an intake and a directory of our own, and one client over
// simulated streams. Synchronous: exchange() returns when the server has nothing more to do until time or input moves.
// Thread-safety: one thread.
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "core/manual_clock.h"
#include "core/task_group.h"
#include "smtp/server/server.h"
#include "tests/support/sim_stream.h"

namespace postern::test {

// Keeps what it was given; answers with the verdict that the test sets, after `works_for`.
class RecordingIntake final : public pipeline::MessageIntake {
 public:
  explicit RecordingIntake(core::Clock& clock) : clock_(clock) {}
  struct Taken {
    pipeline::Envelope envelope;
    std::string message;  // with our Received field
    std::string content;  // without it
  };
  core::Task<pipeline::SmtpVerdict> take(pipeline::Envelope envelope, std::shared_ptr<const pipeline::Message> message,
                                         core::Deadline by) override;
  std::vector<Taken> taken;
  pipeline::SmtpVerdict verdict{250, "2.0.0", "Accepted", "accept"};
  core::Duration works_for{0};
  bool throws = false;
  bool holds = false;  // keeps a reference to each message
  std::vector<std::shared_ptr<const pipeline::Message>> held;

 private:
  core::Clock& clock_;
};

// Domains example.test and example.org; users support, sales, postmaster, grüße and u0 … u999; "busy" cannot be told.
class FixedDirectory final : public pipeline::RecipientDirectory {
 public:
  core::Result<pipeline::Recipient> resolve(const pipeline::EmailAddress& address) const override;
  bool is_local_domain(std::string_view domain) const override;
};

std::shared_ptr<net::ReloadableTls> test_tls();

// What an EdgeFixture may vary; the limits are those of the product, with mx.example.test as host name.
struct EdgeSetup {
  smtp::ServerOptions options;
  SimOptions sim;
  bool has_tls = true;
  bool is_healthy = true;
  std::string early;  // sent before the session starts
  std::vector<net::Block> blocks;  // listed before the session starts
  EdgeSetup() { options.hostname = "mx.example.test"; options.postmaster_domain = "example.test"; }
};

class EdgeFixture {
 public:
  using Setup = EdgeSetup;
  explicit EdgeFixture(Setup setup = Setup());
  ~EdgeFixture();
  // Sends bytes and returns everything the server has said by then.
  std::string exchange(std::string_view bytes);
  std::string advance(core::Duration by);
  std::string read();
  // A complete greeting; returns the last reply.
  std::string greet() { return read() + exchange("EHLO client.test\r\n"); }
  // MAIL and RCPT of one transaction.
  std::string begin(std::string_view rcpt = "support@example.test");
  bool is_closed();
  void hang_up();
  void poll();

  core::ManualClock clock;
  RecordingIntake intake;
  bool is_healthy;
  bool has_directory = true;
  smtp::Server& server() { return *server_; }
  const std::vector<RecordingIntake::Taken>& taken() const { return intake.taken; }

 private:
  template <class T>
  T run(core::Task<T> task);
  boost::asio::io_context io_;
  core::IdSource ids_;
  core::TaskGroup sessions_;
  std::unique_ptr<smtp::Server> server_;
  std::unique_ptr<net::Stream> client_;
  bool has_ended_ = false;
};

}  // namespace postern::test
