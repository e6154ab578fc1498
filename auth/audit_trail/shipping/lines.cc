#include "auth/audit_trail/shipping/lines.h"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "auth/audit_trail/export.h"
#include "core/encoding.h"

namespace postern::auth {
namespace {

namespace json = boost::json;

constexpr std::size_t kNameBytesMax = 255;   // RFC 5424 section 6: HOSTNAME
constexpr std::size_t kMsgIdBytesMax = 32;   // MSGID
constexpr unsigned kFacility = 13;           // log audit
constexpr std::uint64_t kSequenceIdMax = 2'147'483'647;  // RFC 5424 section 7.3.1
constexpr std::size_t kChunkBytesMax = 8192 - 12;        // GELF: datagrams of at most 8192 bytes, 12 of them head
constexpr std::size_t kChunksMax = 128;

unsigned severity_of(const AuditEntry& entry) { return entry.outcome == Outcome::kOk ? 6 : 4; }

// PRINTUSASCII without blanks, never empty.
std::string token(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (const char c : text.substr(0, bytes_max)) out += c > ' ' && c <= '~' ? c : '_';
  return out.empty() ? "-" : out;
}

// The code point at the front of valid UTF-8, which audit texts are, and its length.
std::pair<std::uint32_t, std::size_t> code_point(std::string_view text) {
  const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  if (byte(0) >= 0xF0U) return {(byte(0) & 7U) << 18U | (byte(1) & 63U) << 12U | (byte(2) & 63U) << 6U | (byte(3) & 63U), 4};
  if (byte(0) >= 0xE0U) return {(byte(0) & 15U) << 12U | (byte(1) & 63U) << 6U | (byte(2) & 63U), 3};
  return {(byte(0) & 31U) << 6U | (byte(1) & 63U), 2};
}

std::string to_ascii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (static_cast<unsigned char>(text.front()) < 0x80U) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto [point, length] = code_point(text);
    if (point >= 0x10000U) {
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800U + ((point - 0x10000U) >> 10U), 0xDC00U + ((point - 0x10000U) & 0x3FFU));
    } else {
      out += fmt::format("\\u{:04x}", point);
    }
    text.remove_prefix(std::min(length, text.size()));
  }
  return out;
}

// With milliseconds: RFC 5424 section 6.2.3.
std::string timestamp_of(const AuditEntry& entry) {
  std::string out = core::to_rfc3339(core::from_unix_ms(entry.at_unix_ms));
  out.insert(out.size() - 1, fmt::format(".{:03}", entry.at_unix_ms % 1000));
  return out;
}

std::string big_endian(std::uint64_t number, std::size_t bytes) {
  std::string out;
  for (std::size_t i = bytes; i > 0; --i) out += static_cast<char>(number >> (8U * (i - 1)) & 0xffU);
  return out;
}

}  // namespace

std::string json_message(core::WorkspaceId workspace, const AuditEntry& entry) {
  return to_ascii(json::serialize(entry_json(workspace, entry)));
}

std::string syslog_message(core::WorkspaceId workspace, const AuditEntry& entry, const std::string& hostname) {
  return fmt::format("<{}>1 {} {} postern - {} [origin software=\"postern\"][meta sequenceId=\"{}\"] {}", kFacility * 8 + severity_of(entry),
                     timestamp_of(entry), token(hostname, kNameBytesMax), token(entry.action, kMsgIdBytesMax),
                     entry.sequence == 0 ? 1 : (entry.sequence - 1) % kSequenceIdMax + 1, json_message(workspace, entry));
}

std::string octet_counted(const std::string& message) { return std::to_string(message.size()) + " " + message; }

std::string gelf_message(core::WorkspaceId workspace, const AuditEntry& entry, const std::string& hostname) {
  std::string changes;
  for (const AuditChange& change : entry.changes) changes += change.field + ": " + change.before + " -> " + change.after + "\n";
  json::object out;
  out["version"] = "1.1";
  out["host"] = hostname;
  out["short_message"] = entry.action + " " + entry.object + (entry.detail.empty() ? "" : ": " + entry.detail);
  out["timestamp"] = static_cast<double>(entry.at_unix_ms) / 1000.0;
  out["level"] = severity_of(entry);
  // Additional fields are strings or numbers; "_id" is not allowed. Ids are strings: a double would round them.
  out["_workspace"] = workspace.value;
  out["_sequence"] = entry.sequence;
  out["_entry_id"] = std::to_string(entry.id.value);
  out["_actor_id"] = std::to_string(entry.actor.value);
  out["_role"] = entry.role;
  out["_method"] = entry.method;
  out["_credential_id"] = std::to_string(entry.credential);
  out["_ip_address"] = entry.client_ip;
  out["_device"] = entry.device;
  out["_request"] = std::to_string(entry.request);
  out["_action"] = entry.action;
  out["_object"] = entry.object;
  out["_detail"] = entry.detail;
  out["_outcome"] = to_string(entry.outcome);
  out["_changes"] = changes;
  out["_previous_hash"] = core::to_hex(entry.previous_hash);
  out["_hash"] = core::to_hex(entry.hash);
  return to_ascii(json::serialize(out));
}

AuditEntry cut_for_datagram(const AuditEntry& entry) {
  AuditEntry out = entry;
  out.changes.clear();
  out.changes.push_back({"cut", {}, "this entry was too large for a datagram"});
  return out;
}

std::vector<std::string> gelf_datagrams(const std::string& message, const std::string& message_id) {
  if (message.size() <= kChunkBytesMax) return {message};
  const std::size_t count = (message.size() + kChunkBytesMax - 1) / kChunkBytesMax;
  if (count > kChunksMax) return {};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    std::string chunk = "\x1e\x0f" + message_id + big_endian(i, 1) + big_endian(count, 1);
    chunk += message.substr(i * kChunkBytesMax, kChunkBytesMax);
    out.push_back(std::move(chunk));
  }
  return out;
}

}  // namespace postern::auth
