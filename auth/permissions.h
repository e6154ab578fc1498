#pragma once
// auth/permissions.h: what somebody may do, as a set of bits. The words of the API stand in one table, kPermissions.
// Thread-safety: values. Errors: none; an unknown word has no permission.
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postern::auth {

// Never renumber: custom roles and API tokens store them.
enum class Permission : std::uint8_t {
  kTicketsRead = 0,
  kTicketsWrite = 1,    // status and assignee; suspended mail
  kUsersRead = 2,
  kUsersManage = 3,     // invite, suspend, reset and unlock people
  kTokensManage = 4,    // own tokens
  kSettingsManage = 5,  // inboxes, domains, queue
  kAuditRead = 6,
  kRedact = 7,          // take a phrase or a file out of a stored comment, for good
  kNotesWrite = 8,      // internal notes
  kReply = 9,           // answer the customer
  kTicketsDelete = 10,  // mail that was held back
  kRulesManage = 11,    // redaction rules: what is kept of every message
  kSecurityManage = 12, // password policies, networks, sign-in
  kRolesManage = 13,    // custom roles, and who has which role
  kTokensOversee = 14,  // everybody's tokens
};

struct PermissionInfo {
  Permission permission;
  std::string_view word;   // of a literal
  std::string_view means;  // of a literal: for people who give it
};

inline constexpr std::array kPermissions{
    PermissionInfo{Permission::kTicketsRead, "tickets:read", "read tickets, attachments and the change feed"},
    PermissionInfo{Permission::kNotesWrite, "notes:write", "write internal notes"},
    PermissionInfo{Permission::kReply, "tickets:reply", "answer customers"},
    PermissionInfo{Permission::kTicketsWrite, "tickets:write", "change status and assignee, recover held mail"},
    PermissionInfo{Permission::kTicketsDelete, "tickets:delete", "delete held mail for good"},
    PermissionInfo{Permission::kRedact, "comments:redact", "take text and files out of stored comments for good"},
    PermissionInfo{Permission::kUsersRead, "users:read", "see people and contacts"},
    PermissionInfo{Permission::kUsersManage, "users:manage", "invite, suspend, unlock and reset people"},
    PermissionInfo{Permission::kRolesManage, "roles:manage", "define roles and give them to people"},
    PermissionInfo{Permission::kTokensManage, "tokens:manage", "make API tokens of one's own"},
    PermissionInfo{Permission::kTokensOversee, "tokens:oversee", "see and revoke everybody's API tokens"},
    PermissionInfo{Permission::kSettingsManage, "settings:manage", "mail domains, reports and the outgoing queue"},
    PermissionInfo{Permission::kRulesManage, "rules:manage", "redaction rules and their replays"},
    PermissionInfo{Permission::kSecurityManage, "security:manage", "password policies, networks and sign-in"},
    PermissionInfo{Permission::kAuditRead, "audit:read", "read the audit log"},
};

class PermissionSet {
 public:
  constexpr PermissionSet() = default;
  constexpr PermissionSet(std::initializer_list<Permission> all) {
    for (const Permission each : all) add(each);
  }
  static constexpr PermissionSet of_bits(std::uint64_t bits) {  // unknown bits give nothing
    PermissionSet out;
    for (const PermissionInfo& each : kPermissions) {
      if ((bits & bit(each.permission)) != 0) out.add(each.permission);
    }
    return out;
  }
  constexpr bool has(Permission permission) const { return (bits_ & bit(permission)) != 0; }
  constexpr bool has_all(PermissionSet others) const { return (others.bits_ & ~bits_) == 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr std::uint64_t bits() const { return bits_; }
  constexpr void add(Permission permission) { bits_ |= bit(permission); }
  friend constexpr PermissionSet operator|(PermissionSet a, PermissionSet b) { return raw(a.bits_ | b.bits_); }
  friend constexpr PermissionSet operator&(PermissionSet a, PermissionSet b) { return raw(a.bits_ & b.bits_); }
  friend constexpr bool operator==(PermissionSet, PermissionSet) = default;

 private:
  static constexpr std::uint64_t bit(Permission permission) { return std::uint64_t{1} << static_cast<unsigned>(permission); }
  static constexpr PermissionSet raw(std::uint64_t bits) {
    PermissionSet out;
    out.bits_ = bits;
    return out;
  }
  std::uint64_t bits_ = 0;
};

// Reading only, whatever else the owner of a token may do.
inline constexpr PermissionSet kReadOnly{Permission::kTicketsRead, Permission::kUsersRead, Permission::kAuditRead};

constexpr PermissionSet without(PermissionSet a, PermissionSet b) { return PermissionSet::of_bits(a.bits() & ~b.bits()); }

std::string_view to_string(Permission permission);
std::optional<Permission> parse_permission(std::string_view word);
std::vector<std::string> words_of(PermissionSet permissions);  // in the order of the table

}  // namespace postern::auth
