#include "pipeline/sender/dkim_coverage.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "core/encoding.h"
#include "pipeline/sender/dkim_canon.h"

namespace postern::pipeline {
namespace {

// What a message may hold once (RFC 5322 section 3.6, RFC 2045), and what readers show or decode by.
constexpr std::array<std::string_view, 14> kSingletons{"from",
                                                       "sender",
                                                       "reply-to",
                                                       "to",
                                                       "cc",
                                                       "bcc",
                                                       "date",
                                                       "message-id",
                                                       "in-reply-to",
                                                       "references",
                                                       "subject",
                                                       "content-type",
                                                       "content-transfer-encoding",
                                                       "mime-version"};

}  // namespace

std::optional<std::string> find_uncovered_field(std::string_view message, const HeaderLayout& layout,
                                                const std::vector<std::string>& names) {
  struct Signed {
    std::size_t fields_left = 0;
    std::string topmost;  // what readers see, in relaxed form
  };
  std::map<std::string, Signed, std::less<>> by_name;
  for (const std::string& name : names) {
    if (std::ranges::find(kSingletons, name) != kSingletons.end()) ++by_name[name].fields_left;
  }
  for (std::size_t i = layout.fields.size(); i-- > 0;) {
    const SignedField& field = layout.fields[i];
    const auto it = by_name.find(core::to_lower_ascii(message.substr(field.name.begin, field.name.size())));
    if (it == by_name.end()) continue;
    std::string text = canonical_header(message.substr(field.whole.begin, field.whole.size()), DkimCanon::kRelaxed);
    if (it->second.fields_left == 0) {
      if (text != it->second.topmost) return it->first;
      continue;
    }
    --it->second.fields_left;
    it->second.topmost = std::move(text);
  }
  return std::nullopt;
}

}  // namespace postern::pipeline
