#pragma once
// tests/pipeline/redaction/mail_text.h: builds messages that carry a card number in one place and encoding.
#include <string>
#include <string_view>
#include <vector>

#include "core/encoding.h"
#include "pipeline/mime/encode.h"
#include "tests/pipeline/redaction/card_text.h"

namespace postern::test {

inline std::string mail(const std::string& headers, const std::string& body) {
  return "From: Ann <ann@sender.test>\r\nTo: help@desk.test\r\nMessage-ID: <1@sender.test>\r\n"
         "Date: Sun, 22 Nov 2026 09:30:00 +0000\r\nMIME-Version: 1.0\r\n" +
         headers + "\r\n" + body;
}
inline std::string text_mail(const std::string& type, const std::string& encoding, const std::string& body) {
  return mail("Subject: hello\r\nContent-Type: " + type + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n", body);
}
inline std::string mixed_mail(const std::string& part) {
  return mail("Subject: hello\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n",
              "preamble\r\n--b1\r\nContent-Type: text/plain\r\n\r\nsee attachment\r\n--b1\r\n" + part +
                  "\r\n--b1--\r\nepilogue\r\n");
}
inline std::string base64_lines(std::string_view bytes) { return pipeline::encode_base64_lines(bytes) + "\r\n"; }

inline std::string utf16le(std::string_view ascii, bool with_mark) {
  std::string out = with_mark ? "\xFF\xFE" : "";
  for (char c : ascii) out.append({c, '\0'});
  return out;
}
inline std::string utf16be(std::string_view ascii) {
  std::string out;
  for (char c : ascii) out.append({'\0', c});
  return out;
}
// Every character as a decimal reference.
inline std::string references(std::string_view ascii) {
  std::string out;
  for (char c : ascii) out += "&#" + std::to_string(static_cast<int>(c)) + ";";
  return out;
}
inline std::string between(std::string_view digits, const std::string& filling, std::size_t every) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i % every == 0) out += filling;
    out.push_back(digits[i]);
  }
  return out;
}

struct Disguise {
  std::string name;
  std::string message;
};

// One message for every encoding in which a number can travel.
inline std::vector<Disguise> disguises_in_text(const std::string& card) {
  const std::string said = "my card is " + card + " thanks";
  const std::string grouped_card = grouped(card, " ", {4, 4, 4, 4});
  std::vector<Disguise> all;
  const auto add = [&all](const char* name, std::string message) { all.push_back({name, std::move(message)}); };
  add("plain", text_mail("text/plain; charset=us-ascii", "7bit", said + "\r\n"));
  add("plain grouped", text_mail("text/plain; charset=utf-8", "8bit", "x " + grouped_card + " é\r\n"));
  add("no charset, no encoding", mail("Subject: s\r\n", said + "\r\n"));
  add("qp plain", text_mail("text/plain; charset=utf-8", "quoted-printable", said + "\r\n"));
  add("qp soft breaks",
      text_mail("text/plain; charset=utf-8", "quoted-printable", "x " + between(card, "=\r\n", 5) + " y\r\n"));
  std::string hex;
  for (char c : card) hex += std::string("=3") + c;
  add("qp hex", text_mail("text/plain; charset=utf-8", "quoted-printable", "x " + hex + " y\r\n"));
  add("base64", text_mail("text/plain; charset=utf-8", "base64", base64_lines(said)));
  add("base64 long",
      text_mail("text/plain; charset=utf-8", "base64", base64_lines(std::string(300, 'x') + " " + said)));
  add("base64 no padding, garbage",
      text_mail("text/plain", "base64", between(core::to_base64(said), "\r\n!", 11) + "\r\n"));
  add("utf-16le", text_mail("text/plain; charset=utf-16", "base64", base64_lines(utf16le(said, true))));
  add("utf-16be", text_mail("text/plain; charset=utf-16be", "base64", base64_lines(utf16be(said))));
  add("latin-1 nbsp",
      text_mail("text/plain; charset=iso-8859-1", "8bit", "x " + grouped(card, "\xA0", {4, 4, 4, 4}) + " y\r\n"));
  add("utf-7", text_mail("text/plain; charset=utf-7", "7bit", "x " + between(card, "+AK0-", 4) + " y\r\n"));
  add("iso-2022-jp", text_mail("text/plain; charset=iso-2022-jp", "7bit", "\x1B$B#4\x1B(B" + card.substr(1) + "\r\n"));
  add("line wrap", text_mail("text/plain", "7bit", "x\r\n" + between(card, "\r\n", 8) + "\r\ny\r\n"));
  add("quoted wrap", text_mail("text/plain", "7bit", "> x " + between(card, "\r\n> ", 4) + "\r\n> y\r\n"));
  add("wrong encoding label", text_mail("text/plain", "base64", "hello " + card + " bye\r\n"));
  add("unknown encoding", text_mail("text/plain", "x-none", said + "\r\n"));
  return all;
}

