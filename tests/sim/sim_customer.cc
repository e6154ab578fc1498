#include "tests/sim/sim_customer.h"

#include <fmt/format.h>

#include <array>

#include "core/encoding.h"
#include "tests/sim/sim_world.h"

namespace postern::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

std::string to_wire(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto end = bytes.find("\r\n", at);
    const std::string_view line = bytes.substr(at, end == std::string_view::npos ? std::string_view::npos : end + 2 - at);
    if (line.starts_with('.')) out += '.';
    out += line;
    at += line.size();
  }
  return out + ".\r\n";
}

// The id in brackets at the end of the reply to a message.
std::string trace_in(const std::string& line) {
  const auto open = line.rfind('[');
  const auto close = line.rfind(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return line.substr(open + 1, close - open - 1);
}

}  // namespace

core::Task<Heard> SmtpTalk::hear() {
  std::array<char, 1024> buffer;
  for (;;) {
    for (auto end = input_.find("\r\n"); end != std::string::npos; end = input_.find("\r\n")) {
      const std::string line = input_.substr(0, end);
      input_.erase(0, end + 2);
      if (line.size() < 3) co_return Heard{};
      if (line.size() > 3 && line[3] == '-') continue;
      co_return Heard{std::stoi(line.substr(0, 3)), line};
    }
    const auto count = co_await stream_->read_some(buffer, patience());
    if (!count) co_return Heard{};
    input_.append(buffer.data(), *count);
  }
}

core::Task<bool> SmtpTalk::push(std::string bytes) {
  co_return (co_await stream_->write_all(bytes, patience())).has_value();
}

core::Task<Heard> SmtpTalk::say(std::string line) {
  if (!co_await push(line + "\r\n")) co_return Heard{};
  co_return co_await hear();
}

core::Task<bool> SmtpTalk::encrypt() {
  const Heard ready = co_await say("STARTTLS");
  if (ready.code != 220) co_return ready.code != 0;
  co_return (co_await stream_->start_tls_client(nullptr, "mx.acme.example", patience())).has_value();
}

Customer::Customer(World& world, Persona persona, Chance chance)
    : world_(world), persona_(std::move(persona)), chance_(chance) {}

core::Task<void> Customer::run() {
  const std::size_t letters = 2 + chance_.index(3);
  for (std::size_t i = 0; i < letters; ++i) {
    co_await world_.clock().sleep_for(chance_.between(seconds(1), minutes(5)));
    co_await send(write());
  }
  for (int look = 0; look < 4; ++look) {
    co_await world_.clock().sleep_for(minutes(30));
    for (int most = 0; most < 2 && !mailbox_.empty(); ++most) co_await send(write());
  }
  is_done_ = true;
}

const Arrival* Customer::foreign_mail() {
  for (const Arrival& one : world_.ledger().arrivals) {
    if (!one.rcpt.ends_with('@' + persona_.domain) && chance_.percent(30)) return &one;
  }
  return nullptr;
}

Letter& Customer::write() {
  Scribe scribe(world_.clock(), world_.ledger());
  if (!mailbox_.empty()) {
    const Arrival& mail = *mailbox_.front();
    mailbox_.pop_front();
    if (const auto ticket = world_.ticket_of(mail)) {
      if (!persona_.rejects_forgery && chance_.percent(15)) return scribe.bounce(persona_, mail, *ticket);
      return scribe.reply(persona_, mail, *ticket, chance_);
    }
  }
  if (chance_.percent(12)) {
    const Arrival* mail = foreign_mail();
    const auto ticket = mail == nullptr ? std::nullopt : world_.ticket_of(*mail);
    if (ticket) return scribe.steal(persona_, *mail, *ticket);
  }
  return scribe.write(persona_, world_.friend_of(persona_), chance_);
}

core::Task<void> Customer::send(Letter& letter) {
  world_.ledger().note(fmt::format("{} writes {}", persona_.address, letter.marker));
  for (;;) {
    ++letter.attempts;
    const Heard heard = co_await attempt(letter);
    world_.ledger().note(fmt::format("{} attempt {} answered {}", letter.marker, letter.attempts, heard.code));
    world_.ledger().count("answer " + std::to_string(heard.code));
    if (heard.is(2)) letter.trace_ids.push_back(trace_in(heard.last_line));
    if (heard.is(2) || heard.is(5)) {
      letter.final_code = heard.code;
      co_return;
    }
    co_await world_.clock().sleep_for(chance_.between(seconds(20), minutes(12)));
  }
}

