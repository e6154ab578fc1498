#pragma once
// ticketing/html_words.h: text as HTML, and a look at HTML that the sanitiser left. Thread-safety: pure. Errors: none.
#include <string>
#include <string_view>

namespace postern::ticketing {

// Character data or the value of an attribute; line ends become <br>.
std::string as_html(std::string_view text);
// True when it has more to say than its text: lists, headings, bold words …, but not paragraphs, line breaks and plain links.
bool is_formatted(std::string_view html);

// True when two texts differ in nothing but blanks and ASCII marks beside words: "**Hello**" says what "Hello" says, but "-100" is not
// "100" and "1.5" is not "15".
bool has_same_words(std::string_view one, std::string_view other);

}  // namespace postern::ticketing
