#include "pipeline/spam/lookalike.h"

#include <libpsl.h>
#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>

#include "pipeline/mime/unicode.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/spam/name_key.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kSlipLettersMin = 5;     // shorter labels are one slip from too many honest ones
constexpr std::size_t kLongLettersMin = 8;     // from here on a slip tells, whatever the top-level domain
constexpr std::size_t kAffixedLettersMin = 4;  // "hp-support" may be anybody's
constexpr std::size_t kGluedLettersMin = 5;
constexpr std::size_t kLookLettersMin = 3;

// Words that are put at a name to make it look like a part of its owner.
constexpr std::string_view kAffixes[] = {"support", "help",    "helpdesk", "service",  "services", "secure",  "security",
                                         "login",   "signin",  "billing",  "account",  "accounts", "mail",    "email",
                                         "online",  "team",    "verify",   "payment",  "payments", "invoice", "invoices",
                                         "portal",  "customer", "care",    "desk",     "info",     "admin",   "office",
                                         "it",      "hr",      "web",      "my",       "the",      "app",     "com",
                                         "net",     "org",     "co",       "inc",      "group",    "update",  "noreply"};

bool is_affix(std::string_view word) { return std::find(std::begin(kAffixes), std::end(kAffixes), word) != std::end(kAffixes); }

struct IdnaClose {
  void operator()(UIDNA* idna) const { uidna_close(idna); }
};

// A label as readers see it; one that cannot be decoded is shown as it is.
std::string to_unicode(std::string_view label) {
  if (label.find("xn--") == std::string_view::npos) return std::string(label);
  static const std::unique_ptr<UIDNA, IdnaClose> idna = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<UIDNA, IdnaClose>(uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_UNICODE, &status));
  }();
  if (!idna) return std::string(label);
  std::array<char, 512> buffer{};
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode status = U_ZERO_ERROR;
  const int32_t size = uidna_labelToUnicodeUTF8(idna.get(), label.data(), static_cast<int32_t>(label.size()), buffer.data(),
                                                static_cast<int32_t>(buffer.size()), &info, &status);
  if (U_FAILURE(status) != 0 || size <= 0) return std::string(label);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

std::u32string letters_of(std::string_view utf8) {
  std::u32string out;
  for (std::size_t at = 0; at < utf8.size();) out.push_back(next_code_point(utf8, at));
  return out;
}

// Digits for letters first: in the skeleton a zero is a capital O. Both sides go through it.
std::string look_of_label(std::string out) {
  std::replace(out.begin(), out.end(), '0', 'o');
  std::replace(out.begin(), out.end(), '1', 'l');
  for (std::size_t at = out.find("vv"); at != std::string::npos; at = out.find("vv", at)) out.replace(at, 2, "w");
  return look_of(out);
}

// One insertion, deletion, substitution or exchange of neighbours.
bool is_one_slip(const std::u32string& a, const std::u32string& b) {
  if (a.size() > b.size()) return is_one_slip(b, a);
  if (b.size() - a.size() > 1 || a == b) return false;
  const auto [left, right] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const std::u32string rest_a(left, a.end());
  const std::u32string rest_b(right, b.end());
  if (a.size() < b.size()) return rest_a == rest_b.substr(1);
  if (rest_a.substr(1) == rest_b.substr(1)) return true;
  return rest_a.size() >= 2 && rest_a[0] == rest_b[1] && rest_a[1] == rest_b[0] && rest_a.substr(2) == rest_b.substr(2);
}

// "acme-support", "secure-acme-login": the label as one of the words, nothing but affixes beside it.
bool is_affixed(std::string_view text, std::string_view label) {
  bool has_label = false;
  bool has_affix = false;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('-', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (word == label) {
      has_label = true;
    } else if (is_affix(word)) {
      has_affix = true;
    } else {
      return false;
    }
    at = end + 1;
  }
  return has_label && has_affix;
}

// "acmesupport", "myacme".
bool is_glued(std::string_view text, std::string_view label) {
  if (text.size() <= label.size()) return false;
  return (text.starts_with(label) && is_affix(text.substr(label.size()))) ||
         (text.ends_with(label) && is_affix(text.substr(0, text.size() - label.size())));
}

bool is_number(const std::u32string& letters) {
  return std::all_of(letters.begin(), letters.end(), [](char32_t c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string_view registrable_domain(std::string_view domain) {
  const psl_ctx_t* list = psl_builtin();
  if (list == nullptr) return domain;
  const std::string name(domain);
  const char* found = psl_registrable_domain(list, name.c_str());
  return found == nullptr ? domain : domain.substr(static_cast<std::size_t>(found - name.c_str()));
}

struct LookalikeDomains::Candidate {
  explicit Candidate(std::string_view the_domain) : domain(the_domain), registrable(registrable_domain(the_domain)) {
    const std::size_t dot = registrable.find('.');
    label = to_unicode(std::string_view(registrable).substr(0, dot));
    suffix = dot == std::string::npos ? std::string() : registrable.substr(dot + 1);
    const std::string plain = fold_text(label);
    letters = letters_of(plain);
    look = look_of_label(plain);
  }
  std::string domain;
  std::string registrable;
  std::string label;
  std::string suffix;
  std::u32string letters;
  std::string look;
};

LookalikeDomains::LookalikeDomains(const std::vector<std::string>& own) {
  for (const std::string& domain : own) {
    if (brands_.size() >= kOwnDomainsMax) break;
    const Candidate one(domain);
    brands_.push_back({one.domain, one.registrable, one.label, one.suffix, one.letters, one.look});
  }
}

bool LookalikeDomains::is_own(std::string_view domain) const {
  return std::any_of(brands_.begin(), brands_.end(),
                     [domain](const Brand& brand) { return is_same_or_subdomain(domain, brand.domain); });
}

bool LookalikeDomains::resembles_one(const Candidate& candidate, const Brand& brand) {
  // Below somebody else's domain; "acme.com.au" beside "acme.com" is a domain of its own.
  const std::string below = "." + candidate.domain.substr(0, candidate.domain.size() - candidate.registrable.size());
  if (count_labels(brand.domain) >= 2 && below.find("." + brand.domain + ".") != std::string::npos) return true;
  // The same name under another top-level domain has an owner of its own more often than not.
  if (candidate.label == brand.label) return false;
  const std::size_t size = brand.letters.size();
  if (size >= kLookLettersMin && candidate.look == brand.look) return true;
  const bool can_slip = size >= kLongLettersMin || (size >= kSlipLettersMin && candidate.suffix == brand.suffix);
  if (can_slip && !is_number(brand.letters) && is_one_slip(candidate.letters, brand.letters)) return true;
  if (is_affix(brand.label)) return false;
  if (size >= kAffixedLettersMin && is_affixed(candidate.label, brand.label)) return true;
  return size >= kGluedLettersMin && is_glued(candidate.label, brand.label);
}

bool LookalikeDomains::resembles(std::string_view domain) const {
  if (!is_dns_name(domain) || is_own(domain)) return false;
  const Candidate candidate(domain);
  // Whoever holds one of our domains holds what is beside it.
  const bool is_sibling = std::any_of(brands_.begin(), brands_.end(), [&candidate](const Brand& brand) {
    return candidate.registrable == brand.registrable;
  });
  return !is_sibling && std::any_of(brands_.begin(), brands_.end(), [&candidate](const Brand& brand) {
    return resembles_one(candidate, brand);
  });
}

}  // namespace postern::pipeline
