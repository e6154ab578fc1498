#include "ticketing/webhooks/log.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "auth/audit.h"
#include "storage/records.h"
#include "ticketing/detail/damage.h"
#include "ticketing/webhooks/keys.h"
#include "ticketing/webhooks/recorder.h"

namespace postern::ticketing {
namespace {

using webhook_keys::Kind;

DeliveryState state_of(const schema::WebhookDelivery& delivery) { return static_cast<DeliveryState>(delivery.state()); }

std::uint64_t number_of(std::string_view text) {
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// The n-th number behind workspace, space and kind.
std::uint64_t field_of(const std::string& key, int n) {
  storage::KeyReader reader(key);
  reader.u64();
  for (int i = 1; i < n; ++i) reader.u64();
  return reader.u64();
}

}  // namespace

std::string_view to_string(DeliveryState state) {
  switch (state) {
    case DeliveryState::kWaiting: return "pending";
    case DeliveryState::kDelivered: return "success";
    case DeliveryState::kFailed: return "failed";
  }
  return "pending";
}

std::optional<DeliveryState> parse_delivery_state(std::string_view word) {
  for (const DeliveryState each : {DeliveryState::kWaiting, DeliveryState::kDelivered, DeliveryState::kFailed}) {
    if (to_string(each) == word) return each;
  }
  return std::nullopt;
}

template <class F, class R>
core::Task<R> WebhookLog::transact(F change) {
  for (std::size_t attempt = 1;; ++attempt) {
    storage::Transaction transaction = with_.store.begin();
    R result = change(transaction);
    if (!result || transaction.writes().empty()) co_return result;
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return result;
    if (!(committed.error() == storage::Errc::kConflict) || attempt >= options_.commit_attempts_max) co_return committed.error();
  }
}

core::Result<void> WebhookLog::put(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::WebhookDelivery& delivery) {
  return storage::put_sealed(transaction, with_.vault, workspace, webhook_keys::delivery(workspace, delivery.webhook(), delivery.id()), delivery);
}

core::Result<void> WebhookLog::add(storage::Transaction& transaction, core::WorkspaceId workspace, schema::WebhookDelivery& delivery) {
  const std::uint64_t ticket = webhook_place(delivery.event());
  delivery.set_id(with_.ids.next());
  if (delivery.message() == 0) delivery.set_message(delivery.id());
  delivery.set_created_unix_ms(with_.now_ms());
  delivery.set_due_unix_ms(with_.now_ms());
  delivery.set_state(static_cast<std::uint32_t>(DeliveryState::kWaiting));
  POSTERN_CHECK(put(transaction, workspace, delivery));
  transaction.put(webhook_keys::queue(workspace, delivery.webhook(), ticket, delivery.id()), {});
  // Written also when there is one: whoever ends it at the same time looks for the next one, and must not miss this.
  const std::string head_key = webhook_keys::head(workspace, delivery.webhook(), ticket);
  POSTERN_TRY(const std::optional<std::string> head, transaction.get(head_key));
  transaction.put(head_key, head.value_or(std::to_string(delivery.id())));
  if (!head) {
    transaction.put(webhook_keys::due(workspace, delivery.webhook(), delivery.due_unix_ms(), delivery.id()), std::to_string(ticket));
  }
  return {};
}

core::Result<void> WebhookLog::share_out_one(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::WebhookEvent& event,
                                             const std::vector<schema::Webhook>& webhooks) {
  for (const schema::Webhook& webhook : webhooks) {
    if (!webhook.is_active()) continue;
    std::vector<std::string> kinds;
    if (event.webhook() != 0) {
      if (event.webhook() == webhook.id()) kinds.emplace_back(kConditionalEvents);
    } else {
      for (const std::string& word : webhook.subscriptions()) {
        const std::string kind = webhook_event_of(word);
        if (std::ranges::find(event.kinds(), kind) != event.kinds().end()) kinds.push_back(word);
      }
    }
    for (const std::string& kind : kinds) {
      schema::WebhookDelivery delivery;
      delivery.set_webhook(webhook.id());
      delivery.set_kind(kind);
      *delivery.mutable_event() = event;
      POSTERN_CHECK(add(transaction, workspace, delivery));
    }
  }
  return {};
}

core::Task<core::Result<std::size_t>> WebhookLog::share_out(core::WorkspaceId workspace, Webhooks::List list) {
  auto change = [this, workspace, list](storage::Transaction& transaction) -> core::Result<std::size_t> {
    const std::string prefix = webhook_keys::prefix(workspace, Kind::kEvent);
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                transaction.snapshot().scan(prefix, storage::Direction::kForward, options_.events_at_once_max));
    for (const storage::Entry& entry : entries) {
      // Read once more with conflict detection: nobody else shares it out.
      POSTERN_TRY(const std::optional<std::string> value, transaction.get(entry.key));
      if (!value) continue;
      schema::WebhookEvent event;
      const auto opened = storage::open_record(with_.vault, workspace, entry.key, *value, event);
      if (!opened && !is_damage(opened.error())) return opened.error();
      if (opened) POSTERN_CHECK(share_out_one(transaction, workspace, event, *list));
      if (!opened) tell_damage("webhook.event", workspace, field_of(entry.key, 1), opened.error());  // nobody can be told of it
      transaction.erase(entry.key);
    }
    return entries.size();
  };
  co_return co_await transact(std::move(change));
}

core::Result<std::optional<DueDelivery>> WebhookLog::next_due(core::WorkspaceId workspace, std::uint64_t webhook,
                                                              const std::set<std::uint64_t>& busy) const {
  const auto snapshot = with_.store.snapshot();
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              snapshot->scan(webhook_keys::prefix(workspace, Kind::kDue, webhook), storage::Direction::kForward, options_.look_ahead_max));
  for (const storage::Entry& entry : entries) {
    if (static_cast<std::int64_t>(field_of(entry.key, 2)) > with_.now_ms()) break;
    if (busy.contains(number_of(entry.value))) continue;
    DueDelivery due{{}, number_of(entry.value), {}};
    const std::string key = webhook_keys::delivery(workspace, webhook, field_of(entry.key, 3));
    POSTERN_TRY(const std::optional<std::string> value, snapshot->get(key));
    const auto opened = value ? storage::open_record(with_.vault, workspace, key, *value, due.delivery)
                              : core::Result<void>(core::fail(storage::Errc::kCorrupt, "webhook queue"));
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (!opened) due.damaged = entry.key;
    return due;
  }
  return std::nullopt;
}

