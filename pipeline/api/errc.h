#pragma once
// pipeline/api/errc.h: why a message could not be taken, apart from verdicts (which are values).
#include <boost/system/error_code.hpp>

namespace postern::pipeline {

enum class Errc {
  kStageTimedOut = 1,  // a stage passed its time budget; transient
  kStageFailed,        // a scanner or library failed; transient
  kMemoryFull,         // no room for another message in flight; transient
  kStoreFailed,        // the sink could not make the message durable; transient
};

boost::system::error_code make_error_code(Errc value);

}  // namespace postern::pipeline

template <>
struct boost::system::is_error_code_enum<postern::pipeline::Errc> : std::true_type {};
