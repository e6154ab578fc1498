#include "pipeline/sender/dkim_signer.h"

#include <algorithm>
#include <array>

#include "core/encoding.h"
#include "core/secret.h"
#include "pipeline/sender/dkim_canon.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/header_fields.h"
#include "pipeline/sender/signing_key.h"

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

}  // namespace

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

std::vector<std::string> DkimSigner::selectors(std::string_view domain) const {
  const std::shared_ptr<const KeyRing> keys = ring();
  std::vector<std::string> names;
  if (const auto found = keys->find(to_a_labels(domain).value_or("")); found != keys->end()) {
    for (const std::shared_ptr<const SigningKey>& key : found->second) names.push_back(key->info.selector);
  }
  std::sort(names.begin(), names.end());
  return names;
}

core::Result<void> DkimSigner::reload(const DkimKeyFolder& folder) {
  const std::lock_guard one_at_a_time(reload_mutex_);
  auto fresh = std::make_shared<KeyRing>();
  POSTERN_TRY(const std::vector<std::string> domains, folder.domains());
  for (const std::string& domain : domains) {
    POSTERN_TRY(const std::vector<DkimKeyInfo> keys, folder.list(domain));
    for (const DkimKeyInfo& info : keys) {
      if (info.state != DkimKeyState::kActive) continue;
      POSTERN_TRY(std::string pem, folder.read_private_pem(info));
      core::Result<std::shared_ptr<const SigningKey>> key = read_signing_key(info, pem);
      core::wipe(pem.data(), pem.size());
      if (!key) return key.error();
      (*fresh)[domain].push_back(std::move(*key));
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
    POSTERN_TRY(const std::string signature, make_signature(*key, data));
    field.add_split(core::to_base64(signature));
    fields += field.text() + "\r\n";
  }
  return fields;
}

}  // namespace postern::pipeline
