#include "web/api/desk/definition_version.h"

#include "core/encoding.h"

namespace postern::web {
namespace {

constexpr std::size_t kDigestBytes = 16;

}  // namespace

std::string digest_etag(std::string_view record) {
  return "\"" + core::to_base64url(core::sha256(record).substr(0, kDigestBytes)) + "\"";
}

std::string definition_etag(const schema::Webhook& webhook) {
  schema::Webhook open = webhook;
  open.clear_secrets();
  open.clear_auth_secret();
  return digest_etag(open.SerializeAsString());
}

// A weak tag matches nothing: the comparison is the strong one.
bool IfMatch::names(std::string_view tag) const {
  std::string_view rest = core::trim_ascii(request_.field("if-match"));
  if (rest.empty() || rest == "*") return true;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (core::trim_ascii(rest.substr(0, comma)) == tag) return true;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return false;
}

core::Result<void> IfMatch::check_tag(const std::string& tag, const std::function<core::Result<json::object>()>& shape) {
  if (names(tag)) return {};
  POSTERN_TRY(current_, shape());
  tag_ = tag;
  return core::fail(Errc::kPrecondition);
}

std::optional<Response> IfMatch::refusal() const {
  if (!current_) return std::nullopt;
  Response response = problem_response(core::fail(Errc::kPrecondition), request_);
  json::value body = json::parse(response.body);
  body.as_object()["current"] = *current_;
  response.body = json_text(body);
  response.set("ETag", tag_);
  return response;
}

}  // namespace postern::web
