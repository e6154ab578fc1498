#pragma once
// ticketing/erasure/personal_data.h: everything that a workspace has of one person, for that person (I1-14): tickets that they
// requested or are copied on, and every comment of theirs, wherever it stands, page by page over all tickets, so that nothing is
// missed; mail of theirs that is held back, with the first page. A page may be empty and not the last.
// Thread-safety: free functions over a snapshot.  Errors: Errc::kNotFound for an unknown person, those of the store and the vault.
// Limits: PersonalDataLimits.
#include <vector>

#include "ticketing/erasure/person_step.h"
#include "ticketing/tickets.h"

namespace postern::ticketing {

struct PersonalDataLimits {
  std::size_t tickets_looked_max = 2000;        // of one page
  std::size_t text_bytes_max = 8U << 20U;       // of its comments; one ticket may have more
  std::size_t held_max = 100;
};

struct PersonalTicket {
  Ticket ticket;
  PersonShare share;
  std::vector<Comment> comments;  // of the person
  std::optional<schema::SatisfactionRating> rating;  // that they gave
};
struct PersonalHeld {
  core::TraceId trace;
  std::int64_t at_unix_ms = 0;
  std::string subject;
  std::string text;
};
struct PersonalDataPage {
  std::vector<PersonalTicket> tickets;
  std::vector<PersonalHeld> held;
  core::TicketId after;
  bool has_more = false;
};

core::Result<PersonalDataPage> personal_data(const Services& with, core::WorkspaceId workspace, core::UserId user, core::TicketId after,
                                             const PersonalDataLimits& limits = {});

}  // namespace postern::ticketing
