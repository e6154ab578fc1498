#include "ticketing/detail/replay_run.h"

#include <algorithm>

#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/finding_counts.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {

using storage::Direction;

constexpr std::size_t kEntriesAtATime = 64;

using TrialCounts = std::vector<pipeline::TrialCount>;
using CountsByRule = std::map<std::string, TrialCounts>;

CountsByRule by_rule(TrialCounts counts) {
  CountsByRule out;
  for (pipeline::TrialCount& one : counts) out[one.rule].push_back(std::move(one));
  return out;
}

std::uint64_t sum(const TrialCounts& counts) {
  std::uint64_t out = 0;
  for (const pipeline::TrialCount& one : counts) out += one.count;
  return out;
}

void add_sample(std::vector<core::TicketId>& to, core::TicketId ticket, std::size_t most) {
  if (to.size() < most && std::ranges::find(to, ticket) == to.end()) to.push_back(ticket);
}

}  // namespace

ReplayRun::ReplayRun(const storage::Store& store, const storage::Vault& vault, core::Clock& clock, const ReplayLimits& limits,
                     core::WorkspaceId workspace, ReplayRequest request, Trials trials, ReplayStatus status)
    : store_(store), vault_(vault), clock_(clock), limits_(limits), workspace_(workspace), request_(std::move(request)),
      trials_(std::move(trials)), status_(std::move(status)) {
  // Rules that find nothing are in the answer too.
  for (const auto* trial : {trials_.active.get(), trials_.candidate.get()}) {
    for (const pipeline::RuleSpec& rule : trial->rules()) {
      if (rule.mode != pipeline::RuleMode::kOff || rule.elsewhere != pipeline::RuleMode::kOff) tallies_[rule.id].rule.rule = rule.id;
    }
  }
}

bool ReplayRun::step() { return is_reading_ ? read_some() : find_some(); }

bool ReplayRun::is_slice_over(core::Instant begun, std::size_t done) const {
  return is_cancelled_ || done >= limits_.slice_messages_max || clock_.now() - begun >= limits_.slice;
}

// Tickets are walked from the newest update on. A ticket's update is not older than its mail, so that once enough messages
// are known that are younger than the next ticket's update, they are the newest ones of all.
bool ReplayRun::find_some() {
  const core::Instant begun = clock_.now();
  const auto snapshot = store_.snapshot();
  for (std::size_t done = 0; !is_slice_over(begun, done); ++done) {
    const auto entries = snapshot->scan(keys::by_update_prefix(workspace_), Direction::kForward, 1, index_after_);
    if (!entries || entries->empty()) return begin_reading(), true;
    index_after_ = entries->front().key;
    storage::KeyReader reader(index_after_);
    const auto updated = static_cast<std::int64_t>(reader.u64_descending());
    const core::TicketId ticket{reader.u64()};
    const bool is_before_period = updated < request_.from_unix_ms;
    const bool is_enough = newest_.size() >= request_.messages_max && updated < newest_.top().created_unix_ms;
    if (is_before_period || is_enough || !add_messages_of(*snapshot, ticket)) return begin_reading(), true;
  }
  const std::lock_guard lock(mutex_);
  status_.messages_found = newest_.size();
  return true;
}

// False when no more may be looked at.
bool ReplayRun::add_messages_of(const storage::Snapshot& snapshot, core::TicketId ticket) {
  for (std::string after;;) {
    const auto entries = snapshot.scan(keys::comments_prefix(workspace_, ticket), Direction::kForward, kEntriesAtATime, after);
    if (!entries) return true;
    for (const storage::Entry& entry : *entries) {
      if (++comments_read_ > limits_.comments_read_max) return cut_short("comments"), false;
      schema::Comment record;
      if (!storage::open_record(vault_, workspace_, entry.key, entry.value, record)) continue;
      const std::int64_t created = record.created_unix_ms();
      if (record.raw_blob().empty() || created < request_.from_unix_ms) continue;
      if (request_.until_unix_ms != 0 && created >= request_.until_unix_ms) continue;
      add_found({created, ticket, record.raw_blob()});
    }
    if (entries->size() < kEntriesAtATime) return true;
    after = entries->back().key;
  }
}

void ReplayRun::add_found(Found found) {
  if (newest_.size() >= request_.messages_max) {
    if (found.created_unix_ms <= newest_.top().created_unix_ms) return;
    newest_.pop();
  }
  newest_.push(std::move(found));
}

