#include "tests/sim/sim_letter.h"

#include <fmt/format.h>

#include <array>

#include "core/encoding.h"

namespace postern::sim {
namespace {

constexpr const char* kTextType = "Content-Type: text/plain; charset=utf-8\r\n";

char check_digit(std::string_view digits) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    unsigned value = static_cast<unsigned>(digits[digits.size() - 1 - i] - '0');
    if (i % 2 == 0) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string grouped(const std::string& digits, char separator) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += separator;
    out += digits[i];
  }
  return out;
}

std::string in_words(const std::string& card, Chance& chance) {
  switch (chance.below(3)) {
    case 0: return card;
    case 1: return grouped(card, ' ');
    default: return grouped(card, '-');
  }
}

// Lines of 60 characters.
std::string base64_body(std::string_view text) {
  const std::string all = core::to_base64(text);
  std::string out;
  for (std::size_t i = 0; i < all.size(); i += 60) out += all.substr(i, 60) + "\r\n";
  return out;
}

std::string mixed(std::string_view first, std::string_view second) {
  return fmt::format(
      "Content-Type: multipart/mixed; boundary=sea\r\n\r\n--sea\r\n{}\r\n--sea\r\n{}\r\n--sea--\r\n", first, second);
}

}  // namespace

std::string plant_card(Chance& chance, Ledger& ledger) {
  constexpr std::array<std::pair<std::string_view, std::size_t>, 5> kIssuers{
      {{"4", 16}, {"51", 16}, {"37", 15}, {"6011", 16}, {"4", 19}}};
  const auto& [prefix, length] = kIssuers[chance.index(kIssuers.size())];
  std::string digits(prefix);
  while (digits.size() + 1 < length) digits += static_cast<char>('0' + chance.below(10));
  digits += check_digit(digits);
  ledger.cards.push_back(digits);
  return digits;
}

Letter& Scribe::start(const Persona& author) {
  Letter& letter = ledger_.letters.emplace_back();
  const std::size_t number = ledger_.letters.size();
  letter.marker = fmt::format("[letter-{}]", number);
  letter.message_id = fmt::format("{}.mail@{}", number, author.domain);
  letter.mail_from = author.address;
  letter.author = author.address;
  letter.rcpts = {"support@acme.example"};
  return letter;
}

void Scribe::finish(Letter& letter, const Parts& parts) {
  std::string out = fmt::format("Received: from desk.{0} by mail.{0}; {1}\r\n",
                                letter.author.substr(letter.author.find('@') + 1), core::to_rfc5322(clock_.wall_now()));
  out += fmt::format("Date: {}\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\n", core::to_rfc5322(clock_.wall_now()), parts.from,
                     parts.to, parts.subject);
  if (!letter.message_id.empty()) out += "Message-ID: <" + letter.message_id + ">\r\n";
  letter.bytes = out + parts.fields + "MIME-Version: 1.0\r\n" + parts.body;
}

Letter& Scribe::write(const Persona& author, const std::string& friend_address, Chance& chance) {
  Letter& letter = start(author);
  Parts parts;
  parts.from = "Ann Example <" + author.address + '>';
  parts.subject = "A question " + letter.marker;
  const auto kind = chance.below(100);
  if (kind < 25) write_plain(letter, parts, chance);
  if (kind >= 25 && kind < 60) write_with_card(letter, parts, chance);
  if (kind >= 60 && kind < 82) write_unusual(letter, parts, friend_address, chance);
  if (kind >= 82) write_unwanted(letter, parts, chance);
  letter.declares_size = letter.declares_size && chance.percent(60);
  finish(letter, parts);
  return letter;
}

void Scribe::write_plain(Letter& letter, Parts& parts, Chance& chance) {
  parts.body = fmt::format("{}\r\nHello,\r\n{}\r\n.\r\n..two dots\r\n", kTextType, letter.marker);
  if (chance.percent(20)) {
    parts.fields = fmt::format("DKIM-Signature: v=1; a=rsa-sha256; d={}; s=old; h=from; bh=AAAA; b=AAAA\r\n",
                               letter.author.substr(letter.author.find('@') + 1));
  }
  if (chance.percent(25)) {  // a buffer that has to grow
    for (int line = 0; line < 500; ++line) parts.body += "Nothing but words that nobody needs to read here.\r\n";
  }
}

