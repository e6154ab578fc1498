#pragma once
// tests/support/soft_key.h: a WebAuthn authenticator in software: a P-256 key of OpenSSL, with every field of what it
// signs open to lies. Written from WebAuthn level 2 section 6.1, not from the code under test.
#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <string>

namespace postern::test {

class SoftKey {
 public:
  struct Lies {
    std::string rp_id;                // instead of the right one
    std::string origin;
    std::string type;
    unsigned flags = 0x05;            // present, verified
    bool counts = true;               // the counter grows with each use
    bool spoils_signature = false;
    std::string more_client_data;     // ",\"crossOrigin\":true"
  };

  SoftKey(std::string rp_id, std::string origin);

  // The answers of a browser; all raw.
  struct Made {
    std::string client_data_json;
    std::string authenticator_data;
    std::string signature;  // of assertions
  };
  Made create(const std::string& challenge, const Lies& lies);
  Made create(const std::string& challenge) { return create(challenge, Lies()); }
  Made get(const std::string& challenge, const Lies& lies);
  Made get(const std::string& challenge) { return get(challenge, Lies()); }
  const std::string& id() const { return id_; }
  std::uint32_t counter = 1;

 private:
  std::string rp_id_;
  std::string origin_;
  std::string id_;
  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace postern::test
