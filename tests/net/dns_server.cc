#include "tests/net/dns_server.h"

namespace postern::test {
namespace {

using boost::asio::ip::udp;
using std::string_literals::operator""s;

constexpr std::size_t kHeaderBytes = 12;

std::string u16(unsigned value) { return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xffU)}; }
unsigned at(const std::string& bytes, std::size_t index) { return static_cast<unsigned char>(bytes[index]); }

std::string record(const std::string& owner, unsigned type, std::uint32_t ttl, const std::string& rdata) {
  return owner + u16(type) + u16(1) + u16(ttl >> 16U) + u16(ttl & 0xffffU) + u16(static_cast<unsigned>(rdata.size())) +
         rdata;
}

}  // namespace

DnsServer::DnsServer(const net::ZoneResolver& zone, Signatures signatures)
    : zone_(zone), signatures_(std::move(signatures)), socket_(io_, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {
  receive();
  thread_ = std::thread([this] { io_.run(); });
}

DnsServer::~DnsServer() {
  io_.stop();
  thread_.join();
}

net::Endpoint DnsServer::local() const {
  return {net::IpAddress(socket_.local_endpoint().address()), socket_.local_endpoint().port()};
}

void DnsServer::receive() {
  buffer_.resize(4096);
  socket_.async_receive_from(boost::asio::buffer(buffer_), sender_,
                             [this](boost::system::error_code code, std::size_t n) {
                               if (code) return;
                               const std::string reply = reply_to(buffer_.substr(0, n));
                               boost::system::error_code ignored;
                               if (!reply.empty()) socket_.send_to(boost::asio::buffer(reply), sender_, 0, ignored);
                               receive();
                             });
}

std::string DnsServer::reply_to(const std::string& query) {
  if (query.size() < kHeaderBytes + 5) return {};
  std::string name;
  std::size_t place = kHeaderBytes;
  while (place < query.size() && at(query, place) != 0) {
    if (!name.empty()) name += '.';
    name += query.substr(place + 1, at(query, place));
    place += 1 + at(query, place);
  }
  ++place;
  if (place + 4 > query.size()) return {};
  const unsigned type = at(query, place) << 8U | at(query, place + 1);
  const std::string question = query.substr(kHeaderBytes, place + 4 - kHeaderBytes);
  questions_.fetch_add(1);

  const net::DnsAnswer answer = zone_.answer({name, static_cast<net::DnsType>(type)});
  if (answer.status == net::DnsStatus::kTimeout) return {};
  const unsigned rcode = answer.status == net::DnsStatus::kNxDomain   ? 3
                         : answer.status == net::DnsStatus::kServFail ? 2
                                                                      : 0;
  std::string answers;
  unsigned count = 0;
  for (const std::string& rdata : answer.rdata) {
    answers += record("\xc0\x0c"s, type, answer.ttl_seconds, rdata);
    ++count;
  }
  // An OPT record behind the question: root name, type 41, then size, version and flags, of which one asks for DNSSEC.
  const std::size_t option = place + 4;
  const bool has_option = query.size() >= option + 11 && at(query, option + 2) == 41;
  const bool wants_dnssec = has_option && (at(query, option + 7) & 0x80U) != 0;
  const auto signature = signatures_.find({net::normalize_name(name), type});
  if (wants_dnssec && signature != signatures_.end() && count > 0) {
    answers += record("\xc0\x0c"s, 46, answer.ttl_seconds, signature->second);
    ++count;
  }
  const std::string option_back = has_option ? "\0\0\x29\x04\xd0\0\0"s + (wants_dnssec ? "\x80"s : "\0"s) + "\0\0\0"s : std::string();
  std::string authority;
  if (answer.is_absent()) {
    const std::string soa = "\0\0"s + std::string(16, '\0') + "\0\0\0\x3c"s;  // root names, minimum 60 s
    authority = record("\0"s, 6, 60, soa);
  }
  const unsigned flags = 0x8180U | rcode;  // response, recursion desired and available
  return query.substr(0, 2) + u16(flags) + u16(1) + u16(count) + u16(authority.empty() ? 0 : 1) + u16(has_option ? 1 : 0) + question +
         answers + authority + option_back;
}

}  // namespace postern::test
