// HTTP/1.1 connections over an in-memory stream, with an application of the test's own.
#include "web/server/connection.h"

#include <gtest/gtest.h>

#include <boost/asio/this_coro.hpp>
#include <stdexcept>

#include "core/manual_clock.h"
#include "core/task_group.h"
#include "tests/support/run_task.h"
#include "tests/support/sim_stream.h"
#include "tests/web/http_client.h"
#include "web/errc.h"
#include "web/server/problem.h"

namespace postern::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Echo final : public web::Application {
 public:
  core::Task<web::Response> respond(web::Exchange& exchange) override {
    web::Request& request = exchange.request();
    if (request.path == "/throw") throw std::runtime_error("boom");
    if (request.path == "/inject") co_return web::plain_response(200, "x").set("X-Evil", "a\r\nSet-Cookie: b=c");
    if (request.path == "/unread") co_return web::plain_response(200, "unread");
    core::Result<void> body = co_await exchange.read_body(1000);
    if (!body) co_return web::problem_response(body.error(), request);
    co_return web::plain_response(200, request.path + ":" + request.body);
  }
};

struct Rig {
  web::WebOptions options;
  core::ManualClock clock;
  core::IdSource ids{clock, 1};
  web::DrainSignal drain;
  Echo echo;
  web::ServerShare share{options, clock, ids, drain};
  core::TaskGroup group{"test", clock};
  std::unique_ptr<HttpClient> client;

  core::Task<void> serve(std::unique_ptr<net::Stream> stream) {
    web::Connection connection(std::move(stream), share, echo);
    co_await connection.run();
  }
  core::Task<HttpClient*> connect(Split split = Split::kNone) {
    auto executor = co_await boost::asio::this_coro::executor;
    SimOptions sim;
    sim.split = split;
    SimPair pair = make_sim_pair(executor, clock, sim);
    client = std::make_unique<HttpClient>(std::move(pair.first));
    group.spawn(executor, serve(std::move(pair.second)));
    co_return client.get();
  }
  core::Task<void> finish() {
    if (client) client->close();
    co_await group.drain(core::Deadline::never());
  }
};

CO_TEST(Connection, KeepsAliveAndAnswersPipelinedRequestsInOrder) {
  Rig rig;
  HttpClient* client = co_await rig.connect(Split::kRandom);
  co_await client->send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                        "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.body, "/1:");
  EXPECT_EQ(reply.field("connection"), "keep-alive");
  reply = co_await client->read_reply();
  EXPECT_EQ(reply.body, "/2:abc");
  reply = co_await client->read_reply();
  EXPECT_EQ(reply.body, "/3:");
  EXPECT_EQ(reply.field("connection"), "close");
  EXPECT_TRUE(co_await client->is_closed());
  co_await rig.finish();
}

CO_TEST(Connection, AnswersContinueBeforeTheBody) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await client->send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.status, 100);
  co_await client->send("ok");
  reply = co_await client->read_reply();
  EXPECT_EQ(reply.body, "/a:ok");
  co_await rig.finish();
}

CO_TEST(Connection, RefusesALargeBodyAndCloses) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await client->send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.field("connection"), "close");
  co_await rig.finish();
}

CO_TEST(Connection, AnUnreadBodyIsNeverTakenForARequest) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await client->send("POST /unread HTTP/1.1\r\nHost: h\r\nContent-Length: 38\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n1234");
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.body, "unread");
  EXPECT_EQ(reply.field("connection"), "close");
  client->close();
  co_await rig.finish();
}

CO_TEST(Connection, MalformedInputGetsOneAnswerAndTheEnd) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await client->send("GET / HTTP/1.1\nHost: h\n\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.field("content-type"), "application/problem+json");
  EXPECT_EQ(reply.field("x-content-type-options"), "nosniff");
  EXPECT_FALSE(reply.field("x-request-id").empty());
  rig.clock.advance(seconds(3));
  EXPECT_TRUE(co_await client->is_closed());
  co_await rig.finish();
}

CO_TEST(Connection, AnExceptionIsA500WithoutItsWords) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await client->send("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.body.find("boom"), std::string::npos);
  co_await rig.finish();
}

CO_TEST(Connection, HeaderInjectionIsDropped) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await client->send("GET /inject HTTP/1.1\r\nHost: h\r\n\r\n");
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.has("x-evil"));
  EXPECT_FALSE(reply.has("set-cookie"));
  co_await rig.finish();
}

CO_TEST(Connection, HeadHasLengthAndNoBody) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await client->send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  Reply reply = co_await client->read_reply(true);
  EXPECT_EQ(reply.field("content-length"), "3");
  reply = co_await client->read_reply();
  EXPECT_EQ(reply.body, "/b:");
  co_await rig.finish();
}

CO_TEST(Connection, OldHttpIsAnsweredAndClosed) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await client->send("GET /a HTTP/1.0\r\n\r\n");
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.body, "/a:");
  EXPECT_TRUE(co_await client->is_closed());
  co_await rig.finish();
}

// A slow drip of bytes does not move the deadline of the head.
CO_TEST(Connection, SlowHeadTimesOutWith408) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await client->send("GET / HT");
  for (int i = 0; i < 4; ++i) {
    co_await core::system_clock().sleep_for(milliseconds(1));
    rig.clock.advance(seconds(5));
    co_await client->send("T");
  }
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.status, 408);
  co_await rig.finish();
}

// ASVS 2.4.1, 15.2.2: nor the one of the body.
CO_TEST(Connection, SlowBodyTimesOutWith408) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await client->send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n");
  for (int i = 0; i < 4; ++i) {
    co_await core::system_clock().sleep_for(milliseconds(1));
    rig.clock.advance(seconds(40));
    co_await client->send("x");
  }
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.status, 408);
  EXPECT_EQ(reply.field("connection"), "close");
  EXPECT_TRUE(co_await client->is_closed());
  EXPECT_EQ(rig.share.body_bytes.load(), 0U);
  co_await rig.finish();
}

CO_TEST(Connection, IdleConnectionEndsSilently) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await core::system_clock().sleep_for(milliseconds(1));
  rig.clock.advance(rig.options.idle_max + seconds(1));
  EXPECT_TRUE(co_await client->is_closed());
  co_await rig.finish();
}

CO_TEST(Connection, EndsAfterTheLastAllowedRequest) {
  Rig rig;
  rig.options.requests_per_connection_max = 2;
  HttpClient* client = co_await rig.connect();
  co_await client->send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.field("connection"), "keep-alive");
  reply = co_await client->read_reply();
  EXPECT_EQ(reply.field("connection"), "close");
  EXPECT_TRUE(co_await client->is_closed());
  co_await rig.finish();
}

CO_TEST(Connection, DrainClosesIdleConnections) {
  Rig rig;
  HttpClient* client = co_await rig.connect();
  co_await client->send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.status, 200);
  co_await core::system_clock().sleep_for(milliseconds(1));
  rig.drain.begin();
  EXPECT_TRUE(co_await client->is_closed());
  co_await rig.finish();
}

CO_TEST(Connection, MemoryForBodiesIsBoundedOverAllConnections) {
  Rig rig;
  rig.options.body_bytes_in_flight_max = 100;
  HttpClient* client = co_await rig.connect();
  co_await client->send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n");
  Reply reply = co_await client->read_reply();
  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(reply.has("retry-after"));
  client->close();
  co_await rig.finish();
  EXPECT_EQ(rig.share.body_bytes.load(), 0U);
}

}  // namespace
}  // namespace postern::test
