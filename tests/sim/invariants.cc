#include "tests/sim/invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "storage/key.h"
#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/keys.h"
#include "ticketing/traces.h"

namespace postern::sim {
namespace {

using storage::Space;
using std::chrono::minutes;

struct StoredTicket {
  TicketRef ref;
  schema::Ticket record;
};
struct StoredComment {
  TicketRef ref;
  schema::Comment record;
  std::string text;
};
struct StoredSuspended {
  schema::Suspended record;
  std::string text;
};

class Checker {
 public:
  explicit Checker(World& world) : world_(world), ledger_(world.ledger()), out_(ledger_.violations) {}
  std::vector<std::string> check() {
    read_store();
    check_letters();
    check_replies();
    check_traces();
    check_acts();
    check_deliveries();
    check_repeated_arrivals();
    check_cards();
    check_feeds();
    check_counters();
    return std::move(out_);
  }

 private:
  template <class... Words>
  void complain(fmt::format_string<Words...> form, Words&&... words) {
    out_.push_back(fmt::format(form, std::forward<Words>(words)...));
  }
  std::vector<storage::Entry> all_entries() const;
  void read_store();
  void read_entry(const storage::Entry& entry);
  std::string text_of(core::WorkspaceId workspace, const schema::Text& text);
  std::vector<TicketRef> places_of(const Letter& letter) const;
  std::size_t suspended_copies(const Letter& letter) const;
  std::size_t copies_allowed(const Letter& letter) const;
  bool is_participant(const TicketRef& ref, const std::string& address) const;
  bool continues(const TicketRef& ref, const TicketRef& of) const;
  const StoredTicket* find(const TicketRef& ref) const;
  void check_letters();
  void check_replies();
  void check_traces();
  void check_acts();
  void check_deliveries();
  void check_delivery(const StoredComment& comment, const schema::DeliveryState& delivery);
  void check_repeated_arrivals();
  void check_cards();
  void check_feeds();
  void check_counters();

