#include "tests/conformance/faulty_dns_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>

namespace postern::test {
namespace {

using boost::asio::ip::tcp;
using boost::asio::ip::udp;
using std::string_literals::operator""s;

constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);
constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kUdpBytesMax = 1232;  // what a resolver offers today; more is truncated
constexpr std::chrono::milliseconds kDripEvery{20};

std::string u16(std::size_t value) {
  return {static_cast<char>((value >> 8U) & 0xffU), static_cast<char>(value & 0xffU)};
}
std::size_t at(const std::string& bytes, std::size_t index) { return static_cast<unsigned char>(bytes[index]); }

std::string record(const std::string& owner, std::size_t type, const std::string& rdata) {
  return owner + u16(type) + u16(1) + u16(0) + u16(60) + u16(rdata.size()) + rdata;
}

std::string wire_name(const std::string& name) {
  std::string out;
  for (std::size_t begin = 0; begin < name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    out += static_cast<char>(end - begin);
    out += name.substr(begin, end - begin);
    begin = end + 1;
  }
  return out + '\0';
}

void ignore(std::exception_ptr) {}

}  // namespace

struct FaultyDnsServer::Reply {
  std::string message;  // empty: none
  bool drips = false;
};

FaultyDnsServer::FaultyDnsServer(const net::ZoneResolver& zone, std::map<std::string, DnsFault> faults)
    : zone_(zone),
      faults_(std::move(faults)),
      udp_(io_, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
      tcp_(io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), udp_.local_endpoint().port())) {
  boost::asio::co_spawn(io_, serve_udp(), ignore);
  boost::asio::co_spawn(io_, serve_tcp(), ignore);
  thread_ = std::thread([this] { io_.run(); });
}

FaultyDnsServer::~FaultyDnsServer() {
  io_.stop();
  thread_.join();
}

net::Endpoint FaultyDnsServer::local() const {
  return {net::IpAddress(udp_.local_endpoint().address()), udp_.local_endpoint().port()};
}

DnsFault FaultyDnsServer::fault_of(const std::string& name) const {
  for (const auto& [below, fault] : faults_) {
    if (name == below || name.ends_with("." + below)) return fault;
  }
  return DnsFault::kNone;
}

FaultyDnsServer::Reply FaultyDnsServer::reply_to(const std::string& query, bool is_tcp) const {
  std::string name;
  std::size_t place = kHeaderBytes;
  while (place < query.size() && at(query, place) != 0) {
    if (!name.empty()) name += '.';
    name += query.substr(place + 1, at(query, place));
    place += 1 + at(query, place);
  }
  if (place + 5 > query.size()) return {};
  const std::size_t type = at(query, place + 1) << 8U | at(query, place + 2);
  std::string question = query.substr(kHeaderBytes, place + 5 - kHeaderBytes);
  std::string id = query.substr(0, 2);
  const std::string key = net::normalize_name(name);
  const DnsFault fault = fault_of(key);

  const net::DnsAnswer answer = zone_.answer({name, static_cast<net::DnsType>(type)});
  std::size_t code = answer.status == net::DnsStatus::kNxDomain ? 3 : 0;
  std::string answers;
  std::size_t count = 0;
  for (const std::string& rdata : answer.rdata) {
    answers += record("\xc0\x0c"s, type, rdata);
    ++count;
  }
  const bool must_truncate = fault == DnsFault::kTruncated || fault == DnsFault::kTruncatedOnly || fault == DnsFault::kDrip;
  Reply reply;
  switch (fault) {
    case DnsFault::kSilent: return reply;
    case DnsFault::kTruncatedOnly:
      if (is_tcp) return reply;
      break;
    case DnsFault::kServFail: code = 2; break;
    case DnsFault::kRefused: code = 5; break;
    case DnsFault::kCnameLoop: {
      const std::string other = key.starts_with("loop.") ? key.substr(5) : "loop." + key;
      answers = record("\xc0\x0c"s, 5, wire_name(other)) + record(wire_name(other), 5, "\xc0\x0c"s);
      count = 2;
      code = 0;
      break;
    }
    case DnsFault::kWrongId: id[0] = static_cast<char>(id[0] ^ 0x55); break;
    case DnsFault::kWrongQuestion: question = wire_name("other." + key) + u16(type) + u16(1); break;
    case DnsFault::kPointerLoop:
      answers = record("\xc0"s + static_cast<char>(kHeaderBytes + question.size()), type, "x"s);
      count = 1;
      break;
    case DnsFault::kCountsLie: count += 5000; break;
    case DnsFault::kDrip: reply.drips = is_tcp; break;
    default: break;
  }
  bool is_truncated = false;
  if (!is_tcp && (must_truncate || kHeaderBytes + question.size() + answers.size() > kUdpBytesMax)) {
    is_truncated = true;
    answers.clear();
    count = 0;
  }
  const std::size_t flags = 0x8180U | (is_truncated ? 0x0200U : 0U) | code;
  std::string authority;
  if (count == 0 && !is_truncated) authority = record("\0"s, 6, "\0\0"s + std::string(16, '\0') + "\0\0\0\x3c"s);
  reply.message = id + u16(flags) + u16(1) + u16(count) + u16(authority.empty() ? 0 : 1) + u16(0) + question + answers + authority;
  if (fault == DnsFault::kCutShort) reply.message.resize(reply.message.size() - std::min<std::size_t>(reply.message.size() - kHeaderBytes, 7));
  return reply;
}

core::Task<void> FaultyDnsServer::serve_udp() {
  std::string buffer(4096, '\0');
  while (true) {
    udp::endpoint sender;
    const auto [code, size] = co_await udp_.async_receive_from(boost::asio::buffer(buffer), sender, kAwait);
    if (code) co_return;
    asked_.fetch_add(1);
    const Reply reply = reply_to(buffer.substr(0, size), false);
    boost::system::error_code ignored;
    if (!reply.message.empty()) udp_.send_to(boost::asio::buffer(reply.message), sender, 0, ignored);
  }
}

core::Task<void> FaultyDnsServer::serve_tcp() {
  while (true) {
    tcp::socket socket(io_);
    const auto [code] = co_await tcp_.async_accept(socket, kAwait);
    if (code) co_return;
    boost::asio::co_spawn(io_, serve_connection(std::move(socket)), ignore);
  }
}

core::Task<void> FaultyDnsServer::serve_connection(tcp::socket socket) {
  std::string length(2, '\0');
  const auto [no_length, two] = co_await boost::asio::async_read(socket, boost::asio::buffer(length), kAwait);
  if (no_length) co_return;
  std::string query((at(length, 0) << 8U) | at(length, 1), '\0');
  const auto [no_query, size] = co_await boost::asio::async_read(socket, boost::asio::buffer(query), kAwait);
  if (no_query || two != 2 || size != query.size()) co_return;
  asked_.fetch_add(1);
  const Reply reply = reply_to(query, true);
  const std::string framed = u16(reply.message.size()) + reply.message;
  if (reply.message.empty()) {  // silence until the other side gives up
    co_await boost::asio::async_read(socket, boost::asio::buffer(length), kAwait);
    co_return;
  }
  boost::asio::steady_timer pause(io_);
  for (std::size_t sent = 0; sent < framed.size();) {
    const std::size_t step = reply.drips ? 1 : framed.size();
    const auto [failed, n] =
        co_await boost::asio::async_write(socket, boost::asio::buffer(framed.data() + sent, step), kAwait);
    if (failed) co_return;
    sent += n;
    if (!reply.drips) continue;
    pause.expires_after(kDripEvery);
    co_await pause.async_wait(kAwait);
  }
}

}  // namespace postern::test
