#include "pipeline/sender/signing_key.h"

#include <openssl/pem.h>

#include <array>

#include "core/encoding.h"
#include "pipeline/sender/errc.h"

namespace postern::pipeline {

core::Result<std::shared_ptr<const SigningKey>> read_signing_key(const DkimKeyInfo& info, std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  const int wanted = info.algorithm == DkimAlgorithm::kRsaSha256 ? EVP_PKEY_RSA : EVP_PKEY_ED25519;
  if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != wanted)
    return core::fail(SenderErrc::kBadKeyFile, info.selector);
  return std::make_shared<const SigningKey>(info, std::move(key));
}

// RFC 8463 section 3: Ed25519 signs the SHA-256 digest of the data, RSA the data with SHA-256 inside.
core::Result<std::string> make_signature(const SigningKey& key, const std::string& data) {
  const bool is_rsa = key.info.algorithm == DkimAlgorithm::kRsaSha256;
  const std::string input = is_rsa ? data : core::sha256(data);
  const DigestContext context(EVP_MD_CTX_new());
  std::array<unsigned char, 1024> out{};
  std::size_t size = out.size();
  const auto* bytes = reinterpret_cast<const unsigned char*>(input.data());  // NOLINT: bytes for a C API
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, is_rsa ? EVP_sha256() : nullptr, nullptr, key.key.get()) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, bytes, input.size()) != 1) {
    return core::fail(SenderErrc::kKeyMaking);
  }
  return std::string(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
}

void FoldedField::add(std::string_view piece, bool is_apart) {
  if (column_ + piece.size() + 1 > columns_max_) {
    text_ += "\r\n\t";
    column_ = 8;
  } else if (is_apart) {
    text_ += ' ';
    ++column_;
  }
  text_ += piece;
  column_ += piece.size();
}

void FoldedField::add_split(std::string_view text) {
  while (!text.empty()) {
    if (column_ >= columns_max_) {
      text_ += "\r\n\t";
      column_ = 8;
    }
    const std::string_view piece = text.substr(0, columns_max_ - column_);
    text_ += piece;
    column_ += piece.size();
    text.remove_prefix(piece.size());
  }
}

}  // namespace postern::pipeline
