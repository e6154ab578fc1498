#include "app/audit_settings.h"

#include "auth/audit_trail/shipping/shipper.h"

namespace postern::app {
namespace {

std::string resolved(const conf::GatewayOptions& options, const std::string& path) {
  return path.empty() ? std::string() : options.resolve(path).string();
}

}  // namespace

auth::ShipOptions ship_options(const conf::GatewayOptions& options) {
  auth::ShipOptions out = options.audit.shipping;
  out.ca_file = resolved(options, out.ca_file);
  out.token_file = resolved(options, out.token_file);
  out.hmac_key_file = resolved(options, out.hmac_key_file);
  out.hostname = options.process.hostname;
  return out;
}

std::vector<std::string> audit_setting_complaints(const conf::GatewayOptions& options) {
  std::vector<std::string> out = auth::ship_setting_complaints(ship_options(options));
  const auto days = options.audit.retention_days;
  if (days != 0 && days < auth::kAuditRetentionDaysMin) {
    out.push_back("audit.retention_days: 0 (for ever), or at least " + std::to_string(auth::kAuditRetentionDaysMin));
  }
  return out;
}

std::vector<std::string> audit_setting_notes(const conf::GatewayOptions& options) {
  std::vector<std::string> out;
  for (const std::string& url : options.audit.shipping.receivers) {
    const auto target = auth::parse_ship_target(url);
    if (!target) continue;
    if (!target->is_encrypted()) out.push_back("audit.ship_to: " + target->label() + " gets the audit log in the clear; keep that on this machine or a private network");
    if (!target->is_confirmed()) out.push_back("audit.ship_to: " + target->label() + " confirms nothing: what the network drops is not sent again");
  }
  return out;
}

}  // namespace postern::app