core::Task<core::Result<void>> WebhookLog::pass_over(core::WorkspaceId workspace, std::uint64_t webhook, DueDelivery damaged) {
  auto change = [this, workspace, webhook, &damaged](storage::Transaction& transaction) -> core::Result<void> {
    POSTERN_TRY(const std::optional<std::string> due, transaction.get(damaged.damaged));
    if (!due) return {};  // somebody else was here first
    schema::WebhookDelivery ended;
    ended.set_webhook(webhook);
    ended.set_id(field_of(damaged.damaged, 3));
    ended.mutable_event()->set_ticket(damaged.ticket);
    transaction.erase(damaged.damaged);
    transaction.erase(webhook_keys::delivery(workspace, webhook, ended.id()));
    tell_damage("webhook.delivery", workspace, ended.id(), core::fail(storage::Errc::kCorrupt, "webhook/" + std::to_string(webhook)));
    return advance(transaction, workspace, ended);
  };
  co_return co_await transact(std::move(change));
}

core::Task<core::Result<DeliveryState>> WebhookLog::note(core::WorkspaceId workspace, schema::WebhookDelivery sent, WebhookReply reply) {
  auto change = [this, workspace, &sent, &reply](storage::Transaction& transaction) { return note_in(transaction, workspace, sent, reply); };
  co_return co_await transact(std::move(change));
}

