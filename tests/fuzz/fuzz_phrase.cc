// The first byte is the length of a phrase, then the phrase, then anything as text, HTML and message: what was hidden is not
// found again, unless a notice stands for all of it.
#include <cstddef>
#include <cstdint>

#include "core/assert.h"
#include "pipeline/mime/html.h"
#include "pipeline/redaction/phrase_hider.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace pipeline = postern::pipeline;
  static const pipeline::PhraseHider hider;
  if (size < 2) return 0;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::string_view phrase = all.substr(1, data[0] % 32U);
  const std::string_view rest = all.substr(1 + phrase.size());
  (void)hider.read_marks(rest, 10);
  (void)hider.remove_file(rest, phrase, "[removed]\r\n");
  if (!hider.is_phrase(phrase)) return 0;
  const std::vector<std::string> phrases{std::string(phrase)};
  const pipeline::Rewritten text = hider.hide_in_text(rest, phrases);
  POSTERN_ASSERT(text.was_replaced || hider.hide_in_text(text.bytes, phrases).count == 0);
  const pipeline::Rewritten html = hider.hide_in_html(pipeline::sanitise_html(rest), phrases);
  POSTERN_ASSERT(html.was_replaced || hider.hide_in_html(html.bytes, phrases).count == 0);
  const pipeline::Rewritten message = hider.hide_in_message(rest, phrases);
  POSTERN_ASSERT(message.was_replaced || hider.hide_in_message(message.bytes, phrases).count == 0);
  return 0;
}
