#include "auth/audit_trail/export.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "auth/audit_trail/entry.h"
#include "core/encoding.h"
#include "core/errc.h"

namespace postern::auth {
namespace {

namespace json = boost::json;

core::Error no_entry(std::string_view name) { return core::fail(core::Errc::kInvalid, "no entry of an audit export: " + std::string(name)); }

// Reads members and remembers the first that is wrong.
class Members {
 public:
  explicit Members(const json::object& object) : object_(object) {}
  std::uint64_t number(std::string_view name) {
    const json::value* found = object_.if_contains(name);
    boost::system::error_code wrong;
    const std::uint64_t out = found == nullptr ? 0 : found->to_number<std::uint64_t>(wrong);
    if (found == nullptr || wrong) note(name);
    return out;
  }
  std::string text(std::string_view name) {
    const json::value* found = object_.if_contains(name);
    if (found != nullptr && found->is_string()) return std::string(found->as_string());
    note(name);
    return {};
  }
  std::string hash(std::string_view name) {
    const std::string hex = text(name);
    std::optional<std::string> out = core::from_hex(hex);
    if (!out || (!out->empty() && out->size() != kHashBytes)) note(name);
    return out.value_or(std::string());
  }
  void note(std::string_view name) {
    if (problem.empty()) problem = name;
  }
  std::string problem;

 private:
  const json::object& object_;
};

core::Result<Outcome> outcome_of(const std::string& word) {
  for (const Outcome each : {Outcome::kOk, Outcome::kDenied, Outcome::kFailed}) {
    if (word == to_string(each)) return each;
  }
  return no_entry("outcome");
}

}  // namespace

json::object entry_json(core::WorkspaceId workspace, const AuditEntry& entry) {
  json::array changes;
  for (const AuditChange& change : entry.changes) {
    changes.push_back(json::object{{"field", change.field}, {"before", change.before}, {"after", change.after}});
  }
  json::object out;
  out["workspace"] = workspace.value;
  out["sequence"] = entry.sequence;
  out["id"] = entry.id.value;
  out["created_at"] = core::to_rfc3339(core::from_unix_ms(entry.at_unix_ms));
  out["created_at_ms"] = static_cast<std::uint64_t>(entry.at_unix_ms);
  out["actor_id"] = entry.actor.value;
  out["role"] = entry.role;
  out["method"] = entry.method;
  out["credential_id"] = entry.credential;
  out["ip_address"] = entry.client_ip;
  out["device"] = entry.device;
  out["request"] = entry.request;
  out["action"] = entry.action;
  out["object"] = entry.object;
  out["detail"] = entry.detail;
  out["outcome"] = to_string(entry.outcome);
  out["changes"] = std::move(changes);
  out["previous_hash"] = core::to_hex(entry.previous_hash);
  out["hash"] = core::to_hex(entry.hash);
  return out;
}

std::string json_line(core::WorkspaceId workspace, const AuditEntry& entry) {
  return json::serialize(entry_json(workspace, entry)) + "\n";
}

core::Result<std::pair<core::WorkspaceId, AuditEntry>> parse_json_line(std::string_view line) {
  boost::system::error_code wrong;
  const json::value value = json::parse(line, wrong);
  if (wrong || !value.is_object()) return no_entry("not a JSON object");
  Members members(value.as_object());
  const core::WorkspaceId workspace{members.number("workspace")};
  AuditEntry out;
  out.sequence = members.number("sequence");
  out.id = core::AuditId{members.number("id")};
  out.at_unix_ms = static_cast<std::int64_t>(members.number("created_at_ms"));
  out.actor = core::UserId{members.number("actor_id")};
  out.role = members.text("role");
  out.method = members.text("method");
  out.credential = members.number("credential_id");
  out.client_ip = members.text("ip_address");
  out.device = members.text("device");
  out.request = members.number("request");
  out.action = members.text("action");
  out.object = members.text("object");
  out.detail = members.text("detail");
  POSTERN_TRY(out.outcome, outcome_of(members.text("outcome")));
  out.previous_hash = members.hash("previous_hash");
  out.hash = members.hash("hash");
  // What people read must be what the hash is made of.
  if (members.text("created_at") != core::to_rfc3339(core::from_unix_ms(out.at_unix_ms))) members.note("created_at");
  const json::value* changes = value.as_object().if_contains("changes");
  if (changes == nullptr || !changes->is_array()) return no_entry("changes");
  for (const json::value& each : changes->as_array()) {
    if (!each.is_object()) return no_entry("changes");
    Members change(each.as_object());
    out.changes.push_back({change.text("field"), change.text("before"), change.text("after")});
    if (!change.problem.empty()) return no_entry(change.problem);
  }
  if (!members.problem.empty()) return no_entry(members.problem);
  return std::pair(workspace, std::move(out));
}

std::string csv_field(std::string_view text) {
  std::string safe;
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) safe = "'";
  safe += text;
  if (safe.find_first_of(",\"\r\n") == std::string::npos) return safe;
  std::string out = "\"";
  for (const char letter : safe) {
    if (letter == '"') out += '"';
    out += letter;
  }
  return out + "\"";
}

