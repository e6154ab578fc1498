#include "pipeline/redaction/attachment_texts.h"

#include "core/encoding.h"
#include "pipeline/mime/content.h"
#include "pipeline/redaction/body_scan.h"
#include "pipeline/redaction/formats/file_kind.h"

namespace postern::pipeline {
namespace {

constexpr std::uint32_t kMessagesInside = 2;  // messages in each other that are read for their text

class AttachmentReader {
 public:
  AttachmentReader(const FileTexts* known, const RedactionLimits& limits, const MimeLimits& mime_limits)
      : known_(known), limits_(limits), mime_limits_(mime_limits) {}

  void read(FileText& to, const RedactedAttachment& file, std::uint32_t depth) const {
    const std::string_view found = known_ == nullptr ? std::string_view() : known_->find(file.content);
    if (!found.empty()) {
      to.add(found);
      return;
    }
    FileLabels labels = labels_for_name(file.name);
    const std::size_t slash = file.media_type.find('/');
    labels.media_type = file.media_type.substr(0, slash);
    labels.media_subtype = slash == std::string::npos ? std::string() : file.media_type.substr(slash + 1);
    if (file.media_type == "message/rfc822" && depth < kMessagesInside) {
      const auto message = Message::copy_of(file.content);
      read_message(to, *message, parse_mime(*message, mime_limits_, SecondOpinion::kSkip), depth + 1);
    } else if (is_textual(file.content, limits_) && (kind_of(file.content) == FileKind::kOther || kind_of(file.content) == FileKind::kXml)) {
      add_plain_text(to, file.content, labels);
    }
  }

  void read_message(FileText& to, const Message& message, const MimeTree& tree, std::uint32_t depth) const {
    const MessageContent content = build_content(message, tree, mime_limits_);
    to.add(content.subject);
    to.add(content.text);
    for (const RedactedAttachment& each : content.attachments) {
      if (to.is_full()) return;
      to.add(each.name);
      read(to, each, depth);
    }
  }

 private:
  const FileTexts* known_;
  const RedactionLimits& limits_;
  const MimeLimits& mime_limits_;
};

}  // namespace

void FileTexts::note(std::string_view content, const FileText& text) {
  if (text.is_empty() || bytes_ >= kMessageTextsBytesMax) return;
  const auto [known, is_new] = texts_.try_emplace(core::sha256(content), core::to_secret(text.view()));
  if (is_new) bytes_ += text.view().size();
}

std::string_view FileTexts::find(std::string_view content) const {
  if (texts_.empty() || content.empty()) return {};
  const auto known = texts_.find(core::sha256(content));
  return known == texts_.end() ? std::string_view() : core::view(known->second);
}

void add_message_text(FileText& to, const Message& message, const MimeTree& tree, const MimeLimits& mime_limits) {
  const RedactionLimits limits;
  AttachmentReader(nullptr, limits, mime_limits).read_message(to, message, tree, 1);
}

void add_attachment_texts(MessageContent& content, const FileTexts& known, const Detector& detector,
                          const RedactionLimits& limits, const MimeLimits& mime_limits) {
  const AttachmentReader reader(&known, limits, mime_limits);
  std::size_t left = kMessageTextsBytesMax;
  for (RedactedAttachment& each : content.attachments) {
    FileText text;
    reader.read(text, each, 0);
    if (text.view().size() > left) continue;
    each.text = clean_file_text(text, detector, limits.passes_max);
    left -= std::min(left, each.text.size());
  }
}

}  // namespace postern::pipeline
