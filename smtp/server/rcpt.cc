// RCPT (RFC 5321 section 4.1.1.3): only recipients that the directory knows are taken; nothing is relayed.
#include <algorithm>

#include "smtp/proto/arguments.h"
#include "smtp/server/session.h"

namespace postern::smtp {

Answer Session::rcpt(std::string_view argument) {
  if (tx_->has_chunks) return refuse(503, "5.5.1", "RCPT after BDAT", Refusal::kSequence);
  auto parsed = parse_rcpt(argument, Offered{options_.offers_dsn, true}, tx_->envelope.is_smtputf8);
  if (!parsed) return answer_of(parsed.error(), false);
  pipeline::EmailAddress address = std::move(parsed->rcpt);
  named_.rcpt = address.to_string();
  if (address.domain.empty()) {  // <postmaster>
    address.domain = options_.postmaster_domain.empty() ? options_.hostname : options_.postmaster_domain;
  }
  auto& rcpts = tx_->envelope.rcpts;
  const std::string canonical = address.canonical();
  const auto is_same = [&](const pipeline::Recipient& other) { return other.address.canonical() == canonical; };
  if (std::any_of(rcpts.begin(), rcpts.end(), is_same)) return ok("2.1.5", "Ok");
  if (rcpts.size() >= options_.rcpts_max) {
    return refuse(452, "4.5.3", "Too many recipients", Refusal::kRcptCount);
  }
  if (auto refusal = check_budget(Expense::kRcpts)) return *refusal;
  const std::shared_ptr<const pipeline::RecipientDirectory> directory = context_.directory();
  if (!directory) return refuse(451, "4.3.0", "Cannot tell recipients now", Refusal::kDirectory);
  core::Result<pipeline::Recipient> found = directory->resolve(address);
  if (!found) {
    if (found.error().is_transient()) return refuse(451, "4.3.0", "Cannot tell recipients now", Refusal::kDirectory);
    if (directory->is_local_domain(address.domain_lower())) {
      return refuse(550, "5.1.1", "No such recipient here", Refusal::kUnknownUser);
    }
    return refuse(550, "5.7.1", "Relaying denied", Refusal::kRelay);
  }
  if (!context_.trusts(client_ip_)) {
    if (const auto wait = context_.grey_list->check(client_ip_, tx_->envelope.mail_from.canonical(), canonical)) {
      return refuse(450, "4.7.1", "We do not know your network yet, try again in " + std::to_string(wait->count()) + " s", Refusal::kGreylisted);
    }
  }
  found->address = std::move(address);
  found->dsn_notify = std::move(parsed->notify);
  found->dsn_orcpt = std::move(parsed->orcpt);
  rcpts.push_back(std::move(*found));
  return ok("2.1.5", "Ok");
}

}  // namespace postern::smtp
