#include <algorithm>

#include "core/encoding.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/html.h"
#include "pipeline/redaction/views/blocks.h"
#include "pipeline/redaction/views/escape_view.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kDataMin = 8;        // bytes
constexpr std::size_t kMediaTypeMax = 256;  // characters between "data:" and its comma

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_plain(char c) { return is_alnum(c) || std::string_view("*+/=-_.").find(c) != std::string_view::npos; }

// One byte in the text for each that changed, where the map says that it stood; `escaped` writes one that is not plain.
template <class Escaped>
std::vector<Edit> edits_of(const SourceMap& map, std::size_t origin, std::string_view was, std::string_view now, Escaped escaped) {
  std::vector<Edit> edits;
  for (std::size_t i = 0; i < was.size() && i < now.size(); ++i) {
    if (was[i] == now[i]) continue;
    const ByteRange from = map.at(i);
    const ByteRange range{origin + from.begin, origin + from.end};
    // Several bytes of one reference.
    if (!edits.empty() && edits.back().range.begin == range.begin) continue;
    edits.push_back({range, is_plain(now[i]) ? std::string(1, now[i]) : escaped(now[i])});
  }
  return edits;
}

std::string percent_escaped(char c) { return "%" + core::to_hex(std::string_view(&c, 1)); }
std::string reference_to(char c) { return "&#" + std::to_string(static_cast<unsigned char>(c)) + ";"; }

// Where the URL that begins behind text[at - 1] ends.
std::size_t url_end(std::string_view text, std::size_t at, std::size_t scheme) {
  const char before = scheme > 0 ? text[scheme - 1] : ' ';
  std::string_view stops = " \t\r\n\"'<>";
  if (before == '"') stops = "\"";
  if (before == '\'') stops = "'";
  if (before == '(') stops = ")";
  return std::min(text.find_first_of(stops, at), text.size());
}

std::string without_blanks(std::string_view text, SourceMap& map) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n') continue;
    out.push_back(text[at]);
    map.append_identity(at, 1);
  }
  return out;
}

// Base64 behind percent escapes or blanks. What stands plain is a block of its own, and is passed over here.
void hand_over_base64(std::string_view text, ByteRange data, const BlockSink& sink) {
  const std::string_view body = text.substr(data.begin, data.size());
  if (body.find_first_of("% \t\r\n") == std::string_view::npos) return;
  View unescaped = percent_view(body, Mapping::kKeep);
  const WipedAtExit wiped(unescaped.text);
  SourceMap packed_map;
  std::string packed = without_blanks(unescaped.text, packed_map);
  const WipedAtExit wiped_too(packed);
  const BlockSink outer = [&](ByteRange block, std::string_view bytes, const BlockPatch& patch) {
    if (block.begin != 0) return;
    sink(data, bytes, [&](std::string_view now) -> std::optional<std::vector<Edit>> {
      const auto inner = patch(now);
      if (!inner) return std::nullopt;
      std::vector<Edit> edits;
      for (const Edit& one : *inner) {
        const ByteRange from = unescaped.map.covering(packed_map.at(one.range.begin));
        edits.push_back({{data.begin + from.begin, data.begin + from.end}, one.text});
      }
      return edits;
    });
  };
  find_base64(packed, outer);
}

void hand_over_percent(std::string_view text, ByteRange data, const BlockSink& sink) {
  View unescaped = percent_view(text.substr(data.begin, data.size()), Mapping::kKeep);
  const WipedAtExit wiped(unescaped.text);
  sink(data, unescaped.text,
       [&](std::string_view now) { return std::optional(edits_of(unescaped.map, data.begin, unescaped.text, now, percent_escaped)); });
}

}  // namespace

void find_data_urls(std::string_view text, const BlockSink& sink) {
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':', colon + 1)) {
    if (colon < 4 || (text[colon - 1] | 0x20) != 'a' || !core::equals_ignoring_case(text.substr(colon - 4, 4), "data")) continue;
    const std::size_t comma = text.substr(0, colon + kMediaTypeMax).find(',', colon);
    if (comma == std::string_view::npos || text.substr(colon, comma - colon).find_first_of("\"'<>(") != std::string_view::npos) continue;
    const ByteRange data{comma + 1, url_end(text, comma + 1, colon - 4)};
    if (data.size() < kDataMin) continue;
    const std::string type = core::to_lower_ascii(text.substr(colon + 1, comma - colon - 1));
    if (core::trim_ascii(type).ends_with("base64")) hand_over_base64(text, data, sink);
    else hand_over_percent(text, data, sink);
    colon = data.end - 1;
  }
}

void find_frame_documents(std::string_view text, const BlockSink& sink) {
  constexpr std::string_view kName = "srcdoc";
  for (std::size_t equals = text.find('='); equals != std::string_view::npos; equals = text.find('=', equals + 1)) {
    std::size_t name_end = equals;
    while (name_end > 0 && (text[name_end - 1] == ' ' || text[name_end - 1] == '\n' || text[name_end - 1] == '\r' || text[name_end - 1] == '\t')) --name_end;
    if (name_end < kName.size() || !core::equals_ignoring_case(text.substr(name_end - kName.size(), kName.size()), kName)) continue;
    std::size_t begin = std::min(text.find_first_not_of(" \t\r\n", equals + 1), text.size());
    const char quote = begin < text.size() ? text[begin] : '\0';
    const bool is_quoted = quote == '"' || quote == '\'';
    begin += is_quoted ? 1 : 0;
    const std::size_t end = is_quoted ? std::min(text.find(quote, begin), text.size()) : std::min(text.find_first_of(" \t\r\n>", begin), text.size());
    const ByteRange value{begin, std::max(begin, end)};
    if (value.size() < kDataMin) continue;
    View document = references_view(text.substr(value.begin, value.size()), Mapping::kKeep);
    const WipedAtExit wiped(document.text);
    sink(value, document.text,
         [&](std::string_view now) { return std::optional(edits_of(document.map, value.begin, document.text, now, reference_to)); });
    equals = value.end - 1;
  }
}

}  // namespace postern::pipeline