  World& world_;
  const Ledger& ledger_;
  std::vector<std::string> out_;
  std::vector<storage::Entry> entries_;
  std::vector<StoredTicket> tickets_;
  std::vector<StoredComment> comments_;
  std::vector<StoredSuspended> suspended_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> addresses_;  // (workspace, user) -> canonical address
};

std::vector<storage::Entry> Checker::all_entries() const {
  const auto snapshot = world_.store().snapshot();
  std::vector<storage::Entry> out;
  for (;;) {
    auto page = snapshot->scan("", storage::Direction::kForward, 1000, out.empty() ? std::string() : out.back().key).value();
    if (page.empty()) return out;
    std::ranges::move(page, std::back_inserter(out));
  }
}

std::string Checker::text_of(core::WorkspaceId workspace, const schema::Text& text) {
  if (text.blob().empty()) return text.inline_text();
  auto blob = storage::get_blob(*world_.store().snapshot(), world_.vault(), workspace, text.blob());
  if (!blob) complain("a text's blob is missing: {}", blob.error().describe());
  return blob ? *blob : std::string();
}

void Checker::read_entry(const storage::Entry& entry) {
  storage::KeyReader key(entry.key);
  const core::WorkspaceId workspace = key.workspace();
  const auto open = [&](google::protobuf::MessageLite& record) {
    const auto opened = storage::open_record(world_.vault(), workspace, entry.key, entry.value, record);
    if (!opened) complain("a record of space {} does not open: {}", static_cast<int>(key.space()), opened.error().describe());
    return opened.has_value();
  };
  if (key.space() == Space::kTicket) {
    StoredTicket one;
    if (open(one.record)) {
      one.ref = {workspace, core::TicketId{one.record.id()}};
      tickets_.push_back(std::move(one));
    }
  } else if (key.space() == Space::kComment) {
    StoredComment one;
    one.ref = {workspace, core::TicketId{key.u64()}};
    if (open(one.record)) {
      one.text = text_of(workspace, one.record.text());
      comments_.push_back(std::move(one));
    }
  } else if (key.space() == Space::kSuspended) {
    StoredSuspended one;
    if (open(one.record)) {
      one.text = text_of(workspace, one.record.text());
      suspended_.push_back(std::move(one));
    }
  } else if (key.space() == Space::kOutbox || key.space() == Space::kOutboxDue) {
    complain("the queue is not empty at the end");
  }
}

void Checker::read_store() {
  entries_ = all_entries();
  for (const storage::Entry& entry : entries_) read_entry(entry);
  core::IdSource ids(world_.clock(), 3);
  auth::Accounts accounts(world_.store(), world_.vault(), ids, world_.clock(), world_.cpu(), sim_auth_options());
  for (const core::WorkspaceId workspace : world_.directory().workspaces()) {
    for (const auth::User& user : accounts.list(workspace, 10'000).value()) {
      addresses_[{workspace.value, user.id.value}] = pipeline::split_address(user.email).canonical();
    }
  }
}

const StoredTicket* Checker::find(const TicketRef& ref) const {
  const auto found = std::ranges::find(tickets_, ref, &StoredTicket::ref);
  return found == tickets_.end() ? nullptr : &*found;
}

bool Checker::is_participant(const TicketRef& ref, const std::string& address) const {
  const StoredTicket* ticket = find(ref);
  if (ticket == nullptr) return false;
  const auto is_user = [&](std::uint64_t user) {
    const auto known = addresses_.find({ref.workspace.value, user});
    return known != addresses_.end() && known->second == address;
  };
  return is_user(ticket->record.requester()) || std::ranges::any_of(ticket->record.ccs(), is_user);
}

// The ticket itself, or a follow-up of it.
bool Checker::continues(const TicketRef& ref, const TicketRef& of) const {
  if (ref == of) return true;
  const StoredTicket* ticket = find(ref);
  return ticket != nullptr && ref.workspace == of.workspace && ticket->record.follow_up_of() == of.ticket.value;
}

std::vector<TicketRef> Checker::places_of(const Letter& letter) const {
  std::vector<TicketRef> out;
  for (const StoredComment& comment : comments_) {
    const bool is_of_id = !letter.message_id.empty() && comment.record.message_id() == letter.message_id;
    if (is_of_id || comment.text.find(letter.marker) != std::string::npos) out.push_back(comment.ref);
  }
  return out;
}

std::size_t Checker::suspended_copies(const Letter& letter) const {
  return static_cast<std::size_t>(std::ranges::count_if(suspended_, [&](const StoredSuspended& one) {
    const bool is_of_id = !letter.message_id.empty() && one.record.message_id() == letter.message_id;
    return is_of_id || one.text.find(letter.marker) != std::string::npos;
  }));
}

// Without a Message-ID only a prompt retry is known to be one (ticketing::Options::dedupe_life_without_id).
std::size_t Checker::copies_allowed(const Letter& letter) const {
  const bool may_repeat = letter.message_id.empty() && letter.last_sent - letter.first_sent >= minutes(15);
  return may_repeat ? letter.attempts : letter.inboxes;
}

void Checker::check_letters() {
  for (const Letter& letter : ledger_.letters) {
    const std::size_t copies = places_of(letter).size() + suspended_copies(letter);
    const bool is_taken = letter.final_code / 100 == 2;
    if (letter.final_code == 0) complain("{} never got a final answer", letter.marker);
    if (is_taken && letter.fate == Fate::kRefused) complain("{} was answered 250 and should have been refused", letter.marker);
    if (letter.final_code / 100 == 5 && letter.fate == Fate::kTaken) {
      complain("{} was refused with {} and should have been taken", letter.marker, letter.final_code);
    }
    if (!is_taken && letter.final_code != 0 && copies != 0) {
      complain("{} was refused with {} and is stored {} times", letter.marker, letter.final_code, copies);
    }
    if (is_taken && copies < letter.inboxes) {
      complain("{} was answered 250 but is stored {} times of {}", letter.marker, copies, letter.inboxes);
    }
    if (is_taken && copies > copies_allowed(letter)) {
      complain("{} was answered 250 once but is stored {} times instead of {}", letter.marker, copies, letter.inboxes);
    }
  }
}

void Checker::check_replies() {
  for (const Letter& letter : ledger_.letters) {
    for (const TicketRef& place : places_of(letter)) {
      if (letter.belongs_to && !continues(place, *letter.belongs_to)) {
        complain("{} answers ticket {} by its signed address and is in ticket {}", letter.marker,
                 letter.belongs_to->ticket.value, place.ticket.value);
      }
      if (letter.stolen && continues(place, *letter.stolen) && !is_participant(place, letter.author)) {
        complain("{} got into ticket {} with a stolen address", letter.marker, place.ticket.value);
      }
    }
  }
}

void Checker::check_traces() {
  const std::vector<core::WorkspaceId> workspaces = world_.directory().workspaces();
  for (const Letter& letter : ledger_.letters) {
    for (const std::string& id : letter.trace_ids) {
      const auto trace = ticketing::find_trace(world_.store(), world_.vault(), workspaces, core::TraceId{core::from_base32(id)});
      if (!trace) {
        complain("{} was accepted as {} and has no trace", letter.marker, id);
        continue;
      }
      const bool is_repeat = std::ranges::any_of(trace->steps, [](const auto& step) { return step.what == "duplicate"; });
      if (is_repeat) world_.ledger().count("repeat recognised");
      for (const std::uint64_t ticket : trace->tickets) {
        if (find({trace->workspace, core::TicketId{ticket}}) == nullptr) {
          complain("the trace of {} names ticket {}, which is none", letter.marker, ticket);
        }
      }
    }
  }
}

void Checker::check_acts() {
  for (const Act& act : ledger_.acts) {
    if (act.marker.empty()) continue;
    const auto copies = std::ranges::count_if(comments_, [&](const StoredComment& one) {
      return one.ref == act.ticket && one.record.via() == "api" && one.text.find(act.marker) != std::string::npos;
    });
    if (copies > 1) complain("{} is {} times in its ticket", act.marker, copies);
    if (act.is_acknowledged && copies != 1) complain("{} was acknowledged and is {} times in its ticket", act.marker, copies);
  }
}

void Checker::check_deliveries() {
  for (const StoredComment& comment : comments_) {
    for (const schema::DeliveryState& delivery : comment.record.deliveries()) check_delivery(comment, delivery);
  }
}

void Checker::check_delivery(const StoredComment& comment, const schema::DeliveryState& delivery) {
  const std::string rcpt = pipeline::split_address(delivery.rcpt()).canonical();
  const bool is_dead = rcpt.starts_with("gone@");
  const auto copies = std::ranges::count_if(ledger_.arrivals, [&](const Arrival& one) {
    return one.message_id == comment.record.message_id() && one.rcpt == rcpt;
  });
  if (is_dead && delivery.state() != "failed") complain("mail to {} is {}", rcpt, delivery.state());
  if (is_dead) return;
  if (delivery.state() != "delivered") complain("mail to {} is {} at the end", rcpt, delivery.state());
  if (copies == 0) complain("a reply to {} never reached its server", rcpt);
}

// A copy after one whose 250 we heard is allowed only when the gateway died before it could write that down.
void Checker::check_repeated_arrivals() {
  constexpr auto kWritesDownWithin = minutes(3);
  std::set<std::string> known;
  for (const StoredComment& comment : comments_) known.insert(comment.record.message_id());
  for (auto later = ledger_.arrivals.begin(); later != ledger_.arrivals.end(); ++later) {
    if (!known.contains(later->message_id)) complain("{} got mail that no ticket knows", later->rcpt);
    for (auto first = ledger_.arrivals.begin(); first != later; ++first) {
      if (first->message_id != later->message_id || first->rcpt != later->rcpt || !first->is_clean) continue;
      const bool has_crashed = std::ranges::any_of(ledger_.crashes, [&](core::Instant at) {
        return at >= first->begun && at <= first->clean_at + kWritesDownWithin;
      });
      // What was read late from an earlier connection, which our side had given up, is no new attempt.
      const bool is_of_before = later->begun <= first->clean_at;
      if (!has_crashed && !is_of_before) complain("{} got a reply again after a clean 250", later->rcpt);
    }
  }
}

void Checker::check_cards() {
  for (const storage::Entry& entry : entries_) {
    const auto workspace = storage::KeyReader(entry.key).workspace();
    const auto opened = world_.vault().open(workspace, entry.key, entry.value);
    const std::string bytes = entry.key + '\n' + (opened ? *opened : entry.value);
    for (const std::string& card : cards_in(bytes, ledger_.cards)) {
      complain("card {}… is in the store, space {}", card.substr(0, 6), static_cast<int>(storage::KeyReader(entry.key).space()));
    }
  }
  for (const std::string& line : LogCapture::lines()) {
    for (const std::string& card : cards_in(line, ledger_.cards)) complain("card {}… is in the log", card.substr(0, 6));
  }
  for (const Arrival& arrival : ledger_.arrivals) {
    for (const std::string& card : cards_in(arrival.text, ledger_.cards)) complain("card {}… was mailed", card.substr(0, 6));
  }
}

void Checker::check_feeds() {
  for (const core::WorkspaceId workspace : world_.directory().workspaces()) {
    std::uint64_t expected = 1;
    for (const storage::FeedEntry& entry : world_.store().feed(workspace, 0, 10'000).value()) {
      if (entry.sequence != expected) complain("the feed of workspace {} has {} for {}", workspace.value, entry.sequence, expected);
      expected = entry.sequence + 1;
    }
    if (world_.store().last_sequence(workspace) + 1 != expected) complain("the feed of workspace {} ends early", workspace.value);
    expected = 1;
    const auto heard = ledger_.notified.find(workspace);
    if (heard == ledger_.notified.end()) continue;
    for (const std::uint64_t sequence : heard->second) {
      if (sequence != expected) complain("watchers of workspace {} heard {} for {}", workspace.value, sequence, expected);
      expected = sequence + 1;
    }
  }
}

void Checker::check_counters() {
  using ticketing::Status;
  for (const core::WorkspaceId workspace : world_.directory().workspaces()) {
    for (const Status status : {Status::kNew, Status::kOpen, Status::kPending, Status::kHold, Status::kSolved, Status::kClosed}) {
      const auto real = std::ranges::count_if(tickets_, [&](const StoredTicket& one) {
        return one.ref.workspace == workspace && one.record.status() == static_cast<std::uint32_t>(status);
      });
      const auto counted = storage::decode_counter(
          world_.store().snapshot()->get(ticketing::keys::status_counter(workspace, status)).value());
      if (counted != real) complain("workspace {} counts {} tickets as {} and has {}", workspace.value, counted, to_string(status), real);
    }
  }
  for (const StoredTicket& ticket : tickets_) {
    const auto real = std::ranges::count(comments_, ticket.ref, &StoredComment::ref);
    if (real != ticket.record.comment_count()) complain("ticket {} says {} comments and has {}", ticket.ref.ticket.value, ticket.record.comment_count(), real);
  }
}

}  // namespace

std::vector<std::string> check_invariants(World& world) { return Checker(world).check(); }

}  // namespace postern::sim
