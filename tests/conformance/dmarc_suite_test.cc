// DMARC (RFC 9989): the tree walks and alignments that the standard describes, and the Public Suffix List as a
// cross-check: where every public suffix declares itself with psd=y, the walk must find what the list says.
#include <gtest/gtest.h>
#include <libpsl.h>

#include <memory>
#include <set>

#include "net/zone_resolver.h"
#include "pipeline/sender/dmarc.h"
#include "pipeline/sender/dmarc_walk.h"
#include "pipeline/sender/domain_name.h"
#include "tests/conformance/score.h"
#include "tests/conformance/suite_files.h"
#include "tests/support/run_task.h"

namespace postern::pipeline {
namespace {

struct PolicyRecord {
  const char* domain;
  const char* tags;
};
using PolicyRecords = std::vector<PolicyRecord>;

void publish(net::ZoneResolver& zone, const PolicyRecords& records) {
  for (const PolicyRecord& record : records)
    zone.add_txt("_dmarc." + std::string(record.domain), "v=DMARC1; " + std::string(record.tags));
}

struct WalkCase {
  const char* section;
  PolicyRecords records;
  const char* start;
  const char* organization;
};

// Section 4.10.2 with its three rules and examples, and the examples of appendix B.
const std::vector<WalkCase> kWalks{
    {"4.10.2 rule 3", {{"mail.example.com", "p=none"}, {"example.com", "p=none"}}, "a.mail.example.com", "example.com"},
    {"4.10.2 rule 1", {{"mail.example.com", "p=none; psd=n"}, {"example.com", "p=none"}}, "a.mail.example.com",
     "mail.example.com"},
    {"4.10.2 rule 2", {{"com", "psd=y; p=none"}}, "a.mail.example.com", "example.com"},
    {"4.10.2 rule 2, with the organisation's own", {{"example.com", "p=none"}, {"com", "p=none; psd=y"}},
     "a.mail.example.com", "example.com"},
    {"4.10.2 rule 2, not where the walk begins", {{"bank.example", "p=reject; psd=y"}}, "bank.example", "bank.example"},
    {"4.10.2, nothing found", {}, "a.mail.example.com", "a.mail.example.com"},
    {"4.10.2, psd=u says nothing", {{"example.com", "p=none; psd=u"}}, "a.example.com", "example.com"},
    {"4.10, two records are none", {{"example.com", "p=none"}, {"example.com", "p=reject"}, {"com", "p=none; psd=y"}},
     "example.com", "example.com"},
    {"4.10, other text is no record", {{"mail.example.com", "p=none"}, {"example.com", "=;"}}, "mail.example.com",
     "example.com"},
    {"4.10, more than eight labels", {{"example.com", "p=none"}}, "a.b.c.d.e.f.g.h.i.j.mail.example.com", "example.com"},
    {"4.10, labels that are skipped", {{"c.d.e.f.g.h.i.j.mail.example.com", "p=none; psd=n"}},
     "a.b.c.d.e.f.g.h.i.j.mail.example.com", "a.b.c.d.e.f.g.h.i.j.mail.example.com"},
    {"4.10, the seventh label from the right", {{"g.h.i.j.mail.example.com", "p=none; psd=n"}},
     "a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com"},
    {"appendix B, simple walk", {{"example.com", "p=none"}, {"signing.example.com", "p=none"}}, "signing.example.com",
     "example.com"},
    {"appendix B, public suffix", {{"giant.bank.example", "p=none"}, {"bank.example", "p=none; psd=y"}},
     "mail.giant.bank.example", "giant.bank.example"},
    {"appendix B, public suffix, no record of its own", {{"bank.example", "p=none; psd=y"}}, "mail.mega.bank.example",
     "mega.bank.example"},
};

TEST(DmarcSuite, WalksOfRfc9989) {
  std::size_t right = 0;
  for (const WalkCase& one : kWalks) {
    net::ZoneResolver zone;
    publish(zone, one.records);
    const DmarcWalk walk = test::run_task(walk_tree(zone, one.start, DmarcLimits{}, core::Deadline::never()));
    EXPECT_EQ(walk.organizational_domain(), one.organization) << one.section;
    EXPECT_LE(walk.queries, 8U) << one.section;
    right += walk.organizational_domain() == one.organization ? 1 : 0;
  }
  test::score("DMARC, tree walks of RFC 9989", right, kWalks.size());
}

struct VerdictCase {
  const char* section;
  PolicyRecords records;
  const char* author;
  const char* spf;   // domains that passed; empty: did not
  const char* dkim;
  const char* result;
  const char* disposition;
};

const std::vector<VerdictCase> kVerdicts{
    {"B.1.1 example 1", {{"example.com", "p=reject"}}, "example.com", "example.com", "", "pass", "none"},
    {"B.1.1 example 2", {{"example.com", "p=reject"}}, "example.com", "child.example.com", "", "pass", "none"},
    {"B.1.1 example 2, strict", {{"example.com", "p=reject; aspf=s"}}, "example.com", "child.example.com", "", "fail",
     "reject"},
    {"B.1.1 example 3", {{"example.com", "p=reject"}}, "child.example.com", "example.net", "", "fail", "reject"},
    {"B.1.2 example 1", {{"example.com", "p=reject"}}, "example.com", "", "example.com", "pass", "none"},
    {"B.1.2 example 2", {{"example.com", "p=reject"}}, "child.example.com", "", "example.com", "pass", "none"},
    {"B.1.2 example 2, strict", {{"example.com", "p=reject; adkim=s"}}, "child.example.com", "", "example.com", "fail",
     "reject"},
    {"B.1.2 example 3", {{"example.com", "p=quarantine"}}, "child.example.com", "", "sample.net", "fail", "quarantine"},
    {"4.7 sp", {{"example.com", "p=reject; sp=none"}}, "host.example.com", "", "", "fail", "none"},
    {"4.7 sp is not for the organisation itself", {{"example.com", "p=reject; sp=none"}}, "example.com", "", "", "fail",
     "reject"},
    {"4.7 np", {{"example.com", "p=none; sp=none; np=reject"}}, "absent.example.com", "", "", "fail", "reject"},
    {"4.7 np is not for names that exist", {{"example.com", "p=none; np=reject"}}, "host.example.com", "", "", "fail",
     "none"},
    {"4.7 t", {{"example.com", "p=reject; t=y"}}, "example.com", "", "", "fail", "quarantine"},
    {"4.7 pct is gone", {{"example.com", "p=reject; pct=0"}}, "example.com", "", "", "fail", "reject"},
    {"4.7 p missing, rua present", {{"example.com", "rua=mailto:r@example.com"}}, "example.com", "", "", "fail", "none"},
    {"4.7 p missing", {{"example.com", "adkim=s"}}, "example.com", "example.com", "", "none", "none"},
    {"4.10.1 record of the author first", {{"host.example.com", "p=none"}, {"example.com", "p=reject"}},
     "host.example.com", "", "", "fail", "none"},
    {"4.10.1 record of the public suffix last", {{"example", "p=reject; psd=y"}}, "bank.example", "", "", "fail",
     "reject"},
    {"4.10.1 not of what lies between", {{"a.example.com", "p=reject"}, {"example.com", "p=none"}}, "x.a.example.com", "",
     "", "fail", "none"},
    {"4.10.1 no record", {}, "example.com", "example.com", "example.com", "none", "none"},
};

TEST(DmarcSuite, VerdictsOfRfc9989) {
  std::size_t right = 0;
  for (const VerdictCase& one : kVerdicts) {
    net::ZoneResolver zone;
    publish(zone, one.records);
    zone.add_a("host.example.com", "192.0.2.1");
    zone.add_a("child.example.com", "192.0.2.1");
    SpfVerdict spf;
    spf.domain = one.spf;
    spf.result = spf.domain.empty() ? AuthResult::kFail : AuthResult::kPass;
    std::vector<DkimVerdict> dkim(1);
    dkim[0].domain = one.dkim;
    dkim[0].result = dkim[0].domain.empty() ? AuthResult::kFail : AuthResult::kPass;
    DmarcEvaluator evaluator(zone, DmarcLimits{});
    std::vector<std::string> authors{one.author};
    const DmarcVerdict verdict = test::run_task(
        evaluator.evaluate(std::move(authors), std::move(spf), std::move(dkim), core::Deadline::never()));
    EXPECT_EQ(to_string(verdict.result), one.result) << one.section << ": " << verdict.reason;
    EXPECT_EQ(to_string(verdict.disposition), one.disposition) << one.section;
    right += to_string(verdict.result) == one.result && to_string(verdict.disposition) == one.disposition ? 1 : 0;
  }
  test::score("DMARC, alignment and policy of RFC 9989", right, kVerdicts.size());
}

struct ListFree {
  void operator()(psl_ctx_t* list) const { psl_free(list); }
};
using SuffixList = std::unique_ptr<psl_ctx_t, ListFree>;

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

// Names of which the list can say something: below every `stride`-th of its rules; all of them take too long each time.
std::set<std::string> names_below_rules(const std::filesystem::path& file, std::size_t stride) {
  std::set<std::string> names;
  std::size_t rules = 0;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    line.resize(std::min(line.find_first_of(" \t\r"), line.size()));
    if (line.empty() || line.starts_with("//") || ++rules % stride != 0) continue;
    if (line.starts_with("!")) line.erase(0, 1);
    if (line.starts_with("*.")) line.replace(0, 1, "any");
    if (const auto name = to_a_labels("mail.shop." + line); name && count_labels(*name) <= 8) names.insert(*name);
  }
  return names;
}

// The names of the list's own vectors; names that are none (a leading dot) are left out.
std::set<std::string> names_of_vectors(const std::filesystem::path& file) {
  std::set<std::string> names;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("checkPublicSuffix('")) continue;
    const std::size_t begin = line.find('\'') + 1;
    if (const auto name = to_a_labels(line.substr(begin, line.find('\'', begin) - begin)); name) names.insert(*name);
  }
  return names;
}

