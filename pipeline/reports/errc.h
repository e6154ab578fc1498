#pragma once
// pipeline/reports/errc.h: why bytes are not a report that can be counted.
#include <boost/system/error_code.hpp>

namespace postern::pipeline {

enum class ReportErrc {
  kNotAReport = 1,  // something else: another XML or JSON file, a picture
  kUnpackable,      // damaged, encrypted or of a method other than deflate
  kTooLarge,        // beyond a limit of ReportReadLimits
  kMalformed,       // XML or JSON that ends early or breaks its grammar
  kInvalid,         // a count, address or time that cannot be
};

boost::system::error_code make_error_code(ReportErrc value);

}  // namespace postern::pipeline

template <>
struct boost::system::is_error_code_enum<postern::pipeline::ReportErrc> : std::true_type {};
