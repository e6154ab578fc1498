#include "pipeline/sender/dkim_rotation.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/sender/dkim_key_record.h"
#include "pipeline/sender/dkim_public_key.h"
#include "pipeline/sender/dkim_tags.h"

namespace postern::pipeline {
namespace {

using State = DkimKeyState;
using Keys = std::vector<DkimKeyInfo>;

bool is_newer(const DkimKeyInfo& a, const DkimKeyInfo& b) {
  const core::WallTime made_a = made_at(a);
  const core::WallTime made_b = made_at(b);
  return made_a != made_b ? made_a > made_b : a.selector > b.selector;
}

// The newest key that `pick` takes; nullptr when there is none.
template <class Pick>
const DkimKeyInfo* newest(const Keys& keys, Pick pick) {
  const DkimKeyInfo* best = nullptr;
  for (const DkimKeyInfo& key : keys) {
    if (pick(key) && (best == nullptr || is_newer(key, *best))) best = &key;
  }
  return best;
}

const DkimKeyInfo* newest(const Keys& keys, State state, DkimAlgorithm algorithm) {
  return newest(keys, [&](const DkimKeyInfo& key) { return key.state == state && key.algorithm == algorithm; });
}

core::WallTime began_signing(const DkimKeyInfo& key) { return key.activated.value_or(made_at(key)); }

std::chrono::seconds settling_time(const DkimKeyInfo& key, const DkimRotationOptions& options) {
  return std::max<std::chrono::seconds>(options.settle, std::min<std::chrono::seconds>(key.seen_ttl, options.settle_max));
}

bool has_settled(const DkimKeyInfo& key, core::WallTime now, const DkimRotationOptions& options) {
  return key.seen_since && now - *key.seen_since >= settling_time(key, options);
}

const DkimObservation* find(const std::vector<DkimObservation>& observations, std::string_view selector) {
  const auto it = std::ranges::find(observations, selector, &DkimObservation::selector);
  return it == observations.end() ? nullptr : &*it;
}

// Works on a copy of the keys as they will be, so that one plan may hold several steps of one key.
class Planner {
 public:
  Planner(Keys keys, const std::vector<DkimObservation>& observations, const DkimQueueView& queue, core::WallTime now,
          const DkimRotationOptions& options)
      : keys_(std::move(keys)),
        observations_(observations),
        queue_(queue),
        now_(std::chrono::floor<std::chrono::seconds>(now)),
        options_(options) {}

  std::vector<DkimAction> run() {
    for (DkimKeyInfo& key : keys_) correct_times(key);
    for (DkimKeyInfo& key : keys_) note_sighting(key);
    for (const DkimAlgorithm algorithm : {DkimAlgorithm::kRsaSha256, DkimAlgorithm::kEd25519Sha256}) {
      activate(algorithm);
      stop(algorithm);
    }
    for (DkimKeyInfo& key : keys_) retire(key);
    make();
    return std::move(actions_);
  }

 private:
  DkimSighting sighting(const DkimKeyInfo& key) const {
    const DkimObservation* observation = find(observations_, key.selector);
    return observation == nullptr ? DkimSighting::kUnknown : observation->sighting;
  }
  bool is_seen(const DkimKeyInfo& key) const { return sighting(key) == DkimSighting::kSeen; }

  void change(DkimStep step, DkimKeyInfo& key, DkimKeyInfo after) {
    DkimAction action;
    action.step = step;
    action.before = key;
    action.after = after;
    actions_.push_back(std::move(action));
    key = std::move(after);
  }

  // With the clock set back a waiting time would last as long as the clock was wrong: it begins anew.
  void correct_times(DkimKeyInfo& key) {
    DkimKeyInfo after = key;
    for (std::optional<core::WallTime>* time : {&after.activated, &after.stopped, &after.retired, &after.seen_since}) {
      if (*time && **time > now_) *time = now_;
    }
    if (key.state == State::kActive && began_signing(after) > now_) after.activated = now_;
    if (key.state == State::kRetiring && !after.stopped) after.stopped = now_;
    if (after != key) change(DkimStep::kCorrectTime, key, std::move(after));
  }

  void note_sighting(DkimKeyInfo& key) {
    if (key.state != State::kWaiting && key.state != State::kActive) return;
    const DkimSighting seen = sighting(key);
    DkimKeyInfo after = key;
    if (seen == DkimSighting::kSeen && !key.seen_since) {
      after.seen_since = now_;
      after.seen_ttl = find(observations_, key.selector)->ttl;
      change(DkimStep::kNoteSeen, key, std::move(after));
    } else if ((seen == DkimSighting::kAbsent || seen == DkimSighting::kDifferent) && key.seen_since) {
      after.seen_since.reset();
      after.seen_ttl = {};
      change(DkimStep::kForgetSeen, key, std::move(after));
    }
  }

  // No key of the domain makes signatures that anybody can verify: there is nothing to lose by not waiting.
  bool is_urgent() const {
    return std::ranges::none_of(keys_, [this](const DkimKeyInfo& key) {
      const DkimSighting seen = sighting(key);
      return key.state == State::kActive && (seen == DkimSighting::kSeen || seen == DkimSighting::kUnknown);
    });
  }

