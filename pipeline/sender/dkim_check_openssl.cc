#include <map>
#include <tuple>

#include "core/encoding.h"
#include "pipeline/sender/dkim_check.h"
#include "pipeline/sender/dkim_public_key.h"

namespace postern::pipeline {
namespace {

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT: bytes for a C API
}

// Signatures often share canonicalisation and length: each distinct body hash is made once.
class BodyHashes {
 public:
  const DkimBodyHash& of(std::string_view body, const DkimSignature& signature) {
    const DkimHash hash = signature.algorithm == "rsa-sha1" ? DkimHash::kSha1 : DkimHash::kSha256;
    const Key key{signature.body_canon, hash, signature.length};
    auto it = made_.find(key);
    if (it == made_.end()) it = made_.emplace(key, hash_body(body, signature.body_canon, signature.length, hash)).first;
    return it->second;
  }

 private:
  using Key = std::tuple<DkimCanon, DkimHash, std::optional<std::uint64_t>>;
  std::map<Key, DkimBodyHash> made_;
};

DkimOutcome check_one(std::string_view message, const HeaderLayout& layout, const DkimCandidate& candidate,
                      BodyHashes& hashes) {
  const DkimSignature& signature = candidate.signature;
  const DkimBodyHash& body = hashes.of(message.substr(layout.body_begin), signature);
  if (signature.length && *signature.length > body.body_bytes) return {AuthResult::kPermError, "l= exceeds the body"};
  if (body.digest != signature.body_hash) return {AuthResult::kFail, "body hash did not verify"};
  const std::string data = signed_header_data(message, layout, signature.names, signature.field_without_b,
                                              signature.header_canon, candidate.field);
  if (!verify_signature(signature, candidate.key, data)) return {AuthResult::kFail, "signature did not verify"};
  if (signature.length && *signature.length < body.body_bytes)
    return {AuthResult::kPolicy, "l= leaves content unsigned"};
  return {AuthResult::kPass, {}};
}

}  // namespace

bool verify_signature(const DkimSignature& signature, const DkimKeyRecord& key, const std::string& data) {
  const bool is_rsa = key.type == "rsa";
  const EVP_MD* digest = !is_rsa ? nullptr : signature.algorithm == "rsa-sha1" ? EVP_sha1() : EVP_sha256();
  // RFC 8463 section 3: Ed25519 signs the SHA-256 digest of the data.
  const std::string input = is_rsa ? data : core::sha256(data);
  const DigestContext context(EVP_MD_CTX_new());
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.key->handle.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature.signature), signature.signature.size(), bytes_of(input),
                          input.size()) == 1;
}

std::vector<DkimOutcome> check_with_openssl(std::string_view message, const HeaderLayout& layout,
                                            const std::vector<DkimCandidate>& candidates) {
  BodyHashes hashes;
  std::vector<DkimOutcome> outcomes;
  for (const DkimCandidate& candidate : candidates) outcomes.push_back(check_one(message, layout, candidate, hashes));
  return outcomes;
}

}  // namespace postern::pipeline
