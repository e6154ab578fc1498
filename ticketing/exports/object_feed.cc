#include "ticketing/exports/object_feed.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "ticketing/errc.h"

namespace postern::ticketing {
namespace {

constexpr std::string_view kWalk = "walk.";
constexpr std::size_t kFeedBatch = 500;

struct ObjectCursor {
  bool is_walk = false;
  std::uint64_t sequence = 0;
  std::uint64_t id = 0;
};

core::Result<std::uint64_t> cursor_number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || wrong != std::errc() || end != text.data() + text.size()) return core::fail(Errc::kInvalid, "cursor: not one of ours");
  return out;
}

core::Result<ObjectCursor> read_cursor(const storage::Store& store, core::WorkspaceId workspace, std::string_view text) {
  const std::uint64_t last = store.last_sequence(workspace);
  if (text.empty()) return ObjectCursor{true, last, 0};
  ObjectCursor out;
  out.is_walk = text.starts_with(kWalk);
  if (out.is_walk) {
    text.remove_prefix(kWalk.size());
    const std::size_t dot = std::min(text.find('.'), text.size());
    POSTERN_TRY(out.id, cursor_number(text.substr(std::min(dot + 1, text.size()))));
    text = text.substr(0, dot);
  }
  POSTERN_TRY(out.sequence, cursor_number(text));
  if (out.sequence > last) return core::fail(Errc::kConflict, "cursor: is ahead of the feed");
  return out;
}

core::Result<ObjectPage> walk_page(const ObjectCursor& from, std::size_t count, const ListObjects& list) {
  ObjectPage out;
  POSTERN_TRY(const std::vector<std::uint64_t> ids, list(from.id, count));
  for (const std::uint64_t id : ids) out.objects.push_back({id, 0});
  const bool is_over = ids.size() < count;
  out.after = is_over ? std::to_string(from.sequence) : std::string(kWalk) + std::to_string(from.sequence) + "." + std::to_string(ids.back());
  return out;
}

}  // namespace

core::Result<ObjectPage> changed_objects(const storage::Store& store, core::WorkspaceId workspace, std::string_view kind, const std::string& cursor,
                                         std::size_t count, const ListObjects& list, const ObjectFeedLimits& limits) {
  POSTERN_TRY(const ObjectCursor from, read_cursor(store, workspace, cursor));
  if (from.is_walk) {
    POSTERN_TRY(ObjectPage page, walk_page(from, count, list));
    page.is_end = !std::string_view(page.after).starts_with(kWalk) && store.last_sequence(workspace) == from.sequence;
    return page;
  }
  ObjectPage page;
  std::uint64_t after = from.sequence;
  std::map<std::uint64_t, std::pair<std::uint64_t, std::int64_t>> seen;  // when last
  bool is_full = false;
  for (std::size_t read = 0; read < limits.entries_max && !page.is_end && !is_full;) {
    POSTERN_TRY(const std::vector<storage::FeedEntry> entries, store.feed(workspace, after, kFeedBatch));
    for (const storage::FeedEntry& entry : entries) {
      std::vector<std::uint64_t> here;
      for (const storage::Change& each : entry.changes) {
        if (each.kind.starts_with(kind)) here.push_back(each.object);
      }
      is_full = !here.empty() && seen.size() >= count;
      if (is_full) break;
      for (const std::uint64_t id : here) seen[id] = {entry.sequence, entry.at_unix_ms};
      if (!here.empty()) page.last_unix_ms = std::max(page.last_unix_ms, entry.at_unix_ms);
      after = entry.sequence;
    }
    read += entries.size();
    page.is_end = !is_full && entries.size() < kFeedBatch;
  }
  for (const auto& [id, last] : seen) page.objects.push_back({id, last.second});
  std::ranges::sort(page.objects, {}, [&seen](const ChangedObject& each) { return std::pair(seen.at(each.id).first, each.id); });
  page.after = std::to_string(after);
  return page;
}

}  // namespace postern::ticketing
