// The workspace's own mail domains and what they publish in DNS.
#include <algorithm>

#include "core/encoding.h"
#include "core/errc.h"
#include "web/api/domain_shapes.h"
#include "web/api/handlers.h"
#include "web/errc.h"

namespace postern::web::api {
namespace {

using Checked = core::Result<pipeline::DomainAdvice>;

std::string url_of(const std::string& domain) { return "/api/v2/mail_domains/" + percent_encode(domain) + "/dns"; }

std::vector<std::string> own_domains(const Request& request, const Context& context) {
  return context.services.directory()->domains_of(request.who().workspace);
}

core::Error unavailable() { return core::fail_transient(Errc::kUnavailable, "domain checks"); }

// Too many checks at a time pass by themselves; a name that is no domain is the configuration's fault, not the caller's.
core::Error refusal_of(const core::Error& error) {
  if (error == core::Errc::kOverloaded) return unavailable();
  if (error == core::Errc::kInvalid) return core::fail(Errc::kInvalid, "the configured domain is no domain name");
  return error;
}

}  // namespace

Answer list_mail_domains(Request& request, Context& context) {
  pipeline::DomainAdvisor* advisor = context.services.domain_advisor;
  if (advisor == nullptr) co_return unavailable();
  const core::Deadline by = core::Deadline::after(context.options.domain_check_max, context.services.clock);
  const std::vector<std::string> domains = own_domains(request, context);
  json::array list;
  for (std::size_t i = 0; i < domains.size(); ++i) {
    json::object one;
    one["url"] = url_of(domains[i]);
    one["domain"] = domains[i];
    one["state"] = nullptr;  // not checked
    if (i < context.options.domains_checked_max) {
      const Checked advice = co_await advisor->advise(domains[i], by);
      if (advice) {
        for (auto& field : domain_summary_json(*advice)) one[field.key()] = std::move(field.value());
      }
    }
    list.push_back(std::move(one));
  }
  json::object out;
  out["count"] = domains.size();
  out["mail_domains"] = std::move(list);
  co_return json_response(200, out);
}

Answer show_mail_domain_dns(Request& request, Context& context) {
  const std::string domain = core::to_lower_ascii(request.param("domain"));
  const std::vector<std::string> domains = own_domains(request, context);
  if (std::find(domains.begin(), domains.end(), domain) == domains.end()) co_return core::fail(Errc::kNotFound);
  pipeline::DomainAdvisor* advisor = context.services.domain_advisor;
  if (advisor == nullptr) co_return unavailable();
  const core::Deadline by = core::Deadline::after(context.options.domain_check_max, context.services.clock);
  const Checked advice = co_await advisor->advise(domain, by);
  if (!advice) co_return refusal_of(advice.error());
  json::object out;
  out["mail_domain"] = domain_advice_json(*advice);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
