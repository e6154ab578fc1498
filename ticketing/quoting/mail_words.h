#pragma once
// ticketing/quoting/mail_words.h: the words with which mail programs, in many languages, introduce what they quote or forward:
// names of header fields ("From", "Von"), lines above a forwarded message, endings of "Ada wrote:", prefixes of subjects. One
// table for everybody who reads such text; a language is a row of mail_words.cc.
// Sources: what Outlook, Gmail, Apple Mail, Thunderbird, Yahoo and Lotus Notes write in these languages, as seen in mail.
// Thread-safety: constant data, folded at the first use.
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace postern::ticketing::mail_words {

enum class Field { kFrom, kDate, kTo, kSubject, kCc, kReplyTo };

struct Language {
  std::string_view code;      // ISO 639-1
  std::string_view from;      // words by '|', as they are written; the same of what follows
  std::string_view date;
  std::string_view to;
  std::string_view subject;
  std::string_view cc;
  std::string_view markers;   // what a line above a forwarded or quoted message says, between its dashes
  std::string_view wrote;     // what "On 3 May Ada wrote:" ends with, or has near its end
  std::string_view prefixes;  // of the subject of a forwarded message, without the colon
};
std::span<const Language> languages();

// A line "Von: Ada <ada@a.example>", in any language of the table: which field, in which languages (bits of their rows), and what
// stands behind the colon. Quotation marks (">") and emphasis ("*Von:*") are passed over.
struct HeaderLine {
  Field field = Field::kFrom;
  std::uint64_t in = 0;
  std::string_view value;  // of the line that was given
};
std::optional<HeaderLine> header_line(std::string_view line);

// "---------- Forwarded message ---------", "Anfang der weitergeleiteten Nachricht:", a line of underscores.
bool is_marker(std::string_view line);
bool is_rule_line(std::string_view line);  // underscores or dashes only, at least ten
// "On 3 May 2026, Ada <ada@a.example> wrote:", on one line; a caller joins what was wrapped.
bool is_attribution(std::string_view line);
// "Fwd: …", "WG: …", also behind others ("Re: Fwd: …").
bool has_forward_prefix(std::string_view subject);

// The line without marks of quotation and blanks around it; no-break spaces count as blanks.
std::string_view bare_line(std::string_view line);

}  // namespace postern::ticketing::mail_words
