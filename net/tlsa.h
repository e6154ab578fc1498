#pragma once
// net/tlsa.h: what a domain says in signed DNS of the certificates of its mail hosts (RFC 6698, RFC 7672).
// Thread-safety: values and pure functions.  Errors: none; what cannot be used is left out.
#include <cstdint>
#include <string>
#include <vector>

#include "net/dns.h"

namespace postern::net {

struct TlsaRecord {
  std::uint8_t usage = 0;     // 2: DANE-TA, an issuer; 3: DANE-EE, the host's own
  std::uint8_t selector = 0;  // 0: the whole certificate; 1: its public key
  std::uint8_t matching = 0;  // 0: the thing itself; 1: its SHA-256; 2: its SHA-512
  std::string data;
  friend bool operator==(const TlsaRecord&, const TlsaRecord&) = default;
};

// Those of an answer that mail can use: usages 2 and 3 (RFC 7672 section 3.1.3), known selectors and matchings, data of their length.
std::vector<TlsaRecord> usable_tlsa(const DnsAnswer& answer);

// What a peer has to prove instead of a chain up to a known issuer.
struct Dane {
  std::vector<TlsaRecord> records;  // one of them has to match
  std::vector<std::string> names;   // of issuers' certificates: besides the host's, the domain that was written to
};

}  // namespace postern::net
