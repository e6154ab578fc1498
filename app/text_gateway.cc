#include "app/text_gateway.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "app/http_caller.h"
#include "app/json.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/file.h"

namespace postern::app {
namespace {

constexpr std::size_t kSecretBytesMax = 4096;
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

// RFC 3986 section 2.3: what needs no escape in a URL, nor in a form.
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                          c == '.' || c == '_' || c == '~';
    out += is_plain ? std::string(1, c) : "%" + core::to_hex(std::string_view(&c, 1));
  }
  return out;
}

// Inside the quotes that the template has.
std::string json_escaped(std::string_view text) {
  const std::string quoted = boost::json::serialize(boost::json::string(text));
  return quoted.substr(1, quoted.size() - 2);
}

// One pass: what was put in is not looked at again.
std::string put_in(std::string_view into, const auth::TextMessage& message, std::string (*escape)(std::string_view)) {
  const std::array<std::pair<std::string_view, std::string_view>, 3> names{
      {{"{{number}}", message.number}, {"{{text}}", message.text}, {"{{code}}", message.code}}};
  std::string out;
  while (!into.empty()) {
    const auto found = std::ranges::find_if(names, [into](const auto& each) { return into.starts_with(each.first); });
    if (found == names.end()) {
      out += into.front();
      into.remove_prefix(1);
    } else {
      out += escape(found->second);
      into.remove_prefix(found->first.size());
    }
  }
  return out;
}

bool is_field_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_field_value(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c >= ' ' && c < 0x7F; });
}

core::Result<std::string> read_secret(const conf::GatewayOptions& options) {
  const std::string& name = options.auth.factors.text_gateway.secret_file;
  if (name.empty()) return std::string();
  const auto path = options.resolve(name);
  struct stat facts{};
  if (::stat(path.c_str(), &facts) == 0 && (facts.st_mode & 0077U) != 0) {
    return core::fail(core::Errc::kInvalid, path.string() + ": readable by others; chmod 600 it");
  }
  POSTERN_TRY(const std::string text, core::read_file(path, kSecretBytesMax));
  const std::string secret(core::trim_ascii(text));
  if (secret.empty() || !is_field_value(secret))
    return core::fail(core::Errc::kInvalid, path.string() + ": not one line of ASCII");
  return secret;
}

std::vector<std::pair<std::string, std::string>> fields_of(const auth::TextGatewayOptions& gateway) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& each : gateway.headers) {
    const std::size_t colon = std::min(each.find(':'), each.size());
    const std::string_view value = core::trim_ascii(std::string_view(each).substr(std::min(colon + 1, each.size())));
    out.emplace_back(core::trim_ascii(each.substr(0, colon)), value);
  }
  return out;
}

core::Task<core::Result<void>> send_text(std::shared_ptr<const HttpCaller> caller,
                                         std::shared_ptr<const HttpRequest> request) {
  const core::Result<net::HttpAnswer> answer = co_await caller->call(request);
  if (!answer) co_return core::fail_transient(core::Errc::kIo, "gateway: " + problem_of(answer.error()));
  if (answer->status < 200 || answer->status > 299)
    co_return core::fail_transient(core::Errc::kIo, "the gateway answered " + std::to_string(answer->status));
  co_return core::Result<void>();
}

void check_request(const auth::TextGatewayOptions& gateway, std::vector<std::string>& out) {
  const bool has_body = gateway.method == "POST" || gateway.method == "PUT";
  if (!has_body && gateway.method != "GET") out.emplace_back("text_messages.method: POST, PUT or GET");
  if (gateway.content_type != kJson && gateway.content_type != kForm) {
    out.push_back("text_messages.content_type: " + std::string(kJson) + " or " + std::string(kForm));
  }
  if (!has_body && !gateway.body.empty()) out.emplace_back("text_messages.body: a GET has none; put it into the url");
  const std::string all = gateway.url + gateway.body;
  const bool has_code = all.find("{{text}}") != std::string::npos || all.find("{{code}}") != std::string::npos;
  if (all.find("{{number}}") == std::string::npos || !has_code)
    out.emplace_back("text_messages.body: needs {{number}}, and {{text}} or {{code}}");
  for (const auto& [name, value] : fields_of(gateway)) {
    if (!is_field_name(name) || !is_field_value(value))
      out.emplace_back("text_messages.headers: not of the form \"Name: value\"");
  }
  if (!is_field_name(gateway.secret_header)) out.emplace_back("text_messages.secret_header: not the name of a field");
}

}  // namespace

std::string text_gateway_url(const auth::TextGatewayOptions& gateway, const auth::TextMessage& message) {
  return put_in(gateway.url, message, percent_encoded);
}

std::string text_gateway_body(const auth::TextGatewayOptions& gateway, const auth::TextMessage& message) {
  return put_in(gateway.body, message, gateway.content_type == kForm ? percent_encoded : json_escaped);
}

std::vector<std::string> text_setting_complaints(const conf::GatewayOptions& options) {
  std::vector<std::string> out;
  const auth::SecondFactorOptions& factors = options.auth.factors;
  for (const std::string& each : factors.text_countries) {
    const bool is_code = each.size() > 1 && each.front() == '+' &&
                         std::ranges::all_of(each.substr(1), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_code) out.push_back("text_messages.countries: \"" + each + "\" is not of the form +43");
  }
  if (factors.text_gateway.url.empty()) return out;
  const auth::TextMessage sample{"+436601234567", "text", "123456"};
  const auto url = net::parse_http_url(text_gateway_url(factors.text_gateway, sample));
  const std::string wrong = url ? net::Egress(options.text_messages).complaint(*url) : "is not a URL that can be used";
  if (!wrong.empty()) out.push_back("text_messages.url: " + wrong);
  check_request(factors.text_gateway, out);
  if (const auto secret = read_secret(options); !secret)
    out.push_back("text_messages.secret_file: " + secret.error().context());
  return out;
}

core::Result<auth::TextMessagePort> text_message_port(const conf::GatewayOptions& options, net::DnsResolver& resolver,
                                                      core::Clock& clock) {
  const auth::TextGatewayOptions& gateway = options.auth.factors.text_gateway;
  if (const auto complaints = text_setting_complaints(options); !complaints.empty())
    return core::fail(core::Errc::kInvalid, complaints.front());
  if (gateway.url.empty()) return auth::TextMessagePort();
  const std::string& ca_file = options.text_messages.ca_file;
  POSTERN_TRY(auto tls,
              net::TlsContext::client(true, ca_file.empty() ? std::filesystem::path() : options.resolve(ca_file)));
  auto caller = std::make_shared<const HttpCaller>(resolver, clock, options.text_messages, std::move(tls));
  auto fields = fields_of(gateway);
  POSTERN_TRY(const std::string secret, read_secret(options));
  if (!secret.empty()) fields.emplace_back(gateway.secret_header, secret);
  if (gateway.method != "GET") fields.emplace_back("Content-Type", gateway.content_type);
  auth::TextMessagePort port = [gateway, caller, fields](auth::TextMessage message) {
    auto request = std::make_shared<HttpRequest>();
    request->url = text_gateway_url(gateway, message);
    request->method = gateway.method;
    request->headers = fields;
    if (gateway.method != "GET") request->body = text_gateway_body(gateway, message);
    return send_text(caller, std::move(request));
  };
  return port;
}

}  // namespace postern::app
