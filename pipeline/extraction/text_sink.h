#pragma once
// pipeline/extraction/text_sink.h: the text and files of one document as they are found, bounded.
// Thread-safety: one thread. Errors: throws TooMuch past the limit; the reader of a document catches it once.
#include <exception>
#include <string_view>

#include "pipeline/extraction/frames.h"

namespace postern::pipeline {

class TooMuch : public std::exception {
 public:
  const char* what() const noexcept override { return "more than the limit"; }
};

class TextSink {
 public:
  explicit TextSink(std::size_t bytes_max) : left_(bytes_max) {}

  void add(std::string_view text) {
    take(text.size());
    text_.insert(text_.end(), text.begin(), text.end());
  }
  // Ends a piece: a number does not go on from one piece to the next.
  void end_piece() {
    if (!text_.empty() && !core::view(text_).ends_with(kBreak)) add(kBreak);
  }
  void add_file(EmbeddedFile file) {
    if (files_.size() >= kEmbeddedFilesMax || file.name.size() > kFileNameBytesMax) throw TooMuch();
    take(file.name.size() + file.bytes.size());
    files_.push_back(std::move(file));
  }
  // What may still be added.
  std::size_t left() const { return left_; }
  core::SecretBuffer take_text() { return std::move(text_); }
  std::vector<EmbeddedFile> take_files() { return std::move(files_); }

 private:
  static constexpr std::string_view kBreak = "\n\f\n";
  void take(std::size_t bytes) {
    if (bytes > left_) throw TooMuch();
    left_ -= bytes;
  }

  std::size_t left_;
  core::SecretBuffer text_;
  std::vector<EmbeddedFile> files_;
};

}  // namespace postern::pipeline
