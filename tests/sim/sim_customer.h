#pragma once
// tests/sim/sim_customer.h: a customer with a mail server: writes letters, answers our mail, and sends each letter until
// it is answered 250 or 5xx, as RFC 5321 section 4.5.4 asks. Its side of SMTP is written here, not shared with the
// product, so that both cannot be wrong together.
// Thread-safety: one io_context thread.  Ownership: borrows the world, which owns it.
#include <deque>
#include <memory>

#include "net/stream.h"
#include "tests/sim/sim_letter.h"

namespace postern::sim {

class World;

// A reply of the gateway. Code 0: none came.
struct Heard {
  int code = 0;
  std::string last_line;
  bool is(int klass) const { return code / 100 == klass; }
};

// The client's side of one connection.
class SmtpTalk {
 public:
  SmtpTalk(std::unique_ptr<net::Stream> stream, core::Clock& clock) : stream_(std::move(stream)), clock_(clock) {}
  core::Task<Heard> hear();
  core::Task<Heard> say(std::string line);
  core::Task<bool> push(std::string bytes);
  core::Task<bool> encrypt();

 private:
  core::Deadline patience() const { return core::Deadline::after(std::chrono::minutes(15), clock_); }
  std::unique_ptr<net::Stream> stream_;
  core::Clock& clock_;
  std::string input_;
};

class Customer {
 public:
  Customer(World& world, Persona persona, Chance chance);
  const Persona& persona() const { return persona_; }
  core::Task<void> run();
  bool is_done() const { return is_done_; }
  void receive(const Arrival& arrival) { mailbox_.push_back(&arrival); }

 private:
  Letter& write();
  const Arrival* foreign_mail();
  core::Task<void> send(Letter& letter);
  core::Task<Heard> attempt(Letter& letter);
  core::Task<bool> begin(SmtpTalk& talk);
  core::Task<Heard> hand_over(SmtpTalk& talk, Letter& letter);
  core::Task<Heard> open_transaction(SmtpTalk& talk, const Letter& letter);
  core::Task<Heard> send_data(SmtpTalk& talk, Letter& letter);
  core::Task<Heard> send_chunks(SmtpTalk& talk, Letter& letter);
  void mark_sent(Letter& letter);

  World& world_;
  const Persona persona_;
  Chance chance_;
  std::deque<const Arrival*> mailbox_;
  bool is_done_ = false;
};

}  // namespace postern::sim
