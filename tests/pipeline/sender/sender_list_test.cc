// Who is let in and who is kept out by an inbox's lists.
#include "pipeline/sender/sender_list.h"

#include <gtest/gtest.h>

namespace postern::pipeline {
namespace {

AuthVerdicts dmarc(AuthResult result, const std::string& domain) {
  AuthVerdicts auth;
  auth.dmarc.result = result;
  auth.dmarc.domain = domain;
  return auth;
}

SenderFacts facts(const std::string& header, const AuthVerdicts& auth, const std::string& mail_from = "bounce@mailer.example",
                  const std::string& ip = "192.0.2.1") {
  Envelope envelope;
  envelope.client_ip = ip;
  envelope.mail_from = split_address(mail_from);
  return find_sender_facts(envelope, *Message::copy_of(header + "\r\nhi\r\n"), auth);
}

std::string match(const InboxPolicy& policy, const SenderFacts& who) {
  const ListMatch found = SenderLists(policy).match(who);
  if (found.verdict == ListVerdict::kNone) return "none";
  return std::string(to_string(found.verdict)) + " " + std::string(to_string(found.kind)) + " " + found.entry;
}

InboxPolicy lists(std::vector<std::string> allow, std::vector<std::string> block) {
  InboxPolicy policy;
  policy.allow = std::move(allow);
  policy.block = std::move(block);
  return policy;
}

const char* const kAnn = "From: Ann <Ann@Shop.Example.org>\r\n";

TEST(SenderList, EntriesOfEachKind) {
  const SenderFacts ann = facts(kAnn, dmarc(AuthResult::kPass, "shop.example.org"));
  EXPECT_EQ(match(lists({"ANN@shop.example.ORG"}, {}), ann), "allowed address ANN@shop.example.ORG");
  EXPECT_EQ(match(lists({"shop.example.org"}, {}), ann), "allowed domain shop.example.org");
  EXPECT_EQ(match(lists({"Example.org."}, {}), ann), "allowed domain Example.org.") << "what is below it";
  EXPECT_EQ(match(lists({"192.0.2.0/24"}, {}), ann), "allowed network 192.0.2.0/24");
  EXPECT_EQ(match(lists({"192.0.2.1"}, {}), ann), "allowed network 192.0.2.1");
  EXPECT_EQ(match(lists({"*"}, {}), ann), "allowed any *");
  EXPECT_EQ(match(lists({"ann@example.org", "hop.example.org", "le.org", "192.0.3.0/24", "2001:db8::/32"}, {}), ann), "none");
  EXPECT_EQ(match(lists({}, {}), ann), "none");
  const SenderFacts six = facts(kAnn, dmarc(AuthResult::kPass, "shop.example.org"), "", "2001:db8::9");
  EXPECT_EQ(match(lists({"2001:db8::/32"}, {}), six), "allowed network 2001:db8::/32");
}

TEST(SenderList, TheMostTellingEntryIsNamed) {
  const SenderFacts ann = facts(kAnn, dmarc(AuthResult::kPass, "shop.example.org"));
  InboxPolicy policy = lists({"*", "example.org", "shop.example.org", "192.0.2.0/24", "ann@shop.example.org"}, {});
  for (const char* expected : {"allowed address ann@shop.example.org", "allowed network 192.0.2.0/24", "allowed domain shop.example.org",
                               "allowed domain example.org", "allowed any *"}) {
    EXPECT_EQ(match(policy, ann), expected);
    const std::string entry = SenderLists(policy).match(ann).entry;
    std::erase(policy.allow, entry);
  }
}

TEST(SenderList, AllowBeatsBlock) {
  const SenderFacts ann = facts(kAnn, dmarc(AuthResult::kPass, "shop.example.org"));
  EXPECT_EQ(match(lists({"example.org"}, {"ann@shop.example.org", "*"}), ann), "allowed domain example.org");
  EXPECT_EQ(match(lists({"other.example"}, {"*"}), ann), "blocked any *");
}

TEST(SenderList, AnAllowedNameCountsOnlyWhereItIsProven) {
  const InboxPolicy policy = lists({"ann@shop.example.org", "example.org"}, {"*"});
  AuthVerdicts auth = dmarc(AuthResult::kFail, "shop.example.org");
  auth.spf.result = AuthResult::kPass;
  auth.spf.domain = "shop.example.org";
  EXPECT_EQ(match(policy, facts(kAnn, auth)), "blocked any *") << "DMARC decides where there is a policy";
  auth.dmarc.result = AuthResult::kNone;
  EXPECT_EQ(match(policy, facts(kAnn, auth)), "allowed address ann@shop.example.org") << "no policy, SPF of the same name";
  auth.spf.domain = "mailer.example";
  EXPECT_EQ(match(policy, facts(kAnn, auth)), "blocked any *");
  auth.dkim.resize(2);
  auth.dkim[1].result = AuthResult::kPass;
  auth.dkim[1].domain = "Shop.Example.org";
  EXPECT_EQ(match(policy, facts(kAnn, auth)), "allowed address ann@shop.example.org");
  auth.dkim[1].result = AuthResult::kPolicy;
  EXPECT_EQ(match(policy, facts(kAnn, auth)), "blocked any *");
  auth = dmarc(AuthResult::kFail, "shop.example.org");
  auth.arc.is_trusted = true;
  auth.arc.result = AuthResult::kPass;
  auth.arc.sealed_dmarc = AuthResult::kPass;
  EXPECT_EQ(match(policy, facts(kAnn, auth)), "allowed address ann@shop.example.org") << "a trusted seal stands in";
  auth.arc.is_trusted = false;
  EXPECT_EQ(match(policy, facts(kAnn, auth)), "blocked any *");
  EXPECT_EQ(match(policy, facts(kAnn, dmarc(AuthResult::kTempError, "shop.example.org"))), "blocked any *");
}

TEST(SenderList, AProofIsOfTheAuthorOnly) {
  // Sender and MAIL FROM are not who the message shows.
  const SenderFacts eve = facts("From: Eve <eve@evil.example>\r\nSender: ann@shop.example.org\r\n",
                                dmarc(AuthResult::kPass, "evil.example"), "ann@shop.example.org");
  EXPECT_EQ(match(lists({"ann@shop.example.org", "example.org"}, {}), eve), "none");
}

TEST(SenderList, BlocksCountWhereverTheyStandAndWithoutProof) {
  const AuthVerdicts nothing;
  EXPECT_EQ(match(lists({}, {"eve@evil.example"}), facts("From: Eve@evil.example\r\n", nothing)), "blocked address eve@evil.example");
  EXPECT_EQ(match(lists({}, {"evil.example"}), facts("From: Eve <eve@mail.evil.example>\r\n", nothing)), "blocked domain evil.example");
  EXPECT_EQ(match(lists({}, {"evil.example"}), facts("From: a@b.example\r\nSender: x@evil.example\r\n", nothing)), "blocked domain evil.example");
  EXPECT_EQ(match(lists({}, {"evil.example"}), facts("From: a@b.example\r\n", nothing, "x@evil.example")), "blocked domain evil.example");
  EXPECT_EQ(match(lists({}, {"x@evil.example"}), facts("From: a@b.example\r\n", nothing, "X@EVIL.example")), "blocked address x@evil.example");
  EXPECT_EQ(match(lists({}, {"192.0.2.0/24"}), facts("", nothing, "")), "blocked network 192.0.2.0/24");
  EXPECT_EQ(match(lists({}, {"evil.example"}), facts("From: a@b.example\r\nFrom: x@evil.example\r\n", nothing)), "blocked domain evil.example");
  // One of two readers of the field sees nobody here; tickets show Eve.
  EXPECT_EQ(match(lists({}, {"evil.example"}), facts("From: x( <eve@evil.example>\r\n", nothing)), "blocked domain evil.example");
}

TEST(SenderList, InternationalDomainsInEitherForm) {
  const char* const u_label = "From: x@m\xC3\xBCller.example\r\n";
  const char* const a_label = "From: x@xn--mller-kva.example\r\n";
  for (const char* entry : {"m\xC3\xBCller.example", "M\xC3\x9CLLER.example", "xn--mller-kva.example", "x@m\xC3\xBCller.example"}) {
    for (const char* from : {u_label, a_label}) {
      EXPECT_NE(match(lists({}, {entry}), facts(from, AuthVerdicts{})), "none") << entry << ' ' << from;
      EXPECT_NE(match(lists({entry}, {}), facts(from, dmarc(AuthResult::kPass, "xn--mller-kva.example"))), "none") << entry << ' ' << from;
    }
  }
}

TEST(SenderList, ComplaintsSayWhatToWrite) {
  for (const char* good : {"a@example.com", "A.b+c@Example.com", "example.com", "192.0.2.0/24", "192.0.2.1", "2001:db8::/32", "::1", "*",
                           "m\xC3\xBCller.example", "o'brien@example.com"}) {
    EXPECT_FALSE(sender_entry_complaint(good)) << *sender_entry_complaint(good);
  }
  const std::pair<const char*, const char*> wrong[] = {
      {"", "is empty"},
      {"*.example.com", "write \"example.com\""},
      {"*@example.com", "write \"example.com\""},
      {"@example.com", "write \"example.com\""},
      {"ann@", "no domain"},
      {"ann@exa mple.com", "blank"},
      {"a@example.com, b@example.com", "one sender in each entry"},
      {"<a@example.com>", "no plain address"},
      {"a@b@example.com", "no plain address"},
      {"com", "one word"},
      {"example..com", "no domain name"},
      {"192.0.2.0/33", "no network"},
      {"192.0.2", "no network"},
      {"2001:db8::/129", "no network"},
      {"example.com:25", "no network"},
      {"a\tb", "blank"},
  };
  for (const auto& [entry, part] : wrong) {
    const std::optional<std::string> complaint = sender_entry_complaint(entry);
    ASSERT_TRUE(complaint) << entry;
    EXPECT_NE(complaint->find(part), std::string::npos) << *complaint;
    EXPECT_EQ(complaint->find('\t'), std::string::npos);
    // It matches nothing, rather than something else.
    EXPECT_EQ(match(lists({entry}, {entry}), facts(kAnn, dmarc(AuthResult::kPass, "shop.example.org"))), "none") << entry;
  }
  EXPECT_TRUE(sender_entry_complaint(std::string(600, 'a') + ".example"));
}

TEST(SenderList, HostileHeadersAreReadToABound) {
  std::string from = "From: ";
  for (std::size_t i = 0; i < kSenderAddressesMax; ++i) from += "x" + std::to_string(i) + "@example.org, ";
  const SenderFacts many = facts(from + "last@example.org\r\n", dmarc(AuthResult::kPass, "example.org"));
  EXPECT_EQ(many.from.size(), kSenderAddressesMax);
  const SenderFacts dots = facts("From: x@" + std::string(200'000, '.') + "org\r\n", AuthVerdicts{});
  EXPECT_EQ(match(lists({}, {"example.org"}), dots), "none");
}

TEST(SenderListCache, AnswersOfEachPolicyItsOwn) {
  SenderListCache cache;
  const SenderFacts ann = facts(kAnn, dmarc(AuthResult::kPass, "shop.example.org"));
  const auto blocks = std::make_shared<const InboxPolicy>(lists({}, {"example.org"}));
  const auto allows = std::make_shared<const InboxPolicy>(lists({"example.org"}, {}));
  const auto says_nothing = std::make_shared<const InboxPolicy>();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(cache.match(blocks, ann).verdict, ListVerdict::kBlocked);
    EXPECT_EQ(cache.match(allows, ann).verdict, ListVerdict::kAllowed);
    EXPECT_EQ(cache.match(says_nothing, ann).verdict, ListVerdict::kNone);
    EXPECT_EQ(cache.match(nullptr, ann).verdict, ListVerdict::kNone);
  }
  EXPECT_TRUE(SenderListCache::has_entries(blocks.get()));
  EXPECT_FALSE(SenderListCache::has_entries(says_nothing.get()));
  EXPECT_FALSE(SenderListCache::has_entries(nullptr));
  // Policies of a directory that was replaced do not pile up, and a new one at an old address is its own.
  for (std::size_t i = 0; i < 2 * kSenderListsKeptMax; ++i) {
    const auto one = std::make_shared<const InboxPolicy>(lists({}, {i % 2 == 0 ? "example.org" : "other.example"}));
    EXPECT_EQ(cache.match(one, ann).verdict, i % 2 == 0 ? ListVerdict::kBlocked : ListVerdict::kNone);
  }
}

}  // namespace
}  // namespace postern::pipeline