  void activate(DkimAlgorithm algorithm) {
    const DkimKeyInfo* next = newest(keys_, [&](const DkimKeyInfo& key) {
      return key.state == State::kWaiting && key.algorithm == algorithm && is_seen(key) &&
             (has_settled(key, now_, options_) || is_urgent());
    });
    if (next == nullptr) return;
    DkimKeyInfo after = *next;
    after.state = State::kActive;
    after.activated = now_;
    change(DkimStep::kActivate, own(*next), std::move(after));
  }

  void stop(DkimAlgorithm algorithm) {
    const DkimKeyInfo* current = newest(keys_, State::kActive, algorithm);
    if (current == nullptr || !is_seen(*current) || !has_settled(*current, now_, options_)) return;
    for (DkimKeyInfo& key : keys_) {
      if (&key == current || key.state != State::kActive || key.algorithm != algorithm) continue;
      DkimKeyInfo after = key;
      after.state = State::kRetiring;
      after.stopped = now_;
      change(DkimStep::kStop, key, std::move(after));
    }
  }

  void retire(DkimKeyInfo& key) {
    if (key.state == State::kWaiting) {
      const DkimKeyInfo* current = newest(keys_, State::kActive, key.algorithm);
      if (current == nullptr || !is_newer(*current, key)) return;  // else it was overtaken, and never signed
    } else if (key.state != State::kRetiring || !is_off_the_road(key)) {
      return;
    }
    DkimKeyInfo after = key;
    after.state = State::kRetired;
    after.retired = now_;
    change(DkimStep::kRetire, key, std::move(after));
  }

  // No mail with its signature waits anywhere, and what signs now can be verified.
  bool is_off_the_road(const DkimKeyInfo& key) const {
    if (now_ - *key.stopped < options_.grace || !queue_.is_known) return false;
    if (queue_.oldest_tried && *queue_.oldest_tried < *key.stopped) return false;
    const auto is_active = [](const DkimKeyInfo& each) { return each.state == State::kActive; };
    return std::ranges::none_of(keys_, is_active) ||
           std::ranges::any_of(keys_, [&](const DkimKeyInfo& each) { return is_active(each) && is_seen(each); });
  }

  // Whoever has not published the present key will not publish the next either.
  void make() {
    if (options_.interval <= std::chrono::days(0)) return;
    DkimAction action;
    for (const DkimAlgorithm algorithm : {DkimAlgorithm::kRsaSha256, DkimAlgorithm::kEd25519Sha256}) {
      const DkimKeyInfo* current = newest(keys_, State::kActive, algorithm);
      if (current == nullptr || !is_seen(*current) || newest(keys_, State::kWaiting, algorithm) != nullptr) continue;
      if (now_ - began_signing(*current) >= options_.interval) action.algorithms.push_back(algorithm);
    }
    if (!action.algorithms.empty()) actions_.push_back(std::move(action));
  }

  DkimKeyInfo& own(const DkimKeyInfo& key) { return keys_[static_cast<std::size_t>(&key - keys_.data())]; }

