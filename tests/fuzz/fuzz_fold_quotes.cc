// Quotes of any text: the parts together are the text, folds are apart, ascending and on line borders; and whom any
// text says that it forwards.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ticketing/forwarding/forwarded.h"
#include "ticketing/quoting/fold.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto folds = postern::ticketing::fold_quotes(text);
  std::string joined;
  for (const postern::ticketing::FoldedPart& part : postern::ticketing::parts_of(text, folds)) joined += part.text;
  if (joined != text) std::abort();
  std::size_t behind = 0;
  for (const postern::ticketing::Fold& each : folds) {
    if (each.begin >= each.end || each.begin < behind || each.end > text.size()) std::abort();
    if (each.begin != 0 && text[each.begin - 1] != '\n') std::abort();
    if (each.end != text.size() && text[each.end - 1] != '\n') std::abort();
    behind = each.end;
  }
  postern::pipeline::MessageContent content;
  content.subject = "Fwd: x";
  content.text = text;
  content.attachments.push_back({"a.eml", "message/rfc822", "", false, text, false});
  const auto found = postern::ticketing::find_forwarded(content);
  if (found && found->from.address.empty()) std::abort();
  return 0;
}
