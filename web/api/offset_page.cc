#include "web/api/offset_page.h"

#include "web/errc.h"

namespace postern::web {

core::Result<std::optional<OffsetPage>> read_offset_page(const Request& request, const WebOptions& options) {
  if (!request.query_value("page") && !request.query_value("per_page")) return std::optional<OffsetPage>();
  OffsetPage out;
  POSTERN_TRY(const std::uint64_t number, query_number(request, "page", 1));
  POSTERN_TRY(const std::uint64_t size, query_number(request, "per_page", options.page_size_max));
  if (number == 0 || size == 0) return core::fail(Errc::kMalformed, "page and per_page begin at 1");
  out.size = static_cast<std::size_t>(std::min<std::uint64_t>(size, options.page_size_max));
  if (number > kOffsetPagesMax || number * out.size > kOffsetRecordsMax) {
    return core::fail(Errc::kMalformed, "at most 100 pages and 10,000 records: use cursor pages (page[size], page[after])");
  }
  out.number = static_cast<std::size_t>(number);
  return std::optional(out);
}

void add_offset_page(json::object& out, const Request& request, const OffsetPage& page, bool has_more, std::optional<std::uint64_t> count) {
  const auto link = [&](std::size_t number) {
    std::string target = request.path + "?";
    for (const auto& [key, value] : request.query) {
      if (key != "page" && key != "per_page") target += percent_encode(key) + "=" + percent_encode(value) + "&";
    }
    return target + "page=" + std::to_string(number) + "&per_page=" + std::to_string(page.size);
  };
  const bool has_next = has_more && page.number < kOffsetPagesMax && (page.number + 1) * page.size <= kOffsetRecordsMax;
  out["next_page"] = has_next ? json::value(link(page.number + 1)) : json::value();
  out["previous_page"] = page.number > 1 ? json::value(link(page.number - 1)) : json::value();
  if (count) out["count"] = *count;
}

}  // namespace postern::web
