#include "web/customer/words.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <vector>

#include "core/clock.h"
#include "core/encoding.h"

namespace postern::web::customer {
namespace {

constexpr Words kEnglish{
    .code = "en",
    .your_requests = "Your requests",
    .no_requests = "There are no requests here.",
    .request_number = "Request {}",
    .opened = "Opened {}",
    .updated = "Last change {}",
    .all_requests = "All your requests",
    .open = "Open",
    .waiting = "Waiting for your answer",
    .in_progress = "Being worked on",
    .solved = "Solved",
    .closed = "Closed",
    .you = "You",
    .somebody = "Somebody",
    .support = "Support",
    .files = "Files",
    .earlier = "Show earlier messages",
    .earlier_text = "Quoted text",
    .removed = "A part of this message was removed for your protection.",
    .answer = "Answer",
    .answer_label = "Your message",
    .add_files = "Add files",
    .limits = "At most {} files, {} together.",
    .send = "Send",
    .solve_too = "This solves my request",
    .mark_solved = "Mark as solved",
    .reopen = "Reopen",
    .closed_note = "This request is closed. For anything further, write us a new mail.",
    .copied_note = "You are copied on this request.",
    .done_answer = "Your message has arrived.",
    .done_solved = "The request is solved. Thank you.",
    .done_reopened = "The request is open again.",
    .gone_title = "This link does not work (any more)",
    .gone_text = "It may be over, incomplete, or taken back. Answer any of our mails instead: your answer reaches us in any case.",
    .busy_title = "One moment, please",
    .busy_text = "There were too many requests from here in a short time. Try again in a few minutes, or answer our mail.",
    .wrong_title = "That did not work",
    .wrong_empty = "Write a message or add a file.",
    .wrong_large = "The message or its files are too large.",
    .wrong_old = "This page was open for too long. Go back, load it again and send your message once more.",
    .wrong_site = "The form was not sent from its own page. Open the link of our mail, or the page of the form, and write there.",
    .wrong_form = "What was sent is not this page’s form. Open the page in a browser and send it from there, or write us a mail.",
    .wrong_other = "The request has changed meanwhile, so this is not possible any more.",
    .broken_title = "Something is broken on our side",
    .broken_text = "Nothing was changed. Try again later, or answer our mail.",
    .back = "Back to the request",
    .private_note = "Whoever has this link sees this page. Do not pass it on.",
    .privacy = "Card numbers are removed before anything is stored.",
    .rate_title = "How was our help?",
    .rate_question = "Your opinion on request {}",
    .good = "Good, I am satisfied",
    .bad = "Bad, I am not satisfied",
    .reason = "If it was bad: why?",
    .no_reason = "Prefer not to say",
    .rate_comment = "Anything else you would like to tell us",
    .rate_send = "Send my opinion",
    .rate_done = "Thank you. You may change your opinion here until the request is closed.",
    .rate_late = "This request is closed, so it cannot be rated any more.",
    .rate_choose = "Choose good or bad.",
    .form_title = "Write to us",
    .form_name = "Your name",
    .form_email = "Your mail address, to which we answer",
    .form_subject = "What is it about?",
    .form_trap = "Leave this empty",
    .form_footer = "We answer by mail. Write from your mailbox if you prefer: it reaches the same people.",
    .form_done_title = "Thank you",
    .form_done = "Your request has arrived. We answer by mail.",
    .form_reference = "Reference {}",
    .form_wrong_email = "Enter your mail address.",
    .form_wrong_text = "Write a message.",
    .form_refused = "Your request could not be taken this way. Write us a mail instead.",
};

constexpr Words kFrench{
    .code = "fr",
    .your_requests = "Vos demandes",
    .no_requests = "Aucune demande ici.",
    .request_number = "Demande {}",
    .opened = "Ouverte le {}",
    .updated = "Dernière modification le {}",
    .all_requests = "Toutes vos demandes",
    .open = "Ouverte",
    .waiting = "En attente de votre réponse",
    .in_progress = "En cours de traitement",
    .solved = "Résolue",
    .closed = "Fermée",
    .you = "Vous",
    .somebody = "Quelqu’un",
    .support = "Assistance",
    .files = "Fichiers",
    .earlier = "Afficher les messages précédents",
    .earlier_text = "Texte cité",
    .removed = "Une partie de ce message a été retirée pour votre protection.",
    .answer = "Répondre",
    .answer_label = "Votre message",
    .add_files = "Joindre des fichiers",
    .limits = "{} fichiers au plus, {} en tout.",
    .send = "Envoyer",
    .solve_too = "Ma demande est ainsi résolue",
    .mark_solved = "Marquer comme résolue",
    .reopen = "Rouvrir",
    .closed_note = "Cette demande est fermée. Pour toute autre question, envoyez-nous un nouveau message.",
    .copied_note = "Vous êtes en copie de cette demande.",
    .done_answer = "Votre message est bien arrivé.",
    .done_solved = "La demande est résolue. Merci.",
    .done_reopened = "La demande est rouverte.",
    .gone_title = "Ce lien ne fonctionne pas ou plus",
    .gone_text = "Il a peut-être expiré, il est incomplet ou a été retiré. Répondez à l’un de nos messages : votre réponse nous parviendra dans tous les cas.",
    .busy_title = "Un instant, s’il vous plaît",
    .busy_text = "Trop de requêtes sont venues d’ici en peu de temps. Réessayez dans quelques minutes ou répondez à notre message.",
    .wrong_title = "Cela n’a pas fonctionné",
    .wrong_empty = "Écrivez un message ou joignez un fichier.",
    .wrong_large = "Le message ou ses fichiers sont trop volumineux.",
    .wrong_old = "Cette page est restée ouverte trop longtemps. Revenez en arrière, rechargez-la et renvoyez votre message.",
    .wrong_site = "Le formulaire n’a pas été envoyé depuis sa propre page. Ouvrez le lien de notre message, ou la page du formulaire, et écrivez-y.",
    .wrong_form = "Ce qui a été envoyé n’est pas le formulaire de cette page. Ouvrez la page dans un navigateur et envoyez-le de là, ou envoyez-nous un courrier électronique.",
    .wrong_other = "La demande a changé entre-temps : ce n’est plus possible.",
    .broken_title = "Un problème est survenu de notre côté",
    .broken_text = "Rien n’a été modifié. Réessayez plus tard ou répondez à notre message.",
    .back = "Retour à la demande",
    .private_note = "Quiconque possède ce lien voit cette page. Ne le transmettez pas.",
    .privacy = "Les numéros de carte sont retirés avant tout enregistrement.",
    .rate_title = "Que pensez-vous de notre aide ?",
    .rate_question = "Votre avis sur la demande {}",
    .good = "Bien, je suis satisfait",
    .bad = "Pas bien, je suis mécontent",
    .reason = "Si ce n’était pas bien : pourquoi ?",
    .no_reason = "Je préfère ne pas le dire",
    .rate_comment = "Ce que vous aimeriez ajouter",
    .rate_send = "Envoyer mon avis",
    .rate_done = "Merci. Vous pouvez changer d’avis ici jusqu’à la fermeture de la demande.",
    .rate_late = "Cette demande est fermée : elle ne peut plus être évaluée.",
    .rate_choose = "Choisissez « bien » ou « pas bien ».",
    .form_title = "Écrivez-nous",
    .form_name = "Votre nom",
    .form_email = "Votre adresse électronique, à laquelle nous répondrons",
    .form_subject = "De quoi s’agit-il ?",
    .form_trap = "Laissez ce champ vide",
    .form_footer = "Nous répondons par courrier électronique. Si vous préférez, écrivez depuis votre messagerie : les mêmes personnes vous liront.",
    .form_done_title = "Merci",
    .form_done = "Votre demande est bien arrivée. Nous vous répondrons par courrier électronique.",
    .form_reference = "Référence {}",
    .form_wrong_email = "Indiquez votre adresse électronique.",
    .form_wrong_text = "Écrivez un message.",
    .form_refused = "Votre demande n’a pas pu être prise par ce moyen. Envoyez-nous plutôt un courrier électronique.",
};

constexpr std::array<std::string_view, 12> kEnglishMonths{"January", "February", "March",     "April",   "May",      "June",
                                                          "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 12> kFrenchMonths{"janvier", "février", "mars",      "avril",   "mai",      "juin",
                                                         "juillet", "août",    "septembre", "octobre", "novembre", "décembre"};

// "fr", "fr-CA", "FR_fr".
bool is_of_language(std::string_view tag, std::string_view language) {
  if (!core::equals_ignoring_case(tag.substr(0, language.size()), language)) return false;
  return tag.size() == language.size() || tag[language.size()] == '-' || tag[language.size()] == '_';
}

double quality_of(std::string_view part) {
  const std::size_t at = part.find("q=");
  if (at == std::string_view::npos) return 1;
  double out = 0;
  const std::string_view number = part.substr(at + 2);
  std::from_chars(number.data(), number.data() + number.size(), out);
  return out;
}

}  // namespace

const Words& words(std::string_view code) { return is_of_language(code, "fr") ? kFrench : kEnglish; }

const Words& words_for(std::string_view locale, std::string_view accept_language) {
  if (is_of_language(locale, "fr") || is_of_language(locale, "en")) return words(locale);
  std::string_view best;
  double best_quality = 0;
  while (!accept_language.empty()) {
    const std::size_t end = std::min(accept_language.find(','), accept_language.size());
    const std::string_view part = core::trim_ascii(accept_language.substr(0, end));
    accept_language.remove_prefix(std::min(end + 1, accept_language.size()));
    const std::string_view tag = core::trim_ascii(part.substr(0, part.find(';')));
    if (quality_of(part) <= best_quality || !(is_of_language(tag, "fr") || is_of_language(tag, "en"))) continue;
    best = tag;
    best_quality = quality_of(part);
  }
  return words(best);
}

std::string filled(std::string_view text, std::initializer_list<std::string_view> values) {
  std::string out;
  for (const std::string_view value : values) {
    const std::size_t at = text.find("{}");
    if (at == std::string_view::npos) break;
    out += text.substr(0, at);
    out += value;
    text.remove_prefix(at + 2);
  }
  return out + std::string(text);
}

std::string_view status_word(const Words& words, ticketing::Status status) {
  switch (status) {
    case ticketing::Status::kNew:
    case ticketing::Status::kOpen: return words.open;
    case ticketing::Status::kPending: return words.waiting;
    case ticketing::Status::kHold: return words.in_progress;
    case ticketing::Status::kSolved: return words.solved;
    case ticketing::Status::kClosed: return words.closed;
  }
  return words.open;
}

std::string date_text(const Words& words, std::int64_t unix_ms) {
  const std::string iso = core::to_rfc3339(core::from_unix_ms(unix_ms));  // 2026-11-23T08:15:00…
  int month = 0;
  int day = 0;
  std::from_chars(iso.data() + 5, iso.data() + 7, month);
  std::from_chars(iso.data() + 8, iso.data() + 10, day);
  if (month < 1 || month > 12) return iso;
  const bool is_french = words.code == "fr";
  const auto& months = is_french ? kFrenchMonths : kEnglishMonths;
  const std::string day_word = is_french && day == 1 ? "1er" : std::to_string(day);
  return fmt::format("{} {} {}{}{} UTC", day_word, months[static_cast<std::size_t>(month - 1)], iso.substr(0, 4), is_french ? " à " : ", ", iso.substr(11, 5));
}

std::string size_text(const Words& words, std::uint64_t bytes) {
  const bool is_french = words.code == "fr";
  if (bytes < 1024) return fmt::format("{} {}", bytes, is_french ? "octets" : "bytes");
  const bool is_large = bytes >= (1U << 20U);
  const std::uint64_t unit = is_large ? 1U << 20U : 1U << 10U;
  return fmt::format("{} {}", (bytes + unit / 2) / unit, is_french ? (is_large ? "Mo" : "Ko") : (is_large ? "MB" : "KB"));
}

}  // namespace postern::web::customer
