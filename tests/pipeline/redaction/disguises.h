#pragma once
// tests/pipeline/redaction/disguises.h: a card number where one reader shows it and another does not: the evasions of
// draft-chen-email-mime-ambiguity-defense and their like, each in a whole message.
#include <string>
#include <vector>

#include "tests/pipeline/redaction/hidden_text.h"
#include "tests/pipeline/redaction/mail_text.h"

namespace postern::test {

struct Evasion {
  std::string name;
  std::string message;
  std::string trace;  // stands in the message, and must not stand in what is stored
};

inline void add_encodings(std::vector<Evasion>& all, const std::string& card, const std::string& said) {
  const auto add = [&](const char* name, std::string message, std::string trace) { all.push_back({name, std::move(message), std::move(trace)}); };
  const std::string b64 = core::to_base64(said);
  const std::string middle = card.substr(6, 6);
  add("leading blank line", "\r\n" + text_mail("text/plain", "quoted-printable", between(card, "=\r\n", 5)), between(card, "=\r\n", 5));
  add("quoted encoding", text_mail("text/plain", "\"base64\"", b64 + "\r\n"), b64);
  add("encoding with comment", text_mail("text/plain", "base64 (really)", b64 + "\r\n"), b64);
  add("misspelt encoding", text_mail("text/plain", "bsae64", b64 + "\r\n"), b64);
  add("label says 7bit", text_mail("text/plain", "7bit", b64 + "\r\n"), b64);
  add("label says quoted-printable", text_mail("text/plain", "quoted-printable", b64 + "\r\n"), b64);
  add("two encodings, second base64", mail("Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n", b64 + "\r\n"), b64);
  add("two encodings, second quoted-printable",
      mail("Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: quoted-printable\r\n", between(card, "=\r\n", 4) + "\r\n"),
      between(card, "=\r\n", 4));
  add("two encodings, second uuencode",
      mail("Content-Transfer-Encoding: quoted-printable\r\nContent-Transfer-Encoding: x-uuencode\r\n", uuencoded(said)), uuencoded(said));
  add("base64 with garbage", text_mail("text/plain", "base64", between(b64, "\r\n!", 11) + "\r\n"), between(b64, "\r\n!", 11));
  add("base64 without padding", text_mail("text/plain", "7bit", core::to_base64url(said + "!") + "\r\n"), core::to_base64url(said + "!"));
  add("base64 for URLs", text_mail("text/plain", "7bit", "token " + core::to_base64url("\xFB\xEF\xBE " + said) + "\r\n"), core::to_base64url("\xFB\xEF\xBE " + said));
  add("base64 in short lines", text_mail("text/plain", "7bit", in_lines(b64, 8, "")), in_lines(b64, 8, ""));
  add("base64 in a quotation", text_mail("text/plain", "7bit", in_lines(core::to_base64(std::string(90, 'a') + said), 60, "> ")),
      core::to_base64(std::string(90, 'a') + said).substr(120, 30));
  add("base64 of base64", text_mail("text/plain", "base64", core::to_base64(b64) + "\r\n"), core::to_base64(b64));
  add("base64 of base64 of base64", text_mail("text/plain", "7bit", core::to_base64(core::to_base64(b64)) + "\r\n"), core::to_base64(core::to_base64(b64)));
  add("quoted-printable of quoted-printable", text_mail("text/plain", "quoted-printable", "x " + each_as(digits_as(card, "=%02X"), "=%02X") + "\r\n"),
      each_as(digits_as(middle, "=%02X"), "=%02X"));
  add("uuencode in text", text_mail("text/plain", "7bit", "see below\r\n\r\n" + uuencoded(said) + "\r\nbye\r\n"), uuencoded(said));
  add("uuencode of a long text", text_mail("text/plain", "7bit", uuencoded(std::string(200, 'x') + said + std::string(99, 'y'))),
      uuencoded(std::string(200, 'x') + said + std::string(99, 'y')));
  add("encoding x-uuencode", text_mail("text/plain", "x-uuencode", uuencoded(said)), uuencoded(said));
  add("yEnc in text", text_mail("text/plain", "8bit", "see\r\n" + yencoded(said)), yencoded(said).substr(40, 20));
  add("base85 in text", text_mail("text/plain", "7bit", base85(said) + "\r\n"), base85(said));
  add("hex in text", text_mail("text/plain", "7bit", "dump: " + core::to_hex(said) + "\r\n"), core::to_hex(said));
  add("hex dump", text_mail("text/plain", "7bit", each_as(said, "%02x ") + "\r\n"), each_as(middle, "%02x "));
  add("hex with 0x", text_mail("text/plain", "7bit", each_as(said, "0x%02X, ") + "\r\n"), each_as(middle, "0x%02X, "));
}

inline void add_charsets(std::vector<Evasion>& all, const std::string& card, const std::string& said) {
  const auto add = [&](const char* name, std::string message, std::string trace) { all.push_back({name, std::move(message), std::move(trace)}); };
  const std::string middle = card.substr(6, 6);
  std::string utf7 = "x +";
  const std::string wide = utf16be(card);
  utf7 += core::to_base64url(wide).substr(0, (wide.size() * 8 + 5) / 6) + "- y";
  add("UTF-7 labelled ASCII", text_mail("text/plain; charset=us-ascii", "7bit", utf7 + "\r\n"), utf7);
  add("UTF-16 without mark, labelled UTF-8", text_mail("text/plain; charset=utf-8", "base64", base64_lines(utf16le(said, false))), base64_lines(utf16le(said, false)));
  add("UTF-32 labelled ASCII", text_mail("text/plain; charset=us-ascii", "base64", base64_lines(utf16be(utf16be(said)))), base64_lines(utf16be(utf16be(said))));
  add("full-width UTF-16 labelled Latin-1",
      text_mail("text/plain; charset=iso-8859-1", "base64", base64_lines(wide_digits(card, "\xFF", '\x10'))), base64_lines(wide_digits(card, "\xFF", '\x10')));
  add("full-width UTF-8 labelled Latin-1", text_mail("text/html; charset=iso-8859-1", "8bit", "<p>" + between(wide_digits(card, "\xEF\xBC", '\x90'), "<b></b>", 12) + "</p>\r\n"),
      between(wide_digits(card, "\xEF\xBC", '\x90'), "<b></b>", 12));
  std::string few;  // characters of UTF-8, fewer than what follows and is none
  for (std::size_t i = 0; i < card.size(); ++i) few += i % 5 == 0 ? std::string("\xEF\xBC") + static_cast<char>(card[i] - '0' + 0x90) : "&#" + std::to_string(card[i]) + ";";
  const std::string with_garbage = base64_lines("<p>card " + few + "</p>\n" + std::string(9, '\xFA'));
  add("UTF-8 before what is none", text_mail("text/html; charset=utf-8", "base64", with_garbage), with_garbage);
  add("charset of <meta>", text_mail("text/html; charset=iso-8859-1", "8bit",
                                     "<meta charset=shift_jis><p>x " + wide_digits(card, "\x82", '\x4F') + " y</p>\r\n"),
      wide_digits(middle, "\x82", '\x4F'));
  add("GB 18030 without label", mail("Subject: s\r\n", "x " + wide_digits(card, "\xA3", '\xB0') + " y\r\n"), wide_digits(middle, "\xA3", '\xB0'));
  add("ISO-2022-JP labelled Latin-1", text_mail("text/plain; charset=iso-8859-1", "7bit", "x \x1B$B" + wide_digits(card, "#", '0') + "\x1B(B y\r\n"),
      wide_digits(middle, "#", '0'));
  add("ISO-2022-KR labelled ASCII", text_mail("text/plain; charset=us-ascii", "7bit", "\x1B$)Cx \x0E" + wide_digits(card, "#", '0') + "\x0F y\r\n"),
      wide_digits(middle, "#", '0'));
  add("HZ labelled ASCII", text_mail("text/plain; charset=us-ascii", "7bit", "x ~{" + wide_digits(card, "#", '0') + "~} y\r\n"), wide_digits(middle, "#", '0'));
}

// Full-width digits of Shift_JIS: 82 4F is zero.
inline std::string rtf_wide(std::string_view digits) {
  std::string out;
  for (char c : digits) out += formatted("\\'82\\'%02x", 0x4FU + static_cast<unsigned>(c - '0'));
  return out;
}

inline void add_formats(std::vector<Evasion>& all, const std::string& card, const std::string& said) {
  const auto add = [&](const char* name, std::string message, std::string trace) { all.push_back({name, std::move(message), std::move(trace)}); };
  const auto plain = [](const std::string& body) { return text_mail("text/plain; charset=utf-8", "8bit", body + "\r\n"); };
  const std::string middle = card.substr(6, 6);
  const std::string event = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDESCRIPTION:card " + between(card, "\r\n ", 5) + "\\, thanks\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  add("folded calendar", mixed_mail("Content-Type: text/calendar; charset=utf-8\r\n\r\n" + event), between(card, "\r\n ", 5));
  add("folded calendar as octets", mixed_mail("Content-Type: application/octet-stream; name=a.ics\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_lines(event)),
      base64_lines(event));
  add("vCard 2.1 quoted-printable", plain("BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;ENCODING=QUOTED-PRINTABLE:x=20" + between(digits_as(card, "=%02X"), "=\r\n", 12) + "\r\nEND:VCARD"),
      between(digits_as(card, "=%02X"), "=\r\n", 12));
  const std::string photo = core::to_base64(std::string(80, 'p') + said);
  add("vCard base64", plain("BEGIN:VCARD\r\nVERSION:3.0\r\nNOTE;ENCODING=b:" + between(photo, "\r\n ", 50) + "\r\nEND:VCARD"), photo.substr(110, 20));
  const std::string rtf = "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}x ";
  add("RTF groups", mixed_mail("Content-Type: application/rtf\r\n\r\n" + rtf + between(card, "{\\b }", 3) + "\\par}"), between(card, "{\\b }", 3));
  add("RTF hex", plain(rtf + digits_as(card, "\\'%02x") + "\\par}"), digits_as(middle, "\\'%02x"));
  add("RTF unicode", plain(rtf + digits_as(card, "\\uc1\\u%u?") + "\\par}"), digits_as(middle, "\\uc1\\u%u?"));
  add("RTF ignorable destination", plain(rtf + "{\\*\\note " + between(card, "\r\n", 4) + "}}"), between(card, "\r\n", 4));
  add("RTF hidden filler", plain(rtf + between(card, "{\\v 77}", 2) + "}"), between(card, "{\\v 77}", 2));
  add("RTF code page 932", plain("{\\rtf1\\ansicpg932 x " + rtf_wide(card) + "}"), rtf_wide(middle));
  add("JSON", mixed_mail("Content-Type: application/json\r\n\r\n{\"note\":\"x " + digits_as(card, "\\u%04x") + "\"}"), digits_as(middle, "\\u%04x"));
  add("JavaScript", text_mail("text/html", "7bit", "<script>var c=\"" + digits_as(card, "\\x%02x") + "\";</script>\r\n"), digits_as(middle, "\\x%02x"));
  add("octal escapes", plain("printf '" + digits_as(card, "\\%03o") + "'"), digits_as(middle, "\\%03o"));
  add("form", mixed_mail("Content-Type: application/x-www-form-urlencoded\r\n\r\nname=Ann&card=" + each_as(card, "%%%02X") + "&x=1"), each_as(middle, "%%%02X"));
  add("link", text_mail("text/html", "7bit", "<a href=\"https://shop.test/pay?card=" + each_as(card, "%%%02X") + "\">pay</a>\r\n"), each_as(middle, "%%%02X"));
  add("percent twice", plain("https://shop.test/pay?card=" + each_as(card, "%%25%02X")), each_as(middle, "%%25%02X"));
  add("Markdown", plain("my card " + between(card, "**", 2)), between(card, "**", 2));
  add("BBCode", plain("my card " + between(card, "[b][/b]", 4)), between(card, "[b][/b]", 4));
  add("tags in plain text", plain("my card " + between(card, "<i></i>", 4)), between(card, "<i></i>", 4));
  add("enriched text", text_mail("text/enriched", "7bit", "my card " + between(card, "<bold></bold>", 4) + "\r\n"), between(card, "<bold></bold>", 4));
  add("right-to-left override", plain("my card \u202E" + std::string(card.rbegin(), card.rend()) + "\u202C thanks"), std::string(middle.rbegin(), middle.rend()));
}

inline void add_html(std::vector<Evasion>& all, const std::string& card) {
  const auto add = [&](const char* name, const std::string& body, std::string trace) {
    all.push_back({name, text_mail("text/html; charset=utf-8", "7bit", "<html><body><p>x " + body + " y</p></body></html>\r\n"), std::move(trace)});
  };
  const std::string middle = card.substr(6, 6);
  const auto split = [&](const char* name, const std::string& filler, std::size_t every = 3) { add(name, between(card, filler, every), between(card, filler, every)); };
  split("comments", "<!-- 12 -->");
  split("word breaks", "<wbr>");
  split("display:none", "<span style=\"display: none\">77</span>");
  split("visibility", "<b style='VISIBILITY:hidden'>7</b>");
  split("font size nothing", "<i style=\"font-size:0px\">42</i>", 5);
  split("hidden attribute", "<span hidden>7</span>");
  split("template", "<template>7</template>");
  split("zero-width references", "&zwnj;&#8203;");
  split("references to invisible signs", "&af;&it;&ic;");
  all.push_back({"class that hides",
                 text_mail("text/html", "7bit", "<style>td{color:red} .q1, p.q2 > b{display:none}</style><p>x " + between(card, "<b class=\"a q1\">9</b>", 4) + "</p>\r\n"),
                 between(card, "<b class=\"a q1\">9</b>", 4)});
  add("cells of one digit", "<table><tr><td>" + between(card, "</td><td>", 1) + "</td></tr></table>", between(card, "</td><td>", 1));
  add("bdo", "<bdo dir=\"rtl\">" + std::string(card.rbegin(), card.rend()) + "</bdo>", std::string(middle.rbegin(), middle.rend()));
  add("attribute", "<img alt=\"" + digits_as(card, "&#x%x;") + "\" src=\"cid:1\">", digits_as(middle, "&#x%x;"));
  add("input value", "<input type=hidden value=" + card + ">", middle);
  add("data attribute", "<p data-card='" + card + "'>x</p>", middle);
  add("style text", "<style>/* " + card + " */</style>", middle);
  add("noscript", "<noscript>" + between(card, "<b></b>", 4) + "</noscript>", between(card, "<b></b>", 4));
  add("CDATA", "<svg><text>" + between(card, "<![CDATA[", 8) + "]]></text></svg>", between(card, "<![CDATA[", 8));
  add("conditional comment", "<!--[if mso]><p>" + between(card, "<b></b>", 4) + "</p><![endif]-->", between(card, "<b></b>", 4));
  add("SVG text", "<svg><text><tspan>" + between(card, "</tspan><tspan>", 4) + "</tspan></text></svg>", between(card, "</tspan><tspan>", 4));
  add("escapes in script in base64 in a link", "<a href=\"data:text/plain;base64," + core::to_base64("card " + digits_as(card, "\\u%04x")) + "\">x</a>",
      core::to_base64("card " + digits_as(card, "\\u%04x")));
}

inline void add_structures(std::vector<Evasion>& all, const std::string& card, const std::string& said) {
  const auto add = [&](const char* name, std::string message, std::string trace) { all.push_back({name, std::move(message), std::move(trace)}); };
  const std::string b64 = core::to_base64(said);
  const std::string part = "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64 + "\r\n";
  add("part after the close", mixed_mail("Content-Type: text/plain\r\n\r\nx") + "--b1\r\n" + part, b64);
  add("two boundaries", mail("Content-Type: multipart/mixed; boundary=a1; boundary=b1\r\n",
                             "--a1\r\nContent-Type: text/plain\r\n\r\nx\r\n--b1\r\n" + part + "--b1--\r\n--a1--\r\n"), b64);
  add("two content types", mail("Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b1\r\n", "--b1\r\n" + part + "--b1--\r\n"), b64);
  add("base64 in the preamble", mail("Content-Type: multipart/mixed; boundary=b1\r\n", b64 + "\r\n--b1\r\n\r\nx\r\n--b1--\r\n"), b64);
  add("encoded message", mixed_mail("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_lines(mail("Subject: s\r\n", said + "\r\n"))),
      base64_lines(mail("Subject: s\r\n", said + "\r\n")));
  add("line of blanks in the header", "Subject: s\r\n  \r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64 + "\r\n", b64);
  add("header line without colon", "Subject: s\r\nnonsense\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64 + "\r\n", b64);
  // Only who undoes the quoted-pairs sees parts, and with them a name in pieces.
  const std::string pieces = "name*1=\"" + card.substr(5, 4) + "\"; name*0=\"" + card.substr(0, 5) + "\"; name*2=\"" + card.substr(9);
  add("boundary in quoted-pairs", mail("Content-Type: multipart/mixed; boundary=\"b\\?\\1\"\r\n", "--b?1\r\nContent-Type: text/plain; " + pieces + "\"\r\n\r\nx\r\n--b?1--\r\n"), pieces);
  const std::string extended = "utf-8''" + each_as(card, "%%%02X") + ".txt";
  add("filename* beside filename", mixed_mail("Content-Type: text/plain\r\nContent-Disposition: attachment; filename=\"a.txt\"; filename*=" + extended + "\r\n\r\nx"), each_as(card, "%%%02X"));
  add("filename beside filename*", mixed_mail("Content-Type: text/plain\r\nContent-Disposition: attachment; filename*=utf-8''a.txt; filename=\"=?utf-8?B?" + core::to_base64(card) + "?=\"\r\n\r\nx"),
      core::to_base64(card));
  add("pieces in another order", mixed_mail("Content-Type: text/plain; name*1=\"" + card.substr(0, 8) + "\"; name*0=\"" + card.substr(8) + "\"\r\n\r\nx"), card.substr(0, 8) + "\"; name*0=\"" + card.substr(8));
  add("name in percent escapes", mixed_mail("Content-Type: text/plain; name=\"" + each_as(card, "%%%02X") + "\"\r\n\r\nx"), each_as(card, "%%%02X"));
  add("words of two charsets", mail("Subject: =?iso-8859-1?Q?" + card.substr(0, 7) + "?=\r\n =?utf-16be?B?" + core::to_base64(utf16be(card.substr(7))) + "?=\r\n", "x\r\n"),
      core::to_base64(utf16be(card.substr(7))));
}

inline std::vector<Evasion> all_evasions(const std::string& card) {
  const std::string said = "my card is " + card + " thanks";
  std::vector<Evasion> all;
  add_encodings(all, card, said);
  add_charsets(all, card, said);
  add_formats(all, card, said);
  add_html(all, card);
  add_structures(all, card, said);
  return all;
}

}  // namespace postern::test
