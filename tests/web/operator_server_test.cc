#include "web/server/operator_server.h"

#include <gtest/gtest.h>

#include <boost/asio/this_coro.hpp>

#include "core/manual_clock.h"
#include "core/metrics.h"
#include "core/task_group.h"
#include "tests/support/run_task.h"
#include "tests/support/sim_stream.h"
#include "tests/web/http_client.h"

namespace postern::test {
namespace {

CO_TEST(OperatorServer, AnswersProbesAndMetrics) {
  core::ManualClock clock;
  core::IdSource ids(clock, 1);
  bool is_healthy = true;
  std::vector<web::ReadyCheck> checks{{"store", [&is_healthy] { return is_healthy; }}, {"smtp", [] { return true; }}};
  web::OperatorServer server(web::WebOptions(), checks, clock, ids);
  core::TaskGroup group("test", clock);
  auto executor = co_await boost::asio::this_coro::executor;
  SimPair pair = make_sim_pair(executor, clock);
  HttpClient client(std::move(pair.first));
  group.spawn(executor, server.run_session(std::move(pair.second)));

  co_await client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
  Reply reply = co_await client.read_reply();
  EXPECT_EQ(reply.status, 200);
  co_await client.send("GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n");
  reply = co_await client.read_reply();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "{\"ready\":true,\"failing\":[]}\n");
  is_healthy = false;
  co_await client.send("GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n");
  reply = co_await client.read_reply();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, "{\"ready\":false,\"failing\":[\"store\"]}\n");
  core::metrics().counter("postern_web_test_total", "a test").add();
  co_await client.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
  reply = co_await client.read_reply();
  EXPECT_NE(reply.body.find("postern_web_test_total "), std::string::npos);
  EXPECT_EQ(reply.field("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  co_await client.send("POST /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
  reply = co_await client.read_reply();
  EXPECT_EQ(reply.status, 405);
  co_await client.send("GET /api/v2/tickets HTTP/1.1\r\nHost: h\r\n\r\n");
  reply = co_await client.read_reply();
  EXPECT_EQ(reply.status, 404);
  client.close();
  co_await group.drain(core::Deadline::never());
}

}  // namespace
}  // namespace postern::test
