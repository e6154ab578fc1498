#include "web/api/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/clock.h"
#include "core/encoding.h"
#include "web/errc.h"

namespace postern::web {

namespace {

bool has_fraction(const json::value& value) {
  if (value.is_double()) return true;
  if (value.is_array()) return std::ranges::any_of(value.get_array(), has_fraction);
  if (!value.is_object()) return false;
  return std::ranges::any_of(value.get_object(), [](const auto& each) { return has_fraction(each.value()); });
}

void write_json(std::string& out, const json::value& value) {
  if (value.is_double()) {
    out += number_text(value.get_double());
  } else if (value.is_array()) {
    char before = '[';
    for (const json::value& each : value.get_array()) {
      out += std::exchange(before, ',');
      write_json(out, each);
    }
    out += before == '[' ? "[]" : "]";
  } else if (value.is_object()) {
    char before = '{';
    for (const auto& each : value.get_object()) {
      out += std::exchange(before, ',');
      out += json::serialize(each.key()) + ":";
      write_json(out, each.value());
    }
    out += before == '{' ? "{}" : "}";
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string number_text(double number) {
  constexpr double kExactMax = 9007199254740992.0;  // 2^53
  if (!std::isfinite(number)) return "null";
  if (number == std::floor(number) && std::abs(number) <= kExactMax) return fmt::format("{}", static_cast<std::int64_t>(number));
  return fmt::format("{}", number);
}

std::string json_text(const json::value& value) {
  if (!has_fraction(value)) return json::serialize(value);
  std::string out;
  write_json(out, value);
  return out;
}

Response json_response(int status, const json::value& value) {
  Response response;
  response.status = status;
  response.body = json_text(value);
  response.set("Content-Type", "application/json; charset=utf-8");
  return response;
}

core::Result<json::object> parse_object(const Request& request, const WebOptions& options) {
  json::parse_options bounds;
  bounds.max_depth = options.json_depth_max;
  json::error_code error;
  json::value value = json::parse(request.body, error, json::storage_ptr(), bounds);
  if (error) return core::fail(Errc::kBadJson, error.message());
  if (!value.is_object()) return core::fail(Errc::kBadJson, "an object is expected");
  return std::move(value.as_object());
}

const json::value* Form::find(std::string_view name) const {
  const json::value* value = object_.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

void Form::refuse(std::string_view name, std::string error, std::string description) {
  std::string field = prefix_.empty() ? std::string(name) : prefix_ + "." + std::string(name);
  problems_.push_back(FieldProblem{std::move(field), std::move(error), std::move(description)});
}

std::optional<std::string> Form::text(std::string_view name, std::size_t bytes_max) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    refuse(name, "InvalidFormat", "a string is expected");
    return std::nullopt;
  }
  const json::string& text = value->as_string();
  if (text.size() > bytes_max) {
    refuse(name, "TooLong", "at most " + std::to_string(bytes_max) + " bytes");
    return std::nullopt;
  }
  return std::string(text.data(), text.size());
}

std::string Form::required_text(std::string_view name, std::size_t bytes_max) {
  std::size_t before = problems_.size();
  std::optional<std::string> value = text(name, bytes_max);
  if ((!value || value->empty()) && problems_.size() == before) refuse(name, "BlankValue", "cannot be blank");
  return value.value_or(std::string());
}

std::optional<bool> Form::boolean(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->as_bool();
  if (value->is_string() && (value->as_string() == "true" || value->as_string() == "false")) return value->as_string() == "true";
  refuse(name, "InvalidFormat", "true or false is expected");
  return std::nullopt;
}

std::optional<std::uint64_t> Form::id(std::string_view name) {
  const json::value* value = object_.if_contains(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_null()) return 0;
  if (value->is_int64() && value->as_int64() >= 0) return static_cast<std::uint64_t>(value->as_int64());
  if (value->is_uint64()) return value->as_uint64();
  if (value->is_string()) {
    core::Result<std::uint64_t> number = read_number(std::string_view(value->as_string().data(), value->as_string().size()));
    if (number) return *number;
  }
  refuse(name, "InvalidFormat", "an id is expected");
  return std::nullopt;
}

std::vector<std::string> Form::texts(std::string_view name, std::size_t count_max, std::size_t bytes_max) {
  const json::value* value = find(name);
  std::vector<std::string> out;
  if (value == nullptr) return out;
  if (value->is_string()) {
    out.emplace_back(value->as_string().data(), value->as_string().size());
  } else if (value->is_array()) {
    for (const json::value& each : value->as_array()) {
      if (!each.is_string()) {
        refuse(name, "InvalidFormat", "strings are expected");
        return {};
      }
      out.emplace_back(each.as_string().data(), each.as_string().size());
    }
  } else {
    refuse(name, "InvalidFormat", "a list of strings is expected");
  }
  bool is_bounded = out.size() <= count_max;
  for (const std::string& each : out) is_bounded = is_bounded && each.size() <= bytes_max;
  if (!is_bounded) refuse(name, "TooLong", "too many or too long");
  return out;
}

json::object Form::object(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return {};
  if (value->is_object()) return value->as_object();
  refuse(name, "InvalidFormat", "an object is expected");
  return {};
}

Response Form::response(const Request& request) const {
  Problem problem;
  problem.status = 422;
  problem.error = "RecordInvalid";
  problem.detail = "Record validation errors";
  problem.fields = problems_;
  return problem_response(problem, request);
}

core::Result<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc() || end != text.data() + text.size()) return core::fail(Errc::kInvalid, "a number is expected");
  return value;
}

core::Result<std::uint64_t> query_number(const Request& request, std::string_view name, std::uint64_t otherwise) {
  std::optional<std::string_view> given = request.query_value(name);
  if (!given) return otherwise;
  core::Result<std::uint64_t> value = read_number(*given);
  if (!value) return core::fail(Errc::kInvalid, std::string(name) + ": a number is expected");
  return value;
}

namespace {

core::Result<std::size_t> read_page_size(const Request& request, const WebOptions& options, std::size_t otherwise) {
  POSTERN_TRY(std::uint64_t size, query_number(request, "page[size]", otherwise));
  if (size == 0 || size > options.page_size_max) {
    return core::fail(Errc::kInvalid, "page[size] is between 1 and " + std::to_string(options.page_size_max));
  }
  return static_cast<std::size_t>(size);
}

}  // namespace

core::Result<Page> read_page(const Request& request, const WebOptions& options) {
  Page page;
  POSTERN_TRY(page.size, read_page_size(request, options, options.page_size_default));
  page.after = std::string(request.query_value("page[after]").value_or(std::string_view()));
  if (page.after.size() > 512) return core::fail(Errc::kInvalid, "page[after]");
  return page;
}

core::Result<NumberPage> read_number_page(const Request& request, const WebOptions& options) {
  NumberPage page;
  POSTERN_TRY(page.size, read_page_size(request, options, options.page_size_max));
  POSTERN_TRY(page.after, query_number(request, "page[after]", 0));
  return page;
}

void add_page(json::object& out, const Request& request, bool has_more, const std::string& after, std::size_t size) {
  json::object meta;
  meta["has_more"] = has_more;
  meta["after_cursor"] = after.empty() ? json::value() : json::value(after);
  json::object links;
  if (has_more) {
    std::string next = request.path + "?";
    for (const auto& [key, value] : request.query) {
      if (key != "page[after]" && key != "page[size]") next += percent_encode(key) + "=" + percent_encode(value) + "&";
    }
    next += "page%5Bsize%5D=" + std::to_string(size) + "&page%5Bafter%5D=" + percent_encode(after);
    links["next"] = next;
  } else {
    links["next"] = nullptr;
  }
  out["meta"] = std::move(meta);
  out["links"] = std::move(links);
}

std::string_view cut_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not inside a sequence
  return text.substr(0, end);
}

json::value id_or_null(std::uint64_t id) { return id == 0 ? json::value() : json::value(id); }

std::string timestamp(std::int64_t unix_ms) { return core::to_rfc3339(core::from_unix_ms(unix_ms)); }

}  // namespace postern::web
