#include "smtp/client/session.h"

#include <array>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <charconv>

#include "core/encoding.h"
#include "core/errc.h"
#include "net/errc.h"
#include "smtp/client/tls_result.h"

namespace postern::smtp {
namespace {

using pipeline::DeliveryOutcome;

constexpr std::size_t kReadBytes = 4096;
constexpr std::size_t kWriteBytes = 64 * 1024;  // each within data_block_max
constexpr int kServiceClosing = 421;

std::string to_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// For reports: whose demand it was.
std::string on_whose_demand(TlsDemand demand) {
  if (demand == TlsDemand::kDane) return " (DANE)";
  return demand == TlsDemand::kMtaSts ? " (MTA-STS)" : "";
}

}  // namespace

std::string_view to_string(TlsDemand demand) {
  switch (demand) {
    case TlsDemand::kNobody: return "none";
    case TlsDemand::kOperator: return "required";
    case TlsDemand::kMtaSts: return "mta-sts";
    case TlsDemand::kDane: return "dane";
  }
  return "none";
}

ClientSession::ClientSession(net::Stream& stream, const Letter& letter, TlsPolicy tls, const DeliveryOptions& options,
                             core::Clock& clock, std::string host, core::Deadline by)
    : stream_(stream),
      letter_(letter),
      tls_(std::move(tls)),
      options_(options),
      clock_(clock),
      host_(std::move(host)),
      by_(by) {}

core::Deadline ClientSession::within(core::Duration most) const {
  return by_.earlier_of(core::Deadline::after(most, clock_));
}

Attempt ClientSession::ended(DeliveryOutcome outcome, Next next, std::string enhanced, std::string reply) const {
  Attempt out;
  out.next = next;
  out.report.outcome = outcome;
  out.report.remote = host_ + '[' + stream_.remote().address.to_string() + ']';
  out.report.enhanced = std::move(enhanced);
  out.report.reply = std::move(reply);
  out.report.used_tls = stream_.is_tls();
  return out;
}

Attempt ClientSession::broken(const core::Error& error, const char* stage) const {
  const bool is_protocol = error == core::Errc::kInvalid;
  return ended(DeliveryOutcome::kDeferred, is_data_sent_ ? Next::kStop : Next::kOtherHost,
               is_protocol ? "4.5.0" : "4.4.2", error.code().message() + " (" + stage + ")");
}

Attempt ClientSession::refused(const RemoteReply& reply) const {
  const bool is_final = reply.is_permanent_failure();
  const std::string enhanced = reply.enhanced.empty() ? (is_final ? "5.0.0" : "4.0.0") : reply.enhanced;
  const bool may_other_host = reply.code == kServiceClosing && !is_data_sent_;
  return ended(is_final ? DeliveryOutcome::kFailed : DeliveryOutcome::kDeferred,
               may_other_host ? Next::kOtherHost : Next::kStop, enhanced, reply.summary());
}

core::Task<core::Result<RemoteReply>> ClientSession::read_reply(core::Duration most) {
  const core::Deadline by = within(most);
  ReplyParser parser(options_.reply_lines_max, options_.reply_line_bytes_max);
  std::array<char, kReadBytes> buffer;
  for (;;) {
    const auto end = input_.find('\n');
    if (end != std::string::npos) {
      std::string line = input_.substr(0, end);
      input_.erase(0, end + 1);
      if (line.ends_with('\r')) line.pop_back();
      POSTERN_CO_TRY(const bool is_complete, parser.add_line(line));
      if (is_complete) co_return parser.take();
      continue;
    }
    if (input_.size() > options_.reply_line_bytes_max) {
      co_return core::fail_transient(core::Errc::kInvalid, "reply line too long");
    }
    const auto count = co_await stream_.read_some(buffer, by);
    if (!count) co_return count.error();
    input_.append(buffer.data(), *count);
  }
}

core::Task<core::Result<RemoteReply>> ClientSession::exchange(std::string line, core::Duration most) {
  line += "\r\n";
  const auto sent = co_await stream_.write_all(line, within(most));
  if (!sent) co_return sent.error();
  co_return co_await read_reply(most);
}

core::Task<Attempt> ClientSession::run() {
  Attempt attempt = co_await converse();
  attempt.tls = tls_shown_;
  // The server has the message, or may have it: a stop from here on must not keep that from being reported.
  if (is_data_sent_) co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  const std::string_view quit = "QUIT\r\n";
  const auto said = co_await stream_.write_all(quit, within(options_.quit_max));
  if (said) (void)co_await read_reply(options_.quit_max);
  stream_.close();
  co_return attempt;
}

core::Task<Attempt> ClientSession::converse() {
  if (Ending ending = co_await await_banner()) co_return std::move(*ending);
  if (Ending ending = co_await say_hello()) co_return std::move(*ending);
  if (Ending ending = co_await encrypt()) co_return std::move(*ending);
  if (Ending ending = check_capabilities()) co_return std::move(*ending);
  if (Ending ending = co_await open_transaction()) co_return std::move(*ending);
  co_return co_await send_content();
}

core::Task<ClientSession::Ending> ClientSession::await_banner() {
  const auto banner = co_await read_reply(options_.banner_max);
  if (!banner) co_return broken(banner.error(), "banner");
  if (banner->code / 100 == 2) co_return std::nullopt;
  // A host that serves no mail says nothing about the recipient: even 554 is no verdict on the message.
  co_return ended(DeliveryOutcome::kDeferred, Next::kOtherHost, "4.3.2", banner->summary());
}

core::Task<ClientSession::Ending> ClientSession::say_hello() {
  capabilities_.clear();
  auto hello = co_await exchange("EHLO " + options_.helo_name, options_.command_max);
  if (!hello) co_return broken(hello.error(), "EHLO");
  if (hello->is_permanent_failure()) {  // a server of RFC 821
    hello = co_await exchange("HELO " + options_.helo_name, options_.command_max);
    if (!hello) co_return broken(hello.error(), "HELO");
    if (hello->code / 100 == 2) co_return std::nullopt;
  }
  if (hello->code / 100 != 2) {
    co_return ended(DeliveryOutcome::kDeferred, Next::kOtherHost, "4.3.2", hello->summary());
  }
  helo_ = tls_result::host_name(hello->lines.empty() ? std::string_view() : std::string_view(hello->lines.front()).substr(0, hello->lines.front().find(' ')));
  for (std::size_t i = 1; i < hello->lines.size(); ++i) {
    const std::string_view line = core::trim_ascii(hello->lines[i]);
    const auto space = line.find(' ');
    const std::string_view rest = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
    capabilities_.emplace(to_upper(line.substr(0, space)), rest);
  }
  co_return std::nullopt;
}

// Of mail that demands it itself (RFC 8689 section 4.2.1) that is an answer about the message, unless another host has it;
// of what the operator demands, a state that may pass.
ClientSession::Ending ClientSession::lacks_tls(std::string_view reply) const {
  if (!letter_.requires_tls) return ended(DeliveryOutcome::kDeferred, Next::kOtherHost, "4.7.4", std::string(reply));
  return ended(DeliveryOutcome::kFailed, Next::kOtherHost, "5.7.30", "REQUIRETLS support required: " + std::string(reply));
}

void ClientSession::note_tls(std::string_view result, std::string_view reason) {
  tls_shown_.emplace();
  tls_shown_->result_type = result;
  tls_shown_->reason_code = tls_result::reason_text(reason);
  tls_shown_->sending_ip = stream_.local().address.to_string();
  tls_shown_->receiving_ip = stream_.remote().address.to_string();
  tls_shown_->receiving_helo = helo_;
}

core::Task<ClientSession::Ending> ClientSession::encrypt() {
  if (tls_.context && !offers("STARTTLS")) note_tls(tls_result::kNoStartTls);
  if (!tls_.context || !offers("STARTTLS")) {
    if (!tls_.is_required) co_return std::nullopt;
    co_return lacks_tls("TLS is required and not offered" + on_whose_demand(tls_.demand));
  }
  const auto ready = co_await exchange("STARTTLS", options_.command_max);
  if (!ready) co_return broken(ready.error(), "STARTTLS");
  if (ready->code / 100 != 2) {
    note_tls(tls_result::kNoStartTls, "STARTTLS was answered with " + std::to_string(ready->code));
    if (!tls_.is_required) co_return std::nullopt;
    co_return ended(DeliveryOutcome::kDeferred, Next::kOtherHost, "4.7.4", ready->summary());
  }
  input_.clear();  // whatever was said in plain after the go-ahead is not from inside the session (CVE-2011-0411)
  const auto done = co_await stream_.start_tls_client(tls_.context, tls_.name.empty() ? host_ : tls_.name, within(options_.tls_max));
  if (!done) co_return failed_handshake(done.error());
  note_tls({});
  co_return co_await say_hello();
}

// The context has OpenSSL's reason, or why the certificate was not believed.
Attempt ClientSession::failed_handshake(const core::Error& error) {
  const std::string& what = error == net::Errc::kTls ? error.context() : error.code().message();
  note_tls(tls_result::of_handshake(what), what);
  const std::string why = "TLS handshake failed" + on_whose_demand(tls_.demand) + ": " + what;
  return ended(DeliveryOutcome::kDeferred, tls_.is_required ? Next::kOtherHost : Next::kSameWithoutTls, "4.7.5", why);
}

ClientSession::Ending ClientSession::check_capabilities() const {
  if (letter_.requires_tls && !(stream_.is_tls() && offers("REQUIRETLS"))) {
    return lacks_tls("the server does not offer REQUIRETLS");
  }
  if (letter_.needs_smtputf8 && !offers("SMTPUTF8")) {
    return ended(DeliveryOutcome::kFailed, Next::kStop, "5.6.7", "the server does not take internationalised mail");
  }
  if (letter_.is_8bit && !offers("8BITMIME")) {
    return ended(DeliveryOutcome::kFailed, Next::kStop, "5.6.3", "the server does not take 8-bit mail");
  }
  if (const auto size = capabilities_.find("SIZE"); size != capabilities_.end()) {
    std::size_t most = 0;
    const char* const end = size->second.data() + size->second.size();
    const auto [stop, code] = std::from_chars(size->second.data(), end, most);
    if (code == std::errc() && stop == end && most > 0 && letter_.bytes.size() > most) {
      return ended(DeliveryOutcome::kFailed, Next::kStop, "5.3.4", "the message is larger than the server takes");
    }
  }
  return std::nullopt;
}

std::string ClientSession::mail_command() const {
  std::string out = "MAIL FROM:<" + letter_.mail_from + '>';
  if (offers("SIZE")) out += " SIZE=" + std::to_string(letter_.bytes.size());
  if (letter_.is_8bit) out += " BODY=8BITMIME";
  if (letter_.needs_smtputf8) out += " SMTPUTF8";
  if (letter_.requires_tls) out += " REQUIRETLS";
  return out;
}

core::Task<ClientSession::Ending> ClientSession::open_transaction() {
  const std::string rcpt_command = "RCPT TO:<" + letter_.rcpt + '>';
  const bool is_pipelined = offers("PIPELINING");
  // MAIL and RCPT may share a round trip; DATA waits, so that a refused recipient is never sent content.
  const std::string first = is_pipelined ? mail_command() + "\r\n" + rcpt_command : mail_command();
  const auto mail = co_await exchange(first, options_.command_max);
  if (!mail) co_return broken(mail.error(), "MAIL");
  core::Result<RemoteReply> rcpt = *mail;
  if (is_pipelined) {
    rcpt = co_await read_reply(options_.command_max);
  } else if (mail->code / 100 == 2) {
    rcpt = co_await exchange(rcpt_command, options_.command_max);
  }
  if (mail->code / 100 != 2) co_return refused(*mail);
  if (!rcpt) co_return broken(rcpt.error(), "RCPT");
  if (rcpt->code == 552) {  // RFC 5321 section 4.5.3.1.10: "too many recipients" of old servers
    co_return ended(DeliveryOutcome::kDeferred, Next::kStop, "4.5.3", rcpt->summary());
  }
  if (rcpt->code / 100 != 2) co_return refused(*rcpt);
  co_return std::nullopt;
}

// A server that refuses in the middle of the content says so and closes: its words may be here already.
core::Task<Attempt> ClientSession::refused_or_broken(core::Error error) {
  const auto said = co_await read_reply(options_.refusal_max);
  if (said && said->code >= 400) co_return refused(*said);
  co_return broken(error, "message");
}

core::Task<Attempt> ClientSession::send_content() {
  const auto go = co_await exchange("DATA", options_.data_start_max);
  if (!go) co_return broken(go.error(), "DATA");
  if (go->code != 354) co_return refused(*go);
  const std::string data = to_data(letter_.bytes);
  for (std::string_view rest = data; !rest.empty();) {
    const std::string_view block = rest.substr(0, kWriteBytes);
    rest.remove_prefix(block.size());
    is_data_sent_ = rest.empty();
    const auto sent = co_await stream_.write_all(block, within(options_.data_block_max));
    if (!sent) co_return co_await refused_or_broken(sent.error());
  }
  // RFC 5321 section 4.5.3.2.6: the whole time, whatever is left of the attempt; giving up now means sending it twice.
  by_ = core::Deadline::after(options_.data_end_max, clock_);
  const auto done = co_await read_reply(options_.data_end_max);
  if (!done) co_return broken(done.error(), "end of message");
  if (done->code / 100 != 2) co_return refused(*done);
  Attempt delivered = ended(DeliveryOutcome::kDelivered, Next::kStop, done->enhanced.empty() ? "2.0.0" : done->enhanced,
                            done->summary());
  // So that the trace tells what was proven: TLSA records that nobody can use prove nothing.
  if (tls_.demand != TlsDemand::kDane || !tls_.name.empty()) delivered.report.remote += on_whose_demand(tls_.demand);
  co_return delivered;
}

}  // namespace postern::smtp
