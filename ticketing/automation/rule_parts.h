#pragma once
// ticketing/automation/rule_parts.h: what macros, triggers and automations work with beside the tickets themselves, and how much
// of each there may be.
// Thread-safety: a value; what it refers to is called from any executor.  Ownership: borrows everything.
#include <chrono>
#include <cstdint>

#include "pipeline/api/redacted_message.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

class Groups;
class TicketFields;
class Webhooks;

struct RuleLimits {
  std::size_t title_bytes_max = 255;
  std::size_t description_bytes_max = 2000;
  std::size_t actions_max = 50;
  std::size_t action_values_max = 100;
  std::size_t action_bytes_max = 32'768;       // of one value: the text of a mail
  std::size_t groups_max = 100;                // of one macro
  std::size_t revisions_max = 100;             // kept of one trigger
  std::size_t recipients_max = 200;            // of one notification
  std::size_t mail_bytes_max = 65'536;         // of one, after placeholders were filled in
  std::size_t inserted_bytes_max = 8'192;      // of what one placeholder stands for
  std::size_t quoted_comments_max = 3;         // by {{ticket.comments_formatted}}
  std::size_t comments_looked_at_max = 50;     // in search of the last public one, or of one that proves its sender
  std::size_t firings_max = 200;               // remembered on a ticket
  std::size_t loop_firings_max = 30;           // of one trigger on one ticket within loop_window; then it is a loop
  std::chrono::minutes loop_window{10};
  std::size_t told_bytes_max = 2'000;          // of the event that tells what a rule did
  std::size_t dry_run_tickets_max = 200;
  // Mails that rules send to one address from one inbox within mail_window: in answer to a mail, and otherwise.
  std::uint64_t answers_per_address_max = 10;
  std::uint64_t mails_per_address_max = 200;
  std::chrono::minutes mail_window{180};
  std::size_t fired_at_once_max = 200;         // tickets that automations look at in one round; the next one goes on
  std::size_t rebuilt_at_once_max = 250;       // tickets whose due times are worked out in one transaction
  std::size_t rebuilds_a_round_max = 20;       // such transactions
};

struct RuleParts {
  const Services& with;
  const pipeline::TextRedactor& redactor;
  const Groups* groups = nullptr;  // null: there are none; the same of what follows
  const TicketFields* fields = nullptr;
  Webhooks* webhooks = nullptr;
  RuleLimits limits = {};
};

}  // namespace postern::ticketing
