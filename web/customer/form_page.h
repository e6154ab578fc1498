#pragma once
// web/customer/form_page.h: the page on which somebody without an account writes a request, and what it sends.
// Thread-safety: pure.
#include "web/customer/form_data.h"
#include "web/customer/html.h"
#include "web/customer/web_form.h"

namespace postern::web::customer {

struct FormPage {
  std::string path;
  std::string company;
  std::string stamp;
  const WebOptions& options;
  std::string_view problem;  // what was wrong with what is shown again; empty: nothing
  WebRequest typed;          // … without its files
};
Response form_response(const Words& words, const FormPage& page, int status = 200);
Response received_response(const Words& words, const std::string& company, const std::string& reference);

// The trap that people do not see is filled in: `is_suspicious`.
WebRequest read_request(FormData& form);
// What a page says of a field that is wrong.
std::string_view problem_text(const Words& words, const std::string& context);

}  // namespace postern::web::customer
