#pragma once
// ticketing/ledger_options.h: what is counted for our DMARC aggregate reports. Whatever finds no room is dropped and
// counted in a metric.
#include <cstddef>
#include <cstdint>

namespace postern::ticketing {

struct LedgerOptions {
  std::size_t pending_rows_max = 20'000;  // in memory, until they are written
  std::size_t rows_max = 5'000;           // of one policy domain and day
  std::size_t domains_max = 10'000;       // policy domains of one day
  std::size_t results_max = 100;          // DKIM results of one row (RFC 9990 section 3.1.3)
  std::size_t batch_rows_max = 500;       // written together
  std::uint32_t keep_days = 7;            // then they are erased
};

}  // namespace postern::ticketing
