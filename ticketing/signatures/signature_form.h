#pragma once
// ticketing/signatures/signature_form.h: a signature in its two forms, and what is done to what somebody typed for one before it
// is stored: redactor, sanitiser, limits.
// Thread-safety: pure.  Errors: Errc::kInvalid, whose context says what is wrong with it.
#include <optional>
#include <string>

#include "core/result.h"
#include "pipeline/api/redacted_message.h"

namespace postern::ticketing {

struct SignatureLimits {
  std::size_t bytes_max = 4096;        // of the text of one
  std::size_t html_bytes_max = 16384;  // of its HTML, before and after the sanitiser
};

struct SignatureForm {
  std::string text;
  std::string html = {};  // sanitised where it was stored; empty: it is plain
};

core::Result<SignatureForm> clean_signature(const pipeline::TextRedactor& redactor, const SignatureForm& typed, core::WorkspaceId workspace,
                                            core::InboxId inbox, const SignatureLimits& limits = SignatureLimits());

}  // namespace postern::ticketing
