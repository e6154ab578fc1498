#pragma once
// auth/audit_trail/export.h: audit entries as files: JSON Lines, which hold all that the hashes are made of and are verified
// without a store, and CSV for spreadsheets, in which nothing is a formula.
// Thread-safety: pure; ExportVerifier by one owner.  Limits: kExportLineMax bytes a line.
#include <boost/json/object.hpp>
#include <map>
#include <optional>

#include "auth/audit_trail/verify.h"

namespace postern::auth {

inline constexpr std::size_t kExportLineMax = std::size_t{1} << 20U;

boost::json::object entry_json(core::WorkspaceId workspace, const AuditEntry& entry);
std::string json_line(core::WorkspaceId workspace, const AuditEntry& entry);  // with its newline
// Errors: core::Errc::kInvalid when it is no such object.
core::Result<std::pair<core::WorkspaceId, AuditEntry>> parse_json_line(std::string_view line);

std::string csv_header();
std::string csv_line(const AuditEntry& entry);
// RFC 4180; what a spreadsheet would calculate begins with an apostrophe instead (leading = + - @ tab CR).
std::string csv_field(std::string_view text);

// Reads an export line by line. What was exported with a filter has gaps: each entry is proven then to be what it was, but not
// that nothing is missing between them.
class ExportVerifier {
 public:
  explicit ExportVerifier(std::optional<ChainAnchor> anchor = std::nullopt) : anchor_(std::move(anchor)) {}
  // False after a fault; fault() tells which, in which line.
  bool add_line(std::string_view line);
  // Behind the last line: an anchor must have been met.
  bool finish();
  struct Chain {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::string last_hash;
    std::uint64_t entries = 0;
    std::uint64_t gaps = 0;     // places where numbers are missing, the beginning included
    std::uint64_t waiting = 0;  // entries that were not in the chain yet: nothing proves them
  };
  const std::map<std::uint64_t, Chain>& workspaces() const { return workspaces_; }
  std::uint64_t lines() const { return lines_; }
  const std::optional<ChainFault>& fault() const { return fault_; }

 private:
  bool refuse(std::uint64_t sequence, std::uint64_t id, std::string what);
  std::optional<ChainAnchor> anchor_;
  bool anchor_is_met_ = false;
  std::map<std::uint64_t, Chain> workspaces_;
  std::uint64_t lines_ = 0;
  std::optional<ChainFault> fault_;
};

}  // namespace postern::auth
