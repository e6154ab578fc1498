#include "pipeline/redaction/phrase_hider.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/part.h"
#include "pipeline/redaction/finding_mask.h"
#include "pipeline/redaction/header_scan.h"
#include "pipeline/redaction/message_scan.h"
#include "pipeline/redaction/notice.h"
#include "pipeline/redaction/phrase_detector.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

std::uint32_t size_of(const std::vector<Finding>& findings) { return static_cast<std::uint32_t>(findings.size()); }

std::string emptied_message(std::string_view notice) {
  return "Subject: [message removed]\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n" + std::string(notice);
}

// Parameters that people write: all others hold the message together.
bool is_written_by_people(const MimeParam& param) { return param.name == "name" || param.name == "filename"; }

MimeWords words_of(const Message& message, const MimeTree& tree) {
  MimeWords words;
  for_each_part(tree.root, [&](const Part& part, std::size_t) {
    words.types.insert(part.type());
    if (!part.disposition.empty()) words.types.insert(part.disposition);
    for (const HeaderField& field : part.fields) {
      if (field.name_lower != "content-type" && field.name_lower != "content-disposition") continue;
      const MimeValue value = parse_mime_value(message.view(field.value));
      words.types.insert(core::to_lower_ascii(value.value));
      for (const MimeParam& param : value.params) {
        if (!is_written_by_people(param)) words.values.insert(param.value);
      }
    }
  });
  return words;
}

// Fields that only machines make are not scanned in incoming mail. By hand, an address has to leave them too: characters are
// starred where they stand. What tells how a body is encoded stays.
std::vector<Edit> star_machine_fields(const Message& message, const MimeTree& tree, const PhraseDetector& detector,
                                      std::uint32_t& count) {
  std::vector<Edit> edits;
  const auto star = [&](const std::vector<HeaderField>& fields) {
    for (const HeaderField& field : fields) {
      if (is_scanned_field(field.name_lower)) continue;
      if (field.name_lower == "mime-version" || field.name_lower == "content-transfer-encoding") continue;
      for (const Finding& finding : detector.find(message.view(field.value), TextKind::kHeader)) {
        ++count;
        for (ByteRange one : finding.hidden) {
          edits.push_back({{field.value.begin + one.begin, field.value.begin + one.end}, std::string(kAsciiMask)});
        }
      }
    }
  };
  star(tree.headers);
  for_each_part(tree.root, [&](const Part& part, std::size_t) {
    if (part.fields.empty() || (!tree.headers.empty() && part.fields.front().whole == tree.headers.front().whole)) return;
    star(part.fields);
  });
  return edits;
}

// Masks look different where a charset cannot carry the block.
std::string with_ascii_masks(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const bool is_block = bytes.substr(at, kBlockMask.size()) == kBlockMask;
    out.push_back(is_block ? '*' : bytes[at]);
    at += is_block ? kBlockMask.size() : 1;
  }
  return out;
}

bool is_same_file(std::string_view a, std::string_view b) {
  if (a == b) return true;
  return a.find(kBlockMask) != b.find(kBlockMask) && with_ascii_masks(a) == with_ascii_masks(b);
}

void replace_part(const Part& part, std::string_view notice, std::vector<Edit>& edits) {
  for (std::string_view name : {"content-type", "content-transfer-encoding", "content-disposition", "content-id",
                                "content-description", "content-location"}) {
    for (const HeaderField& field : part.fields) {
      if (field.name_lower == name) edits.push_back({field.whole, ""});
    }
  }
  const std::size_t at = part.fields.empty() ? part.header.begin : part.fields.front().whole.begin;
  std::string fields =
      "Content-Type: text/plain; charset=us-ascii; name=\"redacted.txt\"\r\n"
      "Content-Disposition: attachment; filename=\"redacted.txt\"\r\n";
  if (part.header.empty()) fields += "\r\n";
  edits.push_back({{at, at}, std::move(fields)});
  edits.push_back({part.body, std::string(notice)});
}

FileLabels labels_of(std::string_view name, std::string_view media_type) {
  const std::string lower = core::to_lower_ascii(core::trim_ascii(media_type.substr(0, media_type.find(';'))));
  const std::size_t slash = std::min(lower.find('/'), lower.size());
  return {lower.substr(0, slash), lower.substr(std::min(lower.size(), slash + 1)), "", std::string(name)};
}

}  // namespace

