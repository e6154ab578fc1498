#pragma once
// app/mail_files.h: messages in files, for verbs that work on mail without a store: .eml files, mboxes, and folders of
// them with all folders below.
// Thread-safety: none needed. Errors: a path that cannot be read is told to `complain` and skipped.
// Limits: kMailFileBytesMax a file.
#include <cstddef>
#include <functional>
#include <string>

#include "core/result.h"

namespace postern::app {

constexpr std::size_t kMailFileBytesMax = 1U << 30U;

struct MailFile {
  std::string name;   // the path; "PATH#3" for the third message of an mbox
  std::string bytes;  // with the line ends of SMTP (CRLF)
};

// Visits the messages below `path` in order of their names. False when something could not be read.
bool for_each_mail(const std::string& path, const std::function<void(MailFile&)>& visit,
                   const std::function<void(const core::Error&)>& complain);

}  // namespace postern::app
