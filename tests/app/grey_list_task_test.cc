// What greylisting knows is there after a restart.
#include "app/grey_list_task.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "core/file.h"
#include "core/manual_clock.h"
#include "tests/support/run_task.h"

namespace postern::app {
namespace {

smtp::GreyListOptions turned_on() {
  smtp::GreyListOptions out;
  out.is_on = true;
  return out;
}

struct GreyListTaskTest : testing::Test {
  std::shared_ptr<smtp::GreyList> list(bool is_on = true) {
    return std::make_shared<smtp::GreyList>(is_on ? turned_on() : smtp::GreyListOptions{}, clock);
  }
  void learn(smtp::GreyList& where) {
    const auto client = net::IpAddress::parse("192.0.2.1").value();
    where.check(client, "ann@x.example", "support@desk.example");
    clock.advance(std::chrono::seconds(120));
    where.check(client, "ann@x.example", "support@desk.example");
  }
  void stop(GreyListTask& task) { test::run_task(io, task.stop(core::Deadline::after(std::chrono::seconds(10), clock))); }

  boost::asio::io_context io;
  core::ManualClock clock;
  core::WorkPool pool{"cpu", 1, 4};
  std::string folder = (std::filesystem::temp_directory_path() / "postern-grey-XXXXXX").string();
  const std::filesystem::path file = std::filesystem::path(mkdtemp(folder.data())) / "greylist";
  ~GreyListTaskTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
};

TEST_F(GreyListTaskTest, WritesAtTheEndAndReadsAtTheStart) {
  {
    const auto first = list();
    GreyListTask task(first, file, pool, clock);
    task.start(io.get_executor());
    learn(*first);
    stop(task);
  }
  ASSERT_TRUE(std::filesystem::exists(file));
  EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::mask, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto second = list();
  const GreyListTask task(second, file, pool, clock);
  EXPECT_EQ(second->known(), 1U);
}

TEST_F(GreyListTaskTest, AFileThatCannotBeReadBeginsAnew) {
  ASSERT_TRUE(core::write_file(file, "not a list"));
  const auto known = list();
  GreyListTask task(known, file, pool, clock);
  EXPECT_EQ(known->known(), 0U);
  learn(*known);
  stop(task);
  const auto again = list();
  const GreyListTask next(again, file, pool, clock);
  EXPECT_EQ(again->known(), 1U) << "and is replaced";
}

TEST_F(GreyListTaskTest, DoesNothingWhereItIsOff) {
  const auto off = list(false);
  GreyListTask task(off, file, pool, clock);
  task.start(io.get_executor());
  stop(task);
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace postern::app
