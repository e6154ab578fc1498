#include "web/customer/web_form.h"

#include "auth/audit.h"
#include "core/encoding.h"
#include "core/random.h"
#include "pipeline/api/ports.h"
#include "ticketing/compose.h"
#include "web/errc.h"

namespace postern::web::customer {
namespace {

constexpr std::size_t kEmailMax = 254;  // RFC 5321 section 4.5.3.1.3

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : core::trim_ascii(text)) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return out;
}

core::Result<void> check_request(const WebRequest& request, const WebOptions& options) {
  const std::size_t at = request.email.find('@');
  const bool is_address = at != std::string::npos && at > 0 && at + 1 < request.email.size() && request.email.size() <= kEmailMax &&
                          request.email.find_first_of(" ,;<>\"\t\r\n") == std::string::npos && request.email.find('@', at + 1) == std::string::npos;
  if (!is_address) return core::fail(Errc::kInvalid, "email: an address is expected");
  if (core::trim_ascii(request.text).empty()) return core::fail(Errc::kInvalid, "text: cannot be blank");
  if (std::max(request.text.size(), request.html.size()) > options.form_text_bytes_max) return core::fail(Errc::kInvalid, "text: too long");
  if (request.name.size() > options.form_line_bytes_max) return core::fail(Errc::kInvalid, "name: too long");
  if (request.subject.size() > options.form_line_bytes_max) return core::fail(Errc::kInvalid, "subject: too long");
  std::size_t bytes = 0;
  for (const auto& file : request.files) bytes += file.content.size();
  if (request.files.size() > options.form_files_max || bytes > options.form_bytes_max) return core::fail(Errc::kInvalid, "files: too many or too large");
  return {};
}

core::Result<std::string> message_of(const Services& services, const ticketing::Inbox& inbox, WebRequest& request) {
  ticketing::OutgoingMail mail;
  mail.from = {one_line(request.name), pipeline::split_address(request.email)};
  mail.to = {{inbox.display_name, inbox.address}};
  mail.subject = one_line(request.subject);
  mail.date = services.clock.wall_now();
  mail.message_id = "form." + (request.once.empty() ? core::to_hex(core::random_bytes(16)) : request.once) + "@" + inbox.address.domain_lower();
  // A form that is sent twice is the same message, to the byte. Base64 and quoted-printable hold no "=_".
  if (!request.once.empty()) mail.boundary = "=_form_" + request.once;
  mail.text = std::move(request.text);
  mail.html = std::move(request.html);
  for (auto& file : request.files) mail.files.push_back({one_line(file.name), std::move(file.media_type), std::move(file.content)});
  auto composed = ticketing::compose(mail);
  if (!composed) return core::fail(Errc::kInvalid, "email: an address is expected");
  return std::move(composed->bytes);
}

pipeline::Envelope envelope_of(Services& services, const ticketing::Inbox& inbox, const WebRequest& request) {
  pipeline::Envelope out;
  out.trace = services.ids.next_as<core::TraceId>();
  out.client_ip = request.client_ip;
  out.mail_from = pipeline::split_address(request.email);
  out.protocol = std::string(pipeline::kWebProtocol);
  out.is_smtputf8 = true;
  out.is_8bit = true;
  out.received_at = services.clock.wall_now();
  pipeline::Recipient rcpt;
  rcpt.address = inbox.address;
  rcpt.workspace = inbox.workspace;
  rcpt.inbox = inbox.id;
  // Nothing can prove who fills in a form: what the inbox wants of mail without proof is not asked here. Its lists are.
  auto policy = std::make_shared<pipeline::InboxPolicy>(inbox.policy ? *inbox.policy : pipeline::InboxPolicy());
  policy->on_no_dmarc = pipeline::SenderAction::kAccept;
  policy->takes_reports = false;
  rcpt.policy = std::move(policy);
  if (request.is_suspicious) rcpt.held_cause = "web_form";
  out.rcpts.push_back(std::move(rcpt));
  return out;
}

}  // namespace

core::Result<ticketing::Inbox> form_inbox(const Services& services, core::InboxId id) {
  const auto directory = services.directory();
  const ticketing::Inbox* const inbox = directory->find(id);
  if (services.web_forms == nullptr || inbox == nullptr || !inbox->takes_web_form) return core::fail(Errc::kNotFound, "there is no such form");
  return *inbox;
}

core::Task<core::Result<std::string>> take_web_request(Services& services, const WebOptions& options, WebRequest request) {
  POSTERN_CO_TRY(const ticketing::Inbox inbox, form_inbox(services, request.inbox));
  POSTERN_CO_CHECK(check_request(request, options));
  pipeline::Envelope envelope = envelope_of(services, inbox, request);
  const std::string reference = core::to_base32(envelope.trace.value);
  const std::string client_ip = request.client_ip;
  POSTERN_CO_TRY(const std::string bytes, message_of(services, inbox, request));
  const auto by = core::Deadline::after(options.form_time_max, services.clock);
  const pipeline::SmtpVerdict verdict = co_await services.web_forms->take(std::move(envelope), pipeline::Message::copy_of(bytes), by);
  if (verdict.is_accepted()) {
    auth::Principal visitor;
    visitor.workspace = inbox.workspace;
    visitor.method = auth::Method::kLink;
    visitor.client_ip = client_ip;
    // Also of one that was sent again, of which nothing else is kept.
    POSTERN_CO_CHECK(co_await auth::audit_alone(services.store, services.vault, services.ids, services.clock, visitor, {"request.received", "trace/" + reference}));
    co_return reference;
  }
  if (verdict.code >= 500) co_return core::fail(Errc::kForbidden, "refused: write a mail instead");
  co_return core::fail_transient(Errc::kUnavailable, "not now");
}

}  // namespace postern::web::customer
