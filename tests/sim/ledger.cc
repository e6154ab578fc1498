#include "tests/sim/ledger.h"

#include <fmt/format.h>

#include "core/encoding.h"
#include "core/log.h"

namespace postern::sim {
namespace {

std::vector<std::string>& captured() {
  static std::vector<std::string> lines;
  return lines;
}

void keep_line(std::string_view line) { captured().emplace_back(line); }

}  // namespace

void EventLog::note(std::string_view what) {
  const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - begun_).count();
  lines_.push_back(fmt::format("{:>10} {}", at, what));
}

std::string EventLog::digest() const {
  std::string all;
  for (const std::string& line : lines_) all += line + '\n';
  return core::to_hex(core::sha256(all));
}

LogCapture::LogCapture() {
  captured().clear();
  core::log::set_level(core::log::Level::kDebug);
  core::log::set_sink(&keep_line);
}

LogCapture::~LogCapture() {
  core::log::set_sink(nullptr);
  core::log::set_level(core::log::Level::kOff);
}

const std::vector<std::string>& LogCapture::lines() { return captured(); }

}  // namespace postern::sim
