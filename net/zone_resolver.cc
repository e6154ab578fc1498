#include "net/zone_resolver.h"

#include "core/assert.h"

namespace postern::net {
namespace {

constexpr int kCnamesMax = 8;
constexpr std::uint32_t kTtlSeconds = 300;

std::string to_wire(std::string_view name) {
  std::string out;
  const std::string normal = normalize_name(name);
  std::string_view rest = normal;
  while (!rest.empty()) {
    const auto dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    out += static_cast<char>(label.size());
    out += label;
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
  }
  return out + '\0';
}

}  // namespace

void ZoneResolver::add_raw(std::string_view name, DnsType type, std::string rdata) {
  const std::string normal = normalize_name(name);
  records_[{normal, type}].push_back(std::move(rdata));
  names_[normal] = true;
  // Ancestors of a name exist too, as empty non-terminals (RFC 8020).
  for (auto dot = normal.find('.'); dot != std::string::npos; dot = normal.find('.', dot + 1)) {
    names_.try_emplace(normal.substr(dot + 1), false);
  }
}

void ZoneResolver::add_a(std::string_view name, std::string_view address) {
  const auto parsed = IpAddress::parse(address);
  POSTERN_ASSERT(parsed.has_value());
  if (parsed->is_v4()) {
    const auto bytes = parsed->asio().to_v4().to_bytes();
    add_raw(name, DnsType::kA, std::string(bytes.begin(), bytes.end()));
  } else {
    const auto bytes = parsed->asio().to_v6().to_bytes();
    add_raw(name, DnsType::kAaaa, std::string(bytes.begin(), bytes.end()));
  }
}

void ZoneResolver::add_txt(std::string_view name, std::string_view text) {
  std::string rdata;
  do {
    const std::string_view piece = text.substr(0, 255);
    rdata += static_cast<char>(piece.size());
    rdata += piece;
    text.remove_prefix(piece.size());
  } while (!text.empty());
  add_raw(name, DnsType::kTxt, std::move(rdata));
}

void ZoneResolver::add_mx(std::string_view name, std::uint16_t preference, std::string_view exchange) {
  std::string rdata{static_cast<char>(preference >> 8U), static_cast<char>(preference & 0xffU)};
  add_raw(name, DnsType::kMx, rdata + to_wire(exchange == "." ? std::string_view() : exchange));
}

void ZoneResolver::add_ptr(std::string_view name, std::string_view target) {
  add_raw(name, DnsType::kPtr, to_wire(target));
}

void ZoneResolver::add_cname(std::string_view name, std::string_view target) {
  add_raw(name, DnsType::kCname, to_wire(target));
}

void ZoneResolver::fail_name(std::string_view name, DnsStatus status) { failing_names_[normalize_name(name)] = status; }

void ZoneResolver::fail_type(std::string_view name, DnsType type, DnsStatus status) {
  failing_types_[{normalize_name(name), type}] = status;
}

void ZoneResolver::sign_below(std::string_view name) { signed_.push_back(normalize_name(name)); }

bool ZoneResolver::is_signed(const std::string& name) const {
  return std::ranges::any_of(signed_, [&name](const std::string& top) { return name == top || name.ends_with('.' + top); });
}

core::Task<DnsAnswer> ZoneResolver::query(DnsQuestion question, core::Deadline) {
  queries_.fetch_add(1);
  co_return answer(question);
}

DnsAnswer ZoneResolver::answer(const DnsQuestion& question) const {
  DnsAnswer out;
  std::string name = normalize_name(question.name);
  out.is_secure = true;
  for (int hops = 0; hops <= kCnamesMax; ++hops) {
    out.is_secure = out.is_secure && is_signed(name);  // of a chain, all of it
    if (auto failing = failing_names_.find(name); failing != failing_names_.end()) {
      out.status = failing->second;
      return out;
    }
    if (auto failing = failing_types_.find({name, question.type}); failing != failing_types_.end()) {
      out.status = failing->second;
      return out;
    }
    if (auto found = records_.find({name, question.type}); found != records_.end()) {
      out.status = DnsStatus::kOk;
      out.rdata = found->second;
      out.ttl_seconds = kTtlSeconds;
      return out;
    }
    const auto alias = records_.find({name, DnsType::kCname});
    if (alias == records_.end()) {
      out.status = names_.contains(name) ? DnsStatus::kNoData : DnsStatus::kNxDomain;
      return out;
    }
    DnsAnswer target;
    target.rdata = alias->second;
    const auto targets = target.names();
    if (targets.empty()) break;
    name = targets.front();
    out.canonical_name = name;
  }
  out.status = DnsStatus::kServFail;  // a loop, or a chain longer than resolvers follow
  return out;
}

}  // namespace postern::net
