#pragma once
// ticketing/service_levels/clocks.h: the clocks of one ticket: what starts, stops and ends them, what is promised of them, and when
// a promise is broken. A clock runs whether something is promised or not, in calendar and business time at once: a policy that
// comes later finds what was used before, and a ticket's metrics need no look back.
// Thread-safety: pure functions.  Errors: none. A wall clock that was set back takes no time away.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "storage/schema/ticket.pb.h"
#include "ticketing/schedules/business_hours.h"
#include "ticketing/service_levels/metrics.h"

namespace postern::ticketing {

struct ClockFacts {
  const schema::Ticket* before = nullptr;  // null: the ticket is new
  const schema::Ticket* after = nullptr;   // never null
  std::span<const schema::Comment> added;
  const ChangeSource* source = nullptr;    // never null
  const BusinessHours* hours = nullptr;    // by which business time is counted up to now; never null
  std::int64_t now_ms = 0;
};

// Starts, stops and ends clocks as the change says. Machine mail neither starts nor ends one.
void count_time(schema::ServiceLevels& service, const ClockFacts& facts);

// Null: nothing is promised.
struct SlaPromisers {
  const schema::SlaPolicy* to_customers = nullptr;
  const schema::SlaPolicy* of_group = nullptr;
};
// What the policies promise a ticket of that priority; none: that of a normal one. Clocks that have ended keep what was promised
// then.
void promise(schema::ServiceLevels& service, const SlaPromisers& policies, Priority priority, const BusinessHours& hours, std::int64_t now_ms);

struct SlaBreach {
  SlaMetric metric = SlaMetric::kFirstReply;
  std::int64_t at_ms = 0;  // when the promise was broken, which may be a while ago
  std::int64_t target_ms = 0;
  bool is_business = false;
};
// Marks what was broken by now and tells it, each once.
std::vector<SlaBreach> take_breaches(schema::ServiceLevels& service, std::int64_t now_ms);

const schema::TicketClock* clock_of(const schema::ServiceLevels& service, SlaMetric metric);  // null: never started
// What a clock shows at a moment.
struct Spent {
  std::int64_t calendar_ms = 0;
  std::int64_t business_ms = 0;
};
Spent spent_of(const schema::TicketClock& clock, const BusinessHours& hours, std::int64_t now_ms);

// The worst that is known of what is promised: a promise that was broken and has not been kept since, one that runs, one that
// stands still, and when all were kept, that. Breaches count from when they are told.
enum class PromiseSum : std::uint8_t { kNone = 0, kActive = 1, kPaused = 2, kBreached = 3, kAchieved = 4 };  // as conditions word them
PromiseSum promise_state(const schema::ServiceLevels& service);

// The next promise that will be broken and has not been; nothing: none runs.
std::optional<std::int64_t> next_breach(const schema::ServiceLevels& service);
// The earliest moment of running promises, broken ones too: by it lists are sorted.
std::optional<std::int64_t> earliest_breach(const schema::ServiceLevels& service);

}  // namespace postern::ticketing
