#pragma once
// pipeline/sender/options.h: every limit of sender authentication, with the unit and what a lower value costs.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/clock.h"
#include "net/ip.h"

namespace postern::pipeline {

struct SpfLimits {
  std::uint32_t lookups_max = 10;           // RFC 7208 section 4.6.4: mechanisms and redirect; more is permerror
  std::uint32_t void_lookups_max = 2;       // the same section; more is permerror
  std::uint32_t mx_names_max = 10;          // exchanges of one mx mechanism; more is permerror
  std::uint32_t ptr_names_max = 10;         // names of one ptr look-up; further ones are ignored
  std::uint32_t questions_max = 150;        // DNS questions of one check, whatever the record says
  std::size_t record_bytes_max = 16384;     // one policy record; longer is permerror
  std::size_t explanation_bytes_max = 500;  // expanded explanation; longer is dropped
  core::Duration time_max = std::chrono::seconds(20);  // RFC 7208 section 4.6.4; past it the result is temperror
};

// Who does the cryptographic part of DKIM verification; the results are the same (tests compare them).
enum class DkimEngine {
  kOpenSsl,   // ours: keys are kept parsed, threads do not meet in locks
  kOpenDkim,  // libopendkim: parses every key anew; judges x= by the machine's clock
};

struct DkimLimits {
  DkimEngine engine = DkimEngine::kOpenSsl;
  std::size_t signatures_max = 8;          // signature fields looked at, from the top; applied before any work
  std::size_t signature_bytes_max = 8192;  // one DKIM-Signature field; longer is permerror
  std::size_t signed_names_max = 256;      // names in h=
  std::size_t identity_bytes_max = 255;    // i=; libopendkim reads beyond its buffer above it
  std::size_t key_record_bytes_max = 4096;
  std::uint32_t rsa_bits_min = 1024;  // RFC 8301 section 3.2
  bool accepts_rsa_sha1 = false;      // RFC 8301 section 3.1 forbids it; true only to read old archives
  std::uint32_t rsa_bits_max = 4096;  // a larger modulus costs the verifier more than the sender
  core::Duration clock_skew_max = std::chrono::minutes(5);  // t= further in the future than this is not a pass
  std::size_t header_fields_max = 4096;                     // more header fields: no signature is verified
  std::size_t header_bytes_max = 1u << 20;                  // a larger header likewise
  std::size_t inline_bytes_max = 64 * 1024;                 // smaller messages are hashed on the session's thread
};

struct DmarcLimits {
  std::uint32_t queries_max = 8;  // RFC 9989 DNS tree walk, one walk
  std::size_t record_bytes_max = 4096;
  std::size_t from_bytes_max = 16384;  // all From fields together; longer is permerror
};

struct ArcLimits {
  std::uint32_t sets_max = 50;           // RFC 8617 section 4.2.1; more is a failed chain
  std::uint32_t sets_checked_max = 10;   // whose keys are fetched; a longer chain is not a pass
  std::size_t results_bytes_max = 16384; // one ARC-Authentication-Results field
};

struct DnsListOptions {
  std::vector<std::string> deny;   // zones that list senders of spam, such as "zen.spamhaus.org"
  std::vector<std::string> allow;  // zones that list good senders, such as "list.dnswl.org"
  core::Duration time_max = std::chrono::seconds(5);  // of all of them together; later answers count as silence
};

// What is kept of DNS for the explanation of a verdict.
struct TrailLimits {
  std::size_t steps_max = 60;         // questions of one message; a further one is answered and not kept
  std::size_t records_max = 8;        // of one answer
  std::size_t record_bytes_max = 512; // of one record
};

struct AuthOptions {
  SpfLimits spf;
  DkimLimits dkim;
  DmarcLimits dmarc;
  ArcLimits arc;
  DnsListOptions lists;
  TrailLimits trail;
  std::vector<std::string> trusted_sealers;    // d= of ARC seals whose verdict stands in for a broken one
  std::vector<net::IpNetwork> trusted_forwarders;  // servers that forward mail without ARC: no DMARC failure of theirs is enforced
  // For reverse name and HELO name: whoever is asked for them may be the sender's own silent server.
  core::Duration evidence_max = std::chrono::seconds(10);
  std::uint32_t iprev_names_max = 10;  // PTR names that are looked up again (RFC 8601 section 2.7.3)
};

static_assert(SpfLimits{}.lookups_max == 10 && SpfLimits{}.void_lookups_max == 2, "RFC 7208 section 4.6.4");
static_assert(DmarcLimits{}.queries_max == 8, "RFC 9989: a walk asks at most eight names");

}  // namespace postern::pipeline
