#pragma once
// ticketing/detail/damage.h: what background loops do about a record that cannot be read: they pass it over, or take it away where
// nobody can use it any more, say so in a line of the log and in postern_ticketing_damaged_records_total, and go on with the
// others. Anything else that fails ends the round; the next one begins again.
// Thread-safety: pure but for the log and the metrics.
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/result.h"
#include "storage/errc.h"

namespace postern::ticketing {

// True when a record cannot be read by this version and with these keys, in contrast to a store that is away for a while.
inline bool is_damage(const core::Error& error) {
  return error == storage::Errc::kCorrupt || error == storage::Errc::kNotFound || error == storage::Errc::kSchema;
}

// `what` is one of few words; `id` names the record, or what it belongs to.
inline void tell_damage(std::string_view what, core::WorkspaceId workspace, std::uint64_t id, const core::Error& why) {
  core::log::error("record.damaged", {{"what", what}, {"workspace", workspace.value}, {"id", id}, {"why", why.describe()}});
  const std::string label = "what=\"" + std::string(what) + "\"";
  core::metrics().counter("postern_ticketing_damaged_records_total", "records that background work passed over", label).add();
}

// What of several parts failed first; the others were done.
class FirstFailure {
 public:
  void note(const core::Error& error) {
    if (!error_) error_ = error;
  }
  core::Result<std::size_t> or_count(std::size_t done) const {
    if (error_) return *error_;
    return done;
  }

 private:
  std::optional<core::Error> error_;
};

}  // namespace postern::ticketing
