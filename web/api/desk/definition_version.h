#pragma once
// web/api/desk/definition_version.h: changing a view, a rule, a field, a status or a webhook only while it still is what its
// editor has read: the ETag of every answer that shows one, and If-Match of PUT, PATCH and DELETE (RFC 9110 section 13.1.1).
// It is compared in the transaction of the change, so that of two editors one is refused, with what is there now.
// Thread-safety: none; one request's.  Ownership: borrows the request.  Errors: web::Errc::kPrecondition.
#include <functional>
#include <optional>

#include "storage/schema/webhooks.pb.h"
#include "web/api/json.h"
#include "web/errc.h"

namespace postern::web {

std::string digest_etag(std::string_view record);
// Of all that is stored, also what is not shown.
template <class Record>
std::string definition_etag(const Record& record) {
  return digest_etag(record.SerializeAsString());
}
// Without the password that it holds: a digest of it would be something to guess against. Its time of change stands for it.
std::string definition_etag(const schema::Webhook& webhook);

class IfMatch {
 public:
  explicit IfMatch(const Request& request) : request_(request) {}
  IfMatch(const IfMatch&) = delete;
  // Before anything is changed: kPrecondition unless If-Match is absent, "*", or names the record; `shape` makes its JSON.
  template <class Record, class Shape>
  core::Result<void> check(const Record& record, const Shape& shape) {
    const std::string tag = definition_etag(record);
    if (record.id() == 0 || names(tag)) return {};
    current_ = shape(record);
    tag_ = tag;
    return core::fail(Errc::kPrecondition);
  }
  // The same of what is no record, by a tag that was made elsewhere; `shape` is asked for its JSON when it is another.
  core::Result<void> check_tag(const std::string& tag, const std::function<core::Result<json::object>()>& shape);
  // The same, for what looks at a record before it removes it.
  template <class Record, class Shape>
  std::function<core::Result<void>(const Record&)> guard(Shape shape) {
    return [this, shape = std::move(shape)](const Record& record) { return check(record, shape); };
  }
  // 412 with "current" and its ETag, once check() has refused.
  std::optional<Response> refusal() const;
  // The answer to a removal.
  template <class T>
  core::Result<Response> removed(const core::Result<T>& done) const {
    if (std::optional<Response> refused = refusal()) return *std::move(refused);
    if (!done) return done.error();
    Response response;
    response.status = 204;
    return response;
  }

 private:
  bool names(std::string_view tag) const;
  const Request& request_;
  std::optional<json::object> current_;
  std::string tag_;
};

}  // namespace postern::web
