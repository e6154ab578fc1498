#pragma once
// smtp/server/session.h: one client's session (RFC 5321), from the banner to the close. The framing, the order of
// commands and the limits are in session.cc; each verb has a file of its own.
// Thread-safety: the stream's strand only.  Ownership: borrows the Context; shares the stream with its Control.
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "smtp/proto/line_framer.h"
#include "smtp/server/answer.h"
#include "smtp/server/context.h"
#include "smtp/server/input.h"
#include "smtp/server/transaction.h"

namespace postern::smtp {

// What the server may touch of a session from outside, on the session's executor only.
struct SessionControl {
  explicit SessionControl(std::shared_ptr<net::Stream> the_stream) : stream(std::move(the_stream)) {}
  std::shared_ptr<net::Stream> stream;
  bool is_idle = false;       // waits for a command, nothing of which has arrived
  bool was_dismissed = false; // the server has said 421 and closes the stream itself
};

class Session {
 public:
  // `client`: who is served; behind a load balancer not the peer of the stream.
  Session(Context& context, std::shared_ptr<SessionControl> control, const net::IpAddress& client);
  ~Session();
  Session(const Session&) = delete;
  core::Task<void> run();
  // Best effort, after an internal failure: 451 and the end.
  core::Task<void> apologise();

 private:
  using Handler = Answer (Session::*)(std::string_view argument);
  enum class ContentEnd { kComplete, kFlood, kTimedOut, kGone };

  // session.cc
  core::Task<bool> open();
  core::Task<bool> await_input();
  core::Task<void> execute(LineFramer::Step step);
  // Nothing when the verb reads on by itself: run_verb() answers then.
  std::optional<Answer> dispatch(std::string_view line, CommandHead head);
  core::Task<Answer> run_verb(Verb verb, std::string_view argument);
  Answer run_plain_verb(Verb verb, std::string_view argument);
  std::optional<Answer> check_row(const CommandRow& row, std::string_view argument);
  std::optional<Answer> check_limits(const CommandRow& row);
  bool is_to_be_delayed(const Answer& answer);  // and counts it
  void count_error();
  std::optional<Answer> check_budget(Expense expense, std::size_t amount = 1);
  core::Deadline command_deadline() const;
  void reply(const Answer& answer);
  void say(const Answer& answer);
  core::Task<bool> flush();
  void end_transaction();  // one that brought no message
  void remember(const Answer& answer) const;  // a refusal
  Answer explain(const LineFramer::Step& step) const;

  // one file a verb
  Answer ehlo(std::string_view argument);
  Answer helo(std::string_view argument);
  Answer mail(std::string_view argument);
  Answer rcpt(std::string_view argument);
  core::Task<Answer> data();
  core::Task<Answer> bdat(std::string_view argument);
  core::Task<Answer> starttls();
  Answer rset(std::string_view argument);
  Answer noop(std::string_view argument);
  Answer vrfy(std::string_view argument);
  Answer expn(std::string_view argument);
  Answer help(std::string_view argument);
  Answer quit(std::string_view argument);
  Answer xclient(std::string_view argument);

  Answer greet(std::string_view name, bool is_esmtp);
  // content.cc, shared by DATA and BDAT
  bool begin_content(Transaction& transaction);
  void keep(Transaction& transaction, std::string_view content);
  core::Deadline content_deadline(core::Instant since, std::uint64_t wire_bytes, core::Instant all_since) const;
  std::optional<Answer> end_failure(ContentEnd end) const;
  std::optional<Answer> content_failure(const Transaction& transaction, bool has_bare, std::size_t line_bytes) const;
  core::Task<Answer> deliver(Transaction transaction);
  core::Task<ContentEnd> more_content(core::Deadline by);

  core::Task<ContentEnd> read_data(Transaction& transaction, DataDecoder& decoder);
  std::optional<Answer> check_bdat() const;
  // `wanted` is null when the octets are only to be thrown away.
  core::Task<ContentEnd> read_chunk(Transaction* wanted, std::uint64_t bytes);
  core::Task<Answer> finish_chunk(bool is_last, std::uint64_t bytes);
  core::Task<bool> handshake();
  bool has_early_input();
  bool offers_starttls() const;

  Context& context_;
  const ServerOptions& options_;
  std::shared_ptr<SessionControl> control_;
  net::Stream& stream_;
  Input input_;
  LineFramer framer_;
  std::string out_;  // replies not yet written: one write for a group (RFC 2920 section 3.2)
  const core::SessionId id_;
  core::Deadline session_end_;
  core::Deadline command_end_;
  bool is_waiting_ = false;  // command_end_ counts

  const net::IpAddress peer_ip_;  // of the TCP peer, or what its PROXY header said
  net::IpAddress client_ip_;      // the same, or what XCLIENT said
  std::string client_name_;    // XCLIENT NAME
  std::string claimed_helo_;   // XCLIENT HELO: stands in for what EHLO says
  std::string helo_;           // empty before EHLO and HELO
  bool is_esmtp_ = false;
  std::optional<Transaction> tx_;
  // Of the transaction that is or was last, for whoever asks why it was refused.
  struct {
    core::TraceId trace;
    std::string mail_from;
    std::string rcpt;
  } named_;

  std::size_t commands_ = 0;
  std::size_t transactions_ = 0;
  std::size_t aborted_ = 0;
  std::size_t junk_ = 0;
  std::size_t errors_ = 0;
  std::size_t deferrals_ = 0;  // 4xx since the last message: they slow the session as errors do, but never end it
  bool is_closing_ = false;
};

}  // namespace postern::smtp
