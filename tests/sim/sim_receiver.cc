#include "tests/sim/sim_receiver.h"

#include <fmt/format.h>

#include <array>

#include "core/encoding.h"

namespace postern::sim {
namespace {

using std::chrono::seconds;

std::string in_angles(std::string_view text) {
  const auto open = text.rfind('<');
  const auto close = text.find('>', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  return std::string(text.substr(open + 1, close - open - 1));
}

// The value of a field of a message with CRLF lines, unfolded.
std::string field_of(std::string_view message, std::string_view name) {
  const std::string bytes = "\r\n" + std::string(message.substr(0, message.find("\r\n\r\n") + 2));
  const auto found = core::to_lower_ascii(bytes).find("\r\n" + std::string(name) + ':');
  if (found == std::string::npos) return {};
  std::string out;
  for (std::size_t at = found + 2 + name.size() + 1; at < bytes.size();) {
    const auto end = bytes.find("\r\n", at);
    out += bytes.substr(at, end - at);
    at = end + 2;
    if (at >= bytes.size() || (bytes[at] != ' ' && bytes[at] != '\t')) break;
  }
  return out;
}

std::string without_stuffing(std::string_view data) {
  std::string out;
  for (std::size_t at = 0; at < data.size();) {
    const auto end = data.find("\r\n", at);
    std::string_view line = data.substr(at, end == std::string_view::npos ? std::string_view::npos : end + 2 - at);
    at += line.size();
    if (line.starts_with('.')) line.remove_prefix(1);
    out += line;
  }
  return out;
}

}  // namespace

class ReceivingHosts::Session {
 public:
  Session(ReceivingHosts& hosts, std::unique_ptr<net::Stream> stream, Chance chance)
      : hosts_(hosts), begun_(hosts.clock_.now()), stream_(std::move(stream)), chance_(chance) {}
  core::Task<void> run();

 private:
  enum class Goes { kOn, kAway };
  bool storms(std::uint64_t permille) { return !hosts_.weather_.is_calm && chance_.permille(permille); }
  core::Task<bool> say(std::string line);
  // Up to and with `end`; empty when the peer has gone.
  core::Task<std::string> hear(std::string end);
  core::Task<Goes> answer(std::string line);
  core::Task<Goes> take_data();
  Arrival& take(std::string_view data);

  ReceivingHosts& hosts_;
  const core::Instant begun_;
  std::unique_ptr<net::Stream> stream_;
  Chance chance_;
  std::string input_;
  std::string rcpt_;
  Arrival* unconfirmed_ = nullptr;  // taken and answered; the peer has said nothing since
};

core::Task<bool> ReceivingHosts::Session::say(std::string line) {
  line += "\r\n";
  co_return (co_await stream_->write_all(line, core::Deadline::never())).has_value();
}

core::Task<std::string> ReceivingHosts::Session::hear(std::string end) {
  std::array<char, 2048> buffer;
  for (;;) {
    if (const auto at = input_.find(end); at != std::string::npos) {
      std::string out = input_.substr(0, at + end.size());
      input_.erase(0, out.size());
      co_return out;
    }
    const auto by = core::Deadline::after(seconds(1800), hosts_.clock_);
    const auto count = co_await stream_->read_some(buffer, by);
    if (!count) co_return std::string();
    input_.append(buffer.data(), *count);
  }
}

core::Task<void> ReceivingHosts::Session::run() {
  if (storms(40)) co_await hosts_.clock_.sleep_for(chance_.between(seconds(60), seconds(400)));
  if (storms(40)) {
    (void)co_await say("421 4.3.2 not now");
    co_return;
  }
  if (!co_await say("220 mail ready")) co_return;
  for (;;) {
    std::string line = co_await hear("\r\n");
    if (line.empty()) co_return;
    if (unconfirmed_ != nullptr) {
      unconfirmed_->is_clean = true;
      unconfirmed_->clean_at = hosts_.clock_.now();
      unconfirmed_ = nullptr;
    }
    if (co_await answer(std::move(line)) == Goes::kAway) co_return;
  }
}

core::Task<ReceivingHosts::Session::Goes> ReceivingHosts::Session::answer(std::string line) {
  const std::string verb = core::to_lower_ascii(line.substr(0, 4));
  if (storms(10)) co_return Goes::kAway;
  std::string reply = "250 2.0.0 ok";
  if (verb == "ehlo") reply = "250-mail\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250 STARTTLS";
  if (verb == "star") {
    if (!co_await say("220 go")) co_return Goes::kAway;
    const auto done = co_await stream_->start_tls_server(nullptr, core::Deadline::never());
    co_return done ? Goes::kOn : Goes::kAway;
  }
  if (verb == "mail" && storms(30)) reply = "451 4.7.1 greylisted";
  if (verb == "rcpt") {
    rcpt_ = core::to_lower_ascii(in_angles(line));
    if (storms(60)) reply = "450 4.2.1 busy";
    if (rcpt_.starts_with("gone@")) reply = "550 5.1.1 no such user";
  }
  if (verb == "data") {
    if (!storms(30)) co_return co_await take_data();
    reply = "451 4.3.0 later";
  }
  if (verb == "quit") reply = "221 bye";
  const bool is_said = co_await say(reply);
  co_return is_said && verb != "quit" ? Goes::kOn : Goes::kAway;
}

core::Task<ReceivingHosts::Session::Goes> ReceivingHosts::Session::take_data() {
  if (!co_await say("354 go on")) co_return Goes::kAway;
  const std::string data = co_await hear("\r\n.\r\n");
  if (data.empty()) co_return Goes::kAway;
  if (storms(60)) co_return co_await say("451 4.3.0 not taken") ? Goes::kOn : Goes::kAway;
  if (storms(15)) co_return Goes::kAway;
  Arrival& arrival = take(data);
  hosts_.on_mail_(arrival);
  if (storms(70)) {
    hosts_.ledger_.count("delivery taken without an answer");
    co_return Goes::kAway;
  }
  if (storms(25)) co_await hosts_.clock_.sleep_for(seconds(700));
  if (!co_await say("250 2.0.0 taken")) co_return Goes::kAway;
  unconfirmed_ = &arrival;
  co_return Goes::kOn;
}

Arrival& ReceivingHosts::Session::take(std::string_view data) {
  Arrival& arrival = hosts_.ledger_.arrivals.emplace_back();
  arrival.text = without_stuffing(data.substr(0, data.size() - 3));
  arrival.message_id = in_angles(field_of(arrival.text, "message-id"));
  arrival.reply_to = in_angles(field_of(arrival.text, "reply-to"));
  arrival.rcpt = rcpt_;
  arrival.begun = begun_;
  arrival.at = hosts_.clock_.now();
  arrival.life = hosts_.life_();
  hosts_.ledger_.count("delivery");
  hosts_.ledger_.note("arrival for " + rcpt_);
  return arrival;
}

core::Task<void> ReceivingHosts::serve(std::unique_ptr<net::Stream> stream, Chance chance) {
  Session session(*this, std::move(stream), chance);
  co_await session.run();
}

}  // namespace postern::sim
