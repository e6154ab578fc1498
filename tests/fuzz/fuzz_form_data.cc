// What browsers send from forms: whatever the bytes, the parser does not crash, and what it gives is within its limits and was there.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "web/customer/form_data.h"
#include "web/customer/html.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  namespace customer = postern::web::customer;
  const std::string_view body(reinterpret_cast<const char*>(bytes), size);
  const customer::FormDataLimits limits;
  for (const char* type : {"multipart/form-data; boundary=b", "application/x-www-form-urlencoded"}) {
    const auto form = customer::parse_form_data(type, body, limits);
    if (!form) continue;
    if (form->fields.size() + form->files.size() > limits.parts_max) std::abort();
    for (const auto& [name, file] : form->files) {
      if (body.find(file.content) == std::string_view::npos || file.name.find('/') != std::string::npos) std::abort();
    }
  }
  const std::string html = customer::message_html(body, true, customer::words("en"));
  // Tags are ours alone.
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    bool is_ours = false;
    for (const char* tag : {"<div class=\"text\">", "</div>", "<details>", "</details>", "<summary>", "</summary>", "<a rel=\"noopener noreferrer nofollow\" href=\"http", "</a>"}) {
      is_ours = is_ours || html.compare(at, std::string_view(tag).size(), tag) == 0;
    }
    if (!is_ours) std::abort();
  }
  return 0;
}
