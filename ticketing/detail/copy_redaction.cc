#include "ticketing/detail/copy_redaction.h"

#include <algorithm>

#include "ticketing/detail/codec.h"
#include "ticketing/html_words.h"
#include "ticketing/search/file_texts.h"

namespace postern::ticketing {

bool is_removed_file(const schema::Attachment& attachment) {
  return attachment.was_replaced() && attachment.name() == kRemovedFileName;
}

core::Result<void> CopyRedactor::doom(const std::string& blob) {
  if (!doomed_.insert(blob).second) return {};
  POSTERN_TRY(std::string content, read(blob));
  doomed_bytes_.push_back(std::move(content));
  return {};
}

std::map<std::string, std::uint32_t> CopyRedactor::take_counts() { return std::exchange(counts_, {}); }

void CopyRedactor::count(std::string_view what, std::uint32_t times) {
  counts_[std::string(what)] += times;
  total_ += times;
}

core::Result<std::string> CopyRedactor::read(const std::string& blob) const {
  return storage::get_blob(transaction_.snapshot(), with_.vault, workspace_, blob);
}

core::Result<void> CopyRedactor::swap(std::string& blob, std::string_view content) {
  POSTERN_TRY(std::string address, storage::put_blob(transaction_, with_.vault, workspace_, content));
  POSTERN_CHECK(release(blob));
  blob = std::move(address);
  return {};
}

core::Result<void> CopyRedactor::release(const std::string& blob) {
  POSTERN_TRY(const bool is_gone, storage::release_blob(transaction_, workspace_, blob));
  if (is_gone) {
    kept_.erase(blob);
    remember_key(storage::blob_key(workspace_, blob));
  } else {
    kept_.insert(blob);
  }
  return {};
}

core::Result<void> CopyRedactor::hide_in_texts(schema::Text& text, schema::Text& html, bool is_typed) {
  if (phrases_.empty()) return {};
  const auto& snapshot = transaction_.snapshot();
  POSTERN_TRY(const std::string plain, codec::get_text(snapshot, with_.vault, workspace_, text));
  POSTERN_TRY(const std::string marked, codec::get_text(snapshot, with_.vault, workspace_, html));
  pipeline::Rewritten clean = rewriter_.hide_in_text(plain, phrases_);
  pipeline::Rewritten clean_html = rewriter_.hide_in_html(marked, phrases_);
  if (is_typed && !marked.empty() && clean.count + clean_html.count > 0) {
    // Marks of lists and quotations stand between words of the text, and tags between those of the HTML: what was found in one
    // is gone in both.
    const pipeline::Rewritten again = rewriter_.hide_in_text(rewriter_.text_of_typed(clean_html.bytes), phrases_);
    clean = {again.bytes, std::max(clean.count, 1U), false};
    if (again.count > 0) clean_html = {"<pre>" + as_html(again.bytes) + "</pre>", std::max(clean_html.count, 1U), true};
  }
  if (clean.count > 0) POSTERN_CHECK(put_text(text, clean.bytes));
  if (clean_html.count > 0) POSTERN_CHECK(put_text(html, clean_html.bytes));
  if (clean.count + clean_html.count > 0) count("comment", std::max(clean.count, clean_html.count));  // two forms of one text
  return {};
}

core::Result<void> CopyRedactor::put_text(schema::Text& text, const std::string& content) {
  schema::Text fresh;
  POSTERN_CHECK(codec::put_text(transaction_, with_, workspace_, content, fresh));
  if (!text.blob().empty()) POSTERN_CHECK(release(text.blob()));
  text = std::move(fresh);
  return {};
}

core::Result<void> CopyRedactor::redact_file(schema::Attachment& attachment) {
  if (doomed_.contains(attachment.blob())) {
    POSTERN_CHECK(swap(*attachment.mutable_blob(), kRemovedFileNotice));
    attachment.set_name(std::string(kRemovedFileName));
    attachment.set_media_type("text/plain");
    attachment.clear_content_id();
    attachment.set_is_inline(false);
    attachment.set_was_replaced(true);
    attachment.set_size(kRemovedFileNotice.size());
    count("attachment", 1);
    return forget_text(attachment);
  }
  if (phrases_.empty()) return {};
  hide_in_line(*attachment.mutable_name(), "attachment");
  POSTERN_TRY(const std::string content, read(attachment.blob()));
  const pipeline::Rewritten clean = rewriter_.hide_in_file(attachment.name(), attachment.media_type(), content, phrases_);
  POSTERN_CHECK(clean.was_replaced ? forget_text(attachment) : hide_in_text_of(attachment, clean.count == 0));
  if (clean.count == 0) return {};
  POSTERN_CHECK(swap(*attachment.mutable_blob(), clean.bytes));
  attachment.set_size(clean.bytes.size());
  if (clean.was_replaced) {
    attachment.set_was_replaced(true);
    attachment.set_media_type("text/plain");
  }
  count("attachment", clean.count);
  return {};
}

core::Result<void> CopyRedactor::forget_text(const schema::Attachment& attachment) {
  POSTERN_TRY(std::optional<std::string> key, search::forget_file_text(transaction_, workspace_, attachment.id()));
  if (key) remember_key(std::move(*key));
  return {};
}

// What the search knows of the file. It counts where the file itself does not: a phrase may stand there and nowhere in the
// bytes, such as over the end of a page.
core::Result<void> CopyRedactor::hide_in_text_of(const schema::Attachment& attachment, bool counts) {
  POSTERN_TRY(const std::string text, search::file_text(transaction_, with_.vault, workspace_, attachment.id()));
  if (text.empty()) return {};
  const pipeline::Rewritten clean = rewriter_.hide_in_text(text, phrases_);
  if (clean.count == 0) return {};
  POSTERN_CHECK(forget_text(attachment));
  POSTERN_CHECK(search::put_file_text(transaction_, with_.vault, workspace_, attachment.id(), clean.bytes));
  if (counts) count("attachment text", clean.count);
  return {};
}

pipeline::Rewritten CopyRedactor::redact_message(std::string message) const {
  pipeline::Rewritten out;
  out.bytes = std::move(message);
  for (const std::string& file : doomed_bytes_) {
    pipeline::Rewritten without = rewriter_.remove_file(out.bytes, file, kRemovedFileNotice);
    out = {std::move(without.bytes), out.count + without.count, without.was_replaced};
  }
  if (phrases_.empty()) return out;
  pipeline::Rewritten clean = rewriter_.hide_in_message(out.bytes, phrases_);
  return {std::move(clean.bytes), out.count + clean.count, clean.was_replaced};
}

core::Result<void> CopyRedactor::redact_raw(std::string& blob) {
  if (blob.empty()) return {};
  POSTERN_TRY(std::string raw, read(blob));
  const pipeline::Rewritten clean = redact_message(std::move(raw));
  if (clean.count == 0) return {};
  POSTERN_CHECK(swap(blob, clean.bytes));
  count("message", clean.count);
  return {};
}

core::Result<bool> CopyRedactor::redact_waiting(const std::string& key) {
  POSTERN_TRY(const auto value, transaction_.get(key));
  if (!value) return false;
  schema::OutboxMessage waiting;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace_, key, *value, waiting));
  pipeline::Rewritten clean = redact_message(std::move(*waiting.mutable_message()));
  if (clean.count == 0) return false;
  waiting.set_message(std::move(clean.bytes));
  POSTERN_CHECK(storage::put_sealed(transaction_, with_.vault, workspace_, key, waiting));
  count("outgoing", clean.count);
  return true;
}

