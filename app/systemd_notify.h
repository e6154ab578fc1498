#pragma once
// app/systemd_notify.h: tells systemd about our state (sd_notify protocol: a datagram to $NOTIFY_SOCKET). Without
// systemd it does nothing.
#include <string_view>

namespace postern::app {
void notify_systemd(std::string_view state);
}
