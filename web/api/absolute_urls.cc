#include "web/api/absolute_urls.h"

#include <array>

namespace postern::web {
namespace {

constexpr std::string_view kUrlMark = "\":\"/api/v2/";  // quotation marks inside texts are escaped: this is never part of one
constexpr std::array<std::string_view, 5> kNames{"next_page", "previous_page", "next", "prev", "url"};

bool is_address(std::string_view name) {
  for (const std::string_view each : kNames) {
    if (name == each) return true;
  }
  return name.ends_with("_url");
}

}  // namespace

void make_urls_absolute(Response& response, const Request& request) {
  const std::string_view host = request.field("host");
  const bool is_of_page = request.principal && request.principal->method == auth::Method::kSession;
  if (host.empty() || request.is_http_1_0 || is_of_page || !response.field("Content-Type").starts_with("application/json")) return;
  std::string& body = response.body;
  std::size_t mark = body.find(kUrlMark);
  if (mark == std::string::npos) return;
  const std::string origin = "https://" + std::string(host);
  std::string out;
  std::size_t copied = 0;
  for (; mark != std::string::npos; mark = body.find(kUrlMark, mark + 1)) {
    const std::size_t quote = body.rfind('"', mark - 1);
    const bool has_name = mark > 0 && quote != std::string::npos && quote < mark;
    if (!has_name || !is_address(std::string_view(body).substr(quote + 1, mark - quote - 1))) continue;
    const std::size_t path = mark + 3;  // behind the quotation mark that opens it
    out.append(body, copied, path - copied);
    out += origin;
    copied = path;
  }
  out.append(body, copied);
  body = std::move(out);
}

}  // namespace postern::web