std::string csv_header() {
  return "sequence,id,created_at,actor_id,role,method,credential_id,ip_address,device,request_id,action,object,outcome,detail,changes,hash\r\n";
}

std::string csv_line(const AuditEntry& entry) {
  std::string changes;
  for (const AuditChange& change : entry.changes) {
    if (!changes.empty()) changes += "; ";
    changes += change.field + ": " + change.before + " -> " + change.after;
  }
  const std::string fields[] = {std::to_string(entry.sequence), std::to_string(entry.id.value),
                                core::to_rfc3339(core::from_unix_ms(entry.at_unix_ms)), std::to_string(entry.actor.value), entry.role,
                                entry.method, std::to_string(entry.credential), entry.client_ip, entry.device,
                                entry.request == 0 ? std::string() : core::to_base32(entry.request), entry.action, entry.object,
                                std::string(to_string(entry.outcome)), entry.detail, changes, core::to_hex(entry.hash)};
  std::string out;
  for (const std::string& field : fields) {
    if (!out.empty()) out += ',';
    out += csv_field(field);
  }
  return out + "\r\n";
}

bool ExportVerifier::refuse(std::uint64_t sequence, std::uint64_t id, std::string what) {
  fault_ = ChainFault{sequence, core::AuditId{id}, "line " + std::to_string(lines_) + ": " + std::move(what)};
  return false;
}

bool ExportVerifier::add_line(std::string_view line) {
  if (fault_) return false;
  ++lines_;
  if (line.size() > kExportLineMax) return refuse(0, 0, "longer than an entry can be");
  const auto parsed = parse_json_line(line);
  if (!parsed) return refuse(0, 0, parsed.error().context());
  const auto& [workspace, entry] = *parsed;
  Chain& chain = workspaces_[workspace.value];
  if (entry.sequence == 0) {
    ++chain.waiting;
    return true;
  }
  if (entry.hash.empty() || hash_of(workspace, entry) != entry.hash) {
    return refuse(entry.sequence, entry.id.value, "the entry was changed: it no longer has its hash");
  }
  const bool is_next = entry.sequence == chain.last + 1;
  const std::string expected = chain.last == 0 ? std::string(kHashBytes, '\0') : chain.last_hash;
  if (is_next && entry.previous_hash != expected) return refuse(entry.sequence, entry.id.value, "the entry does not follow the one before it");
  if (!is_next) ++chain.gaps;
  if (anchor_ && anchor_->sequence == entry.sequence) {
    if (anchor_->hash != entry.hash) return refuse(entry.sequence, entry.id.value, "the entry has another hash than the anchor");
    anchor_is_met_ = true;
  }
  if (chain.first == 0) chain.first = entry.sequence;
  chain.last = entry.sequence;
  chain.last_hash = entry.hash;
  ++chain.entries;
  return true;
}

bool ExportVerifier::finish() {
  if (!fault_ && anchor_ && !anchor_is_met_) return refuse(anchor_->sequence, 0, "the export ends without the entry of the anchor");
  return !fault_;
}

}  // namespace postern::auth
