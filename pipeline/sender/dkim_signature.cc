#include "pipeline/sender/dkim_signature.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <charconv>

#include "core/encoding.h"
#include "pipeline/sender/dkim_tags.h"
#include "pipeline/sender/domain_name.h"

namespace postern::pipeline {
namespace {

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Reads the tags into a signature; stops at the first thing that is wrong and keeps it as the verdict.
class SignatureReader {
 public:
  SignatureReader(SignatureForm form, const DkimLimits& limits, core::WallTime now)
      : form_(form), limits_(limits), now_(now) {}

  DkimReading read(std::string_view field) {
    const std::size_t colon = field.find(':');
    const std::string_view text = field.substr(colon + 1);
    if (field.size() > limits_.signature_bytes_max) {
      refuse(AuthResult::kPermError, "signature field too long");
      return std::move(out_);
    }
    const std::optional<DkimTagList> tags = DkimTagList::parse(text);
    if (!tags) {
      refuse(AuthResult::kPermError, "signature syntax error");
      return std::move(out_);
    }
    describe(*tags);
    (void)(read_version(*tags) && read_instance(*tags) && read_algorithm(*tags) && read_domain(*tags) &&
           read_identity(*tags) && read_names(*tags) && read_canon(*tags) && read_length(*tags) && read_query(*tags) &&
           read_times(*tags) && read_hashes(*tags));
    if (const DkimTag* b = tags->find("b"); b != nullptr && out_.is_usable()) {
      out_.signature.field_without_b = std::string(field.substr(0, colon + 1 + b->written.begin)) +
                                       std::string(field.substr(colon + 1 + b->written.end));
    }
    return std::move(out_);
  }

 private:
  bool refuse(AuthResult result, std::string_view reason) {
    out_.verdict.result = result;
    out_.verdict.reason = reason;
    return false;
  }
  bool syntax(std::string_view reason) { return refuse(AuthResult::kPermError, reason); }

  // Fills what people want to see of a signature even when it is refused.
  void describe(const DkimTagList& tags) {
    DkimVerdict& verdict = out_.verdict;
    verdict.domain = to_a_labels(tags.value_or("d", "")).value_or("");
    verdict.selector = to_a_labels(tags.value_or("s", "")).value_or("");
    const std::string algorithm = core::to_lower_ascii(without_white_space(tags.value_or("a", "")));
    verdict.algorithm = is_algorithm_name(algorithm) ? algorithm : std::string();
  }

