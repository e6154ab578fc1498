// Signing keys of own domains, and the certificates of the listeners.
#include <algorithm>

#include "core/encoding.h"
#include "core/errc.h"
#include "web/api/desk/operation_handlers.h"
#include "web/api/json.h"
#include "web/api/schemas.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kSelectorBytesMax = 63;  // a label of DNS

core::Result<MailKeys*> keys_of(Context& context) {
  if (context.services.mail_keys == nullptr) return core::fail(Errc::kNotFound);
  return context.services.mail_keys;
}

// Of the path: one of the workspace's own.
core::Result<std::string> own_domain(const Request& request, const Context& context) {
  std::string domain = core::to_lower_ascii(request.param("domain"));
  const std::vector<std::string> domains = context.services.directory()->domains_of(request.who().workspace);
  if (std::ranges::find(domains, domain) == domains.end()) return core::fail(Errc::kNotFound);
  return domain;
}

json::value time_or_null(const std::optional<core::WallTime>& at) { return at ? json::value(core::to_rfc3339(*at)) : json::value(); }

json::object dkim_key_json(const MailKeyState& key) {
  json::object record;
  record["name"] = key.owner;
  record["type"] = "TXT";
  record["value"] = key.txt;
  json::object out;
  out["selector"] = key.selector;
  out["algorithm"] = key.algorithm;
  out["state"] = key.state;
  out["in_dns"] = key.in_dns;
  out["next"] = key.next;
  out["next_at"] = time_or_null(key.next_at);
  out["explanation"] = key.explanation;
  out["record"] = key.txt.empty() ? json::value() : json::value(std::move(record));
  out["created_at"] = key.created;
  out["activated_at"] = time_or_null(key.activated);
  out["stopped_at"] = time_or_null(key.stopped);
  out["retired_at"] = time_or_null(key.retired);
  out["seen_since"] = time_or_null(key.seen_since);
  return out;
}

core::Task<core::Result<Response>> shown_keys(int status, MailKeys* keys, std::string domain) {
  POSTERN_CO_TRY(const std::vector<MailKeyState> all, co_await keys->keys(domain));
  json::array list;
  for (const MailKeyState& each : all) list.push_back(dkim_key_json(each));
  json::object out;
  out["domain"] = std::move(domain);
  out["count"] = list.size();
  out["dkim_keys"] = std::move(list);
  co_return json_response(status, out);
}

// A refusal names its reason; other failures stay what they are.
core::Result<Response> refused_key(const core::Error& error, const Request& request) {
  if (!(error == core::Errc::kInvalid)) return error;
  return invalid_field(request, "dkim_key.selector", "InvalidValue", error.context());
}

json::object certificate_json(const CertificateState& certificate) {
  json::array names;
  for (const std::string& each : certificate.names) names.emplace_back(each);
  const bool is_known = certificate.problem.empty();
  json::object out;
  out["listener"] = certificate.listener;
  out["names"] = std::move(names);
  out["subject"] = certificate.subject;
  out["issuer"] = certificate.issuer;
  out["chain_length"] = certificate.chain_length;
  out["self_signed"] = certificate.is_self_signed;
  out["not_before"] = is_known ? json::value(timestamp(certificate.not_before_unix_ms)) : json::value();
  out["not_after"] = is_known ? json::value(timestamp(certificate.not_after_unix_ms)) : json::value();
  out["problem"] = is_known ? json::value() : json::value(certificate.problem);
  return out;
}

}  // namespace

Answer list_dkim_keys(Request& request, Context& context) {
  POSTERN_CO_TRY(MailKeys* const keys, keys_of(context));
  POSTERN_CO_TRY(std::string domain, own_domain(request, context));
  co_return co_await shown_keys(200, keys, std::move(domain));
}

Answer rotate_dkim_keys(Request& request, Context& context) {
  POSTERN_CO_TRY(MailKeys* const keys, keys_of(context));
  POSTERN_CO_TRY(std::string domain, own_domain(request, context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  refuse_others(outer, body, "DkimRotationBody");
  const json::object object = outer.object("rotation");
  Form form(object, "rotation");
  refuse_others(form, object, "DkimRotation");
  const bool is_now = form.boolean("now").value_or(false);
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  const core::Result<void> done = co_await keys->rotate(domain, is_now);
  if (!done) co_return refused_key(done.error(), request);
  co_return co_await shown_keys(201, keys, std::move(domain));
}

Answer retire_dkim_key(Request& request, Context& context) {
  POSTERN_CO_TRY(MailKeys* const keys, keys_of(context));
  POSTERN_CO_TRY(std::string domain, own_domain(request, context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  refuse_others(outer, body, "DkimRetirementBody");
  const json::object object = outer.object("dkim_key");
  Form form(object, "dkim_key");
  refuse_others(form, object, "DkimRetirement");
  std::string selector = form.required_text("selector", kSelectorBytesMax);
  const bool is_forced = form.boolean("force").value_or(false);
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_TRY(const std::vector<MailKeyState> known, co_await keys->keys(domain));
  const bool is_known = std::ranges::any_of(known, [&selector](const MailKeyState& each) { return each.selector == selector; });
  if (!is_known) co_return invalid_field(request, "dkim_key.selector", "InvalidValue", "there is no such key");
  const core::Result<void> done = co_await keys->retire(domain, std::move(selector), is_forced);
  if (!done) co_return refused_key(done.error(), request);
  co_return co_await shown_keys(200, keys, std::move(domain));
}

Answer list_certificates(Request& request, Context& context) {
  static_cast<void>(request);
  POSTERN_CO_TRY(MailKeys* const keys, keys_of(context));
  POSTERN_CO_TRY(const std::vector<CertificateState> all, co_await keys->certificates());
  json::array list;
  for (const CertificateState& each : all) list.push_back(certificate_json(each));
  json::object out;
  out["count"] = list.size();
  out["certificates"] = std::move(list);
  out["may_reload"] = keys->may_reload();
  co_return json_response(200, out);
}

Answer reload_certificates(Request& request, Context& context) {
  POSTERN_CO_TRY(MailKeys* const keys, keys_of(context));
  if (!keys->may_reload()) co_return core::fail(Errc::kForbidden, "this server has several workspaces: its operator reloads it");
  const core::Result<std::vector<std::string>> waiting = keys->reload();
  if (!waiting && waiting.error() == core::Errc::kInvalid) co_return invalid_field(request, "base", "InvalidValue", waiting.error().context());
  if (!waiting) co_return waiting.error();
  json::array settings;
  for (const std::string& each : *waiting) settings.emplace_back(each);
  json::object out;
  out["reloaded"] = true;
  out["restart_needed"] = std::move(settings);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
