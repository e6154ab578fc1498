#pragma once
// tests/conformance/faulty_dns_server.h: a DNS server on 127.0.0.1 over UDP and TCP, on a thread of its own, that
// answers from a zone and misbehaves below given names. It answers nobody but this machine and ends with the object.
// Thread-safety: build the zone first; asked() from any thread.  Limits: a TCP connection reads one question.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <map>
#include <string>
#include <thread>

#include "core/task.h"
#include "net/zone_resolver.h"

namespace postern::test {

enum class DnsFault {
  kNone,
  kSilent,          // no answer at all
  kServFail,        // RCODE 2
  kRefused,         // RCODE 5
  kTruncated,       // TC over UDP, the whole answer over TCP (RFC 7766 section 5)
  kTruncatedOnly,   // TC over UDP, silence over TCP
  kDrip,            // TC over UDP, the answer over TCP a byte at a time
  kCnameLoop,       // an alias of itself, over another name
  kWrongId,         // the answer to a question that was not asked
  kWrongQuestion,   // the right id, another name in the question
  kCutShort,        // the message ends in the middle of a record
  kPointerLoop,     // a compressed name that points to itself
  kCountsLie,       // more records announced than there are
};

class FaultyDnsServer {
 public:
  // What is at or below a name of `faults` goes wrong in its way.
  FaultyDnsServer(const net::ZoneResolver& zone, std::map<std::string, DnsFault> faults);
  ~FaultyDnsServer();
  FaultyDnsServer(const FaultyDnsServer&) = delete;
  net::Endpoint local() const;
  std::size_t asked() const { return asked_.load(); }

 private:
  struct Reply;
  Reply reply_to(const std::string& query, bool is_tcp) const;
  DnsFault fault_of(const std::string& name) const;
  core::Task<void> serve_udp();
  core::Task<void> serve_tcp();
  core::Task<void> serve_connection(boost::asio::ip::tcp::socket socket);

  const net::ZoneResolver& zone_;
  const std::map<std::string, DnsFault> faults_;
  boost::asio::io_context io_;
  boost::asio::ip::udp::socket udp_;
  boost::asio::ip::tcp::acceptor tcp_;
  std::atomic<std::size_t> asked_{0};
  std::thread thread_;
};

}  // namespace postern::test
