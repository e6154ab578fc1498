#pragma once
// ticketing/exports/object_feed.h: people and organisations for programs that keep a copy: each once a page, in the order of the
// change feed. A reader without a cursor is led through all that there are first, by id, and then on with the feed from where
// it stood when he began: nothing is missed, whatever the feed has forgotten.
// A cursor is text: the number of the feed, or "walk.N.ID" on the way through all.
// Thread-safety: free functions over the store.  Errors: Errc::kInvalid for a cursor that is none, kConflict for one ahead of the feed (a restored backup), those of the store.
// Limits: ObjectFeedLimits.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/store.h"

namespace postern::ticketing {

struct ObjectFeedLimits {
  std::size_t entries_max = 10'000;  // of the feed that one page reads; then it is a shorter page
};

struct ChangedObject {
  std::uint64_t id = 0;
  std::int64_t changed_unix_ms = 0;  // 0: on the way through all
};
struct ObjectPage {
  std::vector<ChangedObject> objects;
  std::string after;                 // cursor of the next page
  std::int64_t last_unix_ms = 0;     // of what the feed told; 0: nothing
  bool is_end = false;
};

// Ids behind one, in their order, at most so many.
using ListObjects = std::function<core::Result<std::vector<std::uint64_t>>(std::uint64_t after, std::size_t count)>;

// `kind`: what changes begin with, "user." or "organization.". An empty cursor: from the beginning.
core::Result<ObjectPage> changed_objects(const storage::Store& store, core::WorkspaceId workspace, std::string_view kind, const std::string& cursor,
                                         std::size_t count, const ListObjects& list, const ObjectFeedLimits& limits = {});

}  // namespace postern::ticketing
