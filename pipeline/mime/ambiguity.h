#pragma once
// pipeline/mime/ambiguity.h: how far real readers would see different messages in the same bytes, as one number.
// draft-chen-email-mime-ambiguity-defense names the forms; README.md has the weights.
// Thread-safety: pure functions. Errors: none.
#include <cstdint>
#include <span>
#include <string_view>

#include "pipeline/api/verdict.h"

namespace postern::pipeline {

struct DefectWeight {
  std::string_view word;  // of ParseReport::defects; static storage
  std::uint32_t weight = 0;
};
// The words that count; all others weigh nothing: every reader bears them alike.
std::span<const DefectWeight> defect_weights();

// The sum of the weights, at most 100.
std::uint32_t ambiguity_of(const ParseReport& report);

}  // namespace postern::pipeline
