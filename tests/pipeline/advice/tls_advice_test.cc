// MTA-STS, TLS reporting and DANE: every state.
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "net/tls_context.h"
#include "pipeline/advice/certificate.h"
#include "tests/pipeline/advice/advice_zone.h"

namespace postern::test {
namespace {

using pipeline::AdviceState;

// A zone whose answers count as validated.
class SignedZone final : public net::DnsResolver {
 public:
  core::Task<net::DnsAnswer> query(net::DnsQuestion question, core::Deadline) override {
    net::DnsAnswer answer = zone.answer(question);
    answer.is_secure = net::normalize_name(question.name) != unsigned_name;
    co_return answer;
  }
  net::ZoneResolver zone;
  std::string unsigned_name;
};

const std::string& certificate_pem() {
  static const std::string pem = net::make_self_signed({"mail.example.org", "mta-sts.example.org"}, 30).value().certificate_pem;
  return pem;
}

pipeline::AdviceSubject with_certificate() {
  pipeline::AdviceSubject out = advice_subject();
  out.validates_dnssec = true;
  out.smtp_certificate_pem = certificate_pem();
  return out;
}

TEST(MtaSts, ThePolicyIsThatOfTheRfcAndItsIdFollowsIt) {
  pipeline::MtaStsOptions options;
  const std::string policy = pipeline::mta_sts_policy(options, "Mail.Example.org.");
  EXPECT_EQ(policy, "version: STSv1\r\nmode: testing\r\nmx: mail.example.org\r\nmax_age: 604800\r\n");
  const std::string id = pipeline::mta_sts_id(policy);
  EXPECT_EQ(id.size(), 20U);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  options.mode = "enforce";
  options.mx = {"backup.example.net", "mail.example.org", "*.example.com", "bad\r\nmode: none"};
  options.max_age = std::chrono::hours(24 * 4000);
  const std::string changed = pipeline::mta_sts_policy(options, "mail.example.org");
  EXPECT_EQ(changed, "version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmx: backup.example.net\r\nmx: *.example.com\r\n"
                     "max_age: 31557600\r\n");
  EXPECT_NE(pipeline::mta_sts_id(changed), id);
  options.mode = "none";
  EXPECT_EQ(pipeline::mta_sts_policy(options, "mail.example.org"), "version: STSv1\r\nmode: none\r\nmax_age: 31557600\r\n");
}

TEST(MtaStsAdvice, EveryStateOfTheTxtRecord) {
  const std::string policy = pipeline::mta_sts_policy(pipeline::MtaStsOptions{}, "mail.example.org");
  const std::string good = "v=STSv1; id=" + pipeline::mta_sts_id(policy) + ";";
  const auto verdict = [](const std::vector<std::string>& texts, const std::vector<Part>& without) {
    net::ZoneResolver zone;
    fill_zone(zone, without);
    for (const std::string& text : texts) zone.add_txt("_mta-sts.example.org", text);
    return verdict_of(advice_on(zone), "mta_sts");
  };
  EXPECT_EQ(verdict({good}, {Part::kMtaSts}), "ok: the present policy (mode testing) is announced");
  EXPECT_EQ(verdict({}, {Part::kMtaSts}), "missing: no TXT record is published at _mta-sts.example.org");
  EXPECT_EQ(verdict({"v=STSv1; id=20240101;"}, {Part::kMtaSts}),
            "different: the id is not that of the present policy, so that senders keep an older one");
  EXPECT_EQ(verdict({good, good + " "}, {Part::kMtaSts}),
            "different: more than one record is published, and senders ignore all of them; keep one");
  EXPECT_EQ(verdict({"nonsense"}, {Part::kMtaSts}),
            "different: what is published is no MTA-STS record: it must begin with \"v=STSv1;\"");
  EXPECT_EQ(verdict({good}, {Part::kMtaSts, Part::kMtaStsHost}), "warning: the policy is announced, but nobody can fetch it");
}

TEST(MtaStsAdvice, TheHostThatServesThePolicy) {
  net::ZoneResolver zone;
  fill_zone(zone, {Part::kMtaStsHost});
  auto advice = advice_on(zone);
  EXPECT_EQ(verdict_of(advice, "mta_sts_host"), "missing: mta-sts.example.org has no address, so that the policy cannot be fetched");
  EXPECT_EQ(record_of(advice, "mta_sts_host").publish.zone_text, "mta-sts.example.org. 3600 IN CNAME mail.example.org.");
  EXPECT_TRUE(advice.is_good());
  zone.add_a("mta-sts.example.org", "203.0.113.5");
  EXPECT_EQ(verdict_of(advice_on(zone), "mta_sts_host"),
            "warning: mta-sts.example.org leads to 203.0.113.5: the policy is served by another server");
  EXPECT_EQ(verdict_of(advice_on(zone), "mta_sts"), "warning: a policy is announced, but not the one that this server would serve");
  zone.fail_name("mta-sts.example.org", net::DnsStatus::kServFail);
  EXPECT_EQ(record_of(advice_on(zone), "mta_sts_host").state, AdviceState::kUnknown);
}

TEST(MtaStsAdvice, ACertificateThatSendersDoNotBelieve) {
  net::ZoneResolver zone;
  fill_zone(zone);
  auto subject = advice_subject();
  subject.web_certificate_pem = certificate_pem();
  EXPECT_EQ(verdict_of(advice_on(zone, subject), "mta_sts_host"),
            "warning: the certificate of the HTTPS listener is self-signed, so that senders ignore the policy");
  subject.web_certificate_pem = net::make_self_signed({"help.example.org"}, 30).value().certificate_pem;
  EXPECT_EQ(verdict_of(advice_on(zone, subject), "mta_sts_host"), "warning: the certificate of the HTTPS listener does not name "
                                                                  "mta-sts.example.org, so that senders ignore the policy");
  subject.smtp_certificate_pem = certificate_pem();
  EXPECT_TRUE(has_note(record_of(advice_on(zone, subject), "mta_sts"), "Do not enforce yet: the SMTP certificate is self-signed."));
  subject.mta_sts.mode = "enforce";
  const auto enforced = advice_on(zone, subject);
  EXPECT_EQ(verdict_of(enforced, "mta_sts"), "different: the policy is enforced, but the SMTP certificate is self-signed: senders that keep "
                                             "to it cannot deliver; go back to testing");
  EXPECT_FALSE(enforced.is_good());
}

TEST(MtaStsAdvice, AnMxHostOutsideThePolicyIsNamed) {
  net::ZoneResolver zone;
  fill_zone(zone);
  zone.add_mx("example.org", 20, "backup.example.net");
  EXPECT_TRUE(has_note(record_of(advice_on(zone), "mta_sts"), "backup.example.net"));
  auto subject = advice_subject();
  subject.mta_sts.mx = {"*.example.net"};
  EXPECT_FALSE(has_note(record_of(advice_on(zone, subject), "mta_sts"), "backup.example.net"));
}

TEST(MtaStsAdvice, ModeNoneAdvisesNothingButWithdraws) {
  net::ZoneResolver zone;
  fill_zone(zone, {Part::kMtaSts});
  auto subject = advice_subject();
  subject.mta_sts.mode = "none";
  const auto advice = advice_on(zone, subject);
  EXPECT_EQ(verdict_of(advice, "mta_sts"), "none");
  EXPECT_EQ(advice.notes.front(), "MTA-STS: not advised, because web.mta_sts_mode is \"none\".");
  net::ZoneResolver still;
  fill_zone(still);
  EXPECT_EQ(record_of(advice_on(still, subject), "mta_sts").state, AdviceState::kDifferent);
}

TEST(TlsRptAdvice, EveryState) {
  const auto verdict = [](const std::vector<std::string>& texts) {
    net::ZoneResolver zone;
    fill_zone(zone, {Part::kTlsRpt});
    for (const std::string& text : texts) zone.add_txt("_smtp._tls.example.org", text);
    return verdict_of(advice_on(zone), "tls_rpt");
  };
  EXPECT_EQ(verdict({"v=TLSRPTv1; rua=mailto:a@example.net,https://r.example.net/"}), "ok: senders know where to report to");
  EXPECT_EQ(verdict({}), "missing: no TXT record is published at _smtp._tls.example.org");
  EXPECT_EQ(verdict({"v=TLSRPTv1;"}), "different: the record has no rua= with a mailto: or https: address");
  EXPECT_EQ(verdict({"v=TLSRPTv1; rua=mailto:a@x.example", "v=TLSRPTv1; rua=mailto:b@x.example"}),
            "different: more than one record is published, and senders ignore all of them; keep one");
  for (const char* loose : {"v=TLSRPTv1 ; rua=mailto:a@x.example", "v=TLSRPTv1; rua=mailto:a@x.example,", "v=TLSRPTv1; rua=mailto:a@x.example!10m"}) {
    EXPECT_TRUE(verdict({loose}).starts_with("different: the record breaks the grammar of RFC 8460 section 3")) << loose;
  }
  EXPECT_EQ(verdict({"v=TLSRPTv10; rua=mailto:a@x.example"}),
            "different: what is published is no TLS reporting record: it must begin with \"v=TLSRPTv1;\"");
}

TEST(Dane, IsAdvisedOnlyWhereTheWholeWayIsSigned) {
  SignedZone dns;
  fill_zone(dns.zone);
  auto advice = advice_on(dns, with_certificate());
  EXPECT_EQ(verdict_of(advice, "tlsa"), "missing: no TLSA record is published at _25._tcp.mail.example.org");
  const auto facts = *pipeline::read_certificate(certificate_pem());
  EXPECT_EQ(record_of(advice, "tlsa").publish.value, "3 1 1 " + core::to_hex(core::sha256(facts.public_key_der)));
  EXPECT_TRUE(advice.is_good());
  const auto why_not = [&](const pipeline::AdviceSubject& subject) {
    const auto got = advice_on(dns, subject);
    EXPECT_EQ(verdict_of(got, "tlsa"), "none");
    return got.notes.empty() ? std::string() : got.notes.back();
  };
  dns.unsigned_name = "mail.example.org";
  EXPECT_EQ(why_not(with_certificate()), "DANE: not advised, because the zone of mail.example.org is not signed.");
  dns.unsigned_name = "example.org";
  EXPECT_EQ(why_not(with_certificate()), "DANE: not advised, because the zone of example.org is not signed.");
  dns.unsigned_name.clear();
  EXPECT_EQ(why_not(advice_subject()), "DANE: not advised, because this server does not validate DNSSEC (dns.trust_anchor_file).");
}

TEST(Dane, APublishedRecordIsComparedWithTheCertificate) {
  const auto facts = *pipeline::read_certificate(certificate_pem());
  const auto verdict = [&](const std::vector<std::string>& records, const std::string& unsigned_name = "") {
    SignedZone dns;
    dns.unsigned_name = unsigned_name;
    fill_zone(dns.zone);
    for (const std::string& rdata : records) dns.zone.add_raw("_25._tcp.mail.example.org", net::DnsType::kTlsa, rdata);
    return verdict_of(advice_on(dns, with_certificate()), "tlsa");
  };
  const std::string key = std::string("\x03\x01\x01", 3) + core::sha256(facts.public_key_der);
  const std::string whole = std::string("\x03\x00\x01", 3) + core::sha256(facts.certificate_der);
  const std::string exact = std::string("\x03\x01\x00", 3) + facts.public_key_der;
  const std::string wrong = std::string("\x03\x01\x01", 3) + std::string(32, 'x');
  for (const std::string& good : {key, whole, exact}) {
    EXPECT_EQ(verdict({wrong, good}), "ok: the record is that of the certificate's key");
  }
  EXPECT_EQ(verdict({wrong}), "different: no published record matches the SMTP certificate, so that senders with DANE refuse to deliver");
  EXPECT_EQ(verdict({std::string("\x02\x01\x01", 3) + std::string(32, 'x')}),
            "warning: a trust anchor is published (usage 2), which cannot be checked from here");
  EXPECT_EQ(verdict({key}, "mail.example.org"), "warning: senders ignore the record, because the zone of mail.example.org is not signed");
}

TEST(Certificate, NamesAndOrigin) {
  const auto facts = *pipeline::read_certificate(certificate_pem());
  EXPECT_TRUE(facts.is_self_signed);
  EXPECT_TRUE(pipeline::certificate_names(facts, "MTA-STS.example.org"));
  EXPECT_FALSE(pipeline::certificate_names(facts, "www.example.org"));
  EXPECT_FALSE(pipeline::read_certificate(""));
  EXPECT_FALSE(pipeline::read_certificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
  EXPECT_FALSE(pipeline::read_tlsa(std::string("\x03\x01\x01", 3)));
}

}  // namespace
}  // namespace postern::test
