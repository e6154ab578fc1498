#include <boost/json/object.hpp>

#include "app/control.h"
#include "app/offline.h"
#include "app/operator_commands.h"
#include "app/privileges.h"
#include "conf/load.h"
#include "core/errc.h"

namespace postern::app {
namespace {

core::Task<core::Result<Json>> open_and_run(conf::GatewayOptions options, Json request) {
  if (request.is_object()) request.as_object()["is_alone"] = true;
  POSTERN_CO_TRY(const auto services, co_await Services::open(std::move(options), core::system_clock()));
  co_return co_await run_operator_command(std::move(request), *services);
}

}  // namespace

core::Result<Json> run_from_command_line(const std::string& config_file, Json request) {
  conf::Loaded loaded = conf::load_file(config_file);
  if (!loaded.ok()) return core::fail(core::Errc::kInvalid, loaded.problems.front().to_string());
  POSTERN_TRY(auto answer, call_control(loaded.options.resolve("control.sock"), request));
  if (answer) {
    if (const Json* error = answer->is_object() ? answer->as_object().if_contains("error") : nullptr) {
      return core::fail(core::Errc::kInvalid, error->is_string() ? std::string(error->as_string()) : "control socket");
    }
    return std::move(*answer);
  }
  // Files of the store that root made would keep the server from starting.
  POSTERN_CHECK(become_owner_of(loaded.options.resolve(".")));
  boost::asio::io_context io;
  return run_to_end(io, open_and_run(std::move(loaded.options), std::move(request)));
}

}  // namespace postern::app