PhraseHider::PhraseHider(RedactionLimits limits, MimeLimits mime_limits, RedactionOptions options, const TextExtractor* extractor)
    : limits_(limits), mime_limits_(mime_limits), options_(std::move(options)), extractor_(extractor) {}

bool PhraseHider::is_phrase(std::string_view phrase) const { return PhraseDetector::is_phrase(phrase); }

Rewritten PhraseHider::hide_in_text(std::string_view text, const std::vector<std::string>& phrases) const {
  Rewritten out;
  out.bytes = std::string(text);
  const PhraseDetector detector(phrases);
  for (std::uint32_t pass = 0; pass <= limits_.passes_max; ++pass) {
    const auto findings = detector.find(out.bytes, TextKind::kTyped);
    if (findings.empty()) return out;
    out.count += size_of(findings);
    out.bytes = mask_findings(out.bytes, findings, kBlockMask);
  }
  out.bytes = std::string(kReplacedNotice);
  out.was_replaced = true;
  return out;
}

Rewritten PhraseHider::hide_in_file(std::string_view name, std::string_view media_type, std::string_view content,
                                    const std::vector<std::string>& phrases) const {
  const FileLabels labels = labels_of(name, media_type);
  if (labels.media_type == "message") return hide_in_message(content, phrases);
  Rewritten out;
  out.bytes = std::string(content);
  const PhraseDetector detector(phrases);
  for (std::uint32_t pass = 0; pass <= limits_.passes_max; ++pass) {
    FileCleaner cleaner(detector, limits_, mime_limits_, options_, extractor_);
    FileOutcome outcome = cleaner.clean(out.bytes, labels);
    for (const auto& [key, times] : outcome.findings) out.count += times;
    // What is encrypted shows the phrase to nobody here; who wants it gone removes the file.
    if (outcome.result == FileResult::kClean || outcome.result == FileResult::kUnread) return out;
    if (outcome.result == FileResult::kUnsafe) break;
    out.bytes = std::move(outcome.bytes);
  }
  out.bytes = std::string(kReplacedNotice);
  out.count = std::max(out.count, 1U);
  out.was_replaced = true;
  return out;
}

Rewritten PhraseHider::hide_in_message(std::string_view raw, const std::vector<std::string>& phrases) const {
  Rewritten out;
  auto message = Message::copy_of(raw);
  MimeTree tree = parse_mime(*message, mime_limits_, SecondOpinion::kSkip);
  const PhraseDetector detector(phrases, words_of(*message, tree));
  for (std::uint32_t pass = 0;; ++pass) {
    std::vector<Edit> stars = star_machine_fields(*message, tree, detector, out.count);
    if (stars.empty()) break;
    if (pass > limits_.passes_max) {  // a phrase with stars in it, which masks complete again and again
      out.bytes = emptied_message(kReplacedNotice);
      out.was_replaced = true;
      return out;
    }
    message = std::make_shared<const Message>(apply_edits(message->bytes(), std::move(stars)));
    tree = parse_mime(*message, mime_limits_, SecondOpinion::kSkip);
  }
  RedactionOptions options = options_;
  options.on_unreadable = UnreadableFile::kKeep;
  const ScanContext context{detector, limits_, mime_limits_, options, extractor_};
  const RewrittenMessage rewritten = rewrite_message(context, std::move(message));
  for (const Redaction& one : rewritten.redactions) out.count += one.count;
  out.was_replaced = rewritten.was_emptied;
  out.bytes = std::string(rewritten.message->bytes());
  return out;
}

Rewritten PhraseHider::remove_file(std::string_view raw, std::string_view content, std::string_view notice) const {
  Rewritten out;
  const auto message = Message::copy_of(raw);
  const MimeTree tree = parse_mime(*message, mime_limits_, SecondOpinion::kSkip);
  std::vector<Edit> edits;
  std::size_t done = 0;  // parts inside a removed one have gone with it
  for_each_part(tree.root, [&](const Part& part, std::size_t) {
    if (part.is_multipart() || part.body.begin < done) return;
    Decoded decoded = decode_body(*message, part, Mapping::kSkip);
    const WipedAtExit wiped(decoded.bytes);
    if (!is_same_file(decoded.bytes, content) && message->view(part.body) != content) return;
    replace_part(part, notice, edits);
    done = part.body.end;
    ++out.count;
  });
  if (out.count > 0) {
    out.bytes = std::string(core::view(apply_edits(raw, std::move(edits))));
    return out;
  }
  out.bytes = emptied_message(notice);
  out.count = 1;
  out.was_replaced = true;
  return out;
}

}  // namespace postern::pipeline
