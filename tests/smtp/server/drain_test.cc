// Graceful drain: idle sessions are told at once, running content is finished and answered first.
#include <gtest/gtest.h>

#include "tests/smtp/server/edge_fixture.h"
#include "tests/support/run_task.h"

namespace postern::test {
namespace {

TEST(Drain, ANewSessionIsRefused) {
  EdgeFixture edge;
  EXPECT_TRUE(edge.greet().starts_with("220"));
  edge.server().begin_drain();
  EXPECT_EQ(edge.read(), "421 4.3.2 mx.example.test shutting down\r\n");
  EXPECT_TRUE(edge.is_closed());
  boost::asio::io_context io;
  auto [client, served] = make_sim_pair(io.get_executor(), edge.clock);
  run_task(io, edge.server().run_session(std::move(served)));
  io.restart();
  std::array<char, 100> said;
  const std::size_t count = run_task(io, client->read_some(said, core::Deadline::never())).value();
  EXPECT_TRUE(std::string_view(said.data(), count).starts_with("421 4.3.2"));
}

TEST(Drain, WaitsForARunningMessage) {
  EdgeFixture edge;
  edge.intake.works_for = std::chrono::seconds(20);
  edge.greet();
  edge.begin();
  edge.exchange("DATA\r\n");
  edge.exchange("x\r\n.\r\n");
  edge.server().begin_drain();
  EXPECT_EQ(edge.read(), "");
  EXPECT_EQ(edge.server().sessions(), 1U);
  const std::string said = edge.advance(std::chrono::seconds(20));
  EXPECT_TRUE(said.starts_with("250 2.0.0")) << said;
  EXPECT_NE(said.find("\r\n421 4.3.2"), std::string::npos) << said;
  EXPECT_TRUE(edge.is_closed());
  EXPECT_EQ(edge.server().sessions(), 0U);
  EXPECT_EQ(edge.taken().size(), 1U);
}

TEST(Drain, EndsWhenSessionsHaveEnded) {
  EdgeFixture edge;
  edge.greet();
  edge.server().begin_drain();
  edge.read();
  boost::asio::io_context io;
  const auto by = core::Deadline::after(std::chrono::seconds(10), edge.clock);
  run_task(io, edge.server().drain(by));
  EXPECT_EQ(edge.server().sessions(), 0U);
}

TEST(Sessions, OneNetworkHasOneShare) {
  EdgeSetup setup;
  setup.options.sessions_per_network_max = 1;
  EdgeFixture edge(setup);
  edge.greet();
  boost::asio::io_context io;
  const auto second = [&](const char* remote) {
    SimOptions sim;
    sim.remote = net::Endpoint::parse(remote).value();
    auto [client, served] = make_sim_pair(io.get_executor(), edge.clock, sim);
    core::TaskGroup group("test.second", edge.clock);
    group.spawn(io.get_executor(), edge.server().run_session(std::move(served)));
    io.restart();
    std::array<char, 100> said;
    const std::size_t count = run_task(io, client->read_some(said, core::Deadline::never())).value();
    client->close();
    io.restart();
    io.poll();
    return std::string(said.data(), count);
  };
  EXPECT_TRUE(second("192.0.2.1:50000").starts_with("421 4.7.0"));
  EXPECT_TRUE(second("192.0.2.2:50000").starts_with("220"));
  edge.exchange("QUIT\r\n");
  EXPECT_TRUE(second("192.0.2.1:50000").starts_with("220"));
}

}  // namespace
}  // namespace postern::test
