#pragma once
// web/api/days.h: days of UTC as "2026-11-22" in questions and answers, and rates. A day is numbered from 1970-01-01.
// Thread-safety: pure. Errors: web::Errc::kInvalid, which names the parameter.
#include "web/api/json.h"

namespace postern::web {

std::string date_of(std::uint64_t day);
// nullopt: no such date.
std::optional<std::uint64_t> parse_date(std::string_view text);
// The query parameter `name`; `otherwise` when it is absent.
core::Result<std::uint64_t> read_date(const Request& request, std::string_view name, std::uint64_t otherwise);
// part / whole; null of nothing.
json::value rate(std::uint64_t part, std::uint64_t whole);

}  // namespace postern::web
