#pragma once
// pipeline/advice/zone_text.h: a record in the forms in which people paste it: a line of a zone file (RFC 1035 section 5)
// and the fields of a provider's web form.
// Thread-safety: free functions.
#include <string>
#include <string_view>

#include "pipeline/api/domain_advice.h"

namespace postern::pipeline {

// `value` as a zone file holds it, TXT unquoted. An empty value gives a record without text to paste.
RecordToPublish make_record(std::string owner, std::string type, std::string value, std::string_view zone);
// `text` as quoted character-strings of at most 255 bytes each, one line whatever is in it:
// "\"v=DKIM1; p=…\" \"…\"".
std::string quote_txt(std::string_view text);

}  // namespace postern::pipeline
