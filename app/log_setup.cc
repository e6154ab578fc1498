#include "app/log_setup.h"

#include "app/services.h"
#include "core/encoding.h"
#include "core/log.h"

namespace postern::app {

void set_up_log(const conf::GatewayOptions& options) {
  using core::log::Level;
  const std::string& word = options.process.log_level;
  core::log::set_level(word == "debug" ? Level::kDebug : word == "warn" ? Level::kWarn : word == "error" ? Level::kError : Level::kInfo);
  // Address hashes in logs cannot be reversed without the master key, and stay the same over restarts.
  if (const auto key = read_master_key(options)) core::log::set_hash_key(core::hmac_sha256(core::view(*key), "postern log"));
}

}  // namespace postern::app
