// End users who are deleted, their erasure for good, and what is theirs of a workspace.
#include "ticketing/erasure/person_erasure.h"
#include "ticketing/erasure/personal_data.h"
#include "ticketing/helpdesk.h"
#include "ticketing/satisfaction/ratings.h"
#include "web/api/desk/definition_version.h"
#include "web/api/desk/people_version.h"
#include "web/api/desk/people_handlers.h"
#include "web/api/desk/person_field_shapes.h"
#include "web/api/desk/privacy_handlers.h"
#include "core/ids.h"
#include "web/api/shapes.h"

namespace postern::web::api {
namespace {

json::object deleted_json(const ticketing::DeletedPerson& person) {
  json::object out;
  out["id"] = person.user.value;
  out["url"] = "/api/v2/deleted_users/" + std::to_string(person.user.value);
  out["name"] = person.name;
  out["email"] = person.email;
  out["role"] = "end-user";
  out["active"] = false;
  out["is_being_erased"] = person.is_being_erased;
  out["created_at"] = person.created_unix_ms == 0 ? json::value() : json::value(timestamp(person.created_unix_ms));
  out["updated_at"] = timestamp(person.deleted_unix_ms);
  return out;
}

Response deleted_response(const ticketing::DeletedPerson& person) {
  json::object out;
  out["deleted_user"] = deleted_json(person);
  return json_response(200, out);
}

json::object personal_rating_json(const schema::SatisfactionRating& rating) {
  const ticketing::SatisfactionReason* const reason = ticketing::find_reason(rating.reason());
  json::object out;
  out["score"] = ticketing::short_word(static_cast<ticketing::Score>(rating.score()));
  out["comment"] = rating.comment();
  out["reason"] = reason == nullptr ? json::value() : json::value(reason->english);
  out["created_at"] = timestamp(rating.created_unix_ms());
  out["updated_at"] = timestamp(rating.updated_unix_ms());
  return out;
}

core::Result<json::array> personal_tickets(const ticketing::PersonalDataPage& page, Request& request, Context& context) {
  const std::shared_ptr<const ticketing::Directory> directory = context.services.directory();
  json::array out;
  for (const ticketing::PersonalTicket& each : page.tickets) {
    json::array comments;
    for (const ticketing::Comment& comment : each.comments) comments.push_back(comment_json(each.ticket.id, comment, context.options, request.who()));
    json::object one;
    one["ticket"] = ticket_json(each.ticket, directory.get());
    one["is_requester"] = each.share.is_requester;
    one["is_copied"] = each.share.is_copied;
    one["comments"] = std::move(comments);
    one["satisfaction_rating"] = each.rating ? json::value(personal_rating_json(*each.rating)) : json::value();
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

Answer delete_user(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  const auto id = id_param<core::UserId>(request, "id");
  POSTERN_CO_TRY(const auto known, context.services.accounts.find(request.who().workspace, id));
  if (!known) co_return core::fail(auth::Errc::kNotFound);
  IfMatch match(request);
  ticketing::People::Guard guard = [&](const ticketing::Profile& before) {
    return match.check_tag(version_etag(before), [&] { return person_json(request, context, *known); });
  };
  const auto removed = co_await desk->erasures().remove(request.who(), id, std::move(guard));
  if (std::optional<Response> refused = match.refusal()) co_return *std::move(refused);
  if (!removed) co_return removed.error();
  POSTERN_CO_TRY(const auto user, context.services.accounts.find(request.who().workspace, id));
  json::object out;
  POSTERN_CO_TRY(out["user"], person_json(request, context, *user));
  co_return json_response(200, out);
}

Answer list_deleted_users(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  POSTERN_CO_TRY(std::vector<ticketing::DeletedPerson> people, desk->erasures().deleted(request.who().workspace, core::UserId{page.after}, page.size + 1));
  const bool has_more = people.size() > page.size;
  if (has_more) people.resize(page.size);
  json::array list;
  for (const ticketing::DeletedPerson& each : people) list.push_back(deleted_json(each));
  json::object out;
  out["count"] = list.size();
  out["deleted_users"] = std::move(list);
  add_page(out, request, has_more, people.empty() ? std::string() : std::to_string(people.back().user.value), page.size);
  co_return json_response(200, out);
}

Answer show_deleted_user(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  POSTERN_CO_TRY(const ticketing::DeletedPerson found, desk->erasures().find_deleted(request.who().workspace, id_param<core::UserId>(request, "id")));
  co_return deleted_response(found);
}

Answer erase_user(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  const auto id = id_param<core::UserId>(request, "id");
  POSTERN_CO_TRY(const ticketing::DeletedPerson begun, co_await desk->erasures().begin(request.who(), id));
  co_return deleted_response(begun);
}

Answer preview_erasure(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  POSTERN_CO_TRY(const ticketing::ErasurePreview preview, desk->erasures().preview(request.who().workspace, id_param<core::UserId>(request, "id")));
  json::object erasure;
  erasure["tickets_requested"] = preview.requested;
  erasure["tickets_copied"] = preview.copied;
  erasure["comments"] = preview.comments;
  erasure["attachments"] = preview.files;
  erasure["suspended_mails"] = preview.held;
  erasure["is_whole"] = preview.is_whole;
  json::object out;
  out["erasure"] = std::move(erasure);
  co_return json_response(200, out);
}

Answer show_personal_data(Request& request, Context& context) {
  POSTERN_CO_TRY(ticketing::Helpdesk* const desk, desk_of(context));
  POSTERN_CO_TRY(const NumberPage page, read_number_page(request, context.options));
  const auto id = id_param<core::UserId>(request, "id");
  POSTERN_CO_TRY(const auto known, context.services.accounts.find(request.who().workspace, id));
  POSTERN_CO_TRY(const ticketing::PersonalDataPage data,
                 ticketing::personal_data(desk->services(), request.who().workspace, id, core::TicketId{page.after}));
  json::object out;
  POSTERN_CO_TRY(out["user"], person_json(request, context, *known));
  POSTERN_CO_TRY(const ticketing::Profile profile, desk->people().find(request.who().workspace, id));
  POSTERN_CO_TRY(const auto fields, desk->user_fields().definitions().all(request.who().workspace));
  out["deleted_user_fields"] = hidden_values_json(*fields, profile.fields);
  POSTERN_CO_TRY(out["tickets"], personal_tickets(data, request, context));
  json::array held;
  for (const ticketing::PersonalHeld& each : data.held) {
    held.push_back(json::object{{"id", core::to_base32(each.trace.value)}, {"received_at", timestamp(each.at_unix_ms)}, {"subject", each.subject}, {"text", each.text}});
  }
  out["suspended_mails"] = std::move(held);
  add_page(out, request, data.has_more, std::to_string(data.after.value), page.size);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
