#include "pipeline/advice/zone_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kStringMax = 255;  // RFC 1035 section 3.3

std::string host_in_zone(const std::string& owner, std::string_view zone) {
  const std::string name = core::to_lower_ascii(owner);
  if (name == zone) return "@";
  const std::string ending = "." + std::string(zone);
  return !zone.empty() && name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : owner;
}

}  // namespace

std::string quote_txt(std::string_view text) {
  std::string out;
  do {
    out += out.empty() ? "\"" : " \"";
    for (const char c : text.substr(0, kStringMax)) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte > 0x7e) {
        out += fmt::format("\\{:03}", byte);
        continue;
      }
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
    text.remove_prefix(std::min(kStringMax, text.size()));
  } while (!text.empty());
  return out;
}

RecordToPublish make_record(std::string owner, std::string type, std::string value, std::string_view zone) {
  RecordToPublish out;
  out.host = host_in_zone(owner, zone);
  out.owner = std::move(owner);
  out.type = std::move(type);
  out.value = std::move(value);
  if (out.value.empty()) return out;
  out.zone_text = out.owner + ". " + std::to_string(out.ttl_seconds) + " IN " + out.type + " " +
                  (out.type == "TXT" ? quote_txt(out.value) : out.value);
  return out;
}

}  // namespace postern::pipeline
