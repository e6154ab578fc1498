#pragma once
// app/sender_settings.h: what is wrong with the settings about senders (lists of inboxes, zones of DNS lists, words for
// what to do), which conf reads as text and only the pipeline can judge.
// Thread-safety: free functions.
#include <string>
#include <vector>

#include "conf/options.h"

namespace postern::app {

// One sentence a mistake, in the order of the file; empty when there is none.
std::vector<std::string> sender_setting_complaints(const conf::GatewayOptions& options);

}  // namespace postern::app
