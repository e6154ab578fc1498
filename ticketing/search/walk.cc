#include "ticketing/search/walk.h"

#include <string_view>

namespace postern::ticketing::search {
namespace {

constexpr std::size_t kPage = 128;

// Where an entry stands in its listing, whatever its prefix.
std::string_view place_of(const storage::Entry& entry, const Source& source) { return std::string_view(entry.key).substr(source.prefix.size()); }

}  // namespace

Walk::Walk(const storage::Snapshot& snapshot, std::vector<Source> sources, bool is_reversed, std::uint64_t below)
    : snapshot_(snapshot), direction_(storage::Direction::kForward) {
  const bool is_records = !sources.empty() && sources.front().listing == Listing::kRecords;
  takes_least_ = is_records == is_reversed;  // indexes list downwards, records upwards
  if (!takes_least_) direction_ = storage::Direction::kBackward;
  for (Source& each : sources) {
    Lane lane;
    if (below != 0) {
      lane.after = each.prefix;
      for (unsigned shift = 64; shift > 0; shift -= 8) lane.after += static_cast<char>((below >> (shift - 8)) & 0xFFU);
    }
    lane.source = std::move(each);
    lanes_.push_back(std::move(lane));
  }
}

core::Result<void> Walk::fill(Lane& lane) {
  if (!lane.waiting.empty() || lane.is_at_end) return {};
  POSTERN_TRY(std::vector<storage::Entry> page, snapshot_.scan(lane.source.prefix, direction_, kPage, lane.after));
  lane.is_at_end = page.size() < kPage;
  if (!page.empty()) lane.after = page.back().key;
  for (storage::Entry& each : page) lane.waiting.push_back(std::move(each));
  return {};
}

core::Result<std::optional<Walk::Step>> Walk::next() {
  for (;;) {
    Lane* best = nullptr;
    for (Lane& lane : lanes_) {
      POSTERN_CHECK(fill(lane));
      if (lane.waiting.empty()) continue;
      if (best == nullptr) {
        best = &lane;
        continue;
      }
      const auto order = place_of(lane.waiting.front(), lane.source).compare(place_of(best->waiting.front(), best->source));
      if (takes_least_ ? order < 0 : order > 0) best = &lane;
    }
    if (best == nullptr) return std::optional<Step>();
    ++entries_;
    Step out;
    storage::Entry entry = std::move(best->waiting.front());
    best->waiting.pop_front();
    const std::uint64_t number = last_number(entry.key);
    out.ticket = best->source.listing == Listing::kByNumber ? ~number : number;
    if (best->source.listing == Listing::kRecords) out.record = std::move(entry);
    if (lanes_.size() > 1 && !seen_.insert(out.ticket).second) continue;
    return std::optional(std::move(out));
  }
}

}  // namespace postern::ticketing::search
