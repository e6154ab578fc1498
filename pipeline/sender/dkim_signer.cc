#include "pipeline/sender/dkim_signer.h"

#include <openssl/pem.h>

#include <array>

#include "core/encoding.h"
#include "core/secret.h"
#include "pipeline/sender/dkim_canon.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/header_fields.h"
#include "pipeline/sender/openssl_key.h"

namespace postern::pipeline {
namespace {

// Listed once more than they occur, so that none can be added (RFC 6376 section 8.15).
constexpr std::array<std::string_view, 12> kOversigned{
    "from",     "to",          "cc",         "subject",      "date",         "message-id",
    "reply-to", "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding"};
// Signed where present; what others add to them on the way does no harm.
constexpr std::array<std::string_view, 4> kSigned{"sender", "auto-submitted", "list-unsubscribe",
                                                  "list-unsubscribe-post"};
constexpr std::size_t kFieldsMax = 4096;
constexpr std::size_t kColumnsMax = 76;

std::size_t count_fields(std::string_view message, const HeaderLayout& layout, std::string_view name) {
  std::size_t count = 0;
  for (const SignedField& field : layout.fields) {
    if (core::equals_ignoring_case(message.substr(field.name.begin, field.name.size()), name)) ++count;
  }
  return count;
}

std::vector<std::string> signed_names(std::string_view message, const HeaderLayout& layout) {
  std::vector<std::string> names;
  for (const std::string_view name : kOversigned)
    names.insert(names.end(), count_fields(message, layout, name) + 1, std::string(name));
  for (const std::string_view name : kSigned)
    names.insert(names.end(), count_fields(message, layout, name), std::string(name));
  return names;
}

// Appends text to a field that is folded before it passes kColumnsMax.
class FoldedField {
 public:
  explicit FoldedField(std::string start) : text_(std::move(start)), column_(text_.size()) {}
  // A piece that stays whole; a blank or a fold goes before it when `is_apart`.
  void add(std::string_view piece, bool is_apart) {
    if (column_ + piece.size() + 1 > kColumnsMax) {
      text_ += "\r\n\t";
      column_ = 8;
    } else if (is_apart) {
      text_ += ' ';
      ++column_;
    }
    text_ += piece;
    column_ += piece.size();
  }
  // Base64: may be folded anywhere.
  void add_split(std::string_view text) {
    while (!text.empty()) {
      if (column_ >= kColumnsMax) {
        text_ += "\r\n\t";
        column_ = 8;
      }
      const std::string_view piece = text.substr(0, kColumnsMax - column_);
      text_ += piece;
      column_ += piece.size();
      text.remove_prefix(piece.size());
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::size_t column_;
};

// RFC 8463 section 3: Ed25519 signs the SHA-256 digest of the data, RSA the data with SHA-256 inside.
core::Result<std::string> make_signature(EVP_PKEY* key, DkimAlgorithm algorithm, const std::string& data) {
  const bool is_rsa = algorithm == DkimAlgorithm::kRsaSha256;
  const std::string input = is_rsa ? data : core::sha256(data);
  const DigestContext context(EVP_MD_CTX_new());
  std::array<unsigned char, 1024> out{};
  std::size_t size = out.size();
  const auto* bytes = reinterpret_cast<const unsigned char*>(input.data());  // NOLINT: bytes for a C API
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, is_rsa ? EVP_sha256() : nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, bytes, input.size()) != 1) {
    return core::fail(SenderErrc::kKeyMaking);
  }
  return std::string(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace

struct DkimSigner::SigningKey {
  DkimKeyInfo info;
  Pkey key;
};

DkimSigner::DkimSigner(core::Clock& clock) : clock_(clock), ring_(std::make_shared<const KeyRing>()) {}
DkimSigner::~DkimSigner() = default;

std::shared_ptr<const DkimSigner::KeyRing> DkimSigner::ring() const {
  const std::lock_guard lock(mutex_);
  return ring_;
}

std::size_t DkimSigner::key_count() const {
  std::size_t count = 0;
  for (const auto& [domain, keys] : *ring()) count += keys.size();
  return count;
}

core::Result<void> DkimSigner::reload(const DkimKeyFolder& folder) {
  auto fresh = std::make_shared<KeyRing>();
  POSTERN_TRY(const std::vector<std::string> domains, folder.domains());
  for (const std::string& domain : domains) {
    POSTERN_TRY(const std::vector<DkimKeyInfo> keys, folder.list(domain));
    for (const DkimKeyInfo& info : keys) {
      if (info.state != DkimKeyState::kActive) continue;
      POSTERN_TRY(std::string pem, folder.read_private_pem(info));
      const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
      Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
      core::wipe(pem.data(), pem.size());
      const int wanted = info.algorithm == DkimAlgorithm::kRsaSha256 ? EVP_PKEY_RSA : EVP_PKEY_ED25519;
      if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != wanted)
        return core::fail(SenderErrc::kBadKeyFile, info.selector);
      (*fresh)[domain].push_back(std::make_shared<const SigningKey>(info, std::move(key)));
    }
  }
  const std::lock_guard lock(mutex_);
  ring_ = std::move(fresh);
  return {};
}

core::Result<std::string> DkimSigner::sign(std::string_view domain, std::string_view message) const {
  const std::shared_ptr<const KeyRing> keys = ring();
  const auto found = keys->find(to_a_labels(domain).value_or(""));
  if (found == keys->end()) return std::string();
  const HeaderLayout layout = split_header(message, kFieldsMax);
  const std::vector<std::string> names = signed_names(message, layout);
  const std::string body_hash =
      core::to_base64(hash_body(message.substr(layout.body_begin), DkimCanon::kRelaxed, std::nullopt).digest);
  const std::string time = std::to_string(core::to_unix_ms(clock_.wall_now()) / 1000);
  std::string fields;
  for (const std::shared_ptr<const SigningKey>& key : found->second) {
    FoldedField field("DKIM-Signature: v=1; a=" + std::string(to_string(key->info.algorithm)) + ";");
    field.add("c=relaxed/relaxed;", true);
    field.add("d=" + key->info.domain + ";", true);
    field.add("s=" + key->info.selector + ";", true);
    field.add("t=" + time + ";", true);
    for (std::size_t i = 0; i < names.size(); ++i) {
      field.add((i == 0 ? "h=" : "") + names[i] + (i + 1 < names.size() ? ":" : ";"), i == 0);
    }
    field.add("bh=" + body_hash + ";", true);
    field.add("b=", true);
    const std::string data = signed_header_data(message, layout, names, field.text(), DkimCanon::kRelaxed);
    POSTERN_TRY(const std::string signature, make_signature(key->key.get(), key->info.algorithm, data));
    field.add_split(core::to_base64(signature));
    fields += field.text() + "\r\n";
  }
  return fields;
}

}  // namespace postern::pipeline
