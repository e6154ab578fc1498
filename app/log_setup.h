#pragma once
// app/log_setup.h: the log's level and hash key from the configuration.
#include "conf/options.h"

namespace postern::app {
void set_up_log(const conf::GatewayOptions& options);
}
