#pragma once
// pipeline/api/raw_rewriter.h: port through which ticketing takes a phrase or a file out of what is stored already, because
// a person says that it must go. It uses the looks and the rewriting of incoming mail. Implemented by PhraseHider.
// Thread-safety: any thread. Long work for large messages, seconds for documents: not on an event loop.
// Errors: none: what cannot be rewritten safely becomes a notice (was_replaced); std::exception when scanning itself failed.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postern::pipeline {

struct Rewritten {
  std::string bytes;          // as given when count is 0
  std::uint32_t count = 0;    // places that were hidden
  bool was_replaced = false;  // a notice stands for all of it
};

// What a client marked in a comment's HTML (Zendesk: <redact>…</redact>, and the attribute redact on links and images).
struct MarkedHtml {
  std::vector<std::string> phrases;      // text inside the marks, targets of marked links and remote pictures
  std::vector<std::string> content_ids;  // of marked pictures that are attachments
  bool is_whole = true;                  // false: a mark is not closed, or there are too many
};

// Text is found whatever its white space, soft hyphens and zero-width characters; case counts.
class RawRewriter {
 public:
  virtual ~RawRewriter() = default;
  // False when the phrase says too little to be looked for (one letter, marks only): everything would match.
  virtual bool is_phrase(std::string_view phrase) const = 0;
  virtual MarkedHtml read_marks(std::string_view html, std::size_t phrases_max) const = 0;
  virtual Rewritten hide_in_text(std::string_view text, const std::vector<std::string>& phrases) const = 0;
  // `html` is what intake's sanitiser left: text and attribute values are looked at, tags stay.
  virtual Rewritten hide_in_html(std::string_view html, const std::vector<std::string>& phrases) const = 0;
  // The text of a comment that was typed as HTML (RedactedHtml): both of its forms say the same.
  virtual std::string text_of_typed(std::string_view html) const = 0;
  virtual Rewritten hide_in_file(std::string_view name, std::string_view media_type, std::string_view content,
                                 const std::vector<std::string>& phrases) const = 0;
  // A whole stored message in every view, fields of machines too.
  virtual Rewritten hide_in_message(std::string_view raw, const std::vector<std::string>& phrases) const = 0;
  // Every part with these decoded bytes becomes `notice` as "redacted.txt". When there is none, nobody knows where the file
  // is in the message: then a notice stands for all of it.
  virtual Rewritten remove_file(std::string_view raw, std::string_view content, std::string_view notice) const = 0;
};

}  // namespace postern::pipeline
