#pragma once
// pipeline/redaction/attachment_texts.h: the texts of a message's attachments, for the search: of documents and archives as the
// last pass over the message came upon them, of text as it is stored, of attached messages as they are shown.
// Thread-safety: one owner. Ownership: values. Errors: none. Limits: kFileTextBytesMax, kMessageTextsBytesMax.
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "pipeline/api/redacted_message.h"
#include "pipeline/mime/part.h"
#include "pipeline/options.h"
#include "pipeline/redaction/formats/file_text.h"

namespace postern::pipeline {

// Texts of the files of one message by their content, over all passes: a file that did not change is not scanned again.
class FileTexts {
 public:
  void note(std::string_view content, const FileText& text);
  // Empty: there is none.
  std::string_view find(std::string_view content) const;

 private:
  std::map<std::string, core::SecretBuffer> texts_;  // by digest
  std::size_t bytes_ = 0;
};

// What a message shows: subject, text, names and texts of its files.
void add_message_text(FileText& to, const Message& message, const MimeTree& tree, const MimeLimits& mime_limits);

// Gives each attachment its text.
void add_attachment_texts(MessageContent& content, const FileTexts& known, const Detector& detector,
                          const RedactionLimits& limits, const MimeLimits& mime_limits);

}  // namespace postern::pipeline
