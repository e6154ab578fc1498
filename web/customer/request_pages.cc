#include "web/customer/request_pages.h"

namespace postern::web::customer {
namespace {

std::string state_html(const Words& words, ticketing::Status status) {
  return "<span class=\"state\">" + text_html(status_word(words, status)) + "</span>";
}

std::string time_html(std::string_view words_text, const Words& words, std::int64_t unix_ms) {
  return "<p class=\"soft\">" + text_html(filled(words_text, {date_text(words, unix_ms)})) + "</p>";
}

std::string subject_of(const Words& words, const ticketing::Ticket& ticket) {
  return ticket.subject.empty() ? filled(words.request_number, {std::to_string(ticket.id.value)}) : ticket.subject;
}

core::Result<std::string> files_html(const Words& words, const ConversationPage& page, const ticketing::Comment& comment) {
  if (comment.attachments.empty()) return std::string();
  std::string out = "<p class=\"soft\">" + text_html(words.files) + "</p><ul class=\"plain\">";
  for (const ticketing::Attachment& each : comment.attachments) {
    POSTERN_TRY(const std::string link, page.desk.make_file_link(page.visit, page.request.ticket.id, each.id));
    out += "<li><a rel=\"nofollow\" href=\"" + ticketing::customer_path(ticketing::LinkUse::kFile, link) + "\">" +
           text_html(each.name.empty() ? std::to_string(each.id.value) : each.name) + "</a> <span class=\"soft\">" + text_html(size_text(words, each.size)) + "</span></li>";
  }
  return out + "</ul>";
}

core::Result<std::string> comment_html(const Words& words, const ConversationPage& page, const ticketing::CustomerComment& each) {
  const std::string name = !each.author.empty() ? each.author : each.is_own ? std::string(words.you) : std::string(each.is_staff ? words.support : words.somebody);
  std::string out = std::string("<article class=\"card") + (each.is_own ? " own" : "") + "\"><div><span class=\"who\">" + text_html(name) + "</span>";
  if (each.is_own && !each.author.empty()) out += " <span class=\"soft\">(" + text_html(words.you) + ")</span>";
  out += " <span class=\"soft\">" + text_html(date_text(words, each.comment.created_unix_ms)) + "</span></div>" +
         message_html(each.comment.text, each.is_staff, words);
  if (!each.comment.redactions.empty()) out += "<p class=\"soft\">" + text_html(words.removed) + "</p>";
  POSTERN_TRY(const std::string files, files_html(words, page, each.comment));
  return out + files + "</article>";
}

std::string form_begin(const ConversationPage& page, std::string_view stamp, std::string_view act) {
  return "<form method=\"post\" enctype=\"multipart/form-data\" action=\"" + text_html(request_path(page.place, page.request.ticket.id)) +
         "\"><input type=\"hidden\" name=\"stamp\" value=\"" + std::string(stamp) + "\"><input type=\"hidden\" name=\"act\" value=\"" + std::string(act) + "\">";
}

core::Result<std::string> forms_html(const Words& words, const ConversationPage& page) {
  if (!page.request.may_answer) return "<p class=\"card\">" + text_html(words.closed_note) + "</p>";
  const ticketing::CustomerLimits& limits = page.desk.limits();
  POSTERN_TRY(const std::string stamp, page.desk.make_stamp(page.visit, answer_form(page.request.ticket.id)));
  std::string out = "<section class=\"card\"><h2>" + text_html(words.answer) + "</h2>";
  if (!page.request.is_requester) out += "<p class=\"soft\">" + text_html(words.copied_note) + "</p>";
  out += form_begin(page, stamp, "answer") + "<label for=\"text\">" + text_html(words.answer_label) + "</label><textarea id=\"text\" name=\"text\" maxlength=\"" +
         std::to_string(limits.text_bytes_max / 4) + "\" aria-describedby=\"privacy\"></textarea><p class=\"soft\" id=\"privacy\">" + text_html(words.privacy) +
         "</p><label for=\"files\">" + text_html(words.add_files) + "</label><input id=\"files\" type=\"file\" name=\"files\" multiple aria-describedby=\"limits\"><p class=\"soft\" id=\"limits\">" +
         text_html(filled(words.limits, {std::to_string(limits.files_max), size_text(words, limits.file_bytes_max)})) + "</p>";
  if (page.request.may_solve) out += "<label class=\"box\"><input type=\"checkbox\" name=\"solve\" value=\"1\"><span>" + text_html(words.solve_too) + "</span></label>";
  out += "<button>" + text_html(words.send) + "</button></form>";
  if (page.request.may_solve || page.request.may_reopen) {
    POSTERN_TRY(const std::string other, page.desk.make_stamp(page.visit, answer_form(page.request.ticket.id)));
    out += form_begin(page, other, page.request.may_solve ? "solve" : "reopen") + "<button class=\"plain\">" +
           text_html(page.request.may_solve ? words.mark_solved : words.reopen) + "</button></form>";
  }
  return out + "</section>";
}

std::string done_html(const Words& words, std::string_view done) {
  const std::string_view text = done == "answer" ? words.done_answer : done == "solved" ? words.done_solved : done == "reopened" ? words.done_reopened : std::string_view();
  return text.empty() ? std::string() : "<p class=\"note\" role=\"status\">" + text_html(text) + "</p>";
}

}  // namespace

std::string request_path(const PagePlace& place, core::TicketId ticket) {
  return place.has_list ? place.base + "/" + std::to_string(ticket.value) : place.base;
}

std::string answer_form(core::TicketId ticket) { return "answer/" + std::to_string(ticket.value); }

Response list_response(const Words& words, const PagePlace& place, const std::string& company,
                       const std::vector<ticketing::CustomerRequest>& requests) {
  PageText page;
  page.title = std::string(words.your_requests);
  page.company = company;
  page.footer = std::string(words.private_note);
  if (requests.empty()) page.main = "<p class=\"card\">" + text_html(words.no_requests) + "</p>";
  for (const ticketing::CustomerRequest& each : requests) {
    page.main += "<section class=\"card\"><h2><a href=\"" + text_html(request_path(place, each.ticket.id)) + "\">" + text_html(subject_of(words, each.ticket)) +
                 "</a></h2>" + state_html(words, each.ticket.status) + " <span class=\"soft\">" +
                 text_html(filled(words.request_number, {std::to_string(each.ticket.id.value)})) + "</span>" +
                 time_html(words.updated, words, each.ticket.updated_unix_ms) + "</section>";
  }
  return page_response(200, words, page);
}

core::Result<Response> conversation_response(const Words& words, const ConversationPage& page) {
  const ticketing::Ticket& ticket = page.request.ticket;
  PageText text;
  text.title = subject_of(words, ticket);
  text.company = page.company;
  text.footer = std::string(words.private_note);
  std::string& main = text.main;
  if (page.place.has_list) main += "<p><a href=\"" + text_html(page.place.base) + "\">" + text_html(words.all_requests) + "</a></p>";
  main += done_html(words, page.done) + "<p>" + state_html(words, ticket.status) + " <span class=\"soft\">" +
          text_html(filled(words.request_number, {std::to_string(ticket.id.value)})) + "</span></p>" + time_html(words.opened, words, ticket.created_unix_ms);
  if (page.conversation.before) {
    main += "<p><a href=\"" + text_html(request_path(page.place, ticket.id)) + "?before=" + std::to_string(page.conversation.before.value) + "\">" +
            text_html(words.earlier) + "</a></p>";
  }
  for (const ticketing::CustomerComment& each : page.conversation.comments) {
    POSTERN_TRY(const std::string html, comment_html(words, page, each));
    main += html;
  }
  main += page.below;
  POSTERN_TRY(const std::string forms, forms_html(words, page));
  main += forms;
  return page_response(200, words, text);
}

}  // namespace postern::web::customer
