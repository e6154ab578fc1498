// The words of the pipeline's enums and the forms of its addresses.
#include "core/encoding.h"
#include "core/result.h"
#include "pipeline/api/address.h"
#include "pipeline/api/errc.h"
#include "pipeline/api/inbox_policy.h"
#include "pipeline/api/verdict.h"

namespace postern::pipeline {
namespace {

std::string_view words(Errc value) {
  switch (value) {
    case Errc::kStageTimedOut: return "a stage passed its time budget";
    case Errc::kStageFailed: return "a stage failed";
    case Errc::kMemoryFull: return "no room for another message in flight";
    case Errc::kStoreFailed: return "the message could not be stored";
  }
  return "unknown";
}

bool is_dot_atom(std::string_view local) {
  constexpr std::string_view kSpecial = "!#$%&'*+-/=?^_`{|}~.";
  if (local.empty() || local.front() == '.' || local.back() == '.') return false;
  char before = 0;
  for (char c : local) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || byte >= 0x80;
    if (!is_alnum && kSpecial.find(c) == std::string_view::npos) return false;
    if (c == '.' && before == '.') return false;
    before = c;
  }
  return true;
}

}  // namespace

boost::system::error_code make_error_code(Errc value) {
  static const core::EnumCategory<Errc> category("pipeline", words);
  return {static_cast<int>(value), category};
}

std::string EmailAddress::to_string() const {
  if (empty()) return {};
  if (is_dot_atom(local)) return local + '@' + domain;
  std::string out = "\"";
  for (char c : local) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"@" + domain;
}

std::string EmailAddress::canonical() const { return core::to_lower_ascii(local + '@' + domain); }
std::string EmailAddress::domain_lower() const { return core::to_lower_ascii(domain); }

EmailAddress split_address(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

std::string_view to_string(AuthResult result) {
  switch (result) {
    case AuthResult::kNone: return "none";
    case AuthResult::kPass: return "pass";
    case AuthResult::kFail: return "fail";
    case AuthResult::kSoftFail: return "softfail";
    case AuthResult::kNeutral: return "neutral";
    case AuthResult::kPolicy: return "policy";
    case AuthResult::kTempError: return "temperror";
    case AuthResult::kPermError: return "permerror";
  }
  return "none";
}

std::string_view to_string(DmarcPolicy policy) {
  switch (policy) {
    case DmarcPolicy::kNone: return "none";
    case DmarcPolicy::kQuarantine: return "quarantine";
    case DmarcPolicy::kReject: return "reject";
  }
  return "none";
}

std::string_view to_string(SpamAction action) {
  switch (action) {
    case SpamAction::kAccept: return "accept";
    case SpamAction::kSuspend: return "suspend";
    case SpamAction::kReject: return "reject";
  }
  return "accept";
}

namespace {
constexpr std::pair<SenderAction, std::string_view> kSenderActions[] = {{SenderAction::kPublished, "published"},
                                                                        {SenderAction::kAccept, "accept"},
                                                                        {SenderAction::kSuspend, "suspend"},
                                                                        {SenderAction::kReject, "reject"},
                                                                        {SenderAction::kDefer, "defer"}};
}  // namespace

std::string_view to_string(SenderAction action) { return kSenderActions[static_cast<std::size_t>(action)].second; }

std::optional<SenderAction> parse_sender_action(std::string_view word) {
  for (const auto& [action, name] : kSenderActions) {
    if (name == word) return action;
  }
  return std::nullopt;
}

std::string_view to_string(RuleMode mode) {
  constexpr std::string_view kWords[] = {"off", "shadow", "enforce"};
  return kWords[static_cast<std::size_t>(mode)];
}

std::string_view to_string(RuleAction action) {
  constexpr std::string_view kWords[] = {"keep_ends", "mask", "drop"};
  return kWords[static_cast<std::size_t>(action)];
}

std::string_view to_string(OnMatch action) {
  constexpr std::string_view kWords[] = {"accept", "suspend", "reject"};
  return kWords[static_cast<std::size_t>(action)];
}

std::string_view to_string(TextKind kind) {
  constexpr std::string_view kWords[] = {"header", "body", "attachment", "filename", "typed"};
  return kWords[static_cast<std::size_t>(kind)];
}

}  // namespace postern::pipeline
