// From the tree of a (redacted) message to what people and tickets use of it.
#include "pipeline/mime/content.h"

#include <algorithm>

#include "core/encoding.h"
#include "pipeline/mime/address.h"
#include "pipeline/mime/body_text.h"
#include "pipeline/mime/date.h"
#include "pipeline/mime/decode.h"
#include "pipeline/mime/html.h"
#include "pipeline/mime/message_id.h"

namespace postern::pipeline {
namespace {

class HeaderReader {
 public:
  HeaderReader(const Message& message, const std::vector<HeaderField>& fields, const MimeLimits& limits)
      : message_(message), fields_(fields), limits_(limits) {}

  std::string raw(std::string_view name) const {
    const auto* field = find_field(fields_, name);
    if (field == nullptr) return {};
    return std::string(message_.view(field->value).substr(0, limits_.header_line_bytes_max));
  }
  std::string text(std::string_view name) const { return decode_words(raw(name)); }
  std::vector<std::string> ids(std::string_view name) const { return parse_message_ids(raw(name), limits_); }

  // Recipients may be spread over several fields, against the rule; an author is the first field that names one.
  std::vector<NamedAddress> addresses(std::string_view name, bool all_fields) const {
    std::vector<NamedAddress> found;
    for (const auto& field : fields_) {
      if (field.name_lower != name) continue;
      auto more = parse_address_list(message_.view(field.value), limits_);
      const auto has_domain = [](const NamedAddress& one) { return !one.address.domain.empty(); };
      const bool is_usable = std::any_of(more.begin(), more.end(), has_domain);
      if (!all_fields && is_usable) found.clear();
      found.insert(found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
      if ((!all_fields && is_usable) || found.size() >= limits_.addresses_max) break;
    }
    return found;
  }

 private:
  const Message& message_;
  const std::vector<HeaderField>& fields_;
  const MimeLimits& limits_;
};

// "<subject>.eml" for an attached message.
std::string message_name(const Message& message, const Part& part, const MimeLimits& limits) {
  std::string subject;
  if (!part.children.empty()) subject = HeaderReader(message, part.children.front().fields, limits).text("subject");
  std::replace_if(subject.begin(), subject.end(), [](char c) { return c == '/' || c == '\\' || c == ':'; }, '_');
  auto name = safe_filename(subject.substr(0, limits.filename_bytes_max - 4), limits);
  return (name.empty() ? "message" : name) + ".eml";
}

RedactedAttachment make_attachment(const Message& message, const Part& part, const MimeLimits& limits) {
  RedactedAttachment attachment;
  attachment.media_type = part.media_subtype.empty() ? "application/octet-stream" : part.type();
  attachment.name = part.filename;
  if (attachment.name.empty() && part.is_message()) attachment.name = message_name(message, part, limits);
  attachment.content_id = part.content_id;
  attachment.is_inline = !part.is_attachment() && (!part.content_id.empty() || part.disposition == "inline") && !part.is_message();
  attachment.content = decode_body(message, part, Mapping::kSkip).bytes;
  return attachment;
}

std::vector<RedactedAttachment> make_attachments(const Message& message, const Letter& letter, const MimeLimits& limits) {
  std::vector<RedactedAttachment> attachments;
  std::size_t bytes = 0;
  for (const Part* part : letter.attachments) {
    bytes += part->body.size();
    if (attachments.size() >= limits.attachments_max || bytes > limits.decoded_bytes_max) break;
    attachments.push_back(make_attachment(message, *part, limits));
  }
  return attachments;
}

}  // namespace

MessageContent build_content(const Message& message, const MimeTree& tree, const MimeLimits& limits) {
  const HeaderReader header(message, tree.headers, limits);
  MessageContent content;
  content.from = header.addresses("from", false);
  content.sender = header.addresses("sender", false);
  content.reply_to = header.addresses("reply-to", false);
  content.to = header.addresses("to", true);
  content.cc = header.addresses("cc", true);
  content.subject = header.text("subject");
  auto ids = header.ids("message-id");
  if (!ids.empty()) content.message_id = std::move(ids.front());
  content.in_reply_to = header.ids("in-reply-to");
  content.references = header.ids("references");
  if (const auto date = parse_mail_date(header.raw("date"))) content.date = core::to_rfc3339(*date);
  auto letter = select_letter(message, tree.root, limits);
  content.attachments = make_attachments(message, letter, limits);
  content.text = std::move(letter.text);
  if (!letter.html.empty()) content.html = sanitise_html(letter.html, limits);
  content.machine = find_machine_mail(message, tree);
  return content;
}

}  // namespace postern::pipeline
