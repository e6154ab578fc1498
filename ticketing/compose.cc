#include "ticketing/compose.h"

#include <algorithm>

#include "core/encoding.h"
#include "core/random.h"
#include "ticketing/detail/header_text.h"

namespace postern::ticketing {
namespace {

// The text as a body part, with its header: quoted-printable keeps mostly-ASCII text readable, base64 is shorter for
// the rest.
std::string text_part(std::string_view text, std::string_view media_type = "text/plain") {
  const auto beyond_ascii = std::ranges::count_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  const bool is_base64 = static_cast<std::size_t>(beyond_ascii) * 3 > text.size();
  std::string out = "Content-Type: " + std::string(media_type) + "; charset=UTF-8\r\nContent-Transfer-Encoding: ";
  if (!is_base64) return out + "quoted-printable\r\n\r\n" + quoted_printable(text);
  std::string lines;  // text in base64 has CRLF line ends inside (RFC 2045 section 6.8)
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') continue;
    if (text[i] == '\n') lines += '\r';
    lines += text[i];
  }
  return out + "base64\r\n\r\n" + base64_lines(lines);
}

std::string file_part(const OutgoingFile& file) {
  return "Content-Type: " + safe_media_type(file.media_type) + "\r\nContent-Disposition: attachment" +
         filename_parameter(file.name) + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_lines(file.content);
}

// What is read: the text, and with HTML both of them, the plain one first, as the richest comes last. Lines of HTML are those of
// its transfer encoding, however long it runs on.
std::string letter(const OutgoingMail& mail, const std::string& outer) {
  if (mail.html.empty()) return text_part(mail.text);
  const std::string boundary = "=_alt" + outer.substr(1);  // neither begins with the other, which some readers take for the same
  const std::string page = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n" + mail.html + "\n</body></html>\n";
  return "Content-Type: multipart/alternative;\r\n boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n" + text_part(mail.text) +
         "\r\n--" + boundary + "\r\n" + text_part(page, "text/html") + "\r\n--" + boundary + "--\r\n";
}

std::string body(const OutgoingMail& mail) {
  // "=_" occurs in neither transfer encoding (RFC 2045 section 6.7).
  const std::string boundary = mail.boundary.empty() ? "=_pst_" + core::random_token(18) : mail.boundary;
  if (mail.files.empty()) return letter(mail, boundary);
  std::string out = "Content-Type: multipart/mixed;\r\n boundary=\"" + boundary + "\"\r\n\r\n";
  out += "--" + boundary + "\r\n" + letter(mail, boundary);
  for (const OutgoingFile& file : mail.files) out += "\r\n--" + boundary + "\r\n" + file_part(file);
  return out + "\r\n--" + boundary + "--\r\n";
}

}  // namespace

core::Result<ComposedMail> compose(const OutgoingMail& mail) {
  if (!is_safe_address(mail.from.address)) return core::fail(Errc::kInvalid, "from");
  if (!is_safe_message_id(mail.message_id)) return core::fail(Errc::kInvalid, "message-id");
  const std::string to = mailbox_field("To", mail.to);
  if (to.empty()) return core::fail(Errc::kInvalid, "to");
  const std::string cc = mailbox_field("Cc", mail.cc);
  const std::string from = mailbox_field("From", {mail.from});
  const std::string reply_to = mailbox_field("Reply-To", {mail.reply_to});

  ComposedMail out;
  out.needs_smtputf8 = !is_ascii(to) || !is_ascii(cc) || !is_ascii(from) || !is_ascii(reply_to);
  out.bytes = "Date: " + core::to_rfc5322(mail.date) + "\r\n" + from + reply_to + to + cc;
  out.bytes += text_field("Subject", mail.subject);
  out.bytes += id_field("Message-ID", {mail.message_id});
  out.bytes += id_field("In-Reply-To", {mail.in_reply_to});
  out.bytes += id_field("References", mail.references);
  out.bytes += "MIME-Version: 1.0\r\n";
  out.bytes += body(mail);
  return out;
}

std::string reply_subject(std::string_view subject) {
  const std::string line = core::to_lower_ascii(core::trim_ascii(subject.substr(0, 4)));
  return line.starts_with("re:") ? std::string(subject) : "Re: " + std::string(subject);
}

}  // namespace postern::ticketing
