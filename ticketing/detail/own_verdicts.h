#pragma once
// ticketing/detail/own_verdicts.h: what one workspace learns of a message that went to several: findings of rules that others
// have written are told without the rule's name and label, and nothing of what those rules ask for.
// Thread-safety: pure.
#include <string_view>

#include "core/ids.h"
#include "pipeline/api/verdict.h"

namespace postern::ticketing {

inline constexpr std::string_view kForeignRule = "other_workspace";

pipeline::Verdicts own_verdicts(const pipeline::Verdicts& all, core::WorkspaceId workspace);
// The same without a copy where nothing is to be hidden, which is nearly always: `all` itself, or what is made in `room`.
const pipeline::Verdicts& own_verdicts(const pipeline::Verdicts& all, core::WorkspaceId workspace, pipeline::Verdicts& room);

}  // namespace postern::ticketing
