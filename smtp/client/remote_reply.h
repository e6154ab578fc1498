#pragma once
// smtp/client/remote_reply.h: replies of other servers (RFC 5321 section 4.2.1, RFC 2034), parsed line by line. Pure.
// Errors: core::Errc::kInvalid when a reply has not its form or passes a limit; the session cannot go on.
// Limits: line length and line count, given.
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace postern::smtp {

struct RemoteReply {
  int code = 0;                    // 200 to 599
  std::string enhanced;            // "5.1.1" when the reply begins with one of its class, empty otherwise
  std::vector<std::string> lines;  // text after the code of each line, as received
  bool is_positive() const { return code >= 200 && code < 400; }
  bool is_permanent_failure() const { return code >= 500; }
  // One printable ASCII line of at most 512 bytes for reports: "550 5.1.1 No such user".
  std::string summary() const;
};

class ReplyParser {
 public:
  ReplyParser(std::size_t lines_max, std::size_t line_bytes_max)
      : lines_max_(lines_max), line_bytes_max_(line_bytes_max) {}
  // `line` without its line end. True when it completes a reply, which take() then returns.
  core::Result<bool> add_line(std::string_view line);
  RemoteReply take();

 private:
  std::size_t lines_max_;
  std::size_t line_bytes_max_;
  RemoteReply reply_;
};

}  // namespace postern::smtp