core::Result<DeliveryState> WebhookLog::note_in(storage::Transaction& transaction, core::WorkspaceId workspace,
                                                const schema::WebhookDelivery& sent, const WebhookReply& reply) {
  constexpr int kGone = 410;
  const std::string key = webhook_keys::delivery(workspace, sent.webhook(), sent.id());
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (!value) return core::fail(Errc::kNotFound, "webhook delivery");
  schema::WebhookDelivery delivery;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace, key, *value, delivery));
  if (state_of(delivery) != DeliveryState::kWaiting) return state_of(delivery);
  const std::int64_t now = with_.now_ms();
  delivery.set_attempts(delivery.attempts() + 1);
  auto* attempt = delivery.add_log();
  attempt->set_at_unix_ms(now);
  attempt->set_took_ms(static_cast<std::uint32_t>(reply.took.count()));
  attempt->set_status(static_cast<std::uint32_t>(reply.status));
  attempt->set_problem(reply.problem);
  attempt->set_answer(reply.answer.substr(0, options_.answer_bytes_max));
  const int surplus = delivery.log_size() - static_cast<int>(options_.attempts_kept_max);
  if (surplus > 0) delivery.mutable_log()->DeleteSubrange(0, surplus);
  transaction.erase(webhook_keys::due(workspace, delivery.webhook(), delivery.due_unix_ms(), delivery.id()));
  const auto life = std::chrono::duration_cast<std::chrono::milliseconds>(options_.retry_life).count();
  const bool is_over = reply.status == kGone || now - delivery.created_unix_ms() >= life;
  if (reply.is_success() || is_over) {
    delivery.set_state(static_cast<std::uint32_t>(reply.is_success() ? DeliveryState::kDelivered : DeliveryState::kFailed));
    delivery.set_ended_unix_ms(now);
    delivery.set_due_unix_ms(0);
    POSTERN_CHECK(advance(transaction, workspace, delivery));
  } else {
    constexpr std::uint32_t kDoublingsMax = 20;
    const std::uint32_t doublings = std::min(delivery.attempts() - 1, kDoublingsMax);
    std::chrono::seconds wait = std::min(options_.retry_first * (std::int64_t{1} << doublings), options_.retry_max);
    wait = std::max(wait, std::min(reply.retry_after, options_.retry_max));
    // Up to a tenth more, so that what failed together does not come back together.
    const std::int64_t wait_ms = std::chrono::milliseconds(wait).count() * static_cast<std::int64_t>(1000 + delivery.id() % 100) / 1000;
    delivery.set_due_unix_ms(std::min(now + wait_ms, delivery.created_unix_ms() + life));
    transaction.put(webhook_keys::due(workspace, delivery.webhook(), delivery.due_unix_ms(), delivery.id()), std::to_string(webhook_place(delivery.event())));
  }
  POSTERN_CHECK(put(transaction, workspace, delivery));
  return state_of(delivery);
}

// The next one of the ticket's queue is due.
core::Result<void> WebhookLog::advance(storage::Transaction& transaction, core::WorkspaceId workspace, const schema::WebhookDelivery& ended) {
  const std::uint64_t ticket = webhook_place(ended.event());
  const std::string own = webhook_keys::queue(workspace, ended.webhook(), ticket, ended.id());
  const std::string head_key = webhook_keys::head(workspace, ended.webhook(), ticket);
  transaction.erase(own);
  POSTERN_TRY(const std::optional<std::string> head, transaction.get(head_key));
  if (!head || number_of(*head) != ended.id()) return {};
  POSTERN_TRY(const std::vector<storage::Entry> behind,
              transaction.snapshot().scan(webhook_keys::queue_prefix(workspace, ended.webhook(), ticket), storage::Direction::kForward, 1, own));
  if (behind.empty()) {
    transaction.erase(head_key);
    return {};
  }
  const std::uint64_t next = field_of(behind.front().key, 3);
  const std::string key = webhook_keys::delivery(workspace, ended.webhook(), next);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  transaction.put(head_key, std::to_string(next));
  transaction.put(webhook_keys::due(workspace, ended.webhook(), with_.now_ms(), next), std::to_string(ticket));
  schema::WebhookDelivery delivery;
  const auto opened = value ? storage::open_record(with_.vault, workspace, key, *value, delivery)
                            : core::Result<void>(core::fail(storage::Errc::kCorrupt, "webhook queue"));
  if (!opened && is_damage(opened.error())) return {};  // passed over when its turn comes
  POSTERN_CHECK(opened);
  delivery.set_due_unix_ms(with_.now_ms());
  return put(transaction, workspace, delivery);
}

core::Result<WebhookLog::Page> WebhookLog::page(core::WorkspaceId workspace, std::uint64_t webhook, std::uint64_t before, std::size_t count,
                                                std::optional<DeliveryState> state) const {
  const std::string prefix = webhook_keys::prefix(workspace, Kind::kDelivery, webhook);
  const std::string from = before == 0 ? std::string() : webhook_keys::delivery(workspace, webhook, before);
  const std::size_t most = state ? options_.log_scan_max : count + 1;
  POSTERN_TRY(const std::vector<storage::Entry> entries, with_.store.snapshot()->scan(prefix, storage::Direction::kBackward, most, from));
  Page out;
  std::size_t seen = 0;
  for (const storage::Entry& entry : entries) {
    if (out.deliveries.size() == count) break;
    ++seen;
    schema::WebhookDelivery delivery;
    out.after = field_of(entry.key, 2);
    const auto opened = storage::open_record(with_.vault, workspace, entry.key, entry.value, delivery);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (!opened) continue;  // told when its turn comes, or at its end
    if (!state || state_of(delivery) == *state) out.deliveries.push_back(std::move(delivery));
  }
  out.has_more = seen < entries.size() || (state && entries.size() == most);
  return out;
}

