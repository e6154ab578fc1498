// Record data of any content, through every decoder; and as the text of addresses, networks and endpoints.
#include <cstdint>
#include <string_view>

#include "core/assert.h"
#include "net/dns.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  postern::net::DnsAnswer answer;
  answer.status = postern::net::DnsStatus::kOk;
  answer.rdata = {std::string(raw), std::string(raw.substr(0, size / 2))};
  for (const auto& text : answer.txt()) POSTERN_ASSERT(text.size() < size + 1);
  for (const auto& name : answer.names()) POSTERN_ASSERT(!name.empty() && name.size() <= 255);
  for (const auto& mx : answer.mx()) POSTERN_ASSERT(mx.exchange.size() <= 255);
  for (const auto& address : answer.addresses())
    POSTERN_ASSERT(postern::net::IpAddress::parse(address.to_string()).value() == address);
  if (const auto network = postern::net::IpNetwork::parse(raw)) {
    POSTERN_ASSERT(postern::net::IpNetwork::parse(network->to_string()));
  }
  if (const auto endpoint = postern::net::Endpoint::parse(raw)) {
    POSTERN_ASSERT(postern::net::Endpoint::parse(endpoint->to_string()).value() == *endpoint);
  }
  return 0;
}
