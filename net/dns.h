#pragma once
// net/dns.h: the resolver port. Everything in Postern that asks DNS asks this.
// Thread-safety: query() from any executor; it resumes on the caller's.  Ownership: outlives its users.
// Errors: none; every outcome is a DnsStatus, because SPF and DMARC treat each one differently.
#include <boost/asio/buffer.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "core/deadline.h"
#include "core/task.h"
#include "net/ip.h"

namespace postern::net {

enum class DnsType : std::uint16_t { kA = 1, kNs = 2, kCname = 5, kSoa = 6, kPtr = 12, kMx = 15, kTxt = 16, kAaaa = 28, kTlsa = 52 };

enum class DnsStatus {
  kOk,        // at least one record of the type
  kNoData,    // the name exists without a record of the type
  kNxDomain,  // the name does not exist
  kServFail,  // the servers answered with an error, or an answer could not be parsed
  kTimeout,   // no answer by the deadline
  kBogus,     // DNSSEC validation failed: never treat as "absent"
};
std::string_view to_string(DnsStatus status);  // "ok", "nodata", "nxdomain", "servfail", "timeout", "bogus"

struct DnsQuestion {
  DnsQuestion(std::string the_name, DnsType the_type) : name(std::move(the_name)), type(the_type) {}
  std::string name;  // A-labels, with or without the final dot, any case
  DnsType type;
  friend bool operator==(const DnsQuestion&, const DnsQuestion&) = default;
};

struct DnsAnswer {
  DnsStatus status = DnsStatus::kServFail;
  bool is_secure = false;           // validated by DNSSEC
  std::uint32_t ttl_seconds = 0;
  std::vector<std::string> rdata;   // wire format, names uncompressed
  std::string canonical_name;       // where CNAMEs led; empty when none

  bool is_ok() const { return status == DnsStatus::kOk; }
  bool is_absent() const { return status == DnsStatus::kNoData || status == DnsStatus::kNxDomain; }
  bool is_transient_failure() const { return !is_ok() && !is_absent(); }
  // The records decoded; malformed ones are left out.
  std::vector<std::string> txt() const;  // character-strings of each record concatenated (RFC 7208 3.3)
  std::vector<IpAddress> addresses() const;
  std::vector<std::string> names() const;  // PTR, NS, CNAME targets, lower case, no final dot
  struct Mx {
    std::uint16_t preference = 0;
    std::string exchange;  // empty for the null MX of RFC 7505
  };
  std::vector<Mx> mx() const;  // by preference
};

class DnsResolver {
 public:
  virtual ~DnsResolver() = default;
  virtual core::Task<DnsAnswer> query(DnsQuestion question, core::Deadline by) = 0;
};

// A name in lower case without its final dot: the form of cache keys and zone files.
std::string normalize_name(std::string_view name);

}  // namespace postern::net