core::Task<Heard> Customer::attempt(Letter& letter) {
  auto stream = co_await world_.dial(persona_, chance_.fork());
  if (!stream) co_return Heard{};
  SmtpTalk talk(std::move(*stream), world_.clock());
  if (!co_await begin(talk)) co_return Heard{};
  Heard heard = co_await hand_over(talk, letter);
  if (chance_.percent(70)) (void)co_await talk.say("QUIT");
  co_return heard;
}

core::Task<bool> Customer::begin(SmtpTalk& talk) {
  const std::string hello = (chance_.percent(90) ? "EHLO " : "HELO ") + persona_.helo;
  const Heard banner = co_await talk.hear();
  if (banner.code != 0) world_.ledger().count("greeting " + std::to_string(banner.code));
  if (banner.code != 220) co_return false;
  Heard greeted = co_await talk.say(hello);
  if (greeted.code == 250 && hello.starts_with('E') && chance_.percent(40)) {
    if (!co_await talk.encrypt()) co_return false;
    greeted = co_await talk.say(hello);
  }
  if (greeted.code != 250) co_return false;
  if (!chance_.percent(15)) co_return true;
  // A transaction that comes to nothing must leave nothing behind.
  (void)co_await talk.say("MAIL FROM:<other@elsewhere.example>");
  (void)co_await talk.say("RCPT TO:<sales@acme.example>");
  const Heard reset = co_await talk.say("RSET");
  co_return reset.code == 250;
}

core::Task<Heard> Customer::hand_over(SmtpTalk& talk, Letter& letter) {
  const Heard opened = co_await open_transaction(talk, letter);
  if (!opened.is(2)) co_return opened;
  if (chance_.percent(20)) co_return co_await send_chunks(talk, letter);
  co_return co_await send_data(talk, letter);
}

// The first reply that is not positive, or the last one.
core::Task<Heard> Customer::open_transaction(SmtpTalk& talk, const Letter& letter) {
  std::vector<std::string> lines{"MAIL FROM:<" + letter.mail_from + '>'};
  if (letter.declares_size) lines[0] += " SIZE=" + std::to_string(letter.bytes.size());
  for (const std::string& rcpt : letter.rcpts) lines.push_back("RCPT TO:<" + rcpt + '>');
  const bool is_pipelined = chance_.percent(50);
  std::string group;
  for (const std::string& line : lines) group += line + "\r\n";
  if (is_pipelined && !co_await talk.push(group)) co_return Heard{};
  Heard worst;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Heard heard = is_pipelined ? co_await talk.hear() : co_await talk.say(lines[i]);
    if (heard.code == 0) co_return heard;
    if (worst.code == 0 || worst.is(2)) worst = heard;
    if (!heard.is(2) && !is_pipelined) break;
  }
  co_return worst;
}

void Customer::mark_sent(Letter& letter) {
  letter.last_sent = world_.clock().now();
  if (!letter.was_sent) letter.first_sent = letter.last_sent;
  letter.was_sent = true;
}

core::Task<Heard> Customer::send_data(SmtpTalk& talk, Letter& letter) {
  const Heard go = co_await talk.say("DATA");
  if (go.code != 354) co_return go;
  mark_sent(letter);
  if (!co_await talk.push(to_wire(letter.bytes))) co_return Heard{};
  co_return co_await talk.hear();
}

core::Task<Heard> Customer::send_chunks(SmtpTalk& talk, Letter& letter) {
  const std::size_t first = chance_.index(letter.bytes.size());
  std::string head = letter.bytes.substr(0, first);
  std::string tail = letter.bytes.substr(first);
  if (!co_await talk.push(fmt::format("BDAT {}\r\n{}", head.size(), head))) co_return Heard{};
  const Heard going = co_await talk.hear();
  if (!going.is(2)) co_return going;
  mark_sent(letter);
  if (!co_await talk.push(fmt::format("BDAT {} LAST\r\n{}", tail.size(), tail))) co_return Heard{};
  co_return co_await talk.hear();
}

}  // namespace postern::sim
