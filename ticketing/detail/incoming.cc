#include "ticketing/detail/incoming.h"

#include "pipeline/api/author_proof.h"

namespace postern::ticketing {

pipeline::NamedAddress claimed_sender(const IncomingMail& mail) {
  if (!mail.content.from.empty() && !mail.content.from.front().address.empty()) return mail.content.from.front();
  return {{}, mail.mail_from};
}

bool is_sender_authenticated(const IncomingMail& mail) {
  if (mail.content.from.size() != 1 || mail.content.from.front().address.domain.empty()) return false;
  return pipeline::is_author_proven(mail.verdicts.auth, mail.content.from.front().address.domain_lower());
}

}  // namespace postern::ticketing