  // It is stored and shown: no more than the letters of RFC 6376 section 3.5, a=.
  static bool is_algorithm_name(std::string_view text) {
    return text.size() <= 32 && std::ranges::all_of(text, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
  }

  bool read_version(const DkimTagList& tags) {
    // ARC has no version; one that is there is an unknown tag (RFC 8617 section 4.1.2).
    if (form_ == SignatureForm::kDkim && tags.value_or("v", "") != "1") return syntax("unsupported version");
    return true;
  }

  bool read_instance(const DkimTagList& tags) {
    if (form_ == SignatureForm::kDkim) return true;
    const std::optional<std::uint32_t> instance = read_arc_instance(tags.value_or("i", ""));
    if (!instance) return syntax("i= missing or invalid");
    out_.signature.instance = *instance;
    if (form_ != SignatureForm::kArcSeal) return true;
    out_.signature.chain_status = core::to_lower_ascii(tags.value_or("cv", ""));
    const std::string& status = out_.signature.chain_status;
    return status == "none" || status == "fail" || status == "pass" ? true : syntax("cv= missing or invalid");
  }

  bool read_algorithm(const DkimTagList& tags) {
    const std::string& algorithm = out_.signature.algorithm = out_.verdict.algorithm;
    if (algorithm.empty()) return syntax("a= missing or invalid");
    if (algorithm == "rsa-sha1") {
      if (!limits_.accepts_rsa_sha1) return refuse(AuthResult::kPolicy, "rsa-sha1 is not a signature (RFC 8301)");
    } else if (algorithm != "rsa-sha256" && algorithm != "ed25519-sha256") {
      return syntax("unknown algorithm");
    }
    return true;
  }

  bool read_domain(const DkimTagList& tags) {
    DkimSignature& signature = out_.signature;
    signature.domain = out_.verdict.domain;
    signature.selector = out_.verdict.selector;
    // A final dot is no part of these names, though the DNS would take it.
    const bool has_dot = tags.value_or("d", "").ends_with('.');
    if (signature.domain.empty() || has_dot || count_labels(signature.domain) < 2) return syntax("d= missing or invalid");
    if (signature.selector.empty() || tags.value_or("s", "").ends_with('.')) return syntax("s= missing or invalid");
    if (!is_dns_name(signature.key_name())) return syntax("s= and d= are too long");
    return true;
  }

  bool read_identity(const DkimTagList& tags) {
    DkimSignature& signature = out_.signature;
    const DkimTag* identity = form_ == SignatureForm::kDkim ? tags.find("i") : nullptr;
    if (identity == nullptr) {
      signature.identity = "@" + signature.domain;
      signature.identity_domain = signature.domain;
      out_.verdict.identity = signature.identity;
      return true;
    }
    const std::string text = without_white_space(identity->value);
    if (text.size() > limits_.identity_bytes_max) return syntax("i= too long");
    // All of it is encoded, the "@" too where the signer liked; the last one begins the domain.
    const std::optional<std::string> plain = decode_identity(text);
    const std::size_t at = plain ? plain->rfind('@') : std::string::npos;
    if (at == std::string::npos || plain->ends_with('.')) return syntax("i= invalid");
    const std::optional<std::string> domain = to_a_labels(plain->substr(at + 1));
    if (!domain) return syntax("i= invalid");
    if (!is_same_or_subdomain(*domain, signature.domain)) return syntax("i= is outside d=");
    signature.identity = *plain;
    signature.identity_domain = *domain;
    out_.verdict.identity = *plain;
    return true;
  }

  // dkim-quoted-printable (section 2.11): each "=" starts a complete escape. Control characters are refused, and so is
  // what is no UTF-8 (RFC 8616): it is shown.
  static std::optional<std::string> decode_identity(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '=') {
        out += text[i];
        continue;
      }
      const std::optional<std::string> byte = core::from_hex(text.substr(i + 1, 2));
      if (!byte || byte->size() != 1 || static_cast<unsigned char>((*byte)[0]) < 0x20 || (*byte)[0] == 0x7f)
        return std::nullopt;
      out += *byte;
      i += 2;
    }
    if (!is_utf8(out)) return std::nullopt;
    return out;
  }

  static bool is_utf8(std::string_view text) {
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < size;) {
      UChar32 character = 0;
      U8_NEXT(text.data(), i, size, character);
      if (character < 0) return false;
    }
    return true;
  }

  bool read_names(const DkimTagList& tags) {
    const bool is_dkim = form_ == SignatureForm::kDkim;
    const DkimTag* tag = tags.find("h");
    if (form_ == SignatureForm::kArcSeal) return tag == nullptr ? true : syntax("h= in a seal");
    // RFC 8617 leaves to the sealer what an AMS covers, so its h= may be empty; whether From is covered is asked where
    // the chain is trusted.
    if (tag == nullptr || (is_dkim && tag->value.empty())) return syntax("h= missing");
    for (std::string& name : split_list(tag->value, ':')) {
      if (name.empty() && !is_dkim) continue;
      if (name.empty()) return syntax("h= invalid");
      const bool is_ftext = std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
      if (!is_ftext) return syntax("h= invalid");
      if (out_.signature.names.size() >= limits_.signed_names_max) return syntax("h= names too many fields");
      out_.signature.names.push_back(core::to_lower_ascii(name));
      if (!is_dkim && out_.signature.names.back() == "arc-seal") return syntax("h= names ARC-Seal");
    }
    const bool has_from = std::ranges::find(out_.signature.names, "from") != out_.signature.names.end();
    if (is_dkim && !has_from) return syntax("From is not signed");
    return true;
  }

