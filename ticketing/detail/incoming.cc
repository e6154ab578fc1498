#include "ticketing/detail/incoming.h"

#include <algorithm>

#include "core/encoding.h"

namespace postern::ticketing {
namespace {

using pipeline::AuthResult;

// `authenticated` is `from` itself or a parent of it: whoever controls a parent domain controls the child.
bool vouches_for(std::string_view authenticated, std::string_view from) {
  const std::string parent = core::to_lower_ascii(authenticated);
  if (parent.find('.') == std::string::npos) return false;
  return parent == from || (from.size() > parent.size() && from.ends_with(parent) && from[from.size() - parent.size() - 1] == '.');
}

}  // namespace

pipeline::NamedAddress claimed_sender(const IncomingMail& mail) {
  if (!mail.content.from.empty() && !mail.content.from.front().address.empty()) return mail.content.from.front();
  return {{}, mail.mail_from};
}

bool is_sender_authenticated(const IncomingMail& mail) {
  if (mail.content.from.size() != 1 || mail.content.from.front().address.domain.empty()) return false;
  const auto& auth = mail.verdicts.auth;
  const std::string from = mail.content.from.front().address.domain_lower();
  // The verdict must be about the address that people see. It names A-labels, the address may hold U-labels.
  const bool is_ascii = std::ranges::all_of(from, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii && !auth.dmarc.domain.empty() && core::to_lower_ascii(auth.dmarc.domain) != from) return false;
  if (auth.dmarc.result == AuthResult::kPass) return true;
  if (auth.dmarc.result != AuthResult::kNone) return false;
  if (auth.spf.result == AuthResult::kPass && auth.spf.identity == "mailfrom" && vouches_for(auth.spf.domain, from)) return true;
  return std::ranges::any_of(auth.dkim, [&](const pipeline::DkimVerdict& one) {
    return one.result == AuthResult::kPass && vouches_for(one.domain, from);
  });
}

}  // namespace postern::ticketing
