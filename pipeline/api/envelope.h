#pragma once
// pipeline/api/envelope.h: what SMTP said about a message (RFC 5321 section 3.3), and where its recipients lead.
// All fields are values: an Envelope may cross threads and outlive its session.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "pipeline/api/address.h"
#include "pipeline/api/inbox_policy.h"

namespace postern::pipeline {

// A recipient that the directory knows.
struct Recipient {
  EmailAddress address;         // as given in RCPT TO
  core::WorkspaceId workspace;
  core::InboxId inbox;
  std::shared_ptr<const InboxPolicy> policy;  // of its inbox; nullptr: the defaults
  bool is_allowed = false;      // its inbox lets this sender in, whatever the spam score
  std::string held_cause;       // not empty: the message waits for a person in this inbox ("blocked", "dmarc", …)
  std::string reply_token;      // what followed '+' in the local part; a claim until ticketing has verified it
  std::string dsn_orcpt;        // RFC 3461 ORCPT, as received
  std::string dsn_notify;       // RFC 3461 NOTIFY, as received
};

// `protocol` of what somebody wrote into a form of ours: no mail system has seen it.
inline constexpr std::string_view kWebProtocol = "HTTPS";

struct Envelope {
  core::TraceId trace;
  std::string client_ip;        // textual address (net::IpAddress form)
  std::string client_name;      // verified PTR name, empty when none
  std::string helo;
  EmailAddress mail_from;       // empty for <>
  std::vector<Recipient> rcpts;
  bool is_smtputf8 = false;
  bool is_8bit = false;
  std::string tls_version;      // empty without TLS
  std::string tls_cipher;
  bool requires_tls = false;    // REQUIRETLS of MAIL (RFC 8689): what answers it may travel over verified TLS only
  std::string protocol;         // RFC 3848: "SMTP", "ESMTP", "ESMTPS", "UTF8SMTPS" …
  std::string dsn_envid;
  std::string dsn_ret;
  core::WallTime received_at;
};

}  // namespace postern::pipeline
