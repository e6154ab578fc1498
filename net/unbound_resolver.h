#pragma once
// net/unbound_resolver.h: the real resolver: libunbound, asynchronous on an Asio descriptor, with its cache, DNSSEC
// validation where a trust anchor is configured, and one deadline a query.
// Thread-safety: query() from any executor; it resumes on the caller's.  Ownership: stop() before the io_context ends.
// Limits: outstanding questions are bounded (kTimeout at once beyond it is never silent: counted as a metric).
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "net/dns.h"
#include "net/options.h"

namespace postern::net {

class UnboundResolver final : public DnsResolver {
 public:
  static core::Result<std::unique_ptr<UnboundResolver>> start(boost::asio::io_context& io, ResolverOptions options,
                                                              core::Clock& clock);
  ~UnboundResolver() override;
  core::Task<DnsAnswer> query(DnsQuestion question, core::Deadline by) override;
  void stop();  // fails what is outstanding with kTimeout

 private:
  struct State;
  explicit UnboundResolver(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace postern::net
