#include "smtp/proto/line_framer.h"

#include "smtp/proto/command.h"
#include "smtp/proto/limits.h"

namespace postern::smtp {

LineFramer::Step LineFramer::next(std::string_view buffered) {
  if (drained_ > 0) return drain(buffered);
  const auto lf = buffered.find('\n', scanned_);
  if (lf == std::string_view::npos) {
    if (buffered.size() >= kCommandLineBytesMax) return drain(buffered);
    scanned_ = buffered.size();
    return {};
  }
  scanned_ = 0;
  const std::size_t consumed = lf + 1;
  if (lf == 0 || buffered[lf - 1] != '\r') return {Kind::kBareEnd, 0, consumed};
  const std::string_view line = buffered.substr(0, lf - 1);
  if (consumed > kCommandLineBytesMax) return {Kind::kTooLong, 0, consumed, resembles_bdat(line)};
  if (line.find('\r') != std::string_view::npos) return {Kind::kBareEnd, 0, consumed};
  if (line.find('\0') != std::string_view::npos) return {Kind::kNul, 0, consumed, resembles_bdat(line)};
  return {Kind::kLine, line.size(), consumed};
}

LineFramer::Step LineFramer::drain(std::string_view buffered) {
  scanned_ = 0;
  if (buffered.empty()) return {};
  if (drained_ == 0) is_bdat_ = resembles_bdat(buffered);
  const auto lf = buffered.find('\n');
  const std::size_t consumed = lf == std::string_view::npos ? buffered.size() : lf + 1;
  drained_ += consumed;
  if (lf == std::string_view::npos) {
    if (drained_ > kCommandDrainBytesMax) return {Kind::kFlood, 0, consumed};
    last_was_cr_ = buffered.back() == '\r';
    return {Kind::kNeedMore, 0, consumed};
  }
  const bool is_crlf = lf > 0 ? buffered[lf - 1] == '\r' : last_was_cr_;
  drained_ = 0;
  last_was_cr_ = false;
  return {is_crlf ? Kind::kTooLong : Kind::kBareEnd, 0, consumed, is_bdat_};
}

}  // namespace postern::smtp
