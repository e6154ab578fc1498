#pragma once
// tests/net/dns_server.h: a tiny DNS server over UDP on 127.0.0.1, on a thread of its own. It answers from a
// ZoneResolver: nxdomain and nodata with a SOA, servfail as RCODE 2; a name that the zone times out is not answered.
// Signatures (RFC 4034 section 3) are given ready-made and go with their records to who asks for them (RFC 3225).
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <map>
#include <string>
#include <thread>

#include "net/zone_resolver.h"

namespace postern::test {

class DnsServer {
 public:
  // Of a name and type: the wire form of RRSIG records.
  using Signatures = std::map<std::pair<std::string, unsigned>, std::string>;
  explicit DnsServer(const net::ZoneResolver& zone, Signatures signatures = {});
  ~DnsServer();
  net::Endpoint local() const;
  std::size_t questions() const { return questions_.load(); }

 private:
  void receive();
  std::string reply_to(const std::string& query);

  const net::ZoneResolver& zone_;
  const Signatures signatures_;
  boost::asio::io_context io_;
  boost::asio::ip::udp::socket socket_;
  boost::asio::ip::udp::endpoint sender_;
  std::string buffer_;
  std::atomic<std::size_t> questions_{0};
  std::thread thread_;
};

}  // namespace postern::test
