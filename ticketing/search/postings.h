#pragma once
// ticketing/search/postings.h: which tickets have a word: a block for each word and range of ticket numbers, sorted. No
// content: numbers only. README.md has the bytes.
// Thread-safety: values.  Errors: storage::Errc::kCorrupt for bytes of another form.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "ticketing/search/words.h"

namespace postern::ticketing::search {

inline constexpr std::uint64_t kRange = 4096;  // ticket numbers of one block; on disk, never change

struct Posting {
  std::uint64_t ticket = 0;
  WordUse use;
  std::uint8_t length = 0;  // step, of the ticket when the word was last added to it
  friend bool operator==(const Posting&, const Posting&) = default;
};
using Postings = std::vector<Posting>;  // by ticket, each once

std::string encode_postings(const Postings& postings);  // of one range
core::Result<Postings> decode_postings(std::uint64_t range, std::string_view bytes);

// Adds a posting or what it adds to an existing one.
void add_posting(Postings& to, const Posting& posting, bool replace);
// False when it was not there.
bool remove_posting(Postings& from, std::uint64_t ticket);

}  // namespace postern::ticketing::search
