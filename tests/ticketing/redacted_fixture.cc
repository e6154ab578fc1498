// compiled alone: its fixture takes the redactor's name
#include "tests/ticketing/redacted_fixture.h"

namespace postern::pipeline {

RedactedMessage Redactor::message(MessageContent content, Verdicts verdicts, std::string raw) {
  RedactedMessage out;
  out.content_ = std::move(content);
  out.verdicts_ = std::move(verdicts);
  out.original_bytes_ = raw.size();
  out.raw_ = std::move(raw);
  return out;
}

RedactedFile Redactor::file(std::string name, std::string content, std::vector<Redaction> redactions) {
  RedactedFile out;
  out.name_ = std::move(name);
  out.content_ = std::move(content);
  out.text_ = out.content_;
  out.redactions_ = std::move(redactions);
  return out;
}

RedactedHtml Redactor::html(std::string html, std::string text, std::vector<Redaction> redactions) {
  RedactedHtml out;
  out.html_ = std::move(html);
  out.text_ = std::move(text);
  out.redactions_ = std::move(redactions);
  return out;
}

RedactedText Redactor::text(std::string text, std::vector<Redaction> redactions) {
  RedactedText out;
  out.text_ = std::move(text);
  out.redactions_ = std::move(redactions);
  return out;
}

}  // namespace postern::pipeline

namespace postern::test {

pipeline::RedactedHtml MarkingRedactor::redact_html(std::string_view html, const pipeline::TextPlace& place) const {
  const pipeline::RedactedText clean = redact_text(html, place);
  std::string text;
  bool is_tag = false;
  for (const char c : clean.text()) {
    if (c == '<' || is_tag) is_tag = c != '>';
    else text += c;
  }
  return pipeline::Redactor::html(clean.text(), std::move(text), clean.redactions());
}

pipeline::RedactedText MarkingRedactor::redact_text(std::string_view text, const pipeline::TextPlace& place) const {
  constexpr std::string_view kCard = "4111111111111111";
  std::string out(text);
  std::vector<pipeline::Redaction> redactions;
  for (auto at = out.find(kCard); at != std::string::npos; at = out.find(kCard, at)) {
    out.replace(at, kCard.size(), "411111******1111");
    redactions.push_back({"card", "visa", "0", std::string(place.where), 1});
  }
  return pipeline::Redactor::text(std::move(out), std::move(redactions));
}

pipeline::RedactedFile MarkingRedactor::redact_file(std::string_view name, std::string_view /*media_type*/,
                                                    std::string_view content, const pipeline::TextPlace& place) const {
  const pipeline::RedactedText clean_name = redact_text(name, {"filename", place.workspace, place.inbox});
  const pipeline::RedactedText clean_content = redact_text(content, place);
  std::vector<pipeline::Redaction> redactions = clean_name.redactions();
  redactions.insert(redactions.end(), clean_content.redactions().begin(), clean_content.redactions().end());
  return pipeline::Redactor::file(clean_name.text(), clean_content.text(), std::move(redactions));
}

pipeline::RedactedMessage Mail::build() const {
  pipeline::MessageContent content;
  if (!from.empty()) content.from.push_back({from_name, pipeline::split_address(from)});
  content.to = to;
  content.cc = cc;
  content.subject = subject;
  content.message_id = message_id;
  content.in_reply_to = in_reply_to;
  content.references = references;
  content.text = text;
  content.attachments = attachments;
  content.machine = machine;
  pipeline::Verdicts verdicts;
  verdicts.auth.dmarc.result = dmarc;
  verdicts.auth.dmarc.domain = dmarc_domain;
  verdicts.spam.action = spam;
  const std::string raw = trace_header + "From: <" + from + ">\r\nSubject: " + subject + "\r\nMessage-ID: <" + message_id +
                          ">\r\n\r\n" + text + raw_extra;
  return pipeline::Redactor::message(std::move(content), std::move(verdicts), raw);
}

}  // namespace postern::test
