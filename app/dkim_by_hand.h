#pragma once
// app/dkim_by_hand.h: what administrators do to the signing keys of a domain, from the command line or the page.
// Thread-safety: free functions, blocking.  Errors: core::Errc::kInvalid with a sentence when it is refused: nothing was changed
// then; those of the folder, after which some keys may have changed.
#include <string>

#include "pipeline/sender/dkim_keys.h"
#include "pipeline/sender/dkim_rotation.h"

namespace postern::app {

// Makes the keys that are missing: signing ones for a domain without any, else waiting ones. With `is_now` the waiting ones sign
// and the others stop. False: the next keys were there already and wait for their records.
core::Result<bool> rotate_by_hand(pipeline::DkimKeyFolder folder, const std::string& domain, bool is_now, core::Clock& clock);
core::Result<void> retire_by_hand(pipeline::DkimKeyFolder folder, const std::string& domain, const std::string& selector, bool is_forced,
                                  core::Clock& clock, const pipeline::DkimRotationOptions& rotation);

}  // namespace postern::app
