#include "web/api/audit_shapes.h"

#include "auth/audit_trail/filter_text.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "web/errc.h"

namespace postern::web {
namespace {

// "ticket.status" reads "Ticket status".
std::string label_of(std::string_view action) {
  std::string out(action);
  for (char& letter : out) {
    if (letter == '.' || letter == '_') letter = ' ';
  }
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z') out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out;
}

std::string query_text(const Request& request, std::string_view name) {
  return std::string(request.query_value(name).value_or(std::string_view()));
}

}  // namespace

core::Result<std::string> AuditShapes::name_of(const auth::AuditEntry& entry) {
  if (!entry.actor) return std::string(entry.method == "operator" ? "Operator" : "System");
  const auto known = names_.find(entry.actor.value);
  if (known != names_.end()) return known->second;
  POSTERN_TRY(const std::optional<auth::User> user, services_.accounts.find(workspace_, entry.actor));
  std::string name = user ? user->name : std::string();
  if (user && name.empty()) name = user->email;
  names_[entry.actor.value] = name;
  return name;
}

core::Result<json::object> AuditShapes::show(const auth::AuditEntry& entry) {
  POSTERN_TRY(const std::string name, name_of(entry));
  const std::size_t slash = entry.object.find('/');
  const auto source = slash == std::string::npos ? core::Result<std::uint64_t>(core::fail(core::Errc::kInvalid))
                                                 : read_number(std::string_view(entry.object).substr(slash + 1));
  json::array changes;
  for (const auth::AuditChange& change : entry.changes) {
    changes.push_back(json::object{{"field", change.field}, {"before", change.before}, {"after", change.after}});
  }
  json::object out;
  out["id"] = entry.id.value;
  out["url"] = "/api/v2/audit_logs/" + std::to_string(entry.id.value);
  out["actor_id"] = id_or_null(entry.actor.value);
  out["actor_name"] = name;
  out["action"] = entry.action;
  out["action_label"] = label_of(entry.action);
  out["source_type"] = entry.object.substr(0, slash);
  out["source_id"] = source ? id_or_null(*source) : json::value(nullptr);
  out["source_label"] = entry.object;
  out["change_description"] = entry.detail;
  out["ip_address"] = entry.client_ip;
  out["created_at"] = timestamp(entry.at_unix_ms);
  out["method"] = entry.method;
  out["role"] = entry.role;
  out["credential_id"] = id_or_null(entry.credential);
  out["device"] = entry.device;
  out["request_id"] = entry.request == 0 ? json::value(nullptr) : json::value(core::to_base32(entry.request));
  out["outcome"] = auth::to_string(entry.outcome);
  out["changes"] = std::move(changes);
  out["sequence"] = id_or_null(entry.sequence);
  out["hash"] = entry.hash.empty() ? json::value(nullptr) : json::value(core::to_hex(entry.hash));
  return out;
}

core::Result<auth::AuditFilter> read_audit_filter(const Request& request) {
  auth::AuditFilterText text;
  text.actor = query_text(request, "filter[actor_id]");
  text.action = query_text(request, "filter[action]");
  text.ip = query_text(request, "filter[ip_address]");
  text.outcome = query_text(request, "filter[outcome]");
  text.text = query_text(request, "filter[text]");
  const std::string type = query_text(request, "filter[source_type]");
  const std::string id = query_text(request, "filter[source_id]");
  if (type.empty() != id.empty()) return core::fail(Errc::kInvalid, "filter[source_type] and filter[source_id] go together");
  if (!type.empty()) text.object = type + "/" + id;
  std::size_t times = 0;
  for (const auto& [name, value] : request.query) {
    if (name != "filter[created_at][]" && name != "filter[created_at]") continue;
    (times++ == 0 ? text.from : text.to) = value;
  }
  if (times > 2) return core::fail(Errc::kInvalid, "filter[created_at][] is given twice at most: from and to");
  core::Result<auth::AuditFilter> parsed = auth::parse_filter(text);
  if (!parsed) return core::fail(Errc::kInvalid, parsed.error().context());
  return parsed;
}

core::Result<bool> is_oldest_first(const Request& request) {
  const std::string sort = query_text(request, "sort");
  if (sort == "created_at") return true;
  if (!sort.empty() && sort != "-created_at") return core::fail(Errc::kInvalid, "sort is created_at or -created_at");
  const std::string by = query_text(request, "sort_by");
  if (!by.empty() && by != "created_at") return core::fail(Errc::kInvalid, "sort_by is created_at");
  return query_text(request, "sort_order") == "asc";
}

}  // namespace postern::web
