#pragma once
// smtp/proto/command.h: the verbs as a table, with the policy of each in its row. Pure.
#include <cstdint>
#include <optional>
#include <string_view>

namespace postern::smtp {

enum class Verb {
  kHelo, kEhlo, kMail, kRcpt, kData, kBdat, kRset, kNoop, kVrfy, kExpn, kHelp, kQuit, kStarttls, kXclient, kUnknown
};
inline constexpr std::size_t kVerbs = static_cast<std::size_t>(Verb::kUnknown) + 1;

enum CommandFlag : std::uint32_t {
  kPreTls = 1U,       // allowed before TLS where TLS is required (RFC 3207 section 4)
  kNeedsHello = 2U,   // 503 before EHLO or HELO
  kNeedsTx = 4U,      // 503 outside a mail transaction
  kLastInGroup = 8U,  // nothing may be pipelined behind it (RFC 2920 section 3.1)
  kJunk = 16U,        // does not bring a message nearer
  kNoArgument = 32U,  // 501 with one
};

struct CommandRow {
  const char* name;
  Verb verb;
  std::uint32_t flags;
  bool has(CommandFlag flag) const { return (flags & flag) != 0; }
};

// The row of a verb; that of kUnknown for any other word.
const CommandRow& row_of(Verb verb);
// The verb at the start of a line and where its argument begins (after one space).
struct CommandHead {
  Verb verb = Verb::kUnknown;
  std::size_t argument_at = 0;
};
CommandHead parse_command(std::string_view line);

// True for a line that another server may take for BDAT, whatever we make of it: octets that follow it could be content.
bool resembles_bdat(std::string_view line);

// "BDAT size [LAST]" (RFC 3030 section 2). nullopt when not of that form or the size does not fit 63 bits.
struct BdatArgument {
  std::uint64_t bytes = 0;
  bool is_last = false;
};
std::optional<BdatArgument> parse_bdat(std::string_view argument);

// The argument of EHLO or HELO as it may stand in a Received field: a domain, an address literal, or the underscores
// and other harmless forms that real clients send. nullopt otherwise.
bool is_helo_name(std::string_view name);

// Decimal digits only, at most 20, at most 2^63-1.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

}  // namespace postern::smtp
