#pragma once
// pipeline/advice/forecast.h: whether a reply from the domain passes DMARC at its receiver. Replies leave with an envelope
// sender and a From of the same domain and a signature with d= of it, so that what passes also aligns, strictly too.
// Thread-safety: free function.
#include "pipeline/advice/records.h"

namespace postern::pipeline {

AlignmentForecast foretell(const AdviceRun& run, const SpfAdvice& spf, const std::vector<RecordAdvice>& dkim,
                           const DmarcAdvice& dmarc);

}  // namespace postern::pipeline
