// The content fields of one entity.
#include "pipeline/mime/part_fields.h"

#include <algorithm>

#include "core/encoding.h"

namespace postern::pipeline {
namespace {

std::string_view value_of(std::string_view message, const HeaderField* field) {
  return field == nullptr ? std::string_view() : message.substr(field->value.begin, field->value.size());
}

void set_type(Part& part, std::string_view type, std::string_view subtype) {
  part.media_type = type;
  part.media_subtype = subtype;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 32 && c < 127 && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
  });
}

std::string_view extension_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot);
}

// Both forms of a file name are sent for old and new readers; they may not disagree on what kind of file it is.
bool has_rival_reading(const MimeValue& value) {
  return std::any_of(value.other_readings.begin(), value.other_readings.end(), [&value](const MimeParam& other) {
    if (other.name == "boundary" || other.name == "charset") return true;
    const bool is_name = other.name == "name" || other.name == "filename";
    return is_name && !core::equals_ignoring_case(extension_of(other.value), extension_of(value.param(other.name)));
  });
}

void report_conflicts(const MimeValue& value, const MimeLimits& limits, ParseReport& report) {
  if (value.has_conflict) add_defect(report, "duplicate_parameter", limits.defects_max);
  if (has_rival_reading(value)) add_defect(report, "conflicting_parameter", limits.defects_max);
}

// RFC 2045 section 5.2: what cannot be read is text/plain.
void read_type(std::string_view message, Part& part, bool is_in_digest, const MimeLimits& limits, ParseReport& report) {
  const auto* field = find_field(part.fields, "content-type");
  if (is_in_digest && field == nullptr) return set_type(part, "message", "rfc822");
  set_type(part, "text", "plain");
  if (field == nullptr) return;
  auto value = parse_mime_value(value_of(message, field), limits);
  const auto slash = value.value.find('/');
  const auto type = value.value.substr(0, slash);
  const auto subtype = slash == std::string::npos ? std::string() : value.value.substr(slash + 1);
  if (is_token(type) && is_token(subtype)) set_type(part, type, subtype);
  else add_defect(report, "bad_content_type", limits.defects_max);
  report_conflicts(value, limits, report);
  part.params = std::move(value.params);
}

void read_encoding(std::string_view message, Part& part, const MimeLimits& limits, ParseReport& report) {
  const auto* field = find_field(part.fields, "content-transfer-encoding");
  auto word = core::to_lower_ascii(without_comments(unfold(value_of(message, field))));
  std::erase_if(word, [](char c) { return c == '"' || c == '\'' || c == ' ' || c == '\t' || c == ';'; });
  if (word != core::to_lower_ascii(core::trim_ascii(value_of(message, field))))
    add_defect(report, "odd_transfer_encoding", limits.defects_max);
  if (word.empty() || word == "7bit" || word == "8bit" || word == "binary") return;
  if (word == "base64") {
    part.encoding = TransferEncoding::kBase64;
  } else if (word == "quoted-printable") {
    part.encoding = TransferEncoding::kQuotedPrintable;
  } else if (word == "x-uuencode" || word == "uuencode" || word == "x-uue" || word == "uue") {
    part.encoding = TransferEncoding::kUuencode;
  } else {
    part.encoding = TransferEncoding::kUnknown;
    add_defect(report, "unknown_transfer_encoding", limits.defects_max);
  }
}

void read_disposition(std::string_view message, Part& part, const MimeLimits& limits, ParseReport& report) {
  const auto* field = find_field(part.fields, "content-disposition");
  const auto value = parse_mime_value(value_of(message, field), limits);
  part.disposition = value.value;
  report_conflicts(value, limits, report);
  // RFC 2183 section 2.8: an unknown disposition is an attachment.
  if (!value.value.empty() && value.value != "inline") part.disposition = "attachment";
  part.raw_filename = value.param("filename");
  if (!part.is_multipart() && part.raw_filename.empty()) {
    for (const auto& param : part.params) {
      if (param.name == "name" && part.raw_filename.empty()) part.raw_filename = param.value;
    }
  }
  part.filename = safe_filename(part.raw_filename, limits);
}

void report_duplicates(const Part& part, const MimeLimits& limits, ParseReport& report) {
  for (std::string_view name : {"content-type", "content-transfer-encoding", "content-disposition"}) {
    if (count_fields(part.fields, name) > 1) add_defect(report, "duplicate_mime_field", limits.defects_max);
  }
}

}  // namespace

void read_part_fields(std::string_view message, Part& part, bool is_in_digest, const MimeLimits& limits,
                      ParseReport& report) {
  read_type(message, part, is_in_digest, limits, report);
  read_encoding(message, part, limits, report);
  read_disposition(message, part, limits, report);
  report_duplicates(part, limits, report);
  for (const auto& param : part.params) {
    if (param.name == "charset" && part.charset.empty()) part.charset = core::to_lower_ascii(param.value);
  }
  auto id = without_comments(unfold(value_of(message, find_field(part.fields, "content-id"))));
  std::erase_if(id, [](char c) { return c == '<' || c == '>' || c <= ' ' || c == 127; });
  part.content_id = id.substr(0, limits.header_line_bytes_max);
  if (part.media_type == "message" && (part.media_subtype == "partial" || part.media_subtype == "external-body")) {
    add_defect(report, "message_" + part.media_subtype, limits.defects_max);
  }
  if (part.encoding == TransferEncoding::kIdentity) return;
  if (part.is_multipart()) {
    add_defect(report, "encoded_multipart", limits.defects_max);  // RFC 2045 section 6.4 forbids it; it is not decoded
    part.encoding = TransferEncoding::kIdentity;
  } else if (part.is_message()) {
    add_defect(report, "encoded_message", limits.defects_max);
  }
}

std::string boundary_of(const Part& part, const MimeLimits& limits, ParseReport& report) {
  std::string boundary;
  for (const auto& param : part.params) {
    if (param.name == "boundary" && boundary.empty()) boundary = param.value;
  }
  while (!boundary.empty() && (boundary.back() == ' ' || boundary.back() == '\t')) boundary.pop_back();
  if (boundary.empty()) {
    add_defect(report, "multipart_without_boundary", limits.defects_max);
  } else if (boundary.size() > limits.boundary_bytes_max) {
    report.degraded = true;
    add_defect(report, "boundary_limit", limits.defects_max);
    boundary.clear();
  }
  return boundary;
}

}  // namespace postern::pipeline
