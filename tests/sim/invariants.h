#pragma once
// tests/sim/invariants.h: what must hold when a simulation is over, whatever went wrong in it. Reads the store itself,
// record by record, and compares it with what the people outside were told.
// Thread-safety: none.  Ownership: borrows the world.  Errors: each broken promise is one sentence.
#include <string>
#include <vector>

#include "tests/sim/sim_world.h"

namespace postern::sim {

std::vector<std::string> check_invariants(World& world);

// Every planted number that can be found in `text`: as digits with anything between them, in quoted-printable, in
// base64 lines and in encoded words.
std::vector<std::string> cards_in(std::string_view text, const std::vector<std::string>& cards);

}  // namespace postern::sim
