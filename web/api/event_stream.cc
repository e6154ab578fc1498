#include "web/api/event_stream.h"

#include "ticketing/drafts/presence.h"
#include "ticketing/helpdesk.h"
#include "web/api/bell.h"
#include "web/api/desk/presence_shape.h"
#include "web/api/shapes.h"
#include "web/api/standing.h"

namespace postern::web {

EventStream::EventStream(const Context& context, auth::Principal who, std::uint64_t after)
    : services_(context.services),
      options_(context.options),
      changes_(context.changes),
      drain_(context.drain),
      who_(std::move(who)),
      after_(after),
      scope_(services_.store, services_.vault, who_) {
  if (services_.desk != nullptr) presence_after_ = services_.desk->presence().present();
}

EventStream::~EventStream() = default;

bool EventStream::register_for_wake(boost::asio::any_io_executor executor) {
  bell_ = std::make_shared<Bell>(std::move(executor));
  watch_ = changes_.begin(who_, [bell = bell_] { bell->ring(); });
  drain_handle_ = drain_.on_drain([bell = bell_] { bell->ring(); });
  return watch_ != nullptr;
}

core::Task<core::Result<void>> EventStream::send_new(ChunkWriter& out) {
  for (;;) {
    POSTERN_CO_TRY(std::vector<storage::FeedEntry> entries, services_.store.feed(who_.workspace, after_, options_.feed_page_max));
    if (entries.empty()) co_return core::Result<void>();
    std::string text;
    for (const storage::FeedEntry& entry : entries) {
      const storage::FeedEntry each = scope_.within(entry);
      after_ = each.sequence;
      if (each.changes.empty() && who_.inboxes.is_limited()) continue;
      text += "id: " + std::to_string(each.sequence) + "\nevent: change\ndata: " + json::serialize(feed_entry_json(each)) + "\n\n";
    }
    if (!text.empty()) POSTERN_CO_CHECK(co_await out.write(std::move(text)));
  }
}

std::string EventStream::presence_events(const std::vector<core::TicketId>& tickets) const {
  const ticketing::Presence& presence = services_.desk->presence();
  std::string text;
  for (const core::TicketId ticket : tickets) {
    if (!ticketing::inbox_within(*services_.store.snapshot(), services_.vault, who_, ticket)) continue;
    const json::object seen = presence_json(ticket, presence.at(who_.workspace, ticket, who_.user));
    text += "event: presence\ndata: " + json::serialize(seen) + "\n\n";
  }
  return text;
}

core::Task<core::Result<void>> EventStream::send_present(ChunkWriter& out) {
  if (services_.desk == nullptr) co_return core::Result<void>();
  std::string text = presence_events(services_.desk->presence().occupied(who_.workspace, who_.user, options_.presence_at_start_max));
  if (!text.empty()) POSTERN_CO_CHECK(co_await out.write(std::move(text)));
  co_return core::Result<void>();
}

core::Task<core::Result<void>> EventStream::send_presence(ChunkWriter& out) {
  if (services_.desk == nullptr) co_return core::Result<void>();
  std::string text = presence_events(services_.desk->presence().news(who_.workspace, presence_after_));
  if (!text.empty()) POSTERN_CO_CHECK(co_await out.write(std::move(text)));
  co_return core::Result<void>();
}

core::Task<void> EventStream::run(ChunkWriter& out) {
  core::Clock& clock = services_.clock;
  core::Instant end = clock.now() + options_.event_stream_life;
  core::Instant beat = clock.now() + options_.heartbeat_every;
  // The id of this first event makes a reconnection exact even when nothing has happened in between.
  std::string number = std::to_string(after_);
  std::string hello = "retry: 3000\nid: " + number + "\nevent: hello\ndata: {\"sequence\":" + number + "}\n\n";
  core::Result<void> alive = co_await out.write(std::move(hello));
  if (alive) alive = co_await send_present(out);
  while (alive && !drain_.is_draining() && clock.now() < end) {
    alive = co_await send_new(out);
    if (alive) alive = co_await send_presence(out);
    if (!alive || drain_.is_draining()) break;
    co_await bell_->wait_until(std::min(beat, end), clock);
    if (clock.now() < beat) continue;
    beat = clock.now() + options_.heartbeat_every;
    if (!still_stands(services_, who_, auth::Permission::kTicketsRead)) {
      (void)co_await out.write("event: bye\ndata: {\"reason\":\"signed_out\"}\n\n");
      break;
    }
    alive = co_await out.write(": \n\n");
  }
  watch_.reset();
  drain_handle_.reset();
}

}  // namespace postern::web