inline std::vector<Disguise> disguises_in_html(const std::string& card) {
  const std::string said = "my card is " + card + " thanks";
  std::vector<Disguise> all;
  const auto add = [&all](const char* name, std::string message) { all.push_back({name, std::move(message)}); };
  add("html", text_mail("text/html; charset=utf-8", "7bit", "<p>" + said + "</p>\r\n"));
  add("html tags", text_mail("text/html; charset=utf-8", "7bit", "<p>x " + between(card, "<b></b>", 3) + " y</p>\r\n"));
  add("html spans qp", text_mail("text/html; charset=utf-8", "quoted-printable",
                                 "<p>x " + between(card, "<span class=3D\"a\"></span>", 4) + " y</p>\r\n"));
  add("html comments", text_mail("text/html; charset=utf-8", "base64",
                                 base64_lines("<p>x " + between(card, "<!-- 99 -->", 2) + " y</p>")));
  add("html references", text_mail("text/html; charset=utf-8", "7bit", "<p>x " + references(card) + " y</p>\r\n"));
  add("html attribute",
      text_mail("text/html; charset=utf-8", "7bit", "<img alt=\"" + references(card) + "\" src=\"cid:1\">\r\n"));
  add("html shy and zero width",
      text_mail("text/html; charset=utf-8", "7bit",
                "<p>x " + between(card, "&shy;", 2) + " y " + between(card, "&#8203;", 5) + "</p>\r\n"));
  add("html cells", text_mail("text/html; charset=utf-8", "7bit",
                              "<table><tr><td>" + between(card, "</td><td>", 4) + "</td></tr></table>\r\n"));
  add("html breaks", text_mail("text/html; charset=utf-8", "7bit", "<p>" + between(card, "<br>", 4) + "</p>\r\n"));
  return all;
}

inline std::vector<Disguise> disguises_in_headers(const std::string& card) {
  const std::string said = "my card is " + card + " thanks";
  std::vector<Disguise> all;
  const auto add = [&all](const char* name, std::string message) { all.push_back({name, std::move(message)}); };
  add("subject", mail("Subject: " + said + "\r\n", "x\r\n"));
  add("subject b word", mail("Subject: =?utf-8?B?" + core::to_base64(said) + "?=\r\n", "x\r\n"));
  add("subject q word", mail("Subject: =?utf-8?Q?my_card_" + grouped(card, "_", {4, 4, 4, 4}) + "?=\r\n", "x\r\n"));
  add("subject two words",
      mail("Subject: =?utf-8?Q?" + card.substr(0, 7) + "?=\r\n =?utf-8?B?" + core::to_base64(card.substr(7)) + "?=\r\n",
           "x\r\n"));
  add("subject folded", mail("Subject: card " + card.substr(0, 8) + "\r\n " + card.substr(8) + "\r\n", "x\r\n"));
  add("display name", mail("Reply-To: \"" + said + "\" <a@b.test>\r\n", "x\r\n"));
  add("display name word",
      mail("Cc: =?utf-8?B?" + core::to_base64(card) + "?= <a@b.test>, Bob <b@c.test>\r\n", "x\r\n"));
  add("other field", mail("X-Note: " + said + "\r\n", "x\r\n"));
  add("file name", mixed_mail("Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"" +
                              card + ".bin\"\r\n\r\n\x01\x02\x03"));
  add("file name 2231",
      mixed_mail("Content-Type: application/octet-stream; name*0=\"" + card.substr(0, 6) + "\"; name*1=\"" +
                 card.substr(6) + ".bin\"\r\nContent-Disposition: attachment; filename*=utf-8''%34" + card.substr(1) +
                 ".bin\r\n\r\n\x01\x02\x03"));
  return all;
}

