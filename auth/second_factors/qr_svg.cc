#include "auth/second_factors/qr_svg.h"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>
#include <string_view>

#include "core/errc.h"
#include "core/secret.h"

namespace postern::auth {
namespace {

constexpr int kQuietZone = 4;  // modules of white around it: ISO/IEC 18004
constexpr std::size_t kTextBytesMax = 1000;

}  // namespace

core::Result<std::string> qr_svg(const std::string& text) {
  auto wipe_and_free = [](QRcode* code) {
    core::wipe(code->data, static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width));
    QRcode_free(code);
  };
  if (text.size() > kTextBytesMax) return core::fail(core::Errc::kInvalid, "too long for a QR code");
  const std::unique_ptr<QRcode, decltype(wipe_and_free)> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), wipe_and_free);
  if (!code) return core::fail(core::Errc::kInvalid, "no QR code of it");
  const int side = code->width + 2 * kQuietZone;
  std::string path;
  for (int y = 0; y < code->width; ++y) {
    for (int x = 0; x < code->width;) {
      int end = x;
      while (end < code->width && (code->data[y * code->width + end] & 1U) != 0) ++end;
      if (end > x) path += fmt::format("M{} {}h{}v1h-{}z", x + kQuietZone, y + kQuietZone, end - x, end - x);
      x = end + 1;
    }
  }
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" width="{1}" height="{1}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{0}v{0}H0z"/><path d="{2}"/></svg>)",
      side, side * 5, path);
}

}  // namespace postern::auth
