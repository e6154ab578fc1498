#include "smtp/proto/arguments.h"

#include <algorithm>

#include "core/encoding.h"
#include "smtp/proto/command.h"
#include "smtp/proto/limits.h"
#include "smtp/proto/path.h"
#include "smtp/proto/text.h"

namespace postern::smtp {
namespace {

core::Error bad(ProtoErrc why) { return core::fail(why); }

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

bool is_keyword(std::string_view text) {
  if (text.empty() || !is_alnum(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '-'; });
}

bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_graphic(c) || is_non_ascii(c); });
}

// One "KEYWORD[=value]" as a pair of offsets' texts; `has_value` tells "KEYWORD=" from "KEYWORD".
struct Parameter {
  std::string keyword;  // upper case
  std::string value;
  bool has_value = false;
};

core::Result<Parameter> parse_parameter(std::string_view word) {
  const auto equals = word.find('=');
  Parameter parameter{upper(word.substr(0, equals)), {}, equals != std::string_view::npos};
  if (parameter.has_value) parameter.value = word.substr(equals + 1);
  if (!is_keyword(parameter.keyword) || !is_value(parameter.value)) return bad(ProtoErrc::kSyntax);
  if (parameter.has_value && parameter.value.empty()) return bad(ProtoErrc::kParameterValue);
  return parameter;
}

// Calls apply(Parameter) for each parameter of `text`, in order.
template <class Apply>
core::Result<void> for_each_parameter(std::string_view text, Apply apply) {
  while (true) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    if (text.empty()) return {};
    const auto end = text.find(' ');
    POSTERN_TRY(Parameter parameter, parse_parameter(text.substr(0, end)));
    POSTERN_CHECK(apply(std::move(parameter)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  }
}

// The path behind "FROM:" or "TO:". A stray space after the colon is tolerated: it is common and harmless.
core::Result<ParsedPath> path_behind(std::string_view keyword, std::string_view& argument) {
  if (!core::equals_ignoring_case(argument.substr(0, keyword.size()), keyword)) return bad(ProtoErrc::kSyntax);
  argument.remove_prefix(keyword.size());
  while (argument.starts_with(' ')) argument.remove_prefix(1);
  POSTERN_TRY(ParsedPath path, parse_path(argument));
  argument.remove_prefix(path.consumed);
  if (!argument.empty() && !argument.starts_with(' ')) return bad(ProtoErrc::kSyntax);
  return path;
}

core::Result<void> set_text(std::string& field, std::string value, bool is_valid) {
  if (!field.empty()) return bad(ProtoErrc::kParameterTwice);
  if (!is_valid) return bad(ProtoErrc::kParameterValue);
  field = std::move(value);
  return {};
}

core::Result<void> apply_mail(MailArguments& mail, bool& has_body, Parameter p, Offered offered) {
  if (p.keyword == "SIZE") {
    if (mail.size) return bad(ProtoErrc::kParameterTwice);
    mail.size = parse_decimal(p.value);
    if (!mail.size) return bad(ProtoErrc::kParameterValue);
    return {};
  }
  if (p.keyword == "BODY") {
    if (std::exchange(has_body, true)) return bad(ProtoErrc::kParameterTwice);
    const std::string value = upper(p.value);
    if (value == "BINARYMIME") return bad(ProtoErrc::kParameterUnknown);  // not offered
    if (value != "7BIT" && value != "8BITMIME") return bad(ProtoErrc::kParameterValue);
    mail.is_8bit = value == "8BITMIME";
    return {};
  }
  if (p.keyword == "SMTPUTF8" && offered.smtputf8) {
    if (p.has_value) return bad(ProtoErrc::kParameterValue);
    if (std::exchange(mail.is_smtputf8, true)) return bad(ProtoErrc::kParameterTwice);
    return {};
  }
  if (p.keyword == "REQUIRETLS" && offered.requiretls) {
    if (p.has_value) return bad(ProtoErrc::kParameterValue);
    if (std::exchange(mail.requires_tls, true)) return bad(ProtoErrc::kParameterTwice);
    return {};
  }
  if (p.keyword == "RET" && offered.dsn) {
    std::string value = upper(p.value);
    const bool is_valid = value == "FULL" || value == "HDRS";
    return set_text(mail.ret, std::move(value), is_valid);
  }
  if (p.keyword == "ENVID" && offered.dsn) {
    const bool is_valid = p.has_value && p.value.size() <= kEnvidBytesMax && is_xtext(p.value);
    return set_text(mail.envid, std::move(p.value), is_valid);
  }
  return bad(ProtoErrc::kParameterUnknown);
}

bool is_notify(std::string_view value) {
  if (value == "NEVER") return true;
  while (true) {
    const auto comma = value.find(',');
    const std::string_view word = value.substr(0, comma);
    if (word != "SUCCESS" && word != "FAILURE" && word != "DELAY") return false;
    if (comma == std::string_view::npos) return true;
    value.remove_prefix(comma + 1);
  }
}

bool is_orcpt(std::string_view value, bool is_smtputf8) {
  const auto semicolon = value.find(';');
  if (semicolon == std::string_view::npos || semicolon == 0 || value.size() > kOrcptBytesMax) return false;
  const std::string_view type = value.substr(0, semicolon);
  if (!std::all_of(type.begin(), type.end(), [](char c) { return is_atext(c) && !is_non_ascii(c); })) return false;
  const std::string_view address = value.substr(semicolon + 1);
  // RFC 6533 section 3: the utf-8 address type may hold UTF-8 itself.
  if (core::equals_ignoring_case(type, "utf-8")) return is_smtputf8 || is_ascii(address);
  return !address.empty() && is_xtext(address);
}

core::Result<void> apply_rcpt(RcptArguments& rcpt, Parameter p, Offered offered, bool is_smtputf8) {
  if (p.keyword == "NOTIFY" && offered.dsn) {
    std::string value = upper(p.value);
    const bool is_valid = is_notify(value);
    return set_text(rcpt.notify, std::move(value), is_valid);
  }
  if (p.keyword == "ORCPT" && offered.dsn) {
    const bool is_valid = is_orcpt(p.value, is_smtputf8);
    return set_text(rcpt.orcpt, std::move(p.value), is_valid);
  }
  return bad(ProtoErrc::kParameterUnknown);
}

}  // namespace

