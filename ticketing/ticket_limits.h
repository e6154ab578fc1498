#pragma once
// ticketing/ticket_limits.h: how much a ticket may carry beside its conversation.
// Thread-safety: constants.
#include <cstddef>

namespace postern::ticketing {

struct TicketLimits {
  std::size_t tags_max = 100;               // what redaction rules add is not refused
  std::size_t tag_bytes_max = 80;
  std::size_t external_id_bytes_max = 255;
  std::size_t fields_max = 500;             // custom ones that have a value
  std::size_t field_values_max = 100;       // of one field
  std::size_t field_value_bytes_max = 65536;
  std::size_t fields_bytes_max = 262'144;   // all values of a ticket together: the record is read with every list
  std::size_t followers_max = 48;
  std::size_t incidents_shown_max = 1000;   // of one problem
  std::size_t same_external_id_max = 100;   // tickets that one id of another system finds
  std::size_t tags_listed_max = 10'000;     // of a workspace
};
inline constexpr TicketLimits kTicketLimits;

}  // namespace postern::ticketing
