#pragma once
// app/imports/comment_batches.h: the comments of a long ticket in as many parts as ImportLimits needs, each a transaction of its own.
// Thread-safety: pure.
#include <deque>
#include <vector>

#include "ticketing/imports/ticket_import.h"

namespace postern::app {

// By time; never empty. A comment that is beyond a limit alone is a part of its own, and refused by the import.
std::deque<std::vector<ticketing::ImportedComment>> comment_batches(std::vector<ticketing::ImportedComment> comments, const ticketing::ImportLimits& limits);

}  // namespace postern::app
