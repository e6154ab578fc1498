#include "net/tlsa.h"

namespace postern::net {
namespace {

constexpr std::size_t kHead = 3;
constexpr std::size_t kSha256Bytes = 32;
constexpr std::size_t kSha512Bytes = 64;
constexpr std::size_t kRecordsMax = 16;  // of one host; a rollover has two

bool is_usable(const TlsaRecord& record) {
  if (record.usage != 2 && record.usage != 3) return false;
  if (record.selector > 1 || record.matching > 2) return false;
  if (record.matching == 1) return record.data.size() == kSha256Bytes;
  if (record.matching == 2) return record.data.size() == kSha512Bytes;
  return !record.data.empty();
}

}  // namespace

std::vector<TlsaRecord> usable_tlsa(const DnsAnswer& answer) {
  std::vector<TlsaRecord> out;
  for (const std::string& rdata : answer.rdata) {
    if (rdata.size() <= kHead || out.size() == kRecordsMax) continue;
    const auto byte = [&rdata](std::size_t at) { return static_cast<std::uint8_t>(rdata[at]); };
    TlsaRecord record{byte(0), byte(1), byte(2), rdata.substr(kHead)};
    if (is_usable(record)) out.push_back(std::move(record));
  }
  return out;
}

}  // namespace postern::net
