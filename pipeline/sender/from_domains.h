#pragma once
// pipeline/sender/from_domains.h: the domains of the author addresses, for DMARC. Two readers look at every From field,
// the list parser that tickets are shown from and a stricter one of comments, quotes and groups, over both header
// splits; what one of them finds counts. So nothing is shown that DMARC has not judged (mail.md trap 29).
// Thread-safety: free functions.  Errors: none; see from_defect().  Limits: DmarcLimits, DkimLimits (header).
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/sender/header_fields.h"
#include "pipeline/sender/options.h"

namespace postern::pipeline {

struct FromDomains {
  std::vector<std::string> domains;   // distinct, A-labels, lower case
  std::vector<std::string> literals;  // distinct, "[192.0.2.1]": no policy can exist for them
  bool has_unusable = false;          // an address is shown whose domain is no domain name
  bool is_complete = true;            // false: a limit was met, so there may be other authors
};

// Of the From fields in `layout`.
FromDomains find_from_domains(std::string_view message, const HeaderLayout& layout, const DmarcLimits& limits);
// Of the whole message: the header as signatures see it and as tickets show it. The body is not looked at.
FromDomains find_from_domains(const Message& message, const AuthOptions& options);

// Why one author domain cannot be told, as a sentence of printable ASCII for whoever sent the mail; nullopt for one
// domain, and for none (mail without an author has no policy).
std::optional<std::string> from_defect(const FromDomains& from);

}  // namespace postern::pipeline
