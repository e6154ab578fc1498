#pragma once
// net/zone_resolver.h: the in-memory twin of the resolver, for tests and for `postern scan` over fixed zones. It
// follows CNAMEs (at most 8), answers kNxDomain for unknown names, and can be told to fail a name.
// Thread-safety: build it first; query() from any executor afterwards.
#include <atomic>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/dns.h"

namespace postern::net {

class ZoneResolver final : public DnsResolver {
 public:
  void add_a(std::string_view name, std::string_view address);  // A or AAAA, by the address's form
  void add_txt(std::string_view name, std::string_view text);
  void add_mx(std::string_view name, std::uint16_t preference, std::string_view exchange);
  void add_ptr(std::string_view name, std::string_view target);
  void add_cname(std::string_view name, std::string_view target);
  void add_raw(std::string_view name, DnsType type, std::string rdata);
  // Answers for this name and those below it are as if DNSSEC had validated them.
  void sign_below(std::string_view name);
  // Every question for `name` (of any type) ends with `status`.
  void fail_name(std::string_view name, DnsStatus status);
  void fail_type(std::string_view name, DnsType type, DnsStatus status);

  core::Task<DnsAnswer> query(DnsQuestion question, core::Deadline by) override;
  DnsAnswer answer(const DnsQuestion& question) const;  // the same without a coroutine
  std::size_t query_count() const { return queries_.load(); }

 private:
  using Key = std::pair<std::string, DnsType>;
  std::map<Key, std::vector<std::string>> records_;
  bool is_signed(const std::string& name) const;
  std::map<std::string, bool> names_;
  std::vector<std::string> signed_;
  std::map<std::string, DnsStatus> failing_names_;
  std::map<Key, DnsStatus> failing_types_;
  std::atomic<std::size_t> queries_{0};
};

}  // namespace postern::net
