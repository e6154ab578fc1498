#include "ticketing/signatures/signature_form.h"

#include "core/encoding.h"
#include "ticketing/automation/placeholders.h"
#include "ticketing/errc.h"

namespace postern::ticketing {

core::Result<SignatureForm> clean_signature(const pipeline::TextRedactor& redactor, const SignatureForm& typed, core::WorkspaceId workspace,
                                            core::InboxId inbox, const SignatureLimits& limits) {
  const pipeline::TextPlace place{"signature", workspace, inbox};
  if (typed.text.size() > limits.bytes_max) return core::fail(Errc::kInvalid, "body: too long");
  if (typed.html.size() > limits.html_bytes_max) return core::fail(Errc::kInvalid, "html_body: too long");
  SignatureForm out{std::string(core::trim_ascii(redactor.redact_text(typed.text, place).text()))};
  if (!typed.html.empty()) {
    const pipeline::RedactedHtml clean = redactor.redact_html(typed.html, place);
    if (!core::trim_ascii(clean.text()).empty()) out.html = clean.html();
    if (out.text.empty()) out.text = std::string(core::trim_ascii(clean.text()));
  }
  if (out.text.size() > limits.bytes_max) return core::fail(Errc::kInvalid, "body: too long");
  if (out.html.size() > limits.html_bytes_max) return core::fail(Errc::kInvalid, "html_body: too long");
  if (const auto checked = check_placeholders(out.text); !checked) return core::fail(Errc::kInvalid, "body: " + checked.error().context());
  if (const auto checked = check_placeholders(out.html); !checked) return core::fail(Errc::kInvalid, "html_body: " + checked.error().context());
  return out;
}

}  // namespace postern::ticketing
