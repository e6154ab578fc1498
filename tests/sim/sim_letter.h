#pragma once
// tests/sim/sim_letter.h: what customers write: ordinary mail, mail with card numbers in every corner of MIME, replies
// to signed addresses, forged and broken mail. Each letter is entered in the ledger with the fate that it must have.
// Thread-safety: none.  Ownership: borrows clock and ledger.
#include "tests/sim/chance.h"
#include "tests/sim/ledger.h"

namespace postern::sim {

// Somebody who writes, with a mail server of their own.
struct Persona {
  std::string domain;        // "c2.example"
  std::string address;       // "ann@c2.example"
  std::string helo;          // "mail.c2.example"
  std::string ip;            // that server sends from here
  bool rejects_forgery = false;  // publishes DMARC p=reject
};

// A number of an issuer's range with its check digit, entered in the ledger.
std::string plant_card(Chance& chance, Ledger& ledger);

class Scribe {
 public:
  Scribe(const core::Clock& clock, Ledger& ledger) : clock_(clock), ledger_(ledger) {}
  // Something new, of a kind that is drawn. `friend_address`: somebody who may get a copy.
  Letter& write(const Persona& author, const std::string& friend_address, Chance& chance);
  // An answer to our mail, to its reply address.
  Letter& reply(const Persona& author, const Arrival& to, TicketRef ticket, Chance& chance);
  // The reply address of somebody else's mail.
  Letter& steal(const Persona& thief, const Arrival& from, TicketRef ticket);
  // A delivery report to the envelope sender, which is the reply address.
  Letter& bounce(const Persona& author, const Arrival& to, TicketRef ticket);

 private:
  struct Parts {
    std::string from;
    std::string to = "support@acme.example";
    std::string subject;
    std::string fields;  // whole header fields
    std::string body;    // behind the header's MIME-Version, with its own content fields
  };
  Letter& start(const Persona& author);
  void finish(Letter& letter, const Parts& parts);
  void write_plain(Letter& letter, Parts& parts, Chance& chance);
  void write_with_card(Letter& letter, Parts& parts, Chance& chance);
  void write_unusual(Letter& letter, Parts& parts, const std::string& friend_address, Chance& chance);
  void write_unwanted(Letter& letter, Parts& parts, Chance& chance);

  const core::Clock& clock_;
  Ledger& ledger_;
};

}  // namespace postern::sim
