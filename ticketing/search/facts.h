#pragma once
// ticketing/search/facts.h: what a ticket's record says of it, as words of the index that nobody can type: "status 2", "tag vip",
// "group 7", "field 3 red" … A query by keywords joins lists of these as it joins lists of words, and opens no record.
// A fact that ends leaves the index as a word that is used no more (WordUse::uses 0): exact as of its commit, as words are.
// Thread-safety: pure.  Limits: kFactBytesMax, of one; a longer one is told by its digest.
#include <string>
#include <string_view>
#include <vector>

#include "storage/schema/ticket.pb.h"

namespace postern::ticketing::search {

inline constexpr std::size_t kFactBytesMax = 120;

std::vector<std::string> facts_of(const schema::Ticket& ticket);  // sorted, each once
// One of them, of the name and the value; values of text are folded before (fact_text).
std::string fact(std::string_view name, std::string_view value);
std::string fact(std::string_view name, std::uint64_t value);
std::string fact_text(std::string_view text);  // case does not count
// Lists of before facts were words, which stores of that time still have: what stood in them.
std::vector<std::string> attributes_of(const schema::Ticket& ticket);

}  // namespace postern::ticketing::search
