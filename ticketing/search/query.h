#pragma once
// ticketing/search/query.h: what people type into the search box, as clauses. Zendesk's language:
//   words (all of them)   "a phrase"   begin*   -not   subject:word   subject:"a phrase"   comment:begin*
//   keyword:value   keyword<value   keyword>=value   -keyword:value   #123   order_by:created sort:asc
// Thread-safety: pure.  Errors: Errc::kInvalid; its context tells the character at which something is wrong, and never what
// was typed.  Limits: Limits.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "ticketing/search/analysis.h"
#include "ticketing/search/words.h"

namespace postern::ticketing::search {

// Words to be found, or not, in the index.
struct WordClause {
  std::vector<std::string> words;    // each of them
  std::vector<std::string> any;      // and one of these, if there are such
  std::string prefix;                // and one that begins so, if this is not empty
  std::vector<std::string> phrase;   // and, in one text, these in this order
  std::uint8_t fields = kAnywhere;   // FieldBit; 0: a marker, which is in no field
  bool is_negated = false;
};

enum class Comparison : std::uint8_t { kIs, kLess, kLessOrIs, kMore, kMoreOrIs };

struct FieldClause {
  std::string keyword;
  Comparison comparison = Comparison::kIs;
  std::string value;       // as typed, without its quotes
  bool is_negated = false;
  std::size_t at = 0;      // character of the query, from 1
};

enum class Order : std::uint8_t { kRelevance, kUpdated, kCreated, kPriority, kStatus, kType };
std::optional<Order> parse_order(std::string_view word);  // "created" or "created_at" …

struct Query {
  std::vector<WordClause> words;
  std::vector<FieldClause> fields;
  std::vector<std::uint64_t> numbers;  // "#123", or nothing but a number: that ticket comes first
  std::optional<Order> order;
  std::optional<bool> is_ascending;
};

core::Result<Query> parse_query(std::string_view text, const Limits& limits);
core::Error query_problem(std::size_t at, std::string_view what);
std::string keyword_list();  // of all of them, for people

// The atoms of a text, in which phrases are looked for: words, and single characters of scripts without spaces.
std::vector<std::string> atoms_of(std::string_view text, const Limits& limits);

}  // namespace postern::ticketing::search
