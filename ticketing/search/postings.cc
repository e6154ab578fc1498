#include "ticketing/search/postings.h"

#include <algorithm>

#include "storage/errc.h"

namespace postern::ticketing::search {
namespace {

constexpr unsigned kVarintBits = 7;
constexpr unsigned kVarintMore = 0x80;

auto place_of(auto& postings, std::uint64_t ticket) {
  return std::ranges::lower_bound(postings, ticket, {}, [](const Posting& each) { return each.ticket; });
}

core::Error corrupt() { return core::fail(storage::Errc::kCorrupt, "search postings"); }

}  // namespace

std::string encode_postings(const Postings& postings) {
  std::string out{kUseFormat};
  out.reserve(1 + postings.size() * 4);
  std::uint64_t last = postings.empty() ? 0 : postings.front().ticket / kRange * kRange;
  for (const Posting& each : postings) {
    std::uint64_t step = each.ticket - last;
    for (; step >= kVarintMore; step >>= kVarintBits) out += static_cast<char>((step & (kVarintMore - 1)) | kVarintMore);
    out += static_cast<char>(step);
    out += pack_use(each.use);
    out += static_cast<char>(each.length);
    last = each.ticket;
  }
  return out;
}

core::Result<Postings> decode_postings(std::uint64_t range, std::string_view bytes) {
  Postings out;
  if (bytes.empty() || (bytes[0] != kUseFormat && bytes[0] != kFirstUseFormat)) return corrupt();
  out.reserve(bytes.size() / 3);
  std::uint64_t ticket = range * kRange;
  for (std::size_t at = 1; at < bytes.size(); at += 2) {
    std::uint64_t step = 0;
    for (unsigned shift = 0;; shift += kVarintBits) {
      if (at >= bytes.size() || shift > 2 * kVarintBits) return corrupt();
      const auto byte = static_cast<unsigned char>(bytes[at++]);
      step |= static_cast<std::uint64_t>(byte & (kVarintMore - 1)) << shift;
      if (byte < kVarintMore) break;
    }
    if (at + 2 > bytes.size()) return corrupt();
    ticket += step;
    out.push_back({ticket, unpack_use(bytes[at], bytes[0]), static_cast<std::uint8_t>(bytes[at + 1])});
  }
  return out;
}

void add_posting(Postings& to, const Posting& posting, bool replace) {
  const auto place = place_of(to, posting.ticket);
  if (place == to.end() || place->ticket != posting.ticket) {
    to.insert(place, posting);
  } else if (replace) {
    *place = posting;
  } else {
    place->use.merge(posting.use);
    place->length = joined_length(place->length, posting.length);
  }
}

bool remove_posting(Postings& from, std::uint64_t ticket) {
  const auto place = place_of(from, ticket);
  if (place == from.end() || place->ticket != ticket) return false;
  from.erase(place);
  return true;
}

}  // namespace postern::ticketing::search