// How many of the names walk to what the list says; one coroutine for all, for there are ten thousand.
core::Task<std::size_t> count_agreeing(net::DnsResolver& zone, const psl_ctx_t* list, const std::set<std::string>& names) {
  std::size_t right = 0;
  for (const std::string& name : names) {
    const DmarcWalk walk = co_await walk_tree(zone, name, DmarcLimits{}, core::Deadline::never());
    std::string wanted = text_of(psl_registrable_domain(list, name.c_str()));
    if (wanted.empty()) wanted = name;  // a public suffix itself: the walk began at its record
    EXPECT_EQ(walk.organizational_domain(), wanted) << name;
    right += walk.organizational_domain() == wanted ? 1 : 0;
  }
  co_return right;
}

void expect_list(const std::filesystem::path& file, const std::set<std::string>& names, const std::string& title) {
  const SuffixList list(psl_load_file(file.c_str()));
  ASSERT_NE(list, nullptr);
  net::ZoneResolver zone;
  std::set<std::string> suffixes;
  for (const std::string& name : names) suffixes.insert(text_of(psl_unregistrable_domain(list.get(), name.c_str())));
  for (const std::string& suffix : suffixes) zone.add_txt("_dmarc." + suffix, "v=DMARC1; p=none; psd=y");
  test::score(title, test::run_task(count_agreeing(zone, list.get(), names)), names.size());
}

TEST(DmarcSuite, AgreesWithThePublicSuffixList) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  const std::filesystem::path list = test::shared_data() / "dmarc/psl/public_suffix_list.dat";
  const std::set<std::string> vectors = names_of_vectors(test::shared_data() / "dmarc/psl/tests/test_psl.txt");
  EXPECT_GT(vectors.size(), 60U);
  expect_list(list, vectors, "DMARC, vectors of the Public Suffix List");
  const std::set<std::string> names = names_below_rules(list, 5);
  EXPECT_GT(names.size(), 1800U);
  expect_list(list, names, "DMARC, names below rules of the Public Suffix List, one in 5");
}

TEST(DmarcSuite, AgreesWithTheListOfOpenDmarc) {
  if (test::shared_data().empty()) GTEST_SKIP() << "POSTERN_SHARED is not set";
  const std::filesystem::path list =
      test::shared_data() / "dmarc/opendmarc/libopendmarc/tests/testfiles/effective_tld_names.dat";
  expect_list(list, names_below_rules(list, 10), "DMARC, names below rules of the list that OpenDMARC tests with, one in 10");
}

}  // namespace
}  // namespace postern::pipeline
