#include "web/server/mta_sts.h"

#include "core/encoding.h"
#include "web/errc.h"
#include "web/server/problem.h"

namespace postern::web {
namespace {

constexpr std::string_view kHostLabel = "mta-sts.";
constexpr std::string_view kPolicyPath = "/.well-known/mta-sts.txt";

}  // namespace

bool is_mta_sts_host(const Request& request, const Services& services) {
  if (services.domain_advisor == nullptr) return false;
  std::string_view host = request.field("host");
  if (host.find(']') == std::string_view::npos) host = host.substr(0, host.find(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  const std::string name = core::to_lower_ascii(host);
  return name.starts_with(kHostLabel) && services.directory()->is_local_domain(std::string_view(name).substr(kHostLabel.size()));
}

core::Result<Response> mta_sts_response(const Request& request, const Services& services) {
  if (request.path != kPolicyPath) return core::fail(Errc::kNotFound);
  if (!is_safe(request.verb)) {
    Response refused = problem_response(core::fail(Errc::kNotAllowed), request);
    refused.set("Allow", "GET, HEAD");
    return refused;
  }
  Response response;
  response.set("Content-Type", "text/plain");
  response.body = services.domain_advisor->mta_sts_policy();
  return response;
}

}  // namespace postern::web
