#include "web/customer/form_page.h"

namespace postern::web::customer {
namespace {

// Looks like a field that programs fill in; people never see it, and read aloud it says to leave it empty.
constexpr std::string_view kTrap = "website";

std::string line_html(std::string_view name, std::string_view type, std::string_view label, std::string_view value, std::string_view more) {
  const std::string id(name);
  return "<label for=\"" + id + "\">" + text_html(label) + "</label><input id=\"" + id + "\" name=\"" + id + "\" type=\"" + std::string(type) + "\" value=\"" +
         text_html(value) + "\" " + std::string(more) + ">";
}

}  // namespace

Response form_response(const Words& words, const FormPage& page, int status) {
  PageText text;
  text.title = std::string(words.form_title);
  text.company = page.company;
  text.footer = std::string(words.form_footer);
  if (!page.problem.empty()) text.main = "<p class=\"note error\" role=\"alert\">" + text_html(page.problem) + "</p>";
  const std::string line_max = "maxlength=\"" + std::to_string(page.options.form_line_bytes_max / 4) + "\"";
  text.main += "<section class=\"card\"><form method=\"post\" enctype=\"multipart/form-data\" action=\"" + text_html(page.path) +
               "\"><input type=\"hidden\" name=\"stamp\" value=\"" + page.stamp + "\">" +
               line_html("name", "text", words.form_name, page.typed.name, line_max + " autocomplete=\"name\"") +
               line_html("email", "email", words.form_email, page.typed.email, "required maxlength=\"254\" autocomplete=\"email\"") +
               line_html("subject", "text", words.form_subject, page.typed.subject, line_max) + "<label for=\"text\">" + text_html(words.answer_label) +
               "</label><textarea id=\"text\" name=\"text\" required maxlength=\"" + std::to_string(page.options.form_text_bytes_max / 4) +
               "\" aria-describedby=\"privacy\">" + text_html(page.typed.text) + "</textarea><p class=\"soft\" id=\"privacy\">" + text_html(words.privacy) +
               "</p><label for=\"files\">" + text_html(words.add_files) +
               "</label><input id=\"files\" type=\"file\" name=\"files\" multiple aria-describedby=\"limits\"><p class=\"soft\" id=\"limits\">" +
               text_html(filled(words.limits, {std::to_string(page.options.form_files_max), size_text(words, page.options.form_bytes_max)})) +
               "</p><div class=\"trap\" aria-hidden=\"true\"><label for=\"" + std::string(kTrap) + "\">" + text_html(words.form_trap) + "</label><input id=\"" +
               std::string(kTrap) + "\" name=\"" + std::string(kTrap) + "\" type=\"text\" tabindex=\"-1\" autocomplete=\"off\"></div><button>" +
               text_html(words.send) + "</button></form></section>";
  return page_response(status, words, text);
}

Response received_response(const Words& words, const std::string& company, const std::string& reference) {
  PageText page;
  page.title = std::string(words.form_done_title);
  page.company = company;
  page.main = "<p class=\"note\" role=\"status\">" + text_html(words.form_done) + "</p><p class=\"soft\">" + text_html(filled(words.form_reference, {reference})) + "</p>";
  return page_response(200, words, page);
}

WebRequest read_request(FormData& form) {
  WebRequest out;
  out.name = std::string(form.field("name"));
  out.email = std::string(form.field("email"));
  out.subject = std::string(form.field("subject"));
  out.text = std::string(form.field("text"));
  out.is_suspicious = !form.field(kTrap).empty();
  for (auto& [name, file] : form.files) out.files.push_back({std::move(file.name), std::move(file.media_type), std::move(file.content)});
  return out;
}

std::string_view problem_text(const Words& words, const std::string& context) {
  if (context.starts_with("email")) return words.form_wrong_email;
  if (context.starts_with("text: cannot")) return words.form_wrong_text;
  return words.wrong_large;
}

}  // namespace postern::web::customer
