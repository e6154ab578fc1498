#pragma once
// web/api/event_stream.h: one text/event-stream of a workspace's change feed (WHATWG HTML, server-sent events): each
// entry has its sequence number as id, so that a browser that comes back with Last-Event-ID misses nothing.
// Ends when the server drains, its life is over (the browser then reconnects by itself), or, looked at with every heartbeat,
// when the credential, the permission or the way in from that network is gone.
// Thread-safety: run() on the connection's strand; wake() from any thread.  Ownership: held by the response.
#include <memory>

#include "ticketing/feed_scope.h"
#include "web/api/context.h"

namespace postern::web {

class Bell;

class EventStream {
 public:
  // `after`: the last sequence number that the client has seen.
  EventStream(const Context& context, auth::Principal who, std::uint64_t after);
  ~EventStream();
  core::Task<void> run(ChunkWriter& out);
  // False: too many streams.
  bool register_for_wake(boost::asio::any_io_executor executor);

 private:
  core::Task<core::Result<void>> send_new(ChunkWriter& out);
  // Who else is at which ticket: when it begins, those that there are (a bounded number), then as it changes. Not in the feed.
  core::Task<core::Result<void>> send_present(ChunkWriter& out);
  core::Task<core::Result<void>> send_presence(ChunkWriter& out);
  std::string presence_events(const std::vector<core::TicketId>& tickets) const;  // of those that he may see

  Services& services_;
  const WebOptions& options_;
  ChangeHub& changes_;
  DrainSignal& drain_;
  auth::Principal who_;
  std::uint64_t after_;
  std::uint64_t presence_after_ = 0;
  ticketing::FeedScope scope_;  // the stream ends when the reader's inboxes change
  std::shared_ptr<Bell> bell_;
  std::shared_ptr<void> watch_;
  std::shared_ptr<void> drain_handle_;
};

}  // namespace postern::web