void ReplayRun::begin_reading() {
  is_reading_ = true;
  to_read_.reserve(newest_.size());
  for (; !newest_.empty(); newest_.pop()) to_read_.push_back(newest_.top());
  std::ranges::reverse(to_read_);
  const std::lock_guard lock(mutex_);
  status_.messages_found = to_read_.size();
}

bool ReplayRun::read_some() {
  const core::Instant begun = clock_.now();
  const auto snapshot = store_.snapshot();
  for (std::size_t done = 0; !is_slice_over(begun, done); ++done) {
    if (next_ == to_read_.size()) return false;
    read_one(*snapshot, to_read_[next_++]);
    const std::lock_guard lock(mutex_);
    if (status_.bytes_read < limits_.bytes_max || next_ == to_read_.size()) continue;
    status_.cut_short_by = "bytes";
    return false;
  }
  return true;
}

void ReplayRun::read_one(const storage::Snapshot& snapshot, const Found& found) {
  // A message whose blob is gone was changed by a person meanwhile.
  const auto raw = storage::get_blob(snapshot, vault_, workspace_, found.raw_blob);
  try {
    if (raw) {
      const Counts active = by_rule(trials_.active->run_message(*raw));
      const Counts candidate = by_rule(trials_.candidate->run_message(*raw));
      const std::lock_guard lock(mutex_);
      ++status_.messages_read;
      status_.bytes_read += raw->size();
      return add(found.ticket, active, candidate);
    }
  } catch (const std::exception&) {  // scanning itself failed; what it says may quote the message
  }
  const std::lock_guard lock(mutex_);
  ++status_.messages_read;
  ++status_.messages_failed;
}

void ReplayRun::add(core::TicketId ticket, const Counts& active, const Counts& candidate) {
  const std::size_t shown = limits_.tickets_shown_max;
  for (const auto& [id, counts] : active) {
    Tally& tally = tallies_[id];
    tally.rule.rule = id;
    ++tally.rule.active.messages;
    tally.rule.active.findings += sum(counts);
    add_places(tally, counts, &ReplayPlace::active);
    if (candidate.contains(id)) continue;
    ++tally.rule.only_active;
    add_sample(tally.rule.only_active_tickets, ticket, shown);
  }
  for (const auto& [id, counts] : candidate) {
    Tally& tally = tallies_[id];
    tally.rule.rule = id;
    ++tally.rule.candidate.messages;
    tally.rule.candidate.findings += sum(counts);
    add_places(tally, counts, &ReplayPlace::candidate);
    add_sample(tally.rule.tickets, ticket, shown);
    if (active.contains(id)) continue;
    ++tally.rule.only_candidate;
    add_sample(tally.rule.only_candidate_tickets, ticket, shown);
  }
}

void ReplayRun::add_places(Tally& tally, const std::vector<pipeline::TrialCount>& counts, std::uint64_t ReplayPlace::*side) {
  for (const pipeline::TrialCount& one : counts) {
    std::pair<std::string, std::string> kind{place_of(one.where), one.label};
    if (!tally.places.contains(kind) && tally.places.size() >= limits_.places_max) kind = {"other", {}};
    const auto [place, is_new] = tally.places.try_emplace(kind, tally.rule.places.size());
    if (is_new) tally.rule.places.push_back({kind.first, kind.second, 0, 0});
    tally.rule.places[place->second].*side += one.count;
  }
}

void ReplayRun::cut_short(std::string_view by) {
  const std::lock_guard lock(mutex_);
  status_.cut_short_by = by;
}

void ReplayRun::end(ReplayState state, std::string cut_short_by) {
  trials_ = {};
  to_read_.clear();
  const std::lock_guard lock(mutex_);
  status_.state = state;
  if (!cut_short_by.empty()) status_.cut_short_by = std::move(cut_short_by);
  status_.ended_unix_ms = core::to_unix_ms(clock_.wall_now());
  ended_at_ = clock_.now();
}

ReplayStatus ReplayRun::status(bool with_rules) const {
  const std::lock_guard lock(mutex_);
  ReplayStatus out = status_;
  if (!with_rules) return out;
  for (const auto& [id, tally] : tallies_) out.rules.push_back(tally.rule);
  return out;
}

bool ReplayRun::is_running() const {
  const std::lock_guard lock(mutex_);
  return status_.state == ReplayState::kRunning;
}

core::Instant ReplayRun::ended_at() const {
  const std::lock_guard lock(mutex_);
  return ended_at_;
}

}  // namespace postern::ticketing
