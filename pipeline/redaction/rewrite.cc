// The passes over a message until a scan of the result finds nothing.
#include <algorithm>

#include "pipeline/mime/ambiguity.h"
#include "pipeline/mime/part.h"
#include "pipeline/redaction/message_scan.h"
#include "pipeline/redaction/notice.h"

namespace postern::pipeline {
namespace {

// Findings of a later pass are mostly those of the first one again; only new places are added.
void add_new(std::vector<Redaction>& all, const std::vector<Redaction>& found) {
  for (const Redaction& one : found) {
    const bool is_known = std::any_of(all.begin(), all.end(), [&one](const Redaction& known) {
      return known.rule == one.rule && known.brand == one.brand && known.part == one.part && known.where == one.where;
    });
    if (!is_known) all.push_back(one);
  }
}

// What is left when nothing else is safe: a message of the notice alone.
std::string emptied_message() {
  return "Subject: [message removed]\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n" +
         std::string(kReplacedNotice);
}

}  // namespace

RewrittenMessage rewrite_message(const ScanContext& context, std::shared_ptr<const Message> message) {
  RewrittenMessage result;
  result.message = std::move(message);
  result.tree = parse_mime(*result.message, context.mime_limits);
  result.report = result.tree.report;
  const std::string shape = shape_of(result.tree);
  bool is_same_shape = true;
  CleanLeaves clean_leaves;
  // One more pass than rewrites: the last one proves that nothing is left; what the one before proved of leaves that did not
  // change, it takes as proven.
  for (std::uint32_t pass = 0; pass <= context.limits.passes_max + 1; ++pass) {
    const ScanMode mode = pass < context.limits.passes_max ? ScanMode::kRewrite : ScanMode::kReplace;
    clean_leaves.begin_pass(result.message);
    MessageScan scan = scan_message(context, *result.message, result.tree, mode, &clean_leaves);
    if (pass == 0) {
      result.redactions = std::move(scan.redactions);
      result.shadow_findings = std::move(scan.shadow_findings);
      for (const std::string& word : scan.defects) add_defect(result.report, word, context.mime_limits.defects_max);
      result.report.ambiguity = ambiguity_of(result.report);
    } else {
      add_new(result.redactions, scan.redactions);
    }
    result.has_unread_file = scan.has_unread_file;
    if (scan.edits.empty() && is_same_shape) return result;
    if (scan.edits.empty() || pass > context.limits.passes_max) break;
    result.message = std::make_shared<const Message>(apply_edits(result.message->bytes(), scan.edits));
    result.tree = parse_mime(*result.message, context.mime_limits, SecondOpinion::kSkip);
    is_same_shape = shape_of(result.tree) == shape;
  }
  result.message = Message::copy_of(emptied_message());
  result.tree = parse_mime(*result.message, context.mime_limits);
  result.was_emptied = true;
  return result;
}

}  // namespace postern::pipeline