inline std::vector<Disguise> disguises_in_structure(const std::string& card) {
  const std::string said = "my card is " + card + " thanks";
  std::vector<Disguise> all;
  const auto add = [&all](const char* name, std::string message) { all.push_back({name, std::move(message)}); };
  add("csv attachment", mixed_mail("Content-Type: text/csv\r\nContent-Disposition: attachment; "
                                   "filename=a.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                                   base64_lines("name,card\r\nAnn," + card + "\r\n")));
  add("json as octets", mixed_mail("Content-Type: application/octet-stream\r\nContent-Disposition: attachment; "
                                   "filename=a.json\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                                   base64_lines("{\"card\": \"" + card + "\"}")));
  add("xml references", mixed_mail("Content-Type: application/xml\r\n\r\n<c n=\"1\">" + references(card) + "</c>"));
  add("nested message", mixed_mail("Content-Type: message/rfc822\r\n\r\n" +
                                   text_mail("text/plain", "quoted-printable", between(card, "=\r\n", 6) + "\r\n")));
  add("nested subject",
      mixed_mail("Content-Type: message/rfc822\r\n\r\n" + mail("Subject: " + said + "\r\n", "x\r\n")));
  add("encoded nested message",
      mixed_mail("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                 base64_lines(text_mail("text/html", "base64", base64_lines("<b>" + references(card) + "</b>")))));
  add("preamble", mail("Content-Type: multipart/mixed; boundary=b1\r\n", said + "\r\n--b1\r\n\r\nx\r\n--b1--\r\n"));
  add("epilogue",
      mail("Content-Type: multipart/mixed; boundary=b1\r\n", "--b1\r\n\r\nx\r\n--b1--\r\n" + said + "\r\n"));
  add("base64 in preamble",
      mail("Content-Type: multipart/mixed; boundary=b1\r\n", base64_lines(said) + "--b1\r\n\r\nx\r\n--b1--\r\n"));
  add("base64 in text",
      text_mail("text/plain", "7bit", "see below\r\n\r\n" + base64_lines(std::string(120, 'y') + said) + "\r\n"));
  add("multipart without parts", mail("Content-Type: multipart/mixed; boundary=b1\r\n", said + "\r\n"));
  add("duplicate content type",
      mail("Content-Type: text/html\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: "
           "7bit\r\nContent-Transfer-Encoding: base64\r\n",
           "<p>" + between(card, "<i></i>", 4) + "</p>\r\n"));
  add("leading blank line", "\r\n" + text_mail("text/plain", "7bit", said + "\r\n"));
  add("no header at all", said + "\r\n");
  add("alternative", mail("Content-Type: multipart/alternative; boundary=b1\r\n",
                          "--b1\r\nContent-Type: text/plain\r\n\r\n" + said +
                              "\r\n--b1\r\nContent-Type: text/html\r\n\r\n<p>" + said + "</p>\r\n--b1--\r\n"));
  return all;
}

inline std::vector<Disguise> all_disguises(const std::string& card) {
  std::vector<Disguise> all;
  for (const auto& some :
       {disguises_in_text(card), disguises_in_html(card), disguises_in_headers(card), disguises_in_structure(card)}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace postern::test
