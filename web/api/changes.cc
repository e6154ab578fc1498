// The change feed: as pages of JSON and as an event stream. Sequence numbers have no gaps.
#include <boost/asio/this_coro.hpp>

#include "ticketing/feed_scope.h"
#include "web/api/bell.h"
#include "web/api/event_stream.h"
#include "web/api/handlers.h"
#include "web/api/shapes.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

constexpr std::uint64_t kFeedWaitMax = 60;  // seconds of a long poll

struct FeedSlice {
  json::array list;
  std::uint64_t after = 0;
  bool is_end = false;
  bool has_gap = false;
};

core::Result<FeedSlice> read_slice(Context& context, ticketing::FeedScope& scope, const auth::Principal& who, std::uint64_t after, std::size_t limit) {
  POSTERN_TRY(const std::vector<storage::FeedEntry> entries, context.services.store.feed(who.workspace, after, limit));
  FeedSlice out;
  out.after = after;
  out.is_end = entries.size() < limit;
  out.has_gap = !entries.empty() && entries.front().sequence != after + 1;
  for (const storage::FeedEntry& each : entries) {
    out.after = each.sequence;
    const storage::FeedEntry seen = scope.within(each);
    if (!seen.changes.empty() || !who.inboxes.is_limited()) out.list.push_back(feed_entry_json(seen));
  }
  return out;
}

// What a reader knows of changes that this store never had, only he can forget.
core::Result<void> check_reached(const Request& request, const Context& context, std::uint64_t after) {
  if (after <= context.services.store.last_sequence(request.who().workspace)) return {};
  return core::fail(Errc::kCursorGone, "this number is ahead of the feed, as after a restored backup: read the tickets anew, then go on from the newest number");
}

}  // namespace

// A page of changes; with `wait`, of which there is at least one, unless so many seconds pass before.
Answer list_changes(Request& request, Context& context) {
  POSTERN_CO_TRY(std::uint64_t after, query_number(request, "after", 0));
  POSTERN_CO_TRY(const std::uint64_t limit, query_number(request, "limit", 100));
  POSTERN_CO_TRY(const std::uint64_t wait, query_number(request, "wait", 0));
  if (limit == 0 || limit > context.options.feed_page_max) {
    co_return core::fail(Errc::kInvalid, "limit: is between 1 and " + std::to_string(context.options.feed_page_max));
  }
  if (wait > kFeedWaitMax) co_return core::fail(Errc::kInvalid, "wait: at most " + std::to_string(kFeedWaitMax) + " seconds");
  POSTERN_CO_CHECK(check_reached(request, context, after));
  std::shared_ptr<Bell> bell;
  std::shared_ptr<void> watch;
  std::shared_ptr<void> drain;
  if (wait > 0) {  // before the first look, so that nothing falls in between
    bell = std::make_shared<Bell>(co_await boost::asio::this_coro::executor);
    watch = context.changes.begin(request.who(), [bell] { bell->ring(); });
    drain = context.drain.on_drain([bell] { bell->ring(); });
    if (watch == nullptr) co_return core::fail_transient(Errc::kRateLimited, "too many event streams and waiting requests");
  }
  ticketing::FeedScope scope(context.services.store, context.services.vault, request.who());
  core::Clock& clock = context.services.clock;
  const core::Instant end = clock.now() + std::chrono::seconds(wait);
  POSTERN_CO_TRY(FeedSlice slice, read_slice(context, scope, request.who(), after, limit));
  while (slice.list.empty() && !slice.has_gap && bell != nullptr && clock.now() < end && !context.drain.is_draining()) {
    if (slice.is_end) co_await bell->wait_until(end, clock);
    POSTERN_CO_TRY(slice, read_slice(context, scope, request.who(), slice.after, limit));
  }
  if (slice.has_gap) {
    co_return core::fail(Errc::kCursorGone, "changes behind this number are no longer kept: read the tickets anew, then go on from the newest number");
  }
  json::object out;
  out["changes"] = std::move(slice.list);
  out["after"] = slice.after;
  out["end_of_stream"] = slice.is_end;
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
  POSTERN_CO_CHECK(check_reached(request, context, after));
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
