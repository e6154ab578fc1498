#pragma once
// ticketing/search/limits.h: how much the full-text index takes in, keeps and looks at.
#include <cstddef>
#include <cstdint>

namespace postern::ticketing::search {

struct Limits {
  // Of what is indexed.
  std::size_t text_bytes_max = 256U << 10U;      // of one comment; what is behind it is not found by its words
  std::size_t words_max = 20'000;                // different ones of one text
  std::size_t file_texts_bytes_max = 1U << 20U;  // of all files of one comment; of one file, text_bytes_max
  std::size_t word_bytes_max = 64;               // a longer word is found by its beginning, a longer compound by its parts
  std::size_t compound_parts_max = 4;            // neighbours in "a.b-c@d" that are one word too
  // Of the index.
  std::size_t merge_min = 64;                    // saved changes that wait before they are merged into postings: each query reads them
  std::size_t merge_batch_max = 4096;            // of one transaction: the more, the fewer times a common word's block is written
  std::size_t merge_blocks_max = 60'000;        // … and the blocks that it may touch before it takes in no more
  std::size_t fill_batch_max = 64;               // tickets of before the index, of one transaction
  std::size_t fill_bytes_max = 8U << 20U;        // … and their text
  // Of a query.
  std::size_t query_bytes_max = 4096;
  std::size_t clauses_max = 64;
  std::size_t query_words_max = 32;
  std::size_t prefix_letters_min = 2;            // of scripts with letters; one glyph of the others is enough
  std::size_t prefix_words_max = 500;            // that one prefix stands for
  std::size_t prefix_scan_max = 20'000;          // dictionary entries that one prefix looks at
  std::size_t tail_scan_max = 20'000;            // changes that are not merged yet; of more the rest is not found until then
  std::size_t records_max = 5'000;               // tickets that one query opens
  std::size_t entries_max = 200'000;             // index entries that one query walks over
  std::size_t texts_max = 250;                   // comments that one query reads, to verify phrases
  std::size_t results_max = 10'000;              // that pages by number reach; the export has no end
  std::size_t page_max = 100;
  std::size_t snippet_comments_max = 10;         // of one hit, from the first on
  std::size_t snippet_files_max = 8;             // of one comment, from the first on
  std::size_t snippet_bytes = 240;
};

}  // namespace postern::ticketing::search
