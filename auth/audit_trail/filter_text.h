#pragma once
// auth/audit_trail/filter_text.h: filters and anchors as people type them, on the command line and in queries.
// Thread-safety: pure.  Errors: core::Errc::kInvalid, which names the field.
#include "auth/audit_trail/search.h"
#include "auth/audit_trail/verify.h"

namespace postern::auth {

inline constexpr std::size_t kFilterTextMax = 200;  // bytes of any field

struct AuditFilterText {
  std::string actor;    // a user's id; "0" for nobody known: the system, the operator
  std::string action;
  std::string object;
  std::string ip;
  std::string outcome;  // "ok", "denied", "failed"
  std::string from;     // parse_moment()
  std::string to;
  std::string text;
};
core::Result<AuditFilter> parse_filter(const AuditFilterText& text);
// "2026-11-22", "2026-11-22T09:30:00Z" (seconds may be absent, and have a fraction; UTC only), in milliseconds.
core::Result<std::int64_t> parse_moment(std::string_view text);
// "NUMBER:HASH" as verify prints it.
core::Result<ChainAnchor> parse_anchor(std::string_view text);
std::string anchor_text(std::uint64_t sequence, std::string_view hash);

}  // namespace postern::auth
