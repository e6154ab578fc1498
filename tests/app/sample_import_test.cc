// A made-up desk to try things on, and archives that are none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/app/import_fixture.h"

namespace postern::app {
namespace {

using testing::HasSubstr;
using testing::Not;

using SampleImport = Imports;

// A desk to try things on: every conversation in it is told in the past, by whoever works here, and comes once.
TEST_F(SampleImport, IsADeskWithAPastAndComesOnce) {
  EXPECT_FALSE(command({{"command", "import.begin"}, {"kind", "sample"}})) << "answers by nobody";
  const auth::Principal by = services->operator_principal(workspace);
  ASSERT_TRUE(test::run_task(io, services->accounts().invite(by, "olga@example.com", "Olga", auth::Role::kAgent)));
  EXPECT_FALSE(command({{"command", "import.begin"}, {"kind", "sample"}, {"path", "0"}}));
  EXPECT_FALSE(command({{"command", "import.begin"}, {"kind", "sample"}, {"path", "5001"}}));
  EXPECT_FALSE(command({{"command", "import.begin"}, {"kind", "sample"}, {"path", "ten"}}));
  const JsonObject done = import({{"kind", "sample"}, {"path", "50"}});
  EXPECT_EQ(count(done, "tickets"), 50U);
  EXPECT_EQ(count(done, "people"), 18U);
  EXPECT_EQ(count(done, "organizations"), 4U);
  EXPECT_GT(count(done, "comments"), 80U);
  EXPECT_TRUE(done.at("passed_over").as_object().empty());
  std::set<ticketing::Status> seen;
  const std::int64_t now = core::to_unix_ms(clock.wall_now());
  for (std::uint64_t id = 1; id <= 50; ++id) {
    const ticketing::Ticket one = ticket(core::TicketId{id});
    seen.insert(one.status);
    EXPECT_THAT(one.tags, testing::IsSupersetOf({"sample", "imported"}));
    EXPECT_LT(one.created_unix_ms, now);
    EXPECT_LE(one.updated_unix_ms, now);
    for (const auto& comment : comments(one.id)) {
      EXPECT_LE(comment.created_unix_ms, now);
      EXPECT_THAT(comment.text, Not(HasSubstr("4111 1111 1111 1111")));
      EXPECT_THAT(email_of(comment.author), testing::AnyOf(testing::EndsWith(".example"), "olga@example.com"));
    }
  }
  EXPECT_GE(seen.size(), 5U) << "of every kind something";
  EXPECT_TRUE(services->outbox().list(workspace, 10).value().empty());
  const JsonObject again = import({{"kind", "sample"}, {"path", "50"}});
  EXPECT_EQ(count(again, "tickets"), 0U);
  EXPECT_EQ(passed_over(again, "known"), 50U + 18U + 4U);
}

// Not "0 items", which reads like a success.
TEST_F(SampleImport, AFileThatIsNoMboxIsTold) {
  const auto begun = command({{"command", "import.begin"}, {"kind", "mbox"}, {"path", write("notes.txt", "Hello\n\nFrom me to you\n")}});
  ASSERT_TRUE(begun) << begun.error().describe();
  const auto looked = command({{"command", "import.step"}, {"import", begun->at("import")}});
  ASSERT_FALSE(looked);
  EXPECT_THAT(looked.error().context(), HasSubstr("no mbox"));
  EXPECT_EQ(count(import({{"kind", "mbox"}, {"path", write("empty.mbox", "")}}), "tickets"), 0U) << "an empty one is one";
}

}  // namespace
}  // namespace postern::app
