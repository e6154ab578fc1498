#pragma once
// pipeline/redaction/views/views.h: readings of a text that some reader makes: each is the text that this reader sees and
// a map to where it stands in ours. For every view there is a cheap test whether it can matter. A view gives text only;
// what is looked for in it is the detector's business, and how views follow each other that of body_scan.cc.
// Thread-safety: pure functions. Errors: none, any text has any view. Time and memory: linear in the text. A view's text
// holds unredacted values: its owner wipes it. Mapping::kSkip leaves the map empty.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/mime/source_map.h"
#include "pipeline/redaction/views/telltales.h"

namespace postern::pipeline {

struct View {
  std::string text;
  SourceMap map;  // offsets of text -> offsets of the source
  bool is_whole = true;  // false: more would have had to be looked at than any page needs
};

// True when an escape at `at` of that length, which stands for `character`, may belong to a value: it stands for a letter
// or a digit, which nobody needs to escape, or it is next to a digit.
bool may_belong_to_value(std::string_view text, std::size_t at, std::size_t length, std::string_view character);

// HTML, XML, SVG, enriched text: the text that is left without the tags; as rendered, as rendered with what style hides
// left out, what it adds put in, and written directions as U+202E, and with all that other programs show (conditional comments, CDATA, script).
bool may_be_markup(std::string_view text, const Telltales& marks, std::string_view media_subtype);
bool may_hide_by_style(std::string_view text, const Telltales& marks);
bool may_hold_sections(std::string_view text, const Telltales& marks);
View rendered_view(std::string_view text, Mapping mapping);
View visible_view(std::string_view text, Mapping mapping);
View sections_view(std::string_view text, Mapping mapping);

// Character references (HTML 5 section 13.5) decoded and nothing else: attributes and scripts may hold them.
bool may_hold_references(std::string_view text, const Telltales& marks);
View references_view(std::string_view text, Mapping mapping);

// What '=' signs say about bytes that nobody called quoted-printable.
enum class QuotedPrintable {
  kNo,
  kPerhaps,  // an escape stands behind a digit; "?page=2041" in a URL looks the same
  kLikely,   // soft line breaks or escaped '=' signs
};
QuotedPrintable guess_quoted_printable(std::string_view bytes, const Telltales& marks);
View quoted_printable_view(std::string_view bytes, Mapping mapping);

// "\u0034", "\x34", "\064", "\/": JSON, JavaScript, C, Python.
bool may_hold_escapes(std::string_view text, const Telltales& marks);
View escapes_view(std::string_view text, Mapping mapping);

// "%34%31": URLs and x-www-form-urlencoded.
bool may_hold_percent(std::string_view text, const Telltales& marks);
View percent_view(std::string_view text, Mapping mapping);

// iCalendar and vCard (RFC 5545 section 3.1, RFC 6350 section 3.2): folded lines joined, escaped commas and line ends.
bool may_be_folded(const LineTelltales& lines, std::string_view media_subtype);
View unfolded_view(std::string_view text, Mapping mapping);

// RTF: its text, groups and formatting left out; with and without hidden text (\v).
bool may_be_rtf(std::string_view text, const Telltales& marks);
View rtf_view(std::string_view text, Mapping mapping);
View rtf_visible_view(std::string_view text, Mapping mapping);

// Digits with the marks of Markdown or BBCode between them.
bool may_be_emphasised(std::string_view text, const Telltales& marks);
View emphasis_view(std::string_view text, Mapping mapping);

// Text behind U+202E is shown from right to left, what stands between U+2068 and U+2069 in it in order. Its map goes backwards: single characters only may be looked up.
bool may_be_reversed(std::string_view text, const Telltales& marks);
View reversed_view(std::string_view text, Mapping mapping);

// Charsets that other readers may take: byte order marks and <meta> against the label, stateful and wide ones without a
// label. `used` is the one that was taken.
std::vector<std::string> other_charsets(std::string_view bytes, const Telltales& marks, std::string_view used);

}  // namespace postern::pipeline
