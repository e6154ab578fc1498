#pragma once
// web/remote_pictures.h: port that fetches a picture which a mail names, when an agent has consented; app fills it. The one
// who serves the picture learns our address and the time, never who looks: no cookie, no referrer, nothing of the request.
// Thread-safety: any executor.  Errors: core::Errc::kInvalid for an address where requests may not go (net/egress.h) or an answer
// that is no whole body within the limit, kOverloaded when too many are under way; those of connecting.
#include <string>

#include "core/result.h"
#include "core/task.h"

namespace postern::web {

class RemotePictures {
 public:
  virtual ~RemotePictures() = default;
  // The bytes as they came: whoever shows them looks at what they are.
  virtual core::Task<core::Result<std::string>> fetch(std::string url) = 0;
};

}  // namespace postern::web