core::Result<schema::WebhookDelivery> WebhookLog::find(core::WorkspaceId workspace, std::uint64_t webhook, std::uint64_t id) const {
  const std::string key = webhook_keys::delivery(workspace, webhook, id);
  POSTERN_TRY(const std::optional<std::string> value, with_.store.snapshot()->get(key));
  if (!value) return core::fail(Errc::kNotFound, "webhook delivery");
  schema::WebhookDelivery delivery;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace, key, *value, delivery));
  return delivery;
}

core::Result<std::size_t> WebhookLog::count_waiting(core::WorkspaceId workspace, std::uint64_t webhook, std::size_t most) const {
  const std::string prefix = webhook_keys::prefix(workspace, Kind::kQueue, webhook);
  POSTERN_TRY(const std::vector<storage::Entry> entries, with_.store.snapshot()->scan(prefix, storage::Direction::kForward, most));
  return entries.size();
}

core::Task<core::Result<schema::WebhookDelivery>> WebhookLog::replay(auth::Principal by, std::uint64_t webhook, std::uint64_t id) {
  auto change = [this, &by, webhook, id](storage::Transaction& transaction) -> core::Result<schema::WebhookDelivery> {
    POSTERN_TRY(const schema::WebhookDelivery old, find(by.workspace, webhook, id));
    schema::WebhookDelivery again;
    again.set_webhook(webhook);
    again.set_kind(old.kind());
    again.set_message(old.message());
    *again.mutable_event() = old.event();
    POSTERN_CHECK(add(transaction, by.workspace, again));
    const std::string object = "webhook/" + std::to_string(webhook);
    POSTERN_CHECK(auth::audit(transaction, with_.vault, with_.ids, with_.clock, by, "webhook.replayed", object, "delivery/" + std::to_string(id)));
    return again;
  };
  co_return co_await transact(std::move(change));
}

core::Task<core::Result<std::size_t>> WebhookLog::prune(core::WorkspaceId workspace, Webhooks::List list) {
  std::size_t erased = 0;
  std::string after;
  for (;;) {  // one webhook after the other, by seeking behind the last one
    POSTERN_CO_TRY(const std::vector<storage::Entry> first,
                   with_.store.snapshot()->scan(webhook_keys::prefix(workspace, Kind::kDelivery), storage::Direction::kForward, 1, after));
    if (first.empty()) co_return erased;
    const std::uint64_t webhook = field_of(first.front().key, 1);
    after = webhook_keys::delivery(workspace, webhook, std::numeric_limits<std::uint64_t>::max());
    const bool is_gone = std::ranges::none_of(*list, [webhook](const schema::Webhook& each) { return each.id() == webhook; });
    auto change = [this, workspace, webhook, is_gone](storage::Transaction& transaction) { return prune_one(transaction, workspace, webhook, is_gone); };
    POSTERN_CO_TRY(const std::size_t count, co_await transact(std::move(change)));
    erased += count;
  }
}

core::Result<std::size_t> WebhookLog::prune_one(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t webhook, bool is_gone) {
  std::size_t erased = 0;
  for (const Kind kind : {Kind::kDue, Kind::kHead, Kind::kQueue}) {
    if (!is_gone) break;
    POSTERN_TRY(const std::vector<storage::Entry> entries,
                transaction.snapshot().scan(webhook_keys::prefix(workspace, kind, webhook), storage::Direction::kForward, options_.pruned_at_once_max));
    for (const storage::Entry& entry : entries) transaction.erase(entry.key);
    erased += entries.size();
  }
  if (erased > 0) return erased;  // the deliveries last: what leads here is found by them
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              transaction.snapshot().scan(webhook_keys::prefix(workspace, Kind::kDelivery, webhook), storage::Direction::kForward,
                                          options_.pruned_at_once_max));
  const auto life = std::chrono::duration_cast<std::chrono::milliseconds>(options_.log_life).count();
  for (const storage::Entry& entry : entries) {
    schema::WebhookDelivery delivery;
    const auto opened = storage::open_record(with_.vault, workspace, entry.key, entry.value, delivery);
    if (!opened && !is_damage(opened.error())) return opened.error();
    if (!opened) {  // what waits behind it finds it missing, and passes it over
      tell_damage("webhook.delivery", workspace, field_of(entry.key, 2), opened.error());
      transaction.erase(entry.key);
      ++erased;
      continue;
    }
    if (!is_gone && with_.now_ms() - delivery.created_unix_ms() < life) break;
    if (!is_gone && state_of(delivery) == DeliveryState::kWaiting) continue;
    transaction.erase(entry.key);
    ++erased;
  }
  return erased;
}

}  // namespace postern::ticketing
