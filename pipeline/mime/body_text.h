#pragma once
// pipeline/mime/body_text.h: which parts are the letter and which are enclosed with it. Private to content.cc.
// Thread-safety: pure function. Ownership: `attachments` point into the tree. Errors: none.
#include <string>
#include <vector>

#include "pipeline/api/message.h"
#include "pipeline/mime/limits.h"
#include "pipeline/mime/part.h"

namespace postern::pipeline {

struct Letter {
  std::string text;  // UTF-8, LF line ends
  std::string html;  // UTF-8, not sanitised
  std::vector<const Part*> attachments;
};

Letter select_letter(const Message& message, const Part& root, const MimeLimits& limits);
// A text part as UTF-8 with LF line ends, at most `bytes_max`.
std::string text_of(const Message& message, const Part& part, std::size_t bytes_max);

}  // namespace postern::pipeline
