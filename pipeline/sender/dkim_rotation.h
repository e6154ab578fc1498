#pragma once
// pipeline/sender/dkim_rotation.h: what to do next with the signing keys of one domain, so that keys change and no
// receiver ever finds a signature whose key is not in DNS: the next key is made and waits; it signs once its record has
// been seen for a settling time; the key before stops then; and its record may go when no mail signed with it can be on
// its way. A decision only: DkimRotator carries it out.
// Each algorithm rotates by itself, so that a record which nobody publishes holds up no other key.
// DNS trouble changes nothing. A record that disappears stops nothing either: a signature whose key is missing counts
// as none (RFC 6376 section 6.1), so not signing would gain nothing, and the record may come back; it is only told.
// Thread-safety: values and free functions.  Errors: none.  Limits: one key of an algorithm waits at a time.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/dns.h"
#include "pipeline/sender/dkim_keys.h"
#include "pipeline/sender/rotation_options.h"

namespace postern::pipeline {

enum class DkimSighting {
  kSeen,       // the name holds exactly this key, usable for mail
  kAbsent,     // proven: no such record
  kDifferent,  // another key, several, or one that verifiers refuse
  kUnknown,    // DNS did not say, or nobody asked
};
std::string_view to_string(DkimSighting sighting);  // "seen", "absent", "different", "unknown"

struct DkimObservation {
  std::string selector;
  DkimSighting sighting = DkimSighting::kUnknown;
  std::chrono::seconds ttl{0};
};
// What an answer to the question for `published.owner` says of the key.
DkimObservation observe(const DkimKeyInfo& key, const DkimTxtRecord& published, const net::DnsAnswer& answer);

// What the outgoing queue holds that was tried, and so may have left with an old signature.
struct DkimQueueView {
  bool is_known = false;
  std::optional<core::WallTime> oldest_tried;  // when the oldest such message was queued; nullopt: there is none
};

enum class DkimStep {
  kMake,         // `algorithms`, waiting
  kNoteSeen,     // settling begins
  kForgetSeen,   // the record has gone: settling begins anew
  kActivate,     // signs from now on
  kStop,         // signs no more: a newer key of its algorithm does, and is in DNS
  kRetire,       // its record may be removed
  kCorrectTime,  // a time that lies in the future, because the clock was set back, or is missing, begins now
};
std::string_view to_string(DkimStep step);  // "make", "note_seen", "forget_seen", "activate", "stop", "retire", …

struct DkimAction {
  DkimStep step = DkimStep::kMake;
  std::vector<DkimAlgorithm> algorithms;  // of kMake
  DkimKeyInfo before;                     // of the others: for DkimKeyFolder::update()
  DkimKeyInfo after;
};

// Steps in the order in which they are to be carried out, each durable before the next; after a crash anywhere the next
// plan goes on. `keys` are all of one domain; a key without an observation is kUnknown.
std::vector<DkimAction> plan_rotation(const std::vector<DkimKeyInfo>& keys,
                                      const std::vector<DkimObservation>& observations, const DkimQueueView& queue,
                                      core::WallTime now, const DkimRotationOptions& options);

// For people: what comes next for a key.
enum class DkimNext {
  kPublish,       // publish its record
  kSettle,        // signs from `at` on
  kRepublish,     // signs, but its record is not in DNS: publish it again
  kSign,          // signs; nothing planned
  kRotate,        // signs; the next key is made at `at`
  kHandOver,      // signs until the waiting key's record is seen and has settled
  kKeepRecord,    // its record must stay until `at`
  kRemoveRecord,  // its record may be removed
};
std::string_view to_string(DkimNext next);  // "publish", "settle", "republish", "sign", "rotate", "hand_over", …

struct DkimOutlook {
  DkimKeyInfo key;
  DkimSighting sighting = DkimSighting::kUnknown;
  DkimNext next = DkimNext::kSign;
  std::optional<core::WallTime> at;
};
// One for each key, in order. Where there is no observation, what was noted last counts.
std::vector<DkimOutlook> look_ahead(const std::vector<DkimKeyInfo>& keys,
                                    const std::vector<DkimObservation>& observations, core::WallTime now,
                                    const DkimRotationOptions& options);
// One sentence, without the record itself.
std::string describe(const DkimOutlook& outlook);

// True when the domain would sign with no key any more without this one.
bool is_last_active(const std::vector<DkimKeyInfo>& keys, std::string_view selector);

}  // namespace postern::pipeline
