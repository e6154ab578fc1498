#pragma once
// web/api/json.h: JSON of requests and responses: bounded parsing, fields with errors that name them, pages, times.
// Thread-safety: values and free functions.  Errors: web::Errc::kBadJson, kInvalid.
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "web/options.h"
#include "web/server/problem.h"

namespace postern::web {

namespace json = boost::json;

Response json_response(int status, const json::value& value);
// As json::serialize() has it, but whole numbers without an exponent: "100", not "1E2".
std::string json_text(const json::value& value);
std::string number_text(double number);
// The request's body, which must be an object.
core::Result<json::object> parse_object(const Request& request, const WebOptions& options);

// Reads fields of an object and collects what is wrong with them. A field that is absent gives nullopt; null counts as
// absent but for id(), where it means "nobody".
class Form {
 public:
  Form(const json::object& object, std::string prefix) : object_(object), prefix_(std::move(prefix)) {}
  bool has(std::string_view name) const { return object_.contains(name); }
  std::optional<std::string> text(std::string_view name, std::size_t bytes_max);
  std::string required_text(std::string_view name, std::size_t bytes_max);
  std::optional<bool> boolean(std::string_view name);
  // A number, or decimal digits in a string: our ids exceed what JavaScript's numbers hold.
  std::optional<std::uint64_t> id(std::string_view name);
  std::vector<std::string> texts(std::string_view name, std::size_t count_max, std::size_t bytes_max);
  // The object of that name; empty object when absent.
  json::object object(std::string_view name);
  void refuse(std::string_view name, std::string error, std::string description);
  bool ok() const { return problems_.empty(); }
  // 422 with all that was collected, here and in `others`.
  Response response(const Request& request) const;
  void adopt(const Form& other) { problems_.insert(problems_.end(), other.problems_.begin(), other.problems_.end()); }

 private:
  const json::value* find(std::string_view name) const;
  const json::object& object_;
  std::string prefix_;
  std::vector<FieldProblem> problems_;
};

// Cursor paging: page[size] (at most Options::page_size_max) and page[after].
struct Page {
  std::size_t size = 0;
  std::string after;
};
core::Result<Page> read_page(const Request& request, const WebOptions& options);
// Of lists that are pages of numbers, and as long as allowed unless page[size] says otherwise.
struct NumberPage {
  std::size_t size = 0;
  std::uint64_t after = 0;
};
core::Result<NumberPage> read_number_page(const Request& request, const WebOptions& options);
// Adds "meta" and "links" for a page; `after` is the cursor of the next one.
void add_page(json::object& out, const Request& request, bool has_more, const std::string& after, std::size_t size);
core::Result<std::uint64_t> read_number(std::string_view text);
core::Result<std::uint64_t> query_number(const Request& request, std::string_view name, std::uint64_t otherwise);

// At most `bytes_max` bytes of valid UTF-8 from the front of it.
std::string_view cut_text(std::string_view text, std::size_t bytes_max);
json::value id_or_null(std::uint64_t id);
std::string timestamp(std::int64_t unix_ms);
template <class IdType>
IdType id_param(const Request& request, std::string_view name) {
  return IdType{read_number(request.param(name)).value()};  // the router let digits through only
}

}  // namespace postern::web
