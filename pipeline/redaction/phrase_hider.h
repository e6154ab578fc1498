#pragma once
// pipeline/redaction/phrase_hider.h: RawRewriter over the looks and the rewriting of incoming mail: takes phrases and
// files out of stored messages, texts and HTML (requirement Z-35, by hand).
// Thread-safety: const methods from any thread. Ownership: borrows the extractor. Limits: RedactionLimits, MimeLimits,
// FileLimits. Idempotent: what was hidden is not found again.
#include "pipeline/api/raw_rewriter.h"
#include "pipeline/options.h"
#include "pipeline/redaction/detector.h"
#include "pipeline/redaction/formats/text_extractor.h"

namespace postern::pipeline {

class PhraseHider final : public RawRewriter {
 public:
  explicit PhraseHider(RedactionLimits limits = {}, MimeLimits mime_limits = {}, RedactionOptions options = {},
                       const TextExtractor* extractor = nullptr);
  bool is_phrase(std::string_view phrase) const override;
  MarkedHtml read_marks(std::string_view html, std::size_t phrases_max) const override;
  Rewritten hide_in_text(std::string_view text, const std::vector<std::string>& phrases) const override;
  Rewritten hide_in_html(std::string_view html, const std::vector<std::string>& phrases) const override;
  std::string text_of_typed(std::string_view html) const override;
  Rewritten hide_in_file(std::string_view name, std::string_view media_type, std::string_view content,
                         const std::vector<std::string>& phrases) const override;
  Rewritten hide_in_message(std::string_view raw, const std::vector<std::string>& phrases) const override;
  Rewritten remove_file(std::string_view raw, std::string_view content, std::string_view notice) const override;

 private:
  RedactionLimits limits_;
  MimeLimits mime_limits_;
  RedactionOptions options_;
  const TextExtractor* extractor_;
};

}  // namespace postern::pipeline
