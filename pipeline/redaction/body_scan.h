#pragma once
// pipeline/redaction/body_scan.h: every reading of one decoded body that some reader may make (draft-chen-email-mime-
// ambiguity-defense: union of views): the bytes, their text by charset, the text that markup renders to, character
// references alone, base64 and quoted-printable without a label. Every finding is mapped back to the decoded bytes.
// Thread-safety: pure functions over a const detector. Time: linear. Copies are wiped. Limits: RedactionLimits.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/options.h"
#include "pipeline/redaction/card_detector.h"

namespace postern::pipeline {

struct BodyLabels {
  std::string media_type;
  std::string media_subtype;
  std::string charset;      // as labelled, lower case
  bool allows_8bit = true;  // the transfer encoding carries any byte; else the mask stays ASCII
  bool was_quoted_printable = false;  // decoded already: an escape that is left is text
};

struct BodyScan {
  std::vector<ByteRange> hidden;                // digits to hide, sorted and disjoint
  std::vector<ByteRange> blanked;               // speculative base64 that holds a number: hidden as a whole
  std::map<std::string, std::uint32_t> brands;  // findings, each number counted once though several views show it
  bool empty() const { return hidden.empty() && blanked.empty(); }
};

BodyScan scan_body(const CardDetector& detector, std::string_view bytes, const BodyLabels& labels,
                   const RedactionLimits& limits);
// The body with what was found hidden, valid in its charset.
std::string hide_in_body(std::string_view bytes, const BodyLabels& labels, const BodyScan& scan);

// Transfer-encoded bytes as a reader sees them who decodes nothing, or quoted-printable whatever the label says.
BodyScan scan_undecoded(const CardDetector& detector, std::string_view raw, const BodyLabels& labels);

// The same for bytes that are no text (PDF, office documents, pictures): only what stands there as digits is found, in
// one byte or two a character.
BodyScan scan_binary(const CardDetector& detector, std::string_view bytes);
// Every hidden byte overwritten in place: offsets inside the file stay true.
std::string hide_in_binary(std::string_view bytes, const BodyScan& scan);

// True when the bytes look like text in some charset, whatever their label says.
bool is_textual(std::string_view bytes, const RedactionLimits& limits);

}  // namespace postern::pipeline
