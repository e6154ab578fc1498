// What is done with held mail beside api/suspended.cc: many at once, its sender, its files, how long it waits, the
// daily mail.
#include <charconv>

#include "web/api/desk/intake_handlers.h"
#include "web/api/schemas.h"
#include "web/api/ticket_shaper.h"

namespace postern::web::api {
namespace {

using ticketing::SuspendedId;
using ticketing::SuspendedMany;

std::string id_text(const SuspendedId& id) {
  return std::to_string(id.trace.value) + "-" + std::to_string(id.inbox.value);
}

core::Result<ticketing::SuspendedUpkeep*> upkeep_of(Context& context) {
  if (context.services.desk == nullptr) return core::fail(Errc::kNotFound);
  return &context.services.desk->suspended_upkeep();
}

// "<trace>-<inbox>,<trace>-<inbox>": the ids that lists show.
core::Result<std::vector<SuspendedId>> held_ids(const Request& request) {
  const core::Error wrong = core::fail(Errc::kInvalid, "ids: a list of ids of suspended tickets, with commas");
  const std::string_view text = request.query_value("ids").value_or("");
  std::vector<SuspendedId> out;
  for (std::size_t begin = 0; begin <= text.size() && !text.empty();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view one = text.substr(begin, end - begin);
    const auto dash = one.find('-');
    if (dash == std::string_view::npos) return wrong;
    const core::Result<std::uint64_t> trace = read_number(one.substr(0, dash));
    const core::Result<std::uint64_t> inbox = read_number(one.substr(dash + 1));
    if (!trace || !inbox) return wrong;
    out.push_back({core::TraceId{*trace}, core::InboxId{*inbox}});
    begin = end + 1;
  }
  if (out.empty()) return wrong;
  return out;
}

SuspendedId id_of(const Request& request) {
  return {id_param<core::TraceId>(request, "trace"), id_param<core::InboxId>(request, "inbox")};
}

// As Zendesk: 422 when some could not be done, naming them; the others are done all the same.
Response many_response(const Request& request, const SuspendedMany& many, json::object done) {
  if (many.refused.empty()) return json_response(200, done);
  std::string names;
  json::array refused;
  for (const SuspendedMany::Refused& each : many.refused) {
    names += (names.empty() ? "" : ", ") + id_text(each.id);
    json::object one;
    one["id"] = id_text(each.id);
    one["error"] = each.why == ticketing::Errc::kNotFound ? "RecordNotFound" : "RecordInvalid";
    refused.push_back(std::move(one));
  }
  Response response = invalid_field(request, "ids", "InvalidValue", "could not be done: " + names);
  json::object body = json::parse(response.body).as_object();
  for (auto& [key, value] : done) body[key] = value;
  body["refused"] = std::move(refused);
  response.body = json::serialize(body);
  return response;
}

json::object settings_json(const ticketing::SuspendedUpkeep::Settings& settings, const auth::Principal& who) {
  json::object out;
  out["retention_days"] = settings.days;
  out["retention_days_chosen"] = settings.is_chosen;
  out["digest_readers"] = settings.digest_readers.size();
  out["digest_wanted"] = std::ranges::find(settings.digest_readers, who.user) != settings.digest_readers.end();
  json::object answer;
  answer["suspended_settings"] = std::move(out);
  return answer;
}

}  // namespace

Answer recover_many_suspended(Request& request, Context& context) {
  POSTERN_CO_TRY(std::vector<SuspendedId> ids, held_ids(request));
  POSTERN_CO_TRY(const SuspendedMany many,
                 co_await context.services.suspended.recover_many(request.who(), std::move(ids)));
  std::shared_ptr<const ticketing::Directory> directory = context.services.directory();
  json::array tickets;
  for (const core::TicketId id : many.tickets) {
    const core::Result<ticketing::Ticket> ticket = context.services.tickets.get(request.who(), id);
    if (ticket) tickets.push_back(ticket_json(*ticket, directory.get()));
  }
  json::object out;
  out["tickets"] = std::move(tickets);
  co_return many_response(request, many, std::move(out));
}

Answer delete_many_suspended(Request& request, Context& context) {
  POSTERN_CO_TRY(std::vector<SuspendedId> ids, held_ids(request));
  POSTERN_CO_TRY(const SuspendedMany many,
                 co_await context.services.suspended.remove_many(request.who(), std::move(ids)));
  if (!many.refused.empty()) co_return many_response(request, many, {});
  Response response;
  response.status = 204;
  co_return response;
}

// Its attachments as an upload, for a ticket or a comment that somebody makes by hand.
Answer attach_suspended(Request& request, Context& context) {
  const SuspendedId id = id_of(request);
  POSTERN_CO_TRY(std::vector<PendingUploads::File> files,
                 context.services.suspended.files(request.who(), id.trace, id.inbox));
  json::array shown;
  std::string token;
  for (PendingUploads::File& each : files) {
    json::object file;
    file["file_name"] = each.name;
    file["content_type"] = each.media_type;
    file["size"] = each.content.size();
    shown.push_back(std::move(file));
    POSTERN_CO_TRY(token, context.uploads.add(request.who(), token, std::move(each)));
  }
  json::object upload;
  upload["token"] = token.empty() ? json::value() : json::value(token);
  upload["expires_at"] = core::to_rfc3339(context.services.clock.wall_now() + context.options.upload_life);
  upload["attachments"] = std::move(shown);
  json::object out;
  out["upload"] = std::move(upload);
  co_return json_response(201, out);
}

// "Always let in", "always keep out": of the person whom its From names, or of his domain.
Answer list_sender_of_suspended(Request& request, Context& context) {
  if (context.services.desk == nullptr) co_return core::fail(Errc::kNotFound);
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  refuse_others(outer, body, "SuspendedSenderBody");
  const auto list = ticketing::parse_sender_list(outer.required_text("list", 16));
  if (outer.ok() && !list) outer.refuse("list", "InvalidValue", "allow or block");
  const std::string scope = outer.text("scope", 16).value_or("address");
  if (scope != "address" && scope != "domain") outer.refuse("scope", "InvalidValue", "address or domain");
  if (!outer.ok()) co_return outer.response(request);
  const SuspendedId id = id_of(request);
  POSTERN_CO_TRY(const ticketing::SuspendedMail mail,
                 context.services.suspended.get(request.who(), id.trace, id.inbox));
  const pipeline::EmailAddress from = pipeline::split_address(mail.from);
  std::string pattern = scope == "domain" ? from.domain_lower() : from.canonical();
  if (!ticketing::normal_sender_pattern(pattern))
    co_return invalid_field(request, "scope", "InvalidValue", "the message names no sender");
  POSTERN_CO_TRY(const ticketing::ListedSender made,
                 co_await context.services.desk->senders().add(request.who(), std::move(pattern), *list, {}));
  json::object out;
  out["sender_list"] = sender_json(made);
  out["is_proven"] = mail.is_proven;  // when it is not, an allow entry would not have let this message in
  co_return json_response(200, out);
}

Answer show_suspended_settings(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::SuspendedUpkeep* const upkeep, upkeep_of(context));
  POSTERN_CO_TRY(const ticketing::SuspendedUpkeep::Settings settings, upkeep->settings(request.who().workspace));
  co_return json_response(200, settings_json(settings, request.who()));
}

