// Replies of another server: any lines, through the parser; what comes out is bounded and printable. The same bytes
// as a recipient's domain and as a message body.
#include <cstdint>
#include <string_view>

#include "core/assert.h"
#include "smtp/client/domain.h"
#include "smtp/client/letter.h"
#include "smtp/client/remote_reply.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  postern::smtp::ReplyParser parser(10, 200);
  for (std::string_view rest = raw; !rest.empty();) {
    const auto end = rest.find('\n');
    const auto complete = parser.add_line(rest.substr(0, end));
    if (!complete) break;
    if (*complete) {
      const auto reply = parser.take();
      POSTERN_ASSERT(reply.code >= 200 && reply.code < 600 && reply.lines.size() <= 10);
      POSTERN_ASSERT(reply.enhanced.empty() || reply.enhanced[0] == static_cast<char>('0' + reply.code / 100));
      const std::string summary = reply.summary();
      POSTERN_ASSERT(summary.size() <= 512);
      for (char c : summary) POSTERN_ASSERT(c >= 0x20 && c < 0x7f);
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  if (const auto domain = postern::smtp::to_ascii_domain(raw)) {
    POSTERN_ASSERT(domain->size() <= 253);
    for (char c : *domain) POSTERN_ASSERT(c > 0x20 && c < 0x7f);
  }
  const std::string lines = postern::smtp::with_crlf_lines(raw);
  POSTERN_ASSERT(postern::smtp::with_crlf_lines(lines) == lines);
  const std::string wire = postern::smtp::to_data(lines);
  POSTERN_ASSERT(wire == ".\r\n" || wire.find("\r\n.\r\n") == wire.size() - 5);  // ends once, at its end
  return 0;
}
