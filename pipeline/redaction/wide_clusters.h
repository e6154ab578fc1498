#pragma once
// pipeline/redaction/wide_clusters.h: where digits stand near each other in text whose characters have other widths or
// are not shown, told from its bytes, sixty-four at a time: so that only these places are brought to scan text and
// read. A byte counts as one that keeps two digits apart only where it surely is one character of scan text, so that
// what comes out may be too much and is never too little: tests compare with the scan text of the whole, and for all
// code points. Thread-safety: pure function. Time: linear. Memory: one range for each cluster. Tied to scan_text.cc.
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"

namespace postern::pipeline {

// Each row of at least kSpreadDigitsMin digits of scan text, no two neighbours further apart than kSpreadGapMax
// characters of it (spread_reader.h), that stands in `place` lies whole in one of these. Ascending, disjoint; each
// begins and ends with a whole character. `text` is UTF-8; other bytes are read as Latin-1.
std::vector<ByteRange> wide_clusters(std::string_view text, ByteRange place);

}  // namespace postern::pipeline
