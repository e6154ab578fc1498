// The pure parsers of smtp/proto over any bytes: they never fail but by value, accepted addresses print and parse to
// themselves, and framing does not depend on how the bytes were cut.
#include <cstdint>
#include <string>

#include "core/assert.h"
#include "smtp/proto/arguments.h"
#include "smtp/proto/command.h"
#include "smtp/proto/content.h"
#include "smtp/proto/line_framer.h"
#include "smtp/proto/path.h"
#include "smtp/proto/reply.h"
#include "smtp/proto/text.h"

namespace {

namespace smtp = postern::smtp;

void check_address(const postern::pipeline::EmailAddress& address) {
  if (address.domain.empty()) return;
  const auto again = smtp::parse_path('<' + address.to_string() + '>');
  POSTERN_ASSERT(again && again->address == address);
}

struct Decoded {
  std::string content;
  std::size_t consumed = 0;
  bool has_ended = false;
  bool has_bare = false;
};

Decoded decode(std::string_view wire, std::size_t piece_max) {
  smtp::DataDecoder decoder;
  Decoded out;
  while (out.consumed < wire.size() && !out.has_ended) {
    const std::string_view piece = wire.substr(out.consumed, piece_max);
    const auto step = decoder.next(piece);
    POSTERN_ASSERT(step.consumed > 0 && step.content.end <= step.consumed);
    out.content += piece.substr(step.content.begin, step.content.size());
    out.consumed += step.consumed;
    out.has_ended = step.is_end;
  }
  out.has_bare = decoder.has_bare();
  return out;
}

void check_content(std::string_view wire) {
  const Decoded whole = decode(wire, wire.size());
  const Decoded bytes = decode(wire, 1);
  POSTERN_ASSERT(whole.has_ended == bytes.has_ended && whole.consumed == bytes.consumed);
  POSTERN_ASSERT(whole.has_bare == bytes.has_bare && whole.content == bytes.content);
  if (whole.has_ended && !whole.has_bare) {
    smtp::LineEndCheck check;
    check.feed(whole.content);
    check.finish();
    POSTERN_ASSERT(!check.has_bare());
  }
}

void check_lines(std::string_view wire, std::size_t piece_max) {
  smtp::LineFramer framer;
  std::string buffered;
  for (std::size_t at = 0; at < wire.size(); at += piece_max) {
    buffered += wire.substr(at, piece_max);
    while (true) {
      const auto step = framer.next(buffered);
      POSTERN_ASSERT(step.consumed <= buffered.size());
      const std::string_view line = std::string_view(buffered).substr(0, step.line_bytes);
      POSTERN_ASSERT(line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
      buffered.erase(0, step.consumed);
      if (step.kind == smtp::LineFramer::Kind::kNeedMore || step.kind == smtp::LineFramer::Kind::kFlood) break;
    }
    POSTERN_ASSERT(buffered.size() < 8192);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const smtp::CommandHead head = smtp::parse_command(text);
  POSTERN_ASSERT(head.argument_at <= text.size());
  const std::string_view argument = text.substr(head.argument_at);
  if (const auto mail = smtp::parse_mail(argument, {})) check_address(mail->sender);
  for (const bool is_smtputf8 : {false, true}) {
    if (const auto rcpt = smtp::parse_rcpt(argument, {}, is_smtputf8)) check_address(rcpt->rcpt);
  }
  if (const auto chunk = smtp::parse_bdat(argument)) POSTERN_ASSERT(chunk->bytes <= INT64_MAX);
  if (smtp::is_helo_name(argument)) POSTERN_ASSERT(smtp::is_ascii(argument));
  check_content(text);
  check_lines(text, 1);
  check_lines(text, 1000);
  std::string reply;
  smtp::append_reply(reply, 550, "5.7.1", text);
  POSTERN_ASSERT(reply.ends_with("\r\n") && reply.size() <= 32 * 512);
  return 0;
}
