#include "pipeline/runner/trace_headers.h"

#include "pipeline/sender/authenticator.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kValueBytesMax = 255;

std::string plain(std::string_view value) {
  std::string out;
  for (char c : value.substr(0, kValueBytesMax)) {
    const bool is_plain =
        c > ' ' && c < 0x7F && c != '(' && c != ')' && c != '<' && c != '>' && c != ';' && c != '\\' && c != '"';
    out.push_back(is_plain ? c : '_');
  }
  return out;
}

}  // namespace

std::string trace_headers(const Envelope& envelope, const AuthVerdicts& auth, std::string_view authserv_id) {
  std::string out = "Return-Path: <" + plain(envelope.mail_from.to_string()) + ">\r\n";
  return out + authentication_results_header(auth, authserv_id);
}

}  // namespace postern::pipeline
