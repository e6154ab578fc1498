// MAIL (RFC 5321 section 4.1.1.2) with SIZE (RFC 1870), BODY, SMTPUTF8, RET, ENVID and REQUIRETLS: begins a transaction.
#include "smtp/proto/arguments.h"
#include "smtp/server/admission.h"
#include "smtp/server/received.h"
#include "smtp/server/session.h"

namespace postern::smtp {

Answer Session::mail(std::string_view argument) {
  if (tx_) return refuse(503, "5.5.1", "A transaction is already open", Refusal::kSequence);
  auto parsed = parse_mail(argument, Offered{options_.offers_dsn, true, stream_.is_tls()});
  named_ = {};
  if (!parsed) return answer_of(parsed.error(), true);
  named_.mail_from = parsed->sender.to_string();
  if (parsed->size && *parsed->size > options_.message_bytes_max) {
    return refuse(552, "5.3.4", "Message over the size limit", Refusal::kSize);
  }
  if (!context_.memory->has_room(parsed->size.value_or(0) + 1)) {
    return refuse(452, "4.3.1", "No room for another message now", Refusal::kMemory);
  }
  if (!context_.is_healthy()) return refuse(451, "4.3.0", "Cannot take mail now", Refusal::kUnhealthy);
  if (context_.peers.has_aborted_too_often(client_ip_)) {
    return refuse(450, "4.7.1", "Too many transactions of your network were not completed", Refusal::kNetwork);
  }
  if (auto block = find_block(context_, client_ip_); block && !context_.trusts(client_ip_)) return *block;
  if (const auto excess = context_.budget->check(Expense::kBytes, client_ip_); excess && !context_.trusts(client_ip_)) {
    return refuse(450, "4.7.1", "Too many bytes from you, wait " + std::to_string(excess->wait.count()) + " s", Refusal::kRate);
  }
  if (auto refusal = check_budget(Expense::kMessages)) return *refusal;
  ++transactions_;
  pipeline::Envelope envelope;
  envelope.trace = context_.ids.next_as<core::TraceId>();
  envelope.client_ip = client_ip_.to_string();
  envelope.client_name = client_name_;
  envelope.helo = helo_;
  envelope.mail_from = std::move(parsed->sender);
  envelope.is_smtputf8 = parsed->is_smtputf8;
  envelope.is_8bit = parsed->is_8bit;
  envelope.requires_tls = parsed->requires_tls;
  if (stream_.is_tls()) {
    net::TlsInfo tls = stream_.tls_info();
    envelope.tls_version = std::move(tls.version);
    envelope.tls_cipher = std::move(tls.cipher);
  }
  envelope.protocol = protocol_word(is_esmtp_, stream_.is_tls(), parsed->is_smtputf8);
  envelope.dsn_envid = std::move(parsed->envid);
  envelope.dsn_ret = std::move(parsed->ret);
  named_.trace = envelope.trace;
  tx_.emplace();
  tx_->envelope = std::move(envelope);
  tx_->declared_bytes = parsed->size;
  return ok("2.1.0", "Ok");
}

}  // namespace postern::smtp
