// The search: any bytes as a text that is indexed, as a query, as what waits in the index, and as the text that is shown with marks.
#include <cstdint>

#include "core/assert.h"
#include "ticketing/search/filter.h"
#include "ticketing/search/postings.h"
#include "ticketing/search/texts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace search = postern::ticketing::search;
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const search::Limits limits;
  search::WordBag bag(limits);
  bag.add_text(raw, search::kInComment);
  for (const auto& [word, use] : bag.words()) {
    POSTERN_ASSERT(!word.empty() && word.size() <= limits.word_bytes_max && use.uses > 0 && use.fields == search::kInComment);
  }
  const auto waiting = search::decode_waiting(search::encode_waiting(bag, true));
  POSTERN_ASSERT(waiting && waiting->is_whole && waiting->words.size() == bag.words().size());
  (void)search::decode_waiting(raw);
  (void)search::decode_postings(7, raw);
  (void)search::parse_time(raw, 1'795'500'000'000);
  const auto query = search::parse_query(raw, limits);
  if (!query) return 0;
  search::TextReader::Marks marks;
  for (const search::WordClause& clause : query->words) {
    POSTERN_ASSERT(!clause.words.empty() || !clause.prefix.empty());
    marks.words.insert(clause.words.begin(), clause.words.end());
    if (!clause.prefix.empty()) marks.prefixes.push_back(clause.prefix);
  }
  const std::string html = search::marked_html(raw, marks, limits);
  std::size_t depth = 0;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const bool opens = html.compare(at, 6, "<mark>") == 0;
    POSTERN_ASSERT(opens ? depth++ == 0 : html.compare(at, 7, "</mark>") == 0 && depth-- == 1);
  }
  POSTERN_ASSERT(depth == 0);
  return 0;
}
