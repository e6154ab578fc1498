// Mail that was held back from the tickets: agents look through it, make the ticket after all, or delete the message.
#include <algorithm>

#include "web/api/handlers.h"
#include "web/api/shapes.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kCountMax = 100;  // a count reads what it counts

}  // namespace

Answer list_suspended(Request& request, Context& context) {
  POSTERN_CO_TRY(Page page, read_page(request, context.options));
  POSTERN_CO_TRY(std::uint64_t before, query_number(request, "page[after]", 0));
  const ticketing::SuspendedQueue& queue = context.services.suspended;
  const auth::Reach reach(request.who());
  POSTERN_CO_TRY(const ticketing::SuspendedPage found, queue.page(reach, page.size, core::TraceId{before}));
  std::shared_ptr<const ticketing::Directory> directory = context.services.directory();
  json::array list;
  for (const ticketing::SuspendedMail& each : found.mails) list.push_back(suspended_json(each, directory.get()));
  json::object out;
  out["suspended_tickets"] = std::move(list);
  // Of inboxes out of reach there may be more than one page walks past: then it is short, and more may follow.
  add_page(out, request, static_cast<bool>(found.rest), found.rest ? std::to_string(found.rest.value) : std::string(), page.size);
  co_return json_response(200, out);
}

Answer count_suspended(Request& request, Context& context) {
  POSTERN_CO_TRY(const ticketing::SuspendedPage found, context.services.suspended.page(request.who(), kCountMax));
  json::object count;
  count["value"] = std::min(found.mails.size(), kCountMax);
  count["has_more"] = found.mails.size() > kCountMax || found.rest;
  count["refreshed_at"] = core::to_rfc3339(context.services.clock.wall_now());
  json::object out;
  out["count"] = std::move(count);
  co_return json_response(200, out);
}

Answer show_suspended(Request& request, Context& context) {
  auto trace = id_param<core::TraceId>(request, "trace");
  auto inbox = id_param<core::InboxId>(request, "inbox");
  POSTERN_CO_TRY(ticketing::SuspendedMail mail, context.services.suspended.get(request.who(), trace, inbox));
  std::shared_ptr<const ticketing::Directory> directory = context.services.directory();
  json::object shown = suspended_json(mail, directory.get());
  std::string_view text = cut_text(mail.text, context.options.comment_text_bytes_max);
  json::array files;
  for (const ticketing::Attachment& each : mail.attachments) {
    json::object file;
    file["file_name"] = each.name;
    file["content_type"] = each.media_type;
    file["size"] = each.size;
    file["replaced"] = each.was_replaced;
    files.push_back(std::move(file));
  }
  shown["content"] = text;
  shown["content_truncated"] = text.size() < mail.text.size();
  shown["attachments"] = std::move(files);
  json::object out;
  out["suspended_ticket"] = std::move(shown);
  co_return json_response(200, out);
}

// The requester is the message's sender, as with Zendesk's recover_many.
Answer recover_suspended(Request& request, Context& context) {
  auto trace = id_param<core::TraceId>(request, "trace");
  auto inbox = id_param<core::InboxId>(request, "inbox");
  POSTERN_CO_TRY(core::TicketId id, co_await context.services.suspended.recover(request.who(), trace, inbox));
  POSTERN_CO_TRY(ticketing::Ticket ticket, context.services.tickets.get(request.who(), id));
  std::shared_ptr<const ticketing::Directory> directory = context.services.directory();
  json::object out;
  out["ticket"] = ticket_json(ticket, directory.get());
  co_return json_response(200, out);
}

Answer delete_suspended(Request& request, Context& context) {
  auto trace = id_param<core::TraceId>(request, "trace");
  auto inbox = id_param<core::InboxId>(request, "inbox");
  POSTERN_CO_CHECK(co_await context.services.suspended.remove(request.who(), trace, inbox));
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace postern::web::api
