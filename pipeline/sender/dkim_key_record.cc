#include "pipeline/sender/dkim_key_record.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/sender/dkim_public_key.h"
#include "pipeline/sender/dkim_tags.h"

namespace postern::pipeline {
namespace {

DkimKeyReading refuse(AuthResult result, std::string_view reason) {
  return {std::nullopt, result, std::string(reason)};
}

bool lists(std::string_view list, std::string_view word) {
  const std::vector<std::string> items = split_list(list, ':');
  return std::any_of(items.begin(), items.end(),
                     [&](const std::string& item) { return core::equals_ignoring_case(item, word); });
}

// v= is the first tag where there is one.
bool is_other_version(const DkimTagList& tags) {
  const DkimTag* version = tags.find("v");
  return version != nullptr && (version->value != "DKIM1" || tags.tags().front().name != "v");
}

DkimKeyReading read_record(const DkimTagList& tags, const DkimSignature& signature, const DkimLimits& limits) {
  DkimKeyRecord record;
  record.type = core::to_lower_ascii(tags.value_or("k", "rsa"));
  const std::string wanted = signature.algorithm.starts_with("ed25519") ? "ed25519" : "rsa";
  if (record.type != wanted) return refuse(AuthResult::kPermError, "key is of another type");
  const std::string hash = signature.algorithm.ends_with("sha1") ? "sha1" : "sha256";
  if (tags.find("h") != nullptr && !lists(tags.value_or("h", ""), hash)) {
    return refuse(AuthResult::kPermError, "key does not allow the hash");
  }
  const std::string services = tags.value_or("s", "*");
  if (!lists(services, "*") && !lists(services, "email")) return refuse(AuthResult::kPermError, "key is not for mail");
  record.is_testing = lists(tags.value_or("t", ""), "y");
  record.is_exact_domain = lists(tags.value_or("t", ""), "s");
  if (record.is_exact_domain && signature.identity_domain != signature.domain) {
    return refuse(AuthResult::kPermError, "key does not allow i= in a subdomain");
  }
  const DkimTag* p = tags.find("p");
  if (p == nullptr) return refuse(AuthResult::kPermError, "key record without p=");
  const std::string encoded = without_white_space(p->value);
  if (encoded.empty()) return refuse(AuthResult::kPermError, "key revoked");
  record.key = find_public_key(record.type, encoded);
  if (record.key == nullptr) return refuse(AuthResult::kPermError, "public key cannot be read");
  record.bits = record.key->bits;
  if (record.type == "rsa" && record.bits < limits.rsa_bits_min)
    return refuse(AuthResult::kPolicy, "public key too short");
  if (record.type == "rsa" && record.bits > limits.rsa_bits_max)
    return refuse(AuthResult::kPolicy, "public key too long");
  return {std::move(record), AuthResult::kNone, {}};
}

}  // namespace

DkimKeyReading read_dkim_key(const std::vector<std::string>& txt, const DkimSignature& signature,
                             const DkimLimits& limits) {
  std::optional<DkimTagList> chosen;
  std::string_view chosen_text;
  bool has_other_version = false;
  for (const std::string& text : txt) {
    if (text.size() > limits.key_record_bytes_max) continue;
    std::optional<DkimTagList> tags = DkimTagList::parse(text);
    if (!tags || (tags->find("p") == nullptr && tags->find("v") == nullptr)) continue;
    if (is_other_version(*tags)) {
      has_other_version = true;  // discarded (section 3.6.1)
    } else if (chosen && text != chosen_text) {
      return refuse(AuthResult::kPermError, "more than one key record");
    } else {
      chosen = std::move(tags);
      chosen_text = text;
    }
  }
  if (chosen) return read_record(*chosen, signature, limits);
  if (has_other_version) return refuse(AuthResult::kPermError, "key record of another version");
  return refuse(AuthResult::kPermError, txt.empty() ? "no key for signature" : "key record syntax error");
}

}  // namespace postern::pipeline
