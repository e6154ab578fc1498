#pragma once
// pipeline/redaction/body_scan.h: every reading of one decoded body that some reader may make (draft-chen-email-mime-
// ambiguity-defense: union of views): the bytes, their text by charset, and what views/ makes of it, one view behind the
// other up to three. Every finding is mapped back to the decoded bytes. README.md has the list of views.
// Thread-safety: pure functions over a const detector. Time: linear. Copies are wiped. Limits: RedactionLimits; a text of
// which so many readings are possible that they cannot all be looked at is replaced as a whole.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/options.h"
#include "pipeline/redaction/block_files.h"
#include "pipeline/redaction/detector.h"
#include "pipeline/redaction/message_edit.h"

namespace postern::pipeline {

struct BodyLabels {
  std::string media_type;
  std::string media_subtype;
  std::string charset;      // as labelled, lower case
  bool allows_8bit = true;  // the transfer encoding carries any byte; else the mask stays ASCII
  bool was_quoted_printable = false;  // decoded already: an escape that is left is text
  TextKind kind = TextKind::kBody;
  std::string_view clean_reading = {};  // of undecoded bytes: what the label's reader sees, in which nothing was found
  bool may_hold_base64 = false;  // undecoded: it stands there, and readers do not begin to decode it at one place
};

struct BodyScan {
  std::vector<ByteRange> hidden;   // characters to mask, sorted and disjoint
  std::vector<ByteRange> dropped;  // characters that vanish, sorted, disjoint, none of them hidden too
  std::vector<ByteRange> blanked;  // encoded blocks that hold a value and have no room for masks: hidden as a whole
  std::vector<Edit> patches;       // of encoded blocks that hold a value: the same block with it masked
  FindingCounts findings;          // each value counted once though several views show it
  FindingCounts shadows;
  std::vector<std::string> defects;  // words for ParseReport: readers disagree on this text
  bool has_unread_file = false;      // one that nobody could look into stands in the text
  // Nothing to rewrite; there may be shadows.
  bool empty() const { return hidden.empty() && dropped.empty() && blanked.empty() && patches.empty(); }
};

// `shared`: what the bodies of one message have in common; none: this body is all.
BodyScan scan_body(const Detector& detector, std::string_view bytes, const BodyLabels& labels,
                   const RedactionLimits& limits, SharedReadings* shared = nullptr);
// The body with what was found hidden, valid in its charset.
std::string hide_in_body(std::string_view bytes, const BodyLabels& labels, const BodyScan& scan);

// Transfer-encoded bytes as a reader sees them who decodes nothing, or something else than the label says.
BodyScan scan_undecoded(const Detector& detector, std::string_view raw, const BodyLabels& labels,
                        const RedactionLimits& limits = {}, SharedReadings* shared = nullptr);

// The same for bytes that are no text (PDF, office documents, pictures): only what stands there as digits is found, in
// one byte or two a character.
BodyScan scan_binary(const Detector& detector, std::string_view bytes, TextKind kind = TextKind::kAttachment);
// Every hidden or dropped byte overwritten in place: offsets inside the file stay true.
std::string hide_in_binary(std::string_view bytes, const BodyScan& scan);

// True when the bytes look like text in some charset, whatever their label says.
bool is_textual(std::string_view bytes, const RedactionLimits& limits);

}  // namespace postern::pipeline
