#pragma once
// web/customer/words.h: what customers' pages say, in English and French. Fixed texts; what is put into them stands between "{}".
// Thread-safety: constants and pure functions.
#include <string>
#include <string_view>

#include "ticketing/tickets.h"

namespace postern::web::customer {

struct Words {
  std::string_view code;  // of the language, as HTML has it
  std::string_view your_requests, no_requests, request_number, opened, updated, all_requests;
  std::string_view open, waiting, in_progress, solved, closed;
  std::string_view you, somebody, support, files, earlier, earlier_text, removed;
  std::string_view answer, answer_label, add_files, limits, send, solve_too, mark_solved, reopen, closed_note, copied_note;
  std::string_view done_answer, done_solved, done_reopened;
  std::string_view gone_title, gone_text, busy_title, busy_text, wrong_title, wrong_empty, wrong_large, wrong_old, wrong_site, wrong_form, wrong_other, broken_title, broken_text;
  std::string_view back, private_note, privacy;
  std::string_view rate_title, rate_question, good, bad, reason, no_reason, rate_comment, rate_send, rate_done, rate_late, rate_choose;
  std::string_view form_title, form_name, form_email, form_subject, form_trap, form_footer, form_done_title, form_done, form_reference, form_wrong_email,
      form_wrong_text, form_refused;
};

const Words& words(std::string_view code);  // English unless it is French
// Of the person when people set one, else the first that the browser asks for and we have.
const Words& words_for(std::string_view locale, std::string_view accept_language);

// `text` with each "{}" replaced in turn.
std::string filled(std::string_view text, std::initializer_list<std::string_view> values);
std::string_view status_word(const Words& words, ticketing::Status status);
// "23 November 2026, 08:15 UTC"
std::string date_text(const Words& words, std::int64_t unix_ms);
std::string size_text(const Words& words, std::uint64_t bytes);

}  // namespace postern::web::customer
