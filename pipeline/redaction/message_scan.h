#pragma once
// pipeline/redaction/message_scan.h: one pass over a whole message: what to hide, as edits of its bytes, and what was
// found where. Private to redaction.
// Thread-safety: pure functions over a const detector. Limits: RedactionLimits, MimeLimits.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/api/verdict.h"
#include "pipeline/mime/part.h"
#include "pipeline/options.h"
#include "pipeline/redaction/clean_leaves.h"
#include "pipeline/redaction/detector.h"
#include "pipeline/redaction/formats/file_cleaner.h"
#include "pipeline/redaction/message_edit.h"

namespace postern::pipeline {

// Distinct places a pass tells apart; a hostile message has one in each field. The rest is counted under "*".
constexpr std::size_t kRedactionEntriesMax = 256;

enum class ScanMode {
  kRewrite,  // hide digits, keep everything else
  kReplace,  // what still has findings goes as a whole: parts become a notice, fields lose their value
};

struct MessageScan {
  std::vector<Edit> edits;
  std::vector<Redaction> redactions;
  std::vector<Redaction> shadow_findings;
  bool has_unread_file = false;  // one that nobody could look into was kept
  std::vector<std::string> defects;  // words for ParseReport, of what bodies turned out to be
};

class FileTexts;

struct ScanContext {
  const Detector& detector;
  const RedactionLimits& limits;
  const MimeLimits& mime_limits;
  const RedactionOptions& options;
  const TextExtractor* extractor = nullptr;
  std::uint32_t nested = 0;           // encoded messages around this one
  FileBudget* file_budget = nullptr;  // of the message around this one; none: one of its own a pass
  FileTexts* file_texts = nullptr;    // where texts of files that stay as they are go; none: nowhere
};

// `clean_leaves`: what the pass before knows of this message; nullptr: there was none.
MessageScan scan_message(const ScanContext& context, const Message& message, const MimeTree& tree, ScanMode mode, CleanLeaves* clean_leaves = nullptr);

// The tree as text, part paths only: rewriting must not change it.
std::string shape_of(const MimeTree& tree);

struct RewrittenMessage {
  std::shared_ptr<const Message> message;
  MimeTree tree;
  ParseReport report;  // of the message as it came
  std::vector<Redaction> redactions;
  std::vector<Redaction> shadow_findings;
  bool has_unread_file = false;
  bool was_emptied = false;  // nothing but a notice is left: not even replacing parts made it safe
};
// Passes until nothing is found and the tree is the same. Always ends with a message that a scan finds nothing in.
RewrittenMessage rewrite_message(const ScanContext& context, std::shared_ptr<const Message> message);

}  // namespace postern::pipeline
