#pragma once
// pipeline/sender/spf_record.h: an SPF record parsed by the ABNF of RFC 7208 section 12, completely: any error
// anywhere makes the record invalid (section 4.6), even behind the term that would have matched.
// Thread-safety: values and free functions.
#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::pipeline {

enum class SpfMechanism { kAll, kInclude, kA, kMx, kPtr, kIp4, kIp6, kExists };

struct SpfTerm {
  SpfMechanism mechanism = SpfMechanism::kAll;
  char qualifier = '+';     // '+', '-', '?' or '~'
  std::string domain_spec;  // empty where the record leaves it out
  boost::asio::ip::address network;  // ip4, ip6; as written: a mapped network is an IPv6 one
  unsigned bits_v4 = 32;    // a, mx, ip4
  unsigned bits_v6 = 128;   // a, mx, ip6
};

struct SpfRecord {
  std::vector<SpfTerm> terms;
  std::optional<std::string> redirect;     // domain-spec
  std::optional<std::string> explanation;  // domain-spec of exp=
};

// True when the text begins with the version section "v=spf1" (RFC 7208 section 4.5).
bool is_spf_record(std::string_view text);
std::optional<SpfRecord> parse_spf_record(std::string_view text);

}  // namespace postern::pipeline
