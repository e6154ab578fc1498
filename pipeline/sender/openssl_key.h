#pragma once
// pipeline/sender/openssl_key.h: owning handles for OpenSSL keys and digests, for the .cc files of this folder that
// sign and verify. Not for other folders.
#include <openssl/bio.h>
#include <openssl/evp.h>

#include <memory>

namespace postern::pipeline {

struct PkeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Pkey = std::unique_ptr<EVP_PKEY, PkeyFree>;

struct DigestFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, DigestFree>;

struct BioFree {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, BioFree>;

}  // namespace postern::pipeline