Answer update_suspended_settings(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::SuspendedUpkeep* const upkeep, upkeep_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  refuse_others(outer, body, "SuspendedSettingsBody");
  const json::object object = outer.object("suspended_settings");
  Form form(object, "suspended_settings");
  refuse_others(form, object, "SuspendedSettingsWrite");
  if (!form.has("retention_days"))
    form.refuse("retention_days", "BlankValue", "a number of days, or null for what is configured");
  const std::optional<std::uint64_t> days = form.id("retention_days");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  std::optional<std::uint32_t> wish;
  const json::value* given = object.if_contains("retention_days");
  if (given != nullptr && !given->is_null())
    wish = static_cast<std::uint32_t>(std::min<std::uint64_t>(days.value_or(0), UINT32_MAX));
  POSTERN_CO_CHECK(co_await upkeep->set_days(request.who(), wish));
  POSTERN_CO_TRY(const ticketing::SuspendedUpkeep::Settings settings, upkeep->settings(request.who().workspace));
  co_return json_response(200, settings_json(settings, request.who()));
}

Answer show_suspended_digest(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::SuspendedUpkeep* const upkeep, upkeep_of(context));
  POSTERN_CO_TRY(const ticketing::SuspendedUpkeep::Settings settings, upkeep->settings(request.who().workspace));
  json::object out;
  json::object digest;
  digest["wanted"] = std::ranges::find(settings.digest_readers, request.who().user) != settings.digest_readers.end();
  out["suspended_digest"] = std::move(digest);
  co_return json_response(200, out);
}

Answer update_suspended_digest(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::SuspendedUpkeep* const upkeep, upkeep_of(context));
  POSTERN_CO_TRY(const json::object body, parse_object(request, context.options));
  Form outer(body, "");
  refuse_others(outer, body, "SuspendedDigestBody");
  const json::object object = outer.object("suspended_digest");
  Form form(object, "suspended_digest");
  refuse_others(form, object, "SuspendedDigestWrite");
  const std::optional<bool> wanted = form.boolean("wanted");
  if (form.ok() && !wanted) form.refuse("wanted", "BlankValue", "true or false");
  form.adopt(outer);
  if (!form.ok()) co_return form.response(request);
  POSTERN_CO_CHECK(co_await upkeep->want_digest(request.who(), *wanted));
  co_return co_await show_suspended_digest(request, context);
}

}  // namespace postern::web::api
