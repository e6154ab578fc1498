#pragma once
// smtp/client/session.h: one SMTP session with another server that hands over one message (RFC 5321 section 4.1).
// Thread-safety: on the stream's strand.  Ownership: borrows everything it is given for the time of run().
// Errors: none; every ending is an Attempt. Limits: DeliveryOptions.
#include <map>
#include <optional>
#include <string>

#include "net/stream.h"
#include "pipeline/api/outbox.h"
#include "pipeline/api/tls_report.h"
#include "smtp/client/letter.h"
#include "smtp/client/options.h"
#include "smtp/client/remote_reply.h"

namespace postern::smtp {

enum class Next {
  kStop,            // the report is final for this attempt
  kOtherHost,       // this host did not take a position: another one may
  kSameWithoutTls,  // the handshake failed where encryption is a courtesy (RFC 7435)
};

struct Attempt {
  pipeline::DeliveryReport report;
  Next next = Next::kStop;
  // What TLS came to, with the addresses of both ends; without a result type it was agreed on. Nothing when it was not tried.
  std::optional<pipeline::TlsFailure> tls;
};

// Who says how a host is to be met.
enum class TlsDemand {
  kNobody,    // TLS where it is offered (RFC 7435)
  kOperator,  // or the message: verified TLS
  kMtaSts,    // the domain's policy, enforced
  kDane,      // the host's TLSA records
};
std::string_view to_string(TlsDemand demand);  // "none", "required", "mta-sts", "dane"

struct TlsPolicy {
  std::shared_ptr<const net::TlsContext> context;  // null: never encrypt
  bool is_required = false;                        // no delivery without; what the context verifies has to hold
  std::string name;                                // the host is asked for under it; empty: under its own
  TlsDemand demand = TlsDemand::kNobody;
};

class ClientSession {
 public:
  // `host` is verified in TLS and, with the address, names the server in reports.
  ClientSession(net::Stream& stream, const Letter& letter, TlsPolicy tls, const DeliveryOptions& options,
                core::Clock& clock, std::string host, core::Deadline by);
  core::Task<Attempt> run();

 private:
  using Ending = std::optional<Attempt>;  // nullopt: the session goes on
  core::Task<core::Result<RemoteReply>> read_reply(core::Duration most);
  core::Task<core::Result<RemoteReply>> exchange(std::string line, core::Duration most);
  core::Task<Attempt> converse();
  core::Task<Ending> await_banner();
  core::Task<Ending> say_hello();
  core::Task<Ending> encrypt();
  void note_tls(std::string_view result, std::string_view reason = {});
  core::Task<Ending> open_transaction();
  core::Task<Attempt> send_content();
  core::Task<Attempt> refused_or_broken(core::Error error);
  Ending check_capabilities() const;
  Ending lacks_tls(std::string_view reply) const;  // TLS is required and this host has none of it
  Attempt failed_handshake(const core::Error& error);
  std::string mail_command() const;
  core::Deadline within(core::Duration most) const;
  bool offers(const char* keyword) const { return capabilities_.contains(keyword); }

  Attempt ended(pipeline::DeliveryOutcome outcome, Next next, std::string enhanced, std::string reply) const;
  Attempt broken(const core::Error& error, const char* stage) const;
  Attempt refused(const RemoteReply& reply) const;

  net::Stream& stream_;
  const Letter& letter_;
  TlsPolicy tls_;
  const DeliveryOptions& options_;
  core::Clock& clock_;
  std::string host_;
  core::Deadline by_;
  std::string input_;                                // read and not yet consumed
  std::map<std::string, std::string> capabilities_;  // EHLO keyword in upper case, and its parameters
  std::string helo_;                                 // what the server calls itself
  std::optional<pipeline::TlsFailure> tls_shown_;
  bool is_data_sent_ = false;  // from here on the server may have taken the message: no other host is tried
};

}  // namespace postern::smtp
