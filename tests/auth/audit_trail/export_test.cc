#include "auth/audit_trail/export.h"

#include <gtest/gtest.h>

#include "auth/audit_trail/entry.h"
#include "tests/auth/audit_trail/trail_fixture.h"

namespace postern::test {
namespace {

class AuditExport : public ::testing::Test {
 protected:
  AuditExport() {
    for (int i = 0; i < 5; ++i) {
      desk.write(desk.owner_of(desk.home), {"settings.changed", "setting/" + std::to_string(i), "quoted \"text\", and \\",
                                            auth::Outcome::kOk, {{"name", "before", "a\nb"}}});
    }
    EXPECT_TRUE(desk.run(desk.trail.link_all(desk.home)));
    for (const auth::AuditEntry& entry : desk.chain()) lines.push_back(auth::json_line(desk.home, entry));
  }
  bool add_all(auth::ExportVerifier& verifier) {
    for (const std::string& line : lines) {
      if (!verifier.add_line(std::string_view(line).substr(0, line.size() - 1))) return false;
    }
    return verifier.finish();
  }
  void replace(std::size_t line, const std::string& from, const std::string& to) {
    const std::size_t at = lines[line].find(from);
    ASSERT_NE(at, std::string::npos);
    lines[line].replace(at, from.size(), to);
  }
  TrailDesk desk;
  std::vector<std::string> lines;
};

TEST_F(AuditExport, ProvesItselfWithoutTheStore) {
  auth::ExportVerifier verifier;
  EXPECT_TRUE(add_all(verifier)) << verifier.fault()->what;
  const auto& chain = verifier.workspaces().at(desk.home.value);
  EXPECT_EQ(chain.entries, 5U);
  EXPECT_EQ(chain.gaps, 0U);
  EXPECT_EQ(chain.last_hash, desk.trail.state(desk.home)->head.hash);
}

TEST_F(AuditExport, EveryFieldOfEveryLineIsUnderTheHash) {
  const std::pair<const char*, const char*> changes[] = {
      {"\"actor_id\":5", "\"actor_id\":6"}, {"setting/2", "setting/9"}, {"\"outcome\":\"ok\"", "\"outcome\":\"denied\""},
      {"\"before\":\"before\"", "\"before\":\"other\""}, {"192.0.2.1", "192.0.2.2"}, {"\"role\":\"owner\"", "\"role\":\"agent\""},
      {"\"method\":\"session\"", "\"method\":\"token\""}, {"quoted", "Quoted"}, {"\"workspace\":1", "\"workspace\":2"},
      {"\"created_at\":\"2", "\"created_at\":\"1"}, {"\"credential_id\":0", "\"credential_id\":1"}, {"\"request\":0", "\"request\":1"}};
  const std::vector<std::string> good = lines;
  for (const auto& [from, to] : changes) {
    lines = good;
    replace(2, from, to);
    auth::ExportVerifier verifier;
    EXPECT_FALSE(add_all(verifier)) << from;
    ASSERT_TRUE(verifier.fault()) << from;
    EXPECT_NE(verifier.fault()->what.find("line 3"), std::string::npos) << verifier.fault()->what;
  }
}

TEST_F(AuditExport, AMissingLineIsAGapAndAnAnchorTellsACutEnd) {
  const auth::AuditEntry last = desk.chain().back();
  lines.erase(lines.begin() + 1);
  auth::ExportVerifier with_gap;
  EXPECT_TRUE(add_all(with_gap));
  EXPECT_EQ(with_gap.workspaces().at(desk.home.value).gaps, 1U);
  lines.pop_back();
  auth::ExportVerifier cut(auth::ChainAnchor{last.sequence, last.hash});
  EXPECT_FALSE(add_all(cut));
}

TEST_F(AuditExport, ARewrittenEntryBreaksTheNext) {
  auth::AuditEntry forged = desk.chain()[1];
  forged.detail = "forged";
  forged.hash = auth::hash_of(desk.home, forged);
  lines[1] = auth::json_line(desk.home, forged);
  auth::ExportVerifier verifier;
  EXPECT_FALSE(add_all(verifier));
  EXPECT_EQ(verifier.fault()->sequence, 3U);
}

TEST_F(AuditExport, NonsenseIsRefusedWithItsLine) {
  for (const char* bad : {"", "{}", "[1]", "{\"workspace\":1}", "nonsense"}) {
    auth::ExportVerifier verifier;
    EXPECT_FALSE(verifier.add_line(bad)) << bad;
  }
  auth::ExportVerifier verifier;
  EXPECT_FALSE(verifier.add_line(std::string(auth::kExportLineMax + 1, ' ')));
}

// ASVS 1.2.10: CSV and formula injection.
TEST(AuditCsv, Asvs1_2_10_NothingIsAFormula) {
  EXPECT_EQ(auth::csv_field("=1+1"), "'=1+1");
  EXPECT_EQ(auth::csv_field("+1"), "'+1");
  EXPECT_EQ(auth::csv_field("-1"), "'-1");
  EXPECT_EQ(auth::csv_field("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(auth::csv_field("\tx"), "'\tx");
  EXPECT_EQ(auth::csv_field("\rx"), "\"'\rx\"");
  EXPECT_EQ(auth::csv_field("a,\"b\""), "\"a,\"\"b\"\"\"");
  EXPECT_EQ(auth::csv_field("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
  EXPECT_EQ(auth::csv_field("plain"), "plain");
}

TEST(AuditEntries, AreCutAndCleanedBeforeTheyAreStored) {
  TrailDesk desk;
  auth::AuditEvent event{"a", "b", "line\r\nforged \x1b[31m \xff end \xC3\xA4"};
  event.changes.assign(auth::AuditLimits().changes_max + 5, {"f", std::string(2000, 'x'), "y"});
  desk.write(desk.owner_of(desk.home), event);
  const auth::AuditEntry entry = desk.search({}).front();
  EXPECT_EQ(entry.detail, "line  forged  [31m \xEF\xBF\xBD end \xC3\xA4");
  EXPECT_EQ(entry.changes.size(), auth::AuditLimits().changes_max);
  EXPECT_EQ(entry.changes.front().before.size(), auth::AuditLimits().change_bytes_max);
  EXPECT_EQ(auth::clean_audit_text("a\xE2\x82\xAC", 3), "a");  // never half a character
  EXPECT_EQ(auth::clean_audit_text("\xC0\x80\xED\xA0\x80", 100), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace postern::test
