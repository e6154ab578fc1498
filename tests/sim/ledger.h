#pragma once
// tests/sim/ledger.h: everything that happened in one simulation, as the people outside saw it: what customers were
// answered, what agents did, what receiving servers got. The checker compares it with what the store holds.
// Thread-safety: none.  Ownership: values; references to records stay valid while the ledger lives.
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "pipeline/api/address.h"

namespace postern::sim {

// The time and the words of each event, in order. Deterministic: no address, no random token, no real time.
class EventLog {
 public:
  explicit EventLog(const core::Clock& clock) : clock_(clock), begun_(clock.now()) {}
  void note(std::string_view what);
  const std::vector<std::string>& lines() const { return lines_; }
  std::string digest() const;

 private:
  const core::Clock& clock_;
  const core::Instant begun_;
  std::vector<std::string> lines_;
};

struct TicketRef {
  core::WorkspaceId workspace;
  core::TicketId ticket;
  friend auto operator<=>(const TicketRef&, const TicketRef&) = default;
};

// What the gateway must do with a letter in the end.
enum class Fate {
  kTaken,    // 250, and stored once in each of its inboxes
  kRefused,  // 5xx, and stored nowhere
};

// One message of a customer's server, sent again until it is answered 250 or 5xx.
struct Letter {
  std::string marker;      // stands once in the text; survives redaction
  std::string message_id;  // without angle brackets; empty: none
  std::string mail_from;
  std::vector<std::string> rcpts;
  std::string bytes;  // CRLF lines, not dot-stuffed
  Fate fate = Fate::kTaken;
  std::size_t inboxes = 1;
  bool declares_size = true;
  std::optional<TicketRef> belongs_to;  // a reply to this ticket by its signed address
  std::optional<TicketRef> stolen;      // another customer's signed address was used
  std::string author;                   // canonical From address

  int final_code = 0;  // 0: no final answer yet
  bool was_sent = false;
  std::size_t attempts = 0;
  std::vector<std::string> trace_ids;  // of the 250s that arrived
  core::Instant first_sent, last_sent;  // complete with its final dot
};

// A change by an agent. Not acknowledged: it may or may not have happened.
struct Act {
  TicketRef ticket;
  std::string marker;  // in the comment; empty when it has none
  bool is_public = false;
  bool is_acknowledged = false;
};

// One copy of our mail at a receiving server that took it.
struct Arrival {
  std::string message_id;
  std::string rcpt;  // canonical
  std::string reply_to;
  std::string text;
  core::Instant begun;  // the connection
  core::Instant at;
  std::size_t life = 0;   // of the gateway, counted by restarts
  bool is_clean = false;  // our side heard the 250: it went on to QUIT
  core::Instant clean_at;
};

struct Ledger {
  explicit Ledger(const core::Clock& clock) : log(clock) {}
  EventLog log;
  std::deque<Letter> letters;
  std::deque<Act> acts;
  std::deque<Arrival> arrivals;
  std::vector<std::string> cards;  // digits of every card number that somebody wrote
  std::vector<core::Instant> crashes;
  std::map<core::WorkspaceId, std::vector<std::uint64_t>> notified;  // sequences that the feed's watcher heard
  std::map<std::string, std::size_t> counts;                         // of what happened, by kind
  std::vector<std::string> violations;                               // found while it ran

  void count(const std::string& kind) { ++counts[kind]; }
  void note(std::string_view what) { log.note(what); }
};

// The process's log lines while it lives, at debug level. One at a time.
class LogCapture {
 public:
  LogCapture();
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  static const std::vector<std::string>& lines();
};

}  // namespace postern::sim
