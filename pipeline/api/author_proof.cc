#include "pipeline/api/author_proof.h"

#include <algorithm>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

// `authenticated` is `author` itself or a parent of it: whoever controls a parent domain controls the child.
bool vouches_for(std::string_view authenticated, std::string_view author) {
  const std::string parent = core::to_lower_ascii(authenticated);
  if (parent.find('.') == std::string::npos) return false;
  return parent == author ||
         (author.size() > parent.size() && author.ends_with(parent) && author[author.size() - parent.size() - 1] == '.');
}

}  // namespace

bool is_author_proven(const AuthVerdicts& auth, std::string_view domain) {
  if (domain.empty()) return false;
  // The verdict must be about the address that people see. It names A-labels, the address may hold U-labels.
  const bool is_ascii = std::ranges::all_of(domain, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii && !auth.dmarc.domain.empty() && core::to_lower_ascii(auth.dmarc.domain) != domain) return false;
  if (auth.dmarc.result == AuthResult::kPass) return true;
  if (auth.arc.is_trusted && auth.arc.sealed_dmarc == AuthResult::kPass) return true;
  if (auth.dmarc.result != AuthResult::kNone) return false;
  if (auth.spf.result == AuthResult::kPass && auth.spf.identity == "mailfrom" && vouches_for(auth.spf.domain, domain)) return true;
  return std::ranges::any_of(auth.dkim, [domain](const DkimVerdict& one) {
    return one.result == AuthResult::kPass && vouches_for(one.domain, domain);
  });
}

}  // namespace postern::pipeline
