#include "pipeline/reports/errc.h"

#include "core/result.h"

namespace postern::pipeline {
namespace {

std::string_view words_of(ReportErrc value) {
  switch (value) {
    case ReportErrc::kNotAReport: return "not a report";
    case ReportErrc::kUnpackable: return "cannot be unpacked";
    case ReportErrc::kTooLarge: return "too large";
    case ReportErrc::kMalformed: return "malformed";
    case ReportErrc::kInvalid: return "invalid value";
  }
  return "unknown";
}

}  // namespace

boost::system::error_code make_error_code(ReportErrc value) {
  static const core::EnumCategory<ReportErrc> category("report", words_of);
  return {static_cast<int>(value), category};
}

}  // namespace postern::pipeline
