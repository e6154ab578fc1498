#pragma once
// pipeline/mime/html_rules.h: which elements, attributes and addresses of mail HTML may be shown. Private to the
// sanitiser. Thread-safety: pure functions. Errors: none.
#include <string>
#include <string_view>

namespace postern::pipeline {

enum class ElementRule {
  kKeep,
  kUnwrap,  // the element goes, what it holds stays
  kDrop,    // the element goes with all it holds
};
ElementRule element_rule(std::string_view name_lower);
// The same of what people type (sanitise_typed_html).
ElementRule typed_element_rule(std::string_view name_lower);
// The element of theirs that means the same; the name itself when there is none.
std::string_view typed_name(std::string_view name_lower);
bool is_typed_attribute(std::string_view element, std::string_view name_lower, std::string_view value);
std::string safe_typed_link(std::string_view value);

bool is_void_element(std::string_view name_lower);
// For attributes whose value is harmless text; href, src and style have rules of their own.
bool is_plain_attribute(std::string_view name_lower);

// The address as a browser reads it (blanks and controls inside the scheme dropped) when it is a link that may be
// followed (http, https, mailto, tel); "" otherwise.
std::string safe_link(std::string_view value);
// The same for images inside the message (cid:), and for remote ones (http, https, //).
std::string safe_cid(std::string_view value);
std::string remote_image(std::string_view value);

}  // namespace postern::pipeline
