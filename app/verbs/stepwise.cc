#include "app/verbs/stepwise.h"

#include <boost/json/object.hpp>

#include "app/control.h"
#include "app/offline.h"
#include "app/operator_commands.h"
#include "app/privileges.h"
#include "conf/load.h"
#include "core/errc.h"

namespace postern::app {
namespace {

core::Task<core::Result<Json>> run_alone(conf::GatewayOptions options, Json request, std::function<std::optional<Json>(const Json&)> next) {
  POSTERN_CO_TRY(const auto services, co_await Services::open(std::move(options), core::system_clock()));
  for (;;) {
    request.as_object()["is_alone"] = true;
    POSTERN_CO_TRY(Json answer, co_await run_operator_command(std::move(request), *services));
    std::optional<Json> more = next(answer);
    if (!more) co_return answer;
    request = std::move(*more);
  }
}

core::Result<Json> or_error(Json answer) {
  const Json* error = answer.is_object() ? answer.as_object().if_contains("error") : nullptr;
  if (error == nullptr) return answer;
  return core::fail(core::Errc::kInvalid, error->is_string() ? std::string(error->as_string()) : "control socket");
}

}  // namespace

core::Result<Json> run_stepwise(const std::string& config_file, Json first, const std::function<std::optional<Json>(const Json&)>& next) {
  conf::Loaded loaded = conf::load_file(config_file);
  if (!loaded.ok()) return core::fail(core::Errc::kInvalid, loaded.problems.front().to_string());
  const auto socket = loaded.options.resolve("control.sock");
  for (Json request = first;;) {
    POSTERN_TRY(auto answer, call_control(socket, request));
    if (!answer) break;
    POSTERN_TRY(Json told, or_error(std::move(*answer)));
    std::optional<Json> more = next(told);
    if (!more) return told;
    request = std::move(*more);
  }
  // No server, or it went away: then the import that it had is gone too, and this begins it again.
  POSTERN_CHECK(become_owner_of(loaded.options.resolve(".")));
  boost::asio::io_context io;
  return run_to_end(io, run_alone(std::move(loaded.options), std::move(first), next));
}

}  // namespace postern::app
