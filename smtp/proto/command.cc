#include "smtp/proto/command.h"

#include <array>

#include "core/encoding.h"
#include "smtp/proto/limits.h"
#include "smtp/proto/text.h"

namespace postern::smtp {
namespace {

constexpr std::array<CommandRow, kVerbs> kCommands{{
    {"HELO", Verb::kHelo, kPreTls | kLastInGroup | kJunk},
    {"EHLO", Verb::kEhlo, kPreTls | kLastInGroup | kJunk},
    {"MAIL", Verb::kMail, kNeedsHello},
    {"RCPT", Verb::kRcpt, kNeedsHello | kNeedsTx},
    {"DATA", Verb::kData, kNeedsHello | kNeedsTx | kLastInGroup | kNoArgument},
    {"BDAT", Verb::kBdat, 0},  // its octets must be consumed whatever the state: bdat.cc checks
    {"RSET", Verb::kRset, kPreTls | kJunk | kNoArgument},
    {"NOOP", Verb::kNoop, kPreTls | kJunk},
    {"VRFY", Verb::kVrfy, kNeedsHello | kJunk},
    {"EXPN", Verb::kExpn, kNeedsHello | kJunk},
    {"HELP", Verb::kHelp, kPreTls | kJunk},
    {"QUIT", Verb::kQuit, kPreTls | kNoArgument},
    {"STARTTLS", Verb::kStarttls, kPreTls | kNeedsHello | kLastInGroup | kNoArgument},
    {"XCLIENT", Verb::kXclient, kPreTls | kLastInGroup},
    {"", Verb::kUnknown, kPreTls | kJunk},
}};

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < kCommands.size(); ++i) {
    if (kCommands[i].verb != static_cast<Verb>(i)) return false;
  }
  return true;
}
static_assert(rows_stand_in_order());

}  // namespace

const CommandRow& row_of(Verb verb) { return kCommands[static_cast<std::size_t>(verb)]; }

CommandHead parse_command(std::string_view line) {
  const auto space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  for (const CommandRow& row : kCommands) {
    if (row.verb != Verb::kUnknown && core::equals_ignoring_case(word, row.name)) {
      return {row.verb, space == std::string_view::npos ? line.size() : space + 1};
    }
  }
  return {Verb::kUnknown, line.size()};
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (text.empty() || text.size() > kSizeDigitsMax) return std::nullopt;
  constexpr std::uint64_t kMax = INT64_MAX;
  std::uint64_t value = 0;
  for (char c : text) {
    if (!is_digit(c)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

bool resembles_bdat(std::string_view line) {
  constexpr std::string_view kName = "BDAT";
  const auto is_blank = [](char c) { return c >= 0 && c <= ' '; };
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  if (!core::equals_ignoring_case(line.substr(0, kName.size()), kName)) return false;
  return line.size() == kName.size() || !is_alnum(line[kName.size()]);
}

std::optional<BdatArgument> parse_bdat(std::string_view argument) {
  while (argument.ends_with(' ')) argument.remove_suffix(1);
  const auto space = argument.find(' ');
  const auto bytes = parse_decimal(argument.substr(0, space));
  if (!bytes) return std::nullopt;
  if (space == std::string_view::npos) return BdatArgument{*bytes, false};
  if (!core::equals_ignoring_case(argument.substr(space + 1), "LAST")) return std::nullopt;
  return BdatArgument{*bytes, true};
}

bool is_helo_name(std::string_view name) {
  if (name.empty() || name.size() > kDomainBytesMax) return false;
  const bool is_literal = name.front() == '[';
  if (is_literal != (name.back() == ']')) return false;
  const std::string_view inner = is_literal ? name.substr(1, name.size() - 2) : name;
  if (inner.empty()) return false;
  for (char c : inner) {
    if (!is_alnum(c) && c != '.' && c != '-' && c != '_' && c != ':') return false;
  }
  return true;
}

}  // namespace postern::smtp
