#include "smtp/proto/content.h"

#include <algorithm>

#include "core/encoding.h"

namespace postern::smtp {

void LineEndCheck::feed(std::string_view piece) {
  if (piece.empty()) return;
  if (last_was_cr_ && piece.front() != '\n') has_bare_ = true;
  std::size_t at = 0;
  while (true) {
    const auto lf = piece.find('\n', at);
    const std::string_view line = piece.substr(at, lf == std::string_view::npos ? lf : lf - at);
    const bool ends_in_cr = line.empty() ? at == 0 && last_was_cr_ : line.back() == '\r';
    const auto cr = line.find('\r');
    if (cr != std::string_view::npos && cr + 1 != line.size()) has_bare_ = true;
    line_ += line.size();
    if (lf == std::string_view::npos) {
      last_was_cr_ = !line.empty() && ends_in_cr;
      return;
    }
    if (!ends_in_cr) has_bare_ = true;
    longest_ = std::max(longest_, line_ + 1);
    line_ = 0;
    at = lf + 1;
    if (at == piece.size()) {
      last_was_cr_ = false;
      return;
    }
  }
}

void DataDecoder::end_line() {
  longest_ = std::max(longest_, line_);
  line_ = 0;
  state_ = State::kLineStart;
}

// From `at`, in kText: to the end of the input or behind the next CR; sets the state it ends in.
std::size_t DataDecoder::take_text(std::string_view input, std::size_t at) {
  const auto cr = std::min(input.find('\r', at), input.size());
  if (input.substr(at, cr - at).find('\n') != std::string_view::npos) has_bare_ = true;
  const std::size_t end = std::min(cr + 1, input.size());
  line_ += end - at;
  state_ = cr < input.size() ? State::kCr : State::kText;
  return end;
}

DataDecoder::Step DataDecoder::next(std::string_view input) {
  std::size_t at = 0;
  while (at < input.size()) {
    const char c = input[at];
    switch (state_) {
      case State::kLineStart:
        if (c == '.') {
          state_ = State::kDot;
          return {{0, at}, at + 1, false};  // the dot itself is not content
        }
        [[fallthrough]];
      case State::kText: at = take_text(input, at); break;
      case State::kCr:
        if (c == '\n') {
          ++at;
          ++line_;
          end_line();
        } else {
          has_bare_ = true;
          state_ = State::kText;
        }
        break;
      case State::kDot:
        if (c == '\r') {
          state_ = State::kDotCr;
          return {{0, 0}, 1, false};
        }
        state_ = State::kText;
        break;
      case State::kDotCr:
        if (c == '\n') return {{0, 0}, 1, true};
        has_bare_ = true;
        state_ = State::kText;
        break;
    }
  }
  return {{0, at}, at, false};
}

std::size_t count_hops(std::string_view message) {
  constexpr std::string_view kName = "Received:";
  std::size_t hops = 0;
  while (!message.empty() && !message.starts_with("\r\n")) {
    if (core::equals_ignoring_case(message.substr(0, kName.size()), kName)) ++hops;
    const auto end = message.find('\n');
    message.remove_prefix(end == std::string_view::npos ? message.size() : end + 1);
  }
  return hops;
}

}  // namespace postern::smtp
