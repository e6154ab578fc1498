#pragma once
// pipeline/sender/arc_chain.h: the ARC sets of a message, collected and judged as far as that takes no key and no hash
// (RFC 8617 sections 4.2.1 and 5.2, steps 1 to 3), and the data that a seal signs (section 5.1.1).
// Thread-safety: values and free functions.
// Limits: ArcLimits; sets are counted before one is read. DkimLimits bounds each seal and signature.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "pipeline/api/verdict.h"
#include "pipeline/sender/dkim_signature.h"
#include "pipeline/sender/header_fields.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

struct ArcSet {
  DkimReading message;            // ARC-Message-Signature; only the newest must be usable
  std::size_t message_field = 0;  // its index in the layout
  DkimReading seal;               // ARC-Seal
  std::string results;            // value of ARC-Authentication-Results, as written
  std::string canonical;          // what seals sign of the set: ARC-Authentication-Results, ARC-Message-Signature …
  std::string canonical_seal;     // … and of a set below the newest its ARC-Seal too
};

struct ArcChain {
  AuthResult result = AuthResult::kNone;  // kNone: no sets; kFail: not sound; kNeutral: sound so far, `sets` are there
  std::string reason;
  std::uint32_t instances = 0;  // sets present: the most fields of one of the three names
  std::uint32_t highest = 0;    // the greatest instance value; 0 when none could be read
  std::string sealer;           // d= of the newest seal
  bool is_ended = false;        // the newest seal says cv=fail: nothing is added to such a chain
  std::vector<ArcSet> sets;     // oldest first; only of a sound chain
  bool is_sound() const { return result == AuthResult::kNeutral; }
};

ArcChain read_arc_chain(std::string_view header, const HeaderLayout& layout, const DkimLimits& dkim,
                        const ArcLimits& arc, core::WallTime now);

// What the seal of sets[index] signs: all fields of the sets up to it, its own seal last, with an empty b=.
std::string sealed_data(const std::vector<ArcSet>& sets, std::size_t index);

}  // namespace postern::pipeline
