// What is read of an HTTP answer: enough, and never more than allowed.
#include "net/http_exchange.h"

#include <gtest/gtest.h>

#include <array>

#include "core/manual_clock.h"
#include "core/task_group.h"
#include "net/errc.h"
#include "tests/support/run_task.h"
#include "tests/support/sim_stream.h"

namespace postern::net {
namespace {

// The server's end: reads the request, says `wire` and closes.
core::Task<void> serve(std::unique_ptr<Stream> stream, std::string wire) {
  std::array<char, 256> piece{};
  std::string got;
  while (!got.ends_with("body")) {
    const auto count = co_await stream->read_some(piece, core::Deadline::never());
    if (!count) co_return;
    got.append(piece.data(), *count);
  }
  (void)co_await stream->write_all(wire, core::Deadline::never());
  stream->close();
}

core::Result<HttpAnswer> answer_to(std::string wire, std::size_t body_bytes_max = 20, test::Split split = test::Split::kNone) {
  boost::asio::io_context io;
  core::ManualClock clock;
  test::SimOptions sim;
  sim.split = split;
  test::SimPair pair = test::make_sim_pair(io.get_executor(), clock, sim);
  HttpAnswerLimits limits;
  limits.body_bytes_max = body_bytes_max;
  core::TaskGroup server("server", clock);
  server.spawn(io.get_executor(), serve(std::move(pair.second), std::move(wire)));
  auto answer = test::run_task(io, http_exchange(*pair.first, clock, "POST / HTTP/1.1\r\n\r\n", "body", limits, core::Deadline::never()));
  pair.first.reset();
  test::run_task(io, server.drain(core::Deadline::never()));
  return answer;
}

TEST(HttpExchange, ReadsStatusRetryAfterAndTheBeginningOfTheBody) {
  for (const test::Split split : {test::Split::kNone, test::Split::kEveryByte, test::Split::kRandom}) {
    const auto answer = answer_to("HTTP/1.1 503 Later\r\nRetry-After: 17\r\nContent-Length: 5\r\n\r\nhelloXXX", 20, split).value();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.retry_after, std::chrono::seconds(17));
    EXPECT_EQ(answer.body, "hello");
  }
  EXPECT_EQ(answer_to("HTTP/1.0 200 OK\r\n\r\n" + std::string(100, 'x'))->body, std::string(20, 'x'));
  EXPECT_EQ(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")->body, "half") << "a body that breaks off is no failure";
  EXPECT_EQ(answer_to("HTTP/1.1 204 No Content\r\n\r\nx")->body, "");
  EXPECT_EQ(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 0)->body, "");
}

TEST(HttpExchange, ReadsChunks) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const test::Split split : {test::Split::kNone, test::Split::kEveryByte}) {
    EXPECT_EQ(answer_to(head + "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n", 20, split)->body, "abcdefg");
    EXPECT_EQ(answer_to(head + "1\r\na\r\nnonsense", 20, split)->body, "a");
  }
  EXPECT_EQ(answer_to(head + "ffffffffffffffff\r\n" + std::string(50, 'x'))->body, std::string(20, 'x'));
}

TEST(HttpExchange, PassesOverInterimAnswers) {
  EXPECT_EQ(answer_to("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n\r\n")->status, 201);
}

TEST(HttpExchange, RefusesWhatIsNotHttp) {
  for (const std::string& wire : {std::string("220 mail.example ESMTP\r\n\r\n"), std::string("HTTP/2 200\r\n\r\n"), std::string("HTTP/1.1 2x0 OK\r\n\r\n"), std::string(),
                                  "HTTP/1.1 200 OK\r\n" + std::string(20'000, 'x')}) {
    EXPECT_FALSE(answer_to(wire)) << wire.substr(0, 30);
  }
}

}  // namespace
}  // namespace postern::net
