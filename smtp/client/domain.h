#pragma once
// smtp/client/domain.h: a recipient's domain in the form that DNS is asked for. Pure.
// Errors: core::Errc::kInvalid when a label cannot be encoded.
#include <string>
#include <string_view>

#include "core/result.h"

namespace postern::smtp {

// ASCII lower case; labels with non-ASCII letters as A-labels (RFC 5890, Punycode of RFC 3492). The letters are
// encoded as they are: mapping (case of non-ASCII letters, compatibility forms) is the composer's task.
core::Result<std::string> to_ascii_domain(std::string_view domain);
// One name for one domain, however it is written: as above, or in lower case when it cannot be encoded.
std::string destination_name(std::string_view domain);

}  // namespace postern::smtp
