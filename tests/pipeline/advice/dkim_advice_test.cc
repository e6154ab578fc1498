// DKIM keys in DNS: every state.
#include <gtest/gtest.h>

#include "tests/pipeline/advice/advice_zone.h"

namespace postern::test {
namespace {

using pipeline::AdviceState;
using pipeline::DkimKeyState;

std::string verdict_with(const std::vector<std::string>& texts) {
  net::ZoneResolver zone;
  fill_zone(zone, {Part::kDkim});
  for (const std::string& text : texts) zone.add_txt("s1._domainkey.example.org", text);
  return verdict_of(advice_on(zone), "dkim");
}

TEST(DkimAdvice, EveryState) {
  EXPECT_EQ(verdict_with({kEd25519Key}), "ok: the published key is ours");
  EXPECT_EQ(verdict_with({"k=ed25519; p=11qYAYKxCrfVS/7TyWQH Og7hcvPapiMlrwIaaPcHURo="}), "ok: the published key is ours");
  EXPECT_EQ(verdict_with({}), "missing: no TXT record is published at s1._domainkey.example.org");
  EXPECT_EQ(verdict_with({"v=DKIM1; k=ed25519; p=AAqYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}),
            "different: another key is published at s1._domainkey.example.org, so that our signatures fail; is it cut short or of an "
            "older set-up?");
  EXPECT_EQ(verdict_with({"v=DKIM1; k=ed25519; p="}),
            "different: the published record revokes the key (empty p=), so that our signatures fail");
  EXPECT_EQ(verdict_with({kEd25519Key, "v=DKIM1; p=x"}),
            "different: 2 TXT records stand at s1._domainkey.example.org, where receivers expect one; remove the others");
  EXPECT_EQ(verdict_with({std::string(kEd25519Key) + "; t=y"}),
            "warning: the key is ours, but t=y tells receivers that it is a test and its signatures need not count");
  EXPECT_EQ(verdict_with({"v=DKIM1; k=rsa; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}),
            "different: receivers cannot use the published record: key is of another type");
  EXPECT_EQ(verdict_with({std::string(kEd25519Key) + "; h=sha1"}),
            "different: receivers cannot use the published record: key does not allow the hash");
  EXPECT_EQ(verdict_with({"\"v=DKIM1\""}), "different: receivers cannot use the published record: key record syntax error");
}

TEST(DkimAdvice, SilenceIsUnknown) {
  net::ZoneResolver zone;
  fill_zone(zone);
  zone.fail_name("s1._domainkey.example.org", net::DnsStatus::kServFail);
  EXPECT_EQ(record_of(advice_on(zone), "dkim").state, AdviceState::kUnknown);
}

TEST(DkimAdvice, ARetiringKeyIsNoLongerRequired) {
  net::ZoneResolver zone;
  fill_zone(zone);
  auto subject = advice_subject();
  subject.dkim.push_back(subject.dkim[0]);
  subject.dkim[1].key.state = DkimKeyState::kRetiring;
  subject.dkim[1].key.selector = "s0";
  subject.dkim[1].txt.owner = "s0._domainkey.example.org";
  const auto advice = advice_on(zone, subject);
  const auto& record = *std::find_if(advice.records.begin(), advice.records.end(),
                                     [](const auto& one) { return one.publish.owner == "s0._domainkey.example.org"; });
  EXPECT_EQ(record.state, AdviceState::kMissing);
  EXPECT_FALSE(record.is_required);
  EXPECT_TRUE(advice.is_good());
}

TEST(DkimAdvice, WithoutAKeyTheCommandIsNamed) {
  net::ZoneResolver zone;
  fill_zone(zone);
  auto subject = advice_subject();
  subject.dkim.clear();
  const auto advice = advice_on(zone, subject);
  EXPECT_EQ(verdict_of(advice, "dkim"),
            "missing: this server has no signing key for the domain; make one with \"postern dkim new example.org\"");
  EXPECT_EQ(record_of(advice, "dkim").publish.zone_text, "");
}

TEST(DkimAdvice, ALongKeyIsPastedInPieces) {
  net::ZoneResolver zone;
  auto subject = advice_subject();
  subject.dkim[0].txt.value = "v=DKIM1; k=rsa; p=" + std::string(392, 'A');
  const auto record = record_of(advice_on(zone, subject), "dkim");
  EXPECT_EQ(record.publish.zone_text, "s1._domainkey.example.org. 3600 IN TXT \"v=DKIM1; k=rsa; p=" + std::string(237, 'A') +
                                          "\" \"" + std::string(155, 'A') + "\"");
}

}  // namespace
}  // namespace postern::test
