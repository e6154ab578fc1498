#pragma once
// web/api/offset_page.h: "?page=3&per_page=50", beside cursor pages, for clients that know no other. Capped, as whoever asks
// for the thousandth page reads everything before it.
// Thread-safety: pure.  Errors: web::Errc::kMalformed (400) beyond the caps.
#include "web/api/json.h"

namespace postern::web {

inline constexpr std::size_t kOffsetPagesMax = 100;
inline constexpr std::size_t kOffsetRecordsMax = 10'000;

struct OffsetPage {
  std::size_t number = 1;
  std::size_t size = 100;
  std::size_t skipped() const { return (number - 1) * size; }
};
// Nothing when the request does not ask for one.
core::Result<std::optional<OffsetPage>> read_offset_page(const Request& request, const WebOptions& options);
// "next_page", "previous_page", and "count" when it is known.
void add_offset_page(json::object& out, const Request& request, const OffsetPage& page, bool has_more, std::optional<std::uint64_t> count);

}  // namespace postern::web
