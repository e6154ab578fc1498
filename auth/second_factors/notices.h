#pragma once
// auth/second_factors/notices.h: what people are told about their account, by a port: identity knows no mail.
// The port is called inside the transaction that did it; an error of it undoes the matter, so it fails only with the store.
#include <functional>
#include <string>

#include "auth/accounts.h"

namespace postern::auth {

enum class NoticeOf : std::uint8_t {
  kNewDevice,         // signed in from a browser that was not known
  kFactorAdded,       // an authenticator app or a key
  kFactorRemoved,
  kRecoveryCodes,     // new ones were made
  kRecoveryCodeUsed,
  kFactorsReset,      // by an admin or the operator
  kPasswordChanged,   // by its owner, who knew the one before, or by a link
};

struct SecurityNotice {
  NoticeOf what = NoticeOf::kNewDevice;
  User user;
  std::string device;     // "Firefox on Linux"
  std::string client_ip;
  std::string detail;     // name of the key, how many codes are left
  std::int64_t at_unix_ms = 0;
};

using NoticePort = std::function<core::Result<void>(storage::Transaction&, const SecurityNotice&)>;

}  // namespace postern::auth