  Keys keys_;
  const std::vector<DkimObservation>& observations_;
  const DkimQueueView& queue_;
  core::WallTime now_;
  const DkimRotationOptions& options_;
  std::vector<DkimAction> actions_;
};

DkimOutlook look_at(const DkimKeyInfo& key, const Keys& keys, DkimSighting sighting, core::WallTime now,
                    const DkimRotationOptions& options) {
  DkimOutlook out;
  out.key = key;
  out.sighting = sighting;
  const auto signs_from = [&](const DkimKeyInfo& next) { return next.seen_since.value_or(now) + settling_time(next, options); };
  switch (key.state) {
    case State::kWaiting:
      out.next = sighting == DkimSighting::kSeen ? DkimNext::kSettle : DkimNext::kPublish;
      if (out.next == DkimNext::kSettle) out.at = signs_from(key);
      return out;
    case State::kRetiring:
      out.next = DkimNext::kKeepRecord;
      out.at = key.stopped.value_or(now) + options.grace;
      return out;
    case State::kRetired: out.next = DkimNext::kRemoveRecord; return out;
    case State::kActive: break;
  }
  const DkimKeyInfo* successor = newest(keys, [&](const DkimKeyInfo& each) {
    const bool may_sign = each.state == State::kWaiting || each.state == State::kActive;
    return may_sign && each.algorithm == key.algorithm && is_newer(each, key);
  });
  if (sighting == DkimSighting::kAbsent || sighting == DkimSighting::kDifferent) {
    out.next = DkimNext::kRepublish;
  } else if (successor != nullptr) {
    out.next = DkimNext::kHandOver;
    if (successor->seen_since) out.at = signs_from(*successor);
  } else if (options.interval > std::chrono::days(0)) {
    out.next = DkimNext::kRotate;
    out.at = began_signing(key) + options.interval;
  }
  return out;
}

std::string time_of(const DkimOutlook& outlook) { return outlook.at ? core::to_rfc3339(*outlook.at) : std::string(); }

}  // namespace

std::string_view to_string(DkimSighting sighting) {
  switch (sighting) {
    case DkimSighting::kSeen: return "seen";
    case DkimSighting::kAbsent: return "absent";
    case DkimSighting::kDifferent: return "different";
    case DkimSighting::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string_view to_string(DkimStep step) {
  switch (step) {
    case DkimStep::kMake: return "make";
    case DkimStep::kNoteSeen: return "note_seen";
    case DkimStep::kForgetSeen: return "forget_seen";
    case DkimStep::kActivate: return "activate";
    case DkimStep::kStop: return "stop";
    case DkimStep::kRetire: return "retire";
    case DkimStep::kCorrectTime: return "correct_time";
  }
  return "unknown";
}

std::string_view to_string(DkimNext next) {
  switch (next) {
    case DkimNext::kPublish: return "publish";
    case DkimNext::kSettle: return "settle";
    case DkimNext::kRepublish: return "republish";
    case DkimNext::kSign: return "sign";
    case DkimNext::kRotate: return "rotate";
    case DkimNext::kHandOver: return "hand_over";
    case DkimNext::kKeepRecord: return "keep_record";
    case DkimNext::kRemoveRecord: return "remove_record";
  }
  return "unknown";
}

DkimObservation observe(const DkimKeyInfo& key, const DkimTxtRecord& published, const net::DnsAnswer& answer) {
  DkimObservation out;
  out.selector = key.selector;
  if (answer.is_transient_failure()) return out;
  out.sighting = answer.is_absent() ? DkimSighting::kAbsent : DkimSighting::kDifferent;
  if (!answer.is_ok()) return out;
  // What a verifier would make of it, by the verifier's own reading.
  DkimSignature signature;
  signature.algorithm = to_string(key.algorithm);
  signature.domain = key.domain;
  signature.identity_domain = key.domain;
  const DkimKeyReading found = read_dkim_key(answer.txt(), signature, DkimLimits{});
  const DkimKeyReading ours = read_dkim_key({published.value}, signature, DkimLimits{});
  // A second record makes it a matter of luck for verifiers that choose one (RFC 6376 section 3.6.2.2).
  if (answer.txt().size() != 1 || !found.record || !ours.record) return out;
  if (found.record->key->bytes != ours.record->key->bytes) return out;
  out.sighting = DkimSighting::kSeen;
  out.ttl = std::chrono::seconds(answer.ttl_seconds);
  return out;
}

std::vector<DkimAction> plan_rotation(const std::vector<DkimKeyInfo>& keys,
                                      const std::vector<DkimObservation>& observations, const DkimQueueView& queue,
                                      core::WallTime now, const DkimRotationOptions& options) {
  return Planner(keys, observations, queue, now, options).run();
}

std::vector<DkimOutlook> look_ahead(const std::vector<DkimKeyInfo>& keys,
                                    const std::vector<DkimObservation>& observations, core::WallTime now,
                                    const DkimRotationOptions& options) {
  std::vector<DkimOutlook> out;
  for (const DkimKeyInfo& key : keys) {
    const DkimObservation* observation = find(observations, key.selector);
    const DkimSighting noted = key.seen_since ? DkimSighting::kSeen : DkimSighting::kUnknown;
    out.push_back(look_at(key, keys, observation == nullptr ? noted : observation->sighting, now, options));
  }
  return out;
}

std::string describe(const DkimOutlook& outlook) {
  const bool is_absent = outlook.sighting == DkimSighting::kAbsent;
  const bool is_different = outlook.sighting == DkimSighting::kDifferent;
  switch (outlook.next) {
    case DkimNext::kPublish:
      return is_different ? "waits: another record is published in its place; it signs after its own has been seen"
                          : "waits: publish its record; it signs after that has been seen";
    case DkimNext::kSettle: return "its record is seen; signs from " + time_of(outlook) + " on";
    case DkimNext::kRepublish:
      return is_different ? "signs, but another record is published in its place: receivers cannot verify what it signs"
                          : "signs, but its record is not published: receivers cannot verify what it signs";
    case DkimNext::kSign: return "signs";
    case DkimNext::kRotate: return "signs; the next key is made at " + time_of(outlook);
    case DkimNext::kHandOver:
      return outlook.at ? "signs until the newer key has settled, at " + time_of(outlook)
                        : "signs until the newer key's record is published";
    case DkimNext::kKeepRecord:
      return is_absent || is_different
                 ? "its record is missing too early: mail on its way is verified with it; publish it until " + time_of(outlook)
                 : "signs no more; its record must stay until " + time_of(outlook) + ", unless the key was stolen: then retire it with --force and delete the record now";
    case DkimNext::kRemoveRecord: return is_absent ? "retired, and its record is gone" : "retired; its record may be removed";
  }
  return {};
}

bool is_last_active(const std::vector<DkimKeyInfo>& keys, std::string_view selector) {
  bool is_active = false;
  bool has_other = false;
  for (const DkimKeyInfo& key : keys) {
    if (key.state != State::kActive) continue;
    (key.selector == selector ? is_active : has_other) = true;
  }
  return is_active && !has_other;
}

}  // namespace postern::pipeline
