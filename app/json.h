#pragma once
// app/json.h: the JSON value of command-line answers and of the control socket (Boost.JSON, forward only).
#include <boost/json/fwd.hpp>
#include <boost/json/value.hpp>

namespace postern::app {
using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;
}  // namespace postern::app
