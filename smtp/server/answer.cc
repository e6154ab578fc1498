#include "smtp/server/answer.h"

#include "smtp/proto/errc.h"

namespace postern::smtp {

std::string_view to_string(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone: return "none";
    case Refusal::kSyntax: return "syntax";
    case Refusal::kUnknownCommand: return "unknown_command";
    case Refusal::kSequence: return "sequence";
    case Refusal::kUtf8: return "utf8";
    case Refusal::kUnknownUser: return "unknown_user";
    case Refusal::kRelay: return "relay";
    case Refusal::kDirectory: return "directory";
    case Refusal::kRcptCount: return "rcpt_count";
    case Refusal::kSize: return "size";
    case Refusal::kMemory: return "memory";
    case Refusal::kSmuggling: return "smuggling";
    case Refusal::kLineLength: return "line_length";
    case Refusal::kLoop: return "loop";
    case Refusal::kContent: return "content";
    case Refusal::kEarlyTalk: return "early_talk";
    case Refusal::kPipelining: return "pipelining";
    case Refusal::kTlsRequired: return "tls_required";
    case Refusal::kTls: return "tls";
    case Refusal::kTimeout: return "timeout";
    case Refusal::kTooManyErrors: return "too_many_errors";
    case Refusal::kTooManyCommands: return "too_many_commands";
    case Refusal::kNetwork: return "network";
    case Refusal::kRate: return "rate";
    case Refusal::kBlocked: return "blocked";
    case Refusal::kGreylisted: return "greylisted";
    case Refusal::kProxy: return "proxy";
    case Refusal::kDraining: return "draining";
    case Refusal::kUnhealthy: return "unhealthy";
    case Refusal::kXclient: return "xclient";
    case Refusal::kBusy: return "busy";
    case Refusal::kInternal: return "internal";
  }
  return "unknown";
}

Answer answer_of(const core::Error& error, bool is_sender) {
  if (error == ProtoErrc::kPath) {
    return refuse(501, is_sender ? "5.1.7" : "5.1.3", "Bad address syntax", Refusal::kSyntax);
  }
  if (error == ProtoErrc::kParameterUnknown) {
    return refuse(555, "5.5.4", "Parameter not recognised or not offered", Refusal::kSyntax);
  }
  if (error == ProtoErrc::kParameterValue) return refuse(501, "5.5.4", "Bad parameter value", Refusal::kSyntax);
  if (error == ProtoErrc::kParameterTwice) return refuse(501, "5.5.4", "Parameter given twice", Refusal::kSyntax);
  if (error == ProtoErrc::kUtf8NotAsked) {
    return refuse(553, "5.6.7", "Internationalised address needs SMTPUTF8", Refusal::kUtf8);
  }
  const char* form = is_sender ? "Syntax: MAIL FROM:<address> [parameters]" : "Syntax: RCPT TO:<address> [parameters]";
  return refuse(501, "5.5.4", form, Refusal::kSyntax);
}

}  // namespace postern::smtp
