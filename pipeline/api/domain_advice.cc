#include "pipeline/api/domain_advice.h"

namespace postern::pipeline {
namespace {

int severity(AdviceState state) {
  switch (state) {
    case AdviceState::kOk: return 0;
    case AdviceState::kWarning: return 1;
    case AdviceState::kUnknown: return 2;
    case AdviceState::kMissing: return 3;
    case AdviceState::kDifferent: return 4;
  }
  return 2;
}

}  // namespace

std::string_view to_string(AdviceState state) {
  switch (state) {
    case AdviceState::kOk: return "ok";
    case AdviceState::kMissing: return "missing";
    case AdviceState::kDifferent: return "different";
    case AdviceState::kWarning: return "warning";
    case AdviceState::kUnknown: return "unknown";
  }
  return "unknown";
}

AdviceState DomainAdvice::state() const {
  AdviceState worst = AdviceState::kOk;
  for (const RecordAdvice& record : records) {
    if (record.is_required && severity(record.state) > severity(worst)) worst = record.state;
  }
  return worst;
}

bool DomainAdvice::is_good() const { return severity(state()) <= severity(AdviceState::kWarning); }

}  // namespace postern::pipeline