void Scribe::write_with_card(Letter& letter, Parts& parts, Chance& chance) {
  const std::string card = plant_card(chance, ledger_);
  const std::string said = "My card number is " + in_words(card, chance) + ", thank you.";
  const std::string text = fmt::format("{}\r\n{}\r\n", kTextType, letter.marker);
  switch (chance.below(8)) {
    case 0:
    case 1: parts.body = text + said + "\r\n"; break;
    case 2:
      parts.body = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                   base64_body(letter.marker + "\r\n" + said + "\r\n");
      break;
    case 3:
      parts.body = fmt::format(
          "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\nMy card: {}=\r\n{}\r\n",
          letter.marker, card.substr(0, 7), card.substr(7));
      break;
    case 4:
      parts.body = fmt::format(
          "Content-Type: multipart/alternative; boundary=sea\r\n\r\n--sea\r\n{}\r\n--sea\r\nContent-Type: "
          "text/html\r\n\r\n<p>My card is {}<b>{}</b></p>\r\n--sea--\r\n",
          text, card.substr(0, 6), card.substr(6));
      break;
    case 5:
      parts.subject = chance.percent(50) ? "Card " + in_words(card, chance)
                                         : "=?utf-8?B?" + core::to_base64("Card " + card) + "?=";
      parts.body = text;
      break;
    case 6:
      parts.body = mixed(text, "Content-Type: text/csv; name=cards.csv\r\nContent-Disposition: attachment; "
                               "filename=cards.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                                   base64_body("name,card\r\nAnn," + card + "\r\n"));
      break;
    default:
      parts.from = fmt::format("\"Ann card {}\" <{}>", card, letter.author);
      parts.body = text;
      break;
  }
}

void Scribe::write_unusual(Letter& letter, Parts& parts, const std::string& friend_address, Chance& chance) {
  parts.body = fmt::format("{}\r\n{}\r\n", kTextType, letter.marker);
  switch (chance.below(6)) {
    case 0:
      letter.rcpts = {"support@acme.example", "sales@acme.example", "desk@other.example"};
      letter.inboxes = 3;
      break;
    case 1: letter.rcpts = {"support@acme.example", "help@acme.example"}; break;  // one inbox of two addresses
    case 2: letter.message_id.clear(); break;
    case 3: parts.fields = "Cc: Friend <" + friend_address + ">\r\n"; break;
    case 4: {  // the whole envelope is stored too
      const std::string card = plant_card(chance, ledger_);
      letter.mail_from = card + letter.author.substr(letter.author.find('@'));
      break;
    }
    default:  // held back, and kept
      letter.author = "boss@careful.example";
      letter.mail_from = letter.author;
      parts.from = "<" + letter.author + ">";
      break;
  }
}

void Scribe::write_unwanted(Letter& letter, Parts& parts, Chance& chance) {
  letter.fate = Fate::kRefused;
  const std::string card = plant_card(chance, ledger_);
  parts.body = fmt::format("{}\r\n{} card {}\r\n", kTextType, letter.marker, card);
  switch (chance.below(7)) {
    case 0:
      letter.author = "ceo@strict.example";
      letter.mail_from = letter.author;
      parts.from = "The boss <" + letter.author + ">";
      break;
    case 1: parts.from += ", Other <other@careful.example>"; break;
    case 2: parts.body = fmt::format("{}\r\n{}\nbare card {}\r\n", kTextType, letter.marker, card); break;
    case 3: letter.rcpts = {"nobody@acme.example"}; break;
    case 4: letter.rcpts = {"somebody@elsewhere.example"}; break;
    case 5:
      parts.body = fmt::format("Content-Type: message/partial; id=1; number=1; total=2\r\n\r\n{} {}\r\n", letter.marker, card);
      break;
    default:
      letter.declares_size = chance.percent(50);
      for (int line = 0; line < 900; ++line) parts.body += "Nothing but words that nobody needs to read here.\r\n";
      break;
  }
}

Letter& Scribe::reply(const Persona& author, const Arrival& to, TicketRef ticket, Chance& chance) {
  Letter& letter = start(author);
  Parts parts;
  ledger_.count("letter: reply");
  letter.belongs_to = ticket;
  letter.author = to.rcpt;
  letter.mail_from = to.rcpt;
  letter.rcpts = {to.reply_to};
  parts.from = "<" + to.rcpt + ">";
  parts.to = "<" + to.reply_to + ">";
  parts.subject = "Re: your answer";
  if (chance.percent(60)) parts.fields = "In-Reply-To: <" + to.message_id + ">\r\n";
  parts.body = fmt::format("{}\r\n{}\r\nThank you.\r\n", kTextType, letter.marker);
  if (chance.percent(30)) parts.body += "My card: " + plant_card(chance, ledger_) + "\r\n";
  finish(letter, parts);
  return letter;
}

Letter& Scribe::steal(const Persona& thief, const Arrival& from, TicketRef ticket) {
  Letter& letter = start(thief);
  Parts parts;
  ledger_.count("letter: stolen address");
  letter.stolen = ticket;
  letter.rcpts = {from.reply_to};
  parts.from = "<" + thief.address + ">";
  parts.to = "<" + from.reply_to + ">";
  parts.subject = "Re: not mine";
  parts.fields = "In-Reply-To: <" + from.message_id + ">\r\n";
  parts.body = fmt::format("{}\r\n{}\r\nLet me in.\r\n", kTextType, letter.marker);
  finish(letter, parts);
  return letter;
}

Letter& Scribe::bounce(const Persona& author, const Arrival& to, TicketRef ticket) {
  Letter& letter = start(author);
  Parts parts;
  ledger_.count("letter: bounce");
  letter.belongs_to = ticket;
  letter.author = "mailer-daemon@" + author.domain;
  letter.mail_from.clear();
  letter.rcpts = {to.reply_to};
  parts.from = "<" + letter.author + ">";
  parts.to = "<" + to.reply_to + ">";
  parts.subject = "Undeliverable";
  parts.body = fmt::format(
      "Content-Type: multipart/report; report-type=delivery-status; boundary=sea\r\n\r\n--sea\r\n{}\r\n{}\r\n--sea\r\n"
      "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; {}\r\n\r\nFinal-Recipient: rfc822; {}\r\n"
      "Action: failed\r\nStatus: 5.2.2\r\n\r\n--sea--\r\n",
      kTextType, letter.marker, author.helo, to.rcpt);
  finish(letter, parts);
  return letter;
}

}  // namespace postern::sim
