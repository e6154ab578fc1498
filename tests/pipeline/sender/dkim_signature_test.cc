// What is wrong with a signature or a key record is said before any hash is made.
#include "pipeline/sender/dkim_signature.h"

#include <gtest/gtest.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "core/encoding.h"
#include "pipeline/sender/dkim_key_record.h"
#include "pipeline/sender/dkim_public_key.h"
#include "pipeline/sender/dkim_tags.h"

namespace postern::pipeline {
namespace {

const core::WallTime kNow{std::chrono::seconds(1'795'000'000)};

// A sound signature field, with `extra` tags and `names` in h=.
std::string field(const std::string& extra = "", const std::string& names = "from:to",
                  const std::string& algorithm = "rsa-sha256") {
  return "DKIM-Signature: v=1; a=" + algorithm + "; c=relaxed/relaxed; d=example.org; s=sel; h=" + names +
         "; bh=" + core::to_base64(std::string(algorithm.ends_with("sha1") ? 20 : 32, 'x')) + "; b=QUJD\r\n REVG" +
         (extra.empty() ? "" : "; " + extra);
}
DkimVerdict read(const std::string& text) { return read_dkim_signature(text, DkimLimits{}, kNow).verdict; }

TEST(DkimSignature, ReadsAllTags) {
  const DkimReading reading = read_dkim_signature(
      field("i=ann@sub.example.org; l=10; t=1794999999; x=1795000001; q=dns/txt"), DkimLimits{}, kNow);
  ASSERT_TRUE(reading.is_usable()) << reading.verdict.reason;
  EXPECT_EQ(reading.signature.key_name(), "sel._domainkey.example.org");
  EXPECT_EQ(reading.signature.identity_domain, "sub.example.org");
  EXPECT_EQ(reading.signature.length, 10U);
  EXPECT_EQ(reading.signature.signature, "ABCDEF");
  EXPECT_EQ(reading.signature.names, (std::vector<std::string>{"from", "to"}));
  EXPECT_NE(reading.signature.field_without_b.find("; b=; i=ann"), std::string::npos);
}

struct Refusal {
  std::string field;
  AuthResult result;
  std::string reason;
};

TEST(DkimSignature, SaysWhatIsWrong) {
  const std::vector<Refusal> refusals{
      {field("", "to:subject"), AuthResult::kPermError, "From is not signed"},
      {field("i=@fexample.org"), AuthResult::kPermError, "i= is outside d="},
      {field("i=ann=@example.org"), AuthResult::kPermError, "i= invalid"},
      {field("i=x="), AuthResult::kPermError, "i= invalid"},
      {field("i=" + std::string(300, 'a') + "@example.org"), AuthResult::kPermError, "i= too long"},
      {field("x=1794999999"), AuthResult::kPolicy, "signature expired"},
      {field("t=1795000600"), AuthResult::kPolicy, "signed in the future"},
      {field("t=1794999999; x=1794999998"), AuthResult::kPermError, "x= is not after t="},
      {field("t=1795000002; x=1795000002"), AuthResult::kPermError, "x= is not after t="},
      {field("l=-1"), AuthResult::kPermError, "l= invalid"},
      {field("l=99999999999999999999999"), AuthResult::kPermError, "l= invalid"},
      {field("q=http"), AuthResult::kPermError, "unknown query method"},
      {field("d=other.example"), AuthResult::kPermError, "signature syntax error"},
      {field("", "from", "rsa-sha1"), AuthResult::kPolicy, "rsa-sha1 is not a signature (RFC 8301)"},
      {field("", "from", "rsa-md5"), AuthResult::kPermError, "unknown algorithm"},
      {field(std::string(9000, ' ')), AuthResult::kPermError, "signature field too long"},
      {"DKIM-Signature: v=2; a=rsa-sha256", AuthResult::kPermError, "unsupported version"},
      {"DKIM-Signature: ", AuthResult::kPermError, "signature syntax error"},
      {"DKIM-Signature: v=1; a=rsa-sha256; d=org; s=x; h=from; bh=; b=", AuthResult::kPermError,
       "d= missing or invalid"},
  };
  for (const Refusal& refusal : refusals) {
    const DkimVerdict verdict = read(refusal.field);
    EXPECT_EQ(verdict.result, refusal.result) << refusal.reason;
    EXPECT_EQ(verdict.reason, refusal.reason);
  }
}

TEST(DkimTags, DuplicatesAndGarbageInvalidateTheList) {
  EXPECT_TRUE(DkimTagList::parse("a=1; b = 2 ;\r\n c=3;"));
  for (const char* text : {"", ";", "a=1;;b=2", "a=1; a=2", "a", "=1", "1a=2", "a=\x01"})
    EXPECT_FALSE(DkimTagList::parse(text)) << text;
}

class DkimKeyRecordTest : public testing::Test {
 protected:
  DkimKeyReading read_key(const std::string& text, const std::string& extra = "",
                          const std::string& algorithm = "rsa-sha256") {
    const DkimReading reading = read_dkim_signature(field(extra, "from", algorithm), DkimLimits{}, kNow);
    EXPECT_TRUE(reading.is_usable()) << reading.verdict.reason;
    return read_dkim_key({text}, reading.signature, DkimLimits{});
  }
  static Pkey make_rsa(unsigned bits) { return Pkey(EVP_RSA_gen(bits)); }
  static std::string spki(EVP_PKEY* key) { return encoded(key, i2d_PUBKEY); }
  static std::string pkcs1(EVP_PKEY* key) { return encoded(key, i2d_PublicKey); }

 private:
  template <class Encode>
  static std::string encoded(EVP_PKEY* key, Encode encode) {
    unsigned char* der = nullptr;
    const int size = encode(key, &der);
    std::string out = core::to_base64(std::string(der, der + size));
    OPENSSL_free(der);
    return out;
  }
};

TEST_F(DkimKeyRecordTest, TakesBothFormsOfRsaKeys) {
  const Pkey key = make_rsa(1024);
  const DkimKeyReading standard = read_key("v=DKIM1; p=" + spki(key.get()));
  const DkimKeyReading bare = read_key("v=DKIM1; k=rsa; p=" + pkcs1(key.get()));
  ASSERT_TRUE(standard.record);
  ASSERT_TRUE(bare.record);
  EXPECT_EQ(standard.record->key->bytes, bare.record->key->bytes);
  EXPECT_EQ(bare.record->bits, 1024U);
}

TEST_F(DkimKeyRecordTest, RefusesKeysOfWrongSize) {
  EXPECT_EQ(read_key("p=" + spki(make_rsa(512).get())).reason, "public key too short");
  EXPECT_EQ(read_key("p=" + spki(make_rsa(512).get())).result, AuthResult::kPolicy);
}

TEST_F(DkimKeyRecordTest, SaysWhyAKeyIsUnusable) {
  const std::string p = "; p=" + spki(make_rsa(1024).get());
  EXPECT_EQ(read_key("v=DKIM1; p=").reason, "key revoked");
  EXPECT_EQ(read_key("v=DKIM1; k=rsa").reason, "key record without p=");
  EXPECT_EQ(read_key("v=DKIM1 ; k=rsa;\r\n t= y : s ; p= ;").reason, "key revoked");
  EXPECT_EQ(read_key("v=DKIM2" + p).reason, "key record of another version");
  EXPECT_EQ(read_key("k=rsa; v=DKIM1" + p).reason, "key record of another version");
  EXPECT_EQ(read_key("v=DKIM1; k=ed25519" + p).reason, "key is of another type");
  EXPECT_EQ(read_key("v=DKIM1; h=sha1" + p).reason, "key does not allow the hash");
  EXPECT_EQ(read_key("v=DKIM1; s=web" + p).reason, "key is not for mail");
  EXPECT_EQ(read_key("v=DKIM1; t=s" + p, "i=@sub.example.org").reason, "key does not allow i= in a subdomain");
  EXPECT_EQ(read_key("v=DKIM1; p=AAAA").reason, "public key cannot be read");
  EXPECT_EQ(read_key("nonsense").reason, "key record syntax error");
  EXPECT_TRUE(read_key("v=DKIM1; s=web:email; t=s:y; h=sha1:sha256; n=note" + p).record);
}

TEST_F(DkimKeyRecordTest, SeveralRecordsAreNoMatterOfLuck) {
  const std::string ours = "v=DKIM1; p=" + spki(make_rsa(1024).get());
  const std::string other = "v=DKIM1; p=" + spki(make_rsa(1024).get());
  const DkimReading reading = read_dkim_signature(field("", "from"), DkimLimits{}, kNow);
  const auto read_all = [&](const std::vector<std::string>& txt) { return read_dkim_key(txt, reading.signature, DkimLimits{}); };
  EXPECT_EQ(read_all({ours, other}).reason, "more than one key record");
  EXPECT_EQ(read_all({other, ours}).result, AuthResult::kPermError);
  EXPECT_EQ(read_all({ours, "v=DKIM1; p="}).reason, "more than one key record");
  EXPECT_TRUE(read_all({ours, ours}).record);
  // What is no key record, or one of another version, is passed over wherever it stands.
  for (const char* stranger : {"v=spf1 -all", "google-site-verification=x", "v=DKIM2; p=AAAA", "", "p"}) {
    EXPECT_TRUE(read_all({ours, stranger}).record) << stranger;
    EXPECT_TRUE(read_all({stranger, ours}).record) << stranger;
  }
  EXPECT_EQ(read_all({"v=spf1 -all"}).reason, "key record of another version");
  EXPECT_EQ(read_all({ours + std::string(DkimLimits{}.key_record_bytes_max, ' '), other}).reason, "");  // too long to count
}

TEST_F(DkimKeyRecordTest, AnExponentAsLargeAsTheModulusIsNoKey) {
  // Verifying with it would cost as much as signing, for each of the signatures of each message.
  const auto with_exponent = [](const char* hex) {
    BIGNUM* exponent = nullptr;
    BN_hex2bn(&exponent, hex);
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nullptr);
    EVP_PKEY* made = nullptr;
    EXPECT_EQ(EVP_PKEY_keygen_init(context), 1);
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_keygen_bits(context, 1024), 1);
    EXPECT_EQ(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, exponent), 1);
    EXPECT_EQ(EVP_PKEY_keygen(context, &made), 1);
    EVP_PKEY_CTX_free(context);
    BN_free(exponent);
    return Pkey(made);
  };
  EXPECT_TRUE(read_key("p=" + spki(with_exponent("F000000000000001").get())).record);
  EXPECT_EQ(read_key("p=" + spki(with_exponent("1F000000000000001").get())).reason, "public key cannot be read");
}

}  // namespace
}  // namespace postern::pipeline
