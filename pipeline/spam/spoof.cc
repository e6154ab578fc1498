#include "pipeline/spam/spoof.h"

#include <algorithm>

#include "core/encoding.h"
#include "net/ip.h"
#include "pipeline/api/author_proof.h"
#include "pipeline/sender/dns_lists.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/spam/name_key.h"

namespace postern::pipeline {
namespace {

// An address in From or Reply-To with the domain as we compare it.
struct Mailbox {
  std::string name;
  std::string local;
  std::string domain;  // A-labels, lower case; empty when it is no domain name
};

std::vector<Mailbox> read_mailboxes(const std::vector<NamedAddress>& field) {
  std::vector<Mailbox> out;
  for (const NamedAddress& one : field) {
    if (out.size() >= kMailboxesMax) break;
    out.push_back({one.name, one.address.local, to_a_labels(one.address.domain).value_or(std::string())});
  }
  return out;
}

bool came_from_outside(const Envelope& envelope) {
  const auto client = net::IpAddress::parse(envelope.client_ip);
  return !client || is_public_address(*client);
}

// Of a domain of ours every name is ours, so alignment below it needs no DMARC record. What DNS could not tell now is
// not held against us.
bool may_be_ours(const AuthVerdicts& auth, const LookalikeDomains& own, const std::string& domain) {
  if (is_author_proven(auth, domain) || auth.dmarc.result == AuthResult::kTempError) return true;
  const auto is_ours = [&own](AuthResult result, const std::string& name) {
    if (result != AuthResult::kPass && result != AuthResult::kTempError) return false;
    const std::optional<std::string> plain = to_a_labels(name);
    return plain && own.is_own(*plain);
  };
  return is_ours(auth.spf.result, auth.spf.domain) ||
         std::any_of(auth.dkim.begin(), auth.dkim.end(),
                     [&is_ours](const DkimVerdict& one) { return is_ours(one.result, one.domain); });
}

bool is_same_owner(std::string_view a, std::string_view b) {
  return a == b || registrable_domain(a) == registrable_domain(b);
}

bool is_domain_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view without_dots_around(std::string_view text) {
  while (text.starts_with('.') || text.starts_with('-')) text.remove_prefix(1);
  while (text.ends_with('.') || text.ends_with('-')) text.remove_suffix(1);
  return text;
}

// Everything one message is judged by.
struct Scene {
  const AuthVerdicts& auth;
  const LookalikeDomains& own;
  std::vector<Mailbox> from;
  std::vector<Mailbox> reply_to;
  bool is_outside = true;
  bool is_forwarded = false;
};

bool is_trusted_as_ours(const Scene& scene, const Mailbox& author) {
  return scene.own.is_own(author.domain) &&
         (!scene.is_outside || scene.is_forwarded || may_be_ours(scene.auth, scene.own, author.domain));
}

bool borrows_own_domain(const Scene& scene) {
  return std::any_of(scene.from.begin(), scene.from.end(), [&scene](const Mailbox& author) {
    return scene.own.is_own(author.domain) && !is_trusted_as_ours(scene, author);
  });
}

bool borrows_colleague(const Scene& scene, const KnownNames& names, const Envelope& envelope) {
  for (const Mailbox& author : scene.from) {
    if (author.name.empty() || is_trusted_as_ours(scene, author)) continue;
    std::vector<core::WorkspaceId> asked;
    for (const Recipient& rcpt : envelope.rcpts) {
      if (std::find(asked.begin(), asked.end(), rcpt.workspace) != asked.end()) continue;
      asked.push_back(rcpt.workspace);
      if (names.is_colleague(rcpt.workspace, author.name)) return true;
    }
  }
  return false;
}

// Mailing lists, groups and ticket systems name the person they write for, and say so in their own address or lead the
// answer there.
bool is_written_for(const Scene& scene, const Mailbox& author, const std::string& shown) {
  if (scene.own.is_own(shown)) return false;  // for us we write ourselves
  if (core::to_lower_ascii(author.local).find(shown) != std::string::npos) return true;
  if (!is_author_proven(scene.auth, author.domain)) return false;
  return std::any_of(scene.reply_to.begin(), scene.reply_to.end(),
                     [&shown](const Mailbox& one) { return is_same_owner(one.domain, shown); });
}

bool names_other_address(const Scene& scene) {
  for (const Mailbox& author : scene.from) {
    if (author.domain.empty()) continue;
    for (const std::string& shown : domains_in_name(author.name, scene.own)) {
      const bool is_ours = scene.own.is_own(shown) && is_trusted_as_ours(scene, author);
      if (!is_ours && !is_same_owner(shown, author.domain) && !is_written_for(scene, author, shown)) return true;
    }
  }
  return false;
}

bool has_lookalike(const Scene& scene) {
  const auto resembles = [&scene](const Mailbox& one) { return scene.own.resembles(one.domain); };
  return std::any_of(scene.from.begin(), scene.from.end(), resembles) ||
         std::any_of(scene.reply_to.begin(), scene.reply_to.end(), resembles);
}

bool replies_elsewhere(const Scene& scene) {
  if (scene.is_forwarded || scene.from.empty() || scene.reply_to.empty()) return false;
  const std::string& author = scene.from.front().domain;
  if (author.empty() || is_author_proven(scene.auth, author) || (!scene.is_outside && scene.own.is_own(author))) return false;
  return std::none_of(scene.reply_to.begin(), scene.reply_to.end(),
                      [&author](const Mailbox& one) { return is_same_owner(one.domain, author); });
}

}  // namespace

bool is_proven_by_seal(const AuthVerdicts& auth) {
  return auth.arc.is_trusted && auth.arc.sealed_dmarc == AuthResult::kPass;
}

bool is_from_trusted_forwarder(const AuthVerdicts& auth) {
  return is_proven_by_seal(auth) || auth.dmarc.overridden_by == "trusted_forwarder";
}

std::vector<std::string> domains_in_name(std::string_view name, const LookalikeDomains& own) {
  const std::string text = fold_text(name);  // a full-width "＠" is an "@" to the reader
  std::vector<std::string> out;
  if (text.find('.') == std::string::npos) return out;
  const auto add = [&out](std::string_view domain) {
    const std::optional<std::string> plain = to_a_labels(domain);
    if (plain && count_labels(*plain) >= 2 && std::find(out.begin(), out.end(), *plain) == out.end()) out.push_back(*plain);
  };
  for (std::size_t at = 0; at < text.size();) {
    if (!is_domain_char(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_domain_char(text[end])) ++end;
    const std::string_view word = without_dots_around(std::string_view(text).substr(at, end - at));
    const bool follows_at = at > 0 && text[at - 1] == '@';
    const bool is_local_part = end < text.size() && text[end] == '@';
    const bool reads_as_domain = word.ends_with(".com") || word.ends_with(".net") || word.ends_with(".org") ||
                                 word.starts_with("www.") || (word.find('.') != std::string_view::npos && own.is_own(word));
    if (follows_at || (!is_local_part && reads_as_domain)) add(word.starts_with("www.") ? word.substr(4) : word);
    at = end;
  }
  return out;
}

std::shared_ptr<const SpoofDetector::Own> SpoofDetector::own() const {
  std::vector<std::string> domains = names_.own_domains();
  {
    const std::lock_guard lock(mutex_);
    if (own_ && own_->domains == domains) return own_;
  }
  LookalikeDomains look(domains);
  auto made = std::make_shared<const Own>(Own{std::move(domains), std::move(look)});
  const std::lock_guard lock(mutex_);
  own_ = made;
  return made;
}

std::vector<std::string_view> SpoofDetector::find(const MessageContent& content, const AuthVerdicts& auth,
                                                  const Envelope& envelope) const {
  const std::shared_ptr<const Own> ours = own();
  const Scene scene{auth,
                    ours->look,
                    read_mailboxes(content.from),
                    read_mailboxes(content.reply_to),
                    came_from_outside(envelope),
                    is_from_trusted_forwarder(auth)};
  std::vector<std::string_view> symbols;
  if (borrows_own_domain(scene)) symbols.emplace_back("SPOOF_OWN_DOMAIN");
  if (borrows_colleague(scene, names_, envelope)) symbols.emplace_back("SPOOF_COLLEAGUE");
  if (names_other_address(scene)) symbols.emplace_back("SPOOF_NAME_ADDRESS");
  if (has_lookalike(scene)) symbols.emplace_back("LOOKALIKE_DOMAIN");
  if (replies_elsewhere(scene)) symbols.emplace_back("REPLYTO_ELSEWHERE");
  return symbols;
}

}  // namespace postern::pipeline
