#pragma once
// ticketing/automation/shipped_triggers.h: the triggers that a new workspace finds, to be looked at, changed and switched on:
// nothing is mailed by itself before somebody wants it.
// Thread-safety: pure.
#include <vector>

#include "storage/schema/automation.pb.h"

namespace postern::ticketing {

std::vector<schema::Trigger> shipped_triggers();  // all inactive

}  // namespace postern::ticketing
