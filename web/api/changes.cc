// The change feed: as pages of JSON and as an event stream. Sequence numbers have no gaps.
#include <boost/asio/this_coro.hpp>

#include "ticketing/feed_scope.h"
#include "web/api/event_stream.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {

Answer list_changes(Request& request, Context& context) {
  POSTERN_CO_TRY(std::uint64_t after, query_number(request, "after", 0));
  POSTERN_CO_TRY(std::uint64_t limit, query_number(request, "limit", 100));
  if (limit == 0 || limit > context.options.feed_page_max) co_return core::fail(Errc::kInvalid, "limit");
  core::WorkspaceId workspace = request.who().workspace;
  POSTERN_CO_TRY(std::vector<storage::FeedEntry> entries, context.services.store.feed(workspace, after, limit));
  ticketing::FeedScope scope(context.services.store, context.services.vault, request.who());
  json::array list;
  std::uint64_t last = after;
  for (const storage::FeedEntry& each : entries) {
    last = each.sequence;
    const storage::FeedEntry seen = scope.within(each);
    if (!seen.changes.empty() || !request.who().inboxes.is_limited()) list.push_back(feed_entry_json(seen));
  }
  json::object out;
  out["changes"] = std::move(list);
  out["after"] = last;
  out["end_of_stream"] = entries.size() < limit;
  co_return json_response(200, out);
}

Answer stream_changes(Request& request, Context& context) {
  // Nobody could tell later whether the password is still the same.
  if (request.who().method == auth::Method::kPassword) co_return core::fail(Errc::kForbidden, "a stream needs a session or a token");
  std::uint64_t newest = context.services.store.last_sequence(request.who().workspace);
  POSTERN_CO_TRY(std::uint64_t after, query_number(request, "after", newest));
  if (request.has_field("last-event-id")) {
    core::Result<std::uint64_t> seen = read_number(request.field("last-event-id"));
    if (!seen) co_return core::fail(Errc::kInvalid, "Last-Event-ID");
    after = *seen;
  }
  // A number that this store has not reached yet comes from another store (a restored backup): start anew.
  if (after > newest) after = newest;
  Response response;
  response.set("Content-Type", "text/event-stream; charset=utf-8");
  response.set("Cache-Control", "no-store");
  if (request.verb == Verb::kHead) co_return response;
  boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  auto stream = std::make_shared<EventStream>(context, request.who(), after);
  if (!stream->register_for_wake(executor)) {
    Problem problem;
    problem.status = 429;
    problem.error = "TooManyRequests";
    problem.detail = "too many event streams";
    co_return problem_response(problem, request);
  }
  response.stream = [stream](ChunkWriter& out) { return stream->run(out); };
  co_return response;
}

}  // namespace postern::web::api