bool CopyRedactor::hide_in_line(std::string& text, std::string_view what) {
  if (phrases_.empty() || text.empty()) return false;
  pipeline::Rewritten clean = rewriter_.hide_in_text(text, phrases_);
  if (clean.count == 0) return false;
  text = std::move(clean.bytes);
  count(what, clean.count);
  return true;
}

void CopyRedactor::hide_in_verdicts(schema::Verdicts& verdicts) {
  constexpr std::string_view kWhat = "verdicts";
  hide_in_line(*verdicts.mutable_spf()->mutable_explanation(), kWhat);
  for (schema::DkimVerdict& one : *verdicts.mutable_dkim()) hide_in_line(*one.mutable_identity(), kWhat);
  for (schema::DnsStep& step : *verdicts.mutable_dns()) {
    for (std::string& record : *step.mutable_records()) hide_in_line(record, kWhat);
  }
}

core::Result<bool> CopyRedactor::is_shown_in(const schema::Comment& comment) const {
  for (const schema::Attachment& one : comment.attachments()) {
    if (doomed_.contains(one.blob())) return true;
    if (rewriter_.hide_in_text(one.name(), phrases_).count > 0) return true;
  }
  if (phrases_.empty()) return false;
  const auto& snapshot = transaction_.snapshot();
  POSTERN_TRY(const std::string text, codec::get_text(snapshot, with_.vault, workspace_, comment.text()));
  if (rewriter_.hide_in_text(text, phrases_).count > 0) return true;
  POSTERN_TRY(const std::string html, codec::get_text(snapshot, with_.vault, workspace_, comment.html()));
  return rewriter_.hide_in_html(html, phrases_).count > 0;
}

}  // namespace postern::ticketing
