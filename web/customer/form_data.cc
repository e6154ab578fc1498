#include "web/customer/form_data.h"

#include <algorithm>

#include "core/encoding.h"
#include "core/utf8.h"
#include "web/errc.h"
#include "web/server/message.h"

namespace postern::web::customer {
namespace {

core::Error malformed(const char* what) { return core::fail(Errc::kMalformed, what); }

// The value of a parameter of a header field: a quoted string (with backslashes, as nobody sends them, taken literally) or a token.
std::string parameter(std::string_view field, std::string_view name) {
  std::size_t at = field.find(';');
  while (at != std::string_view::npos) {
    std::string_view rest = core::trim_ascii(field.substr(at + 1));
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return {};
    const bool is_it = core::equals_ignoring_case(core::trim_ascii(rest.substr(0, equals)), name);
    rest.remove_prefix(equals + 1);
    const bool is_quoted = rest.starts_with('"');
    if (is_quoted) rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find(is_quoted ? '"' : ';'), rest.size());
    if (is_it) return std::string(is_quoted ? rest.substr(0, end) : core::trim_ascii(rest.substr(0, end)));
    const std::size_t next = rest.find(';', end);
    if (next == std::string_view::npos) return {};
    at = static_cast<std::size_t>(rest.data() - field.data()) + next;
  }
  return {};
}

// Browsers escape quotes and line ends in names (HTML, "multipart/form-data encoding algorithm"); folders are nobody's business.
std::string file_name(std::string name) {
  for (const auto& [escaped, plain] : {std::pair("%22", "\""), std::pair("%0D", " "), std::pair("%0A", " ")}) {
    for (std::size_t at = name.find(escaped); at != std::string::npos; at = name.find(escaped, at + 1)) name.replace(at, 3, plain);
  }
  const std::size_t folder = name.find_last_of("/\\");
  return folder == std::string::npos ? name : name.substr(folder + 1);
}

struct PartHead {
  std::string name, file, media_type;
  bool is_file = false;
};

core::Result<PartHead> part_head(std::string_view head) {
  PartHead out;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("a part's head");
    const std::string_view value = core::trim_ascii(line.substr(colon + 1));
    if (core::equals_ignoring_case(line.substr(0, colon), "content-disposition")) {
      out.name = parameter(value, "name");
      out.is_file = value.find("filename=") != std::string_view::npos;
      if (out.is_file) out.file = file_name(parameter(value, "filename"));
    } else if (core::equals_ignoring_case(line.substr(0, colon), "content-type")) {
      out.media_type = std::string(value);
    }
  }
  if (out.name.empty()) return malformed("a part without a name");
  return out;
}

core::Result<FormData> parse_multipart(std::string_view boundary, std::string_view body, const FormDataLimits& limits) {
  const std::string delimiter = "\r\n--" + std::string(boundary);
  const std::string_view opening = std::string_view(delimiter).substr(2);
  if (!body.starts_with(opening)) return malformed("no part");
  body.remove_prefix(opening.size());
  FormData out;
  for (std::size_t parts = 0; !body.starts_with("--"); ++parts) {
    if (parts == limits.parts_max) return malformed("too many parts");
    if (!body.starts_with("\r\n")) return malformed("a boundary");
    body.remove_prefix(2);
    const std::size_t head_end = body.find("\r\n\r\n");
    if (head_end == std::string_view::npos || head_end > limits.part_head_bytes_max) return malformed("a part's head");
    POSTERN_TRY(PartHead head, part_head(body.substr(0, head_end)));
    body.remove_prefix(head_end + 4);
    const std::size_t end = body.find(delimiter);
    if (end == std::string_view::npos) return malformed("an unfinished part");
    const std::string_view content = body.substr(0, end);
    if (!head.is_file) out.fields.emplace_back(std::move(head.name), core::well_formed_utf8(content));
    else if (!head.file.empty() || !content.empty()) out.files.emplace_back(std::move(head.name), FormFile{core::well_formed_utf8(head.file), std::move(head.media_type), std::string(content)});
    body.remove_prefix(end + delimiter.size());
  }
  return out;
}

core::Result<FormData> parse_urlencoded(std::string_view body, const FormDataLimits& limits) {
  FormData out;
  while (!body.empty()) {
    if (out.fields.size() == limits.parts_max) return malformed("too many fields");
    const std::size_t end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return malformed("an escape");
    out.fields.emplace_back(std::move(*name), core::well_formed_utf8(*value));
  }
  return out;
}

}  // namespace

std::string_view FormData::field(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &std::pair<std::string, std::string>::first);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

core::Result<FormData> parse_form_data(std::string_view content_type, std::string_view body, const FormDataLimits& limits) {
  const std::string_view type = core::trim_ascii(content_type.substr(0, content_type.find(';')));
  if (core::equals_ignoring_case(type, "application/x-www-form-urlencoded")) return parse_urlencoded(body, limits);
  if (!core::equals_ignoring_case(type, "multipart/form-data")) return core::fail(Errc::kUnsupportedType, "a form is expected");
  const std::string boundary = parameter(content_type, "boundary");
  if (boundary.empty() || boundary.size() > limits.boundary_bytes_max) return malformed("boundary");
  return parse_multipart(boundary, body, limits);
}

}  // namespace postern::web::customer
