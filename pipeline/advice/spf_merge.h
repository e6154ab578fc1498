#pragma once
// pipeline/advice/spf_merge.h: the SPF record to paste: what the administrator has, with our server's terms put in.
// Thread-safety: free functions.
#include <string>
#include <string_view>
#include <vector>

namespace postern::pipeline {

enum class SpfPlace {
  kBeforeAll,  // behind the administrator's own mechanisms
  kFirst,      // before them: a match there ends the evaluation, whatever the rest costs or says
};

struct SpfMerge {
  std::string text;
  std::vector<std::string> left_out;  // terms that are not valid, or that no receiver would reach
};

// One record out of any number of published ones, each beginning with "v=spf1". Valid terms stay as they were written
// and once; "all" comes last, the mildest of several, and "+all" becomes "~all"; without "all" and "redirect" a "~all"
// is added.
SpfMerge merge_spf(const std::vector<std::string>& records, const std::vector<std::string>& terms, SpfPlace place);
// The terms of a record behind its version, as written.
std::vector<std::string> spf_terms(std::string_view record);

}  // namespace postern::pipeline
