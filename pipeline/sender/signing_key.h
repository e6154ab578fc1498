#pragma once
// pipeline/sender/signing_key.h: a private key that signs, and the field that its signature is written into, for the
// signers of DKIM and ARC.
// Thread-safety: SigningKey is immutable once read; make_signature() from any thread.
// Errors: SenderErrc::kBadKeyFile, kKeyMaking.
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "pipeline/sender/dkim_keys.h"
#include "pipeline/sender/openssl_key.h"

namespace postern::pipeline {

struct SigningKey {
  DkimKeyInfo info;
  Pkey key;
};

// kBadKeyFile when `pem` is no private key of info.algorithm; the caller wipes it.
core::Result<std::shared_ptr<const SigningKey>> read_signing_key(const DkimKeyInfo& info, std::string_view pem);

// The signature over `data`, not encoded.
core::Result<std::string> make_signature(const SigningKey& key, const std::string& data);

// Text of a header field that is folded before a line of it passes columns_max.
constexpr std::size_t kFoldColumnsMax = 76;
class FoldedField {
 public:
  explicit FoldedField(std::string start, std::size_t columns_max = kFoldColumnsMax)
      : text_(std::move(start)), column_(text_.size()), columns_max_(columns_max) {}
  // A piece that stays whole; a blank or a fold goes before it when `is_apart`.
  void add(std::string_view piece, bool is_apart);
  // Base64: may be folded anywhere.
  void add_split(std::string_view text);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::size_t column_;
  std::size_t columns_max_;
};

}  // namespace postern::pipeline