  bool read_canon(const DkimTagList& tags) {
    if (form_ == SignatureForm::kArcSeal) {
      out_.signature.header_canon = DkimCanon::kRelaxed;
      return true;
    }
    const std::string value = core::to_lower_ascii(without_white_space(tags.value_or("c", "simple/simple")));
    const std::size_t slash = value.find('/');
    const std::string header = value.substr(0, slash);
    const std::string body = slash == std::string::npos ? "simple" : value.substr(slash + 1);
    for (const std::string& word : {header, body}) {
      if (word != "simple" && word != "relaxed") return syntax("unknown canonicalisation");
    }
    out_.signature.header_canon = header == "relaxed" ? DkimCanon::kRelaxed : DkimCanon::kSimple;
    out_.signature.body_canon = body == "relaxed" ? DkimCanon::kRelaxed : DkimCanon::kSimple;
    return true;
  }

  bool read_length(const DkimTagList& tags) {
    const DkimTag* tag = tags.find("l");
    if (tag == nullptr || form_ == SignatureForm::kArcSeal) return true;
    out_.signature.length = read_number(tag->value);
    return out_.signature.length ? true : syntax("l= invalid");
  }

  bool read_query(const DkimTagList& tags) {
    for (const std::string& method : split_list(tags.value_or("q", "dns/txt"), ':')) {
      const std::string lower = core::to_lower_ascii(method);
      if (lower == "dns/txt" || lower == "dns") return true;  // "dns" is what drafts wrote
    }
    return syntax("unknown query method");
  }

  bool read_times(const DkimTagList& tags) {
    const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(0, core::to_unix_ms(now_) / 1000));
    const auto skew =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(limits_.clock_skew_max).count());
    std::optional<std::uint64_t> signed_at;
    if (const DkimTag* tag = tags.find("t"); tag != nullptr) {
      signed_at = read_number(tag->value);
      if (!signed_at) return syntax("t= invalid");
      if (*signed_at > now + skew) return refuse(AuthResult::kPolicy, "signed in the future");
    }
    if (const DkimTag* tag = tags.find("x"); tag != nullptr && form_ != SignatureForm::kArcSeal) {
      const std::optional<std::uint64_t> expires = read_number(tag->value);
      if (!expires) return syntax("x= invalid");
      if (signed_at && *expires <= *signed_at) return syntax("x= is not after t=");
      if (*expires < now) return refuse(AuthResult::kPolicy, "signature expired");
    }
    return true;
  }

  bool read_hashes(const DkimTagList& tags) {
    const std::optional<std::string> bh = core::from_base64(without_white_space(tags.value_or("bh", "")));
    const std::optional<std::string> b = core::from_base64(without_white_space(tags.value_or("b", "")));
    const std::size_t digest_bytes = out_.signature.algorithm == "rsa-sha1" ? 20 : 32;
    const bool has_body_hash = form_ != SignatureForm::kArcSeal;
    if (has_body_hash && (!bh || bh->size() != digest_bytes)) return syntax("bh= missing or invalid");
    if (!b || b->empty()) return syntax("b= missing or invalid");
    if (has_body_hash) out_.signature.body_hash = *bh;
    out_.signature.signature = *b;
    return true;
  }

  SignatureForm form_;
  const DkimLimits& limits_;
  core::WallTime now_;
  DkimReading out_;
};

}  // namespace

DkimReading read_dkim_signature(std::string_view field, const DkimLimits& limits, core::WallTime now) {
  return read_signature(field, SignatureForm::kDkim, limits, now);
}

DkimReading read_signature(std::string_view field, SignatureForm form, const DkimLimits& limits, core::WallTime now) {
  return SignatureReader(form, limits, now).read(field);
}

std::optional<std::uint32_t> read_arc_instance(std::string_view text) {
  const std::optional<std::uint64_t> number = text.size() <= 2 ? read_number(text) : std::nullopt;
  if (!number || *number == 0) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

}  // namespace postern::pipeline