core::Result<MailArguments> parse_mail(std::string_view argument, Offered offered) {
  MailArguments mail;
  POSTERN_TRY(ParsedPath path, path_behind("FROM:", argument));
  if (path.address.domain.empty() && !path.address.local.empty()) return bad(ProtoErrc::kPath);
  mail.sender = std::move(path.address);
  bool has_body = false;
  const auto apply = [&](Parameter p) { return apply_mail(mail, has_body, std::move(p), offered); };
  POSTERN_CHECK(for_each_parameter(argument, apply));
  if (path.has_utf8 && !mail.is_smtputf8) return bad(ProtoErrc::kUtf8NotAsked);
  return mail;
}

core::Result<RcptArguments> parse_rcpt(std::string_view argument, Offered offered, bool is_smtputf8) {
  RcptArguments rcpt;
  POSTERN_TRY(ParsedPath path, path_behind("TO:", argument));
  if (path.address.local.empty()) return bad(ProtoErrc::kPath);
  if (path.has_utf8 && !is_smtputf8) return bad(ProtoErrc::kUtf8NotAsked);
  rcpt.rcpt = std::move(path.address);
  const auto apply = [&](Parameter p) { return apply_rcpt(rcpt, std::move(p), offered, is_smtputf8); };
  POSTERN_CHECK(for_each_parameter(argument, apply));
  return rcpt;
}

}  // namespace postern::smtp
